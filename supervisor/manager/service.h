/*
 * Units of type service: systemd.service(5). The states follow service-fsm.h; here is what happens
 * on the way, and what is known of each service meanwhile.
 *
 * What a service is lives in its record, too, so that another manager can go on at any point: an
 * action that begins something outside first marks what it is about to do, and what it has done is
 * seen from outside (a process that svinit reports, a socket that svinit keeps).
 */
#pragma once

#include "supervisor/exec/protocol.h"
#include "supervisor/manager/manager.h"
#include "supervisor/manager/record.h"
#include "supervisor/manager/service-fsm.h"
#include "supervisor/manager/service-settings.h"
#include "supervisor/manager/usage.h"

/* A descriptor of FileDescriptorStoreMax=, or one that a run keeps. */
typedef struct ServiceFd {
        uint64_t id;    /* with svinit; 0: none */
        uint64_t inode; /* two descriptors with different ones are not the same; 0: not known */
        int fd;
        char *name;
        bool polled;             /* it goes when its other end has gone: FDPOLL=1 */
        sd_event_source *source; /* then; NULL where it cannot be */
} ServiceFd;

/* HealthCheck=; see service-health.c. Times are in microseconds, UINT64_MAX: never. */
typedef struct ServiceHealth {
        sd_event_source *source;
        int talk;
        uint64_t talk_id;
        pid_t pid;          /* 0: none, or not known */
        uint32_t command;   /* in the list */
        uint32_t failures;  /* in a row */
        uint64_t at;        /* of the next check, or when the one that runs has taken too long */
        uint64_t start_end; /* failures do not count before; 0: it was well once */
        uint64_t checked;   /* when the last one ended; 0: never */
        bool runs : 1;
        bool killed : 1;
        bool again : 1; /* it is to be run anew, without what it named */
} ServiceHealth;

/* A command that was run, and what became of it. Times are the engine's. */
typedef struct ServicePast {
        uint8_t state;  /* ServiceState, whose list it is of */
        uint32_t index; /* in there */
        pid_t pid;
        uint64_t begin, end; /* 0: it runs */
        int code, status;    /* as waitid(2) tells them */
} ServicePast;

#define SERVICE_HEALTH_GROUP ".health"
#define SERVICE_HEALTH_NONE                      \
        (ServiceHealth) {                        \
                .talk = -EBADF, .at = UINT64_MAX \
        }

/* Who found out that something cannot be had. */
typedef enum ServiceLeft { LEFT_BY_MANAGER, LEFT_BY_EXECUTOR } ServiceLeft;
enum { SERVICE_LEFTS = LEFT_BY_EXECUTOR + 1 };

typedef struct Service {
        Manager *manager;
        Unit *unit;
        ServiceSettings settings;
        Config *config; /* all settings; while commands are being started */
        char *group;    /* its control group; NULL: none was made */
        char *status_text;
        char *pids;    /* that a scope takes over; NULL: none */
        char *without; /* words that svexec is to be told; NULL: none */
        ServiceFd *fds;
        size_t n_fds;
        ServiceFd *kept; /* EXEC_KEPT_COUNT of them; NULL: none */
        sd_event_source *source;
        sd_event_source *stranger; /* the main process, while it may be nobody's child of ours */
        struct sd_bus_slot *name_match, *name_query; /* of system-bus.h */
        int talk;                                    /* socket to the svexec that is starting */
        uint64_t talk_id;
        int watch; /* of group.h; -1: none */
        int watch_memory;
        ServiceHealth health;
        Usage usage;                /* of the last run, when it has ended */
        char **left[SERVICE_LEFTS]; /* what is asked for and not had, and why: lines */
        uint32_t enforced[SERVICE_LEFTS];

        pid_t main, control;        /* 0: none, or not known */
        int main_code, main_status; /* how the last main process ended; code 0: it did not */
        pid_t exec_pid;             /* the last main process, 0: none since the start */
        uint64_t exec_begin, exec_end;
        ServicePast *past; /* what was run since the start */
        size_t n_past;
        char *failure;    /* why it is not well, for people; NULL: "result" says all */
        uint32_t command; /* in the state's list */
        uint32_t restarts;
        uint64_t deadline;    /* of the state; microseconds, UINT64_MAX: none */
        uint64_t runtime_end; /* of RuntimeMaxSec= */
        uint64_t watchdog_at;
        uint64_t watchdog;    /* WATCHDOG_USEC=; 0: as the settings say */
        uint64_t pid_file_at; /* when PIDFile= is looked for again */
        uint64_t reload_begin;
        uint64_t oom_kills; /* as counted when last looked */
        int status_errno;
        uint8_t state;  /* ServiceState */
        uint8_t result; /* ServiceResult */
        bool settings_known : 1;
        bool acted : 1;    /* the state's action was begun */
        bool executed : 1; /* the svexec that is starting has reported so far */
        bool again : 1;    /* it is to be started anew, without what it named */
        bool forbid_restart : 1;
        bool restarting : 1;
        bool waits_idle : 1;     /* Type=idle, while others start */
        bool says_reloading : 1; /* sd_notify(3), while the state could not follow */
        bool says_stopping : 1;
        bool reload_failed : 1;
        bool name_lost : 1;   /* Type=dbus: it does not own BusName= any more */
        bool abandoned : 1;   /* a scope that nobody looks after */
        bool has_startup : 1; /* Startup...= values */
        char invocation[33];
        char run_id[20];
} Service;

extern const UnitOps service_ops, service_mount_ops, service_swap_ops, service_scope_ops;

/* The types of service-kind.h are services, too. */

/* The service of a unit of those types, made when first asked for; NULL: no memory. */
Service *service_of(Manager *m, Unit *u);

/* The same where it exists already, else NULL. */
Service *service_known(const Unit *u);

void service_free(Service *s);

/* The files were read anew. */
void service_reloaded(Service *s);

/* ---- what happens outside ---- */

void service_event(Service *s, ServiceEvent event);

/* A process has ended. Returns whether it was one of the service's. */
bool service_process_ended(Service *s, const LinkStatus *status);

/* Something about its control group has changed. */
void service_group_changed(Service *s);

/* When service_expire() has something to do; UINT64_MAX: never. */
uint64_t service_deadline(const Service *s);
void service_expire(Service *s, uint64_t now);

/* The engine has changed the unit's state by itself. */
void service_follow_unit(Service *s);

/* ---- for the parts of the service type ---- */

/* All settings, until service_drop_config(); NULL: they cannot be read, which was said. */
const Config *service_config(Service *s);
void service_drop_config(Service *s);

/* 0 or negative errno, which was said. */
int service_need_settings(Service *s);

void service_set_result(Service *s, ServiceResult result);
void service_set_deadline(Service *s, uint64_t span);
void service_mark(Service *s);

/* service-action.c: what a step does, and the event that follows at once. */
ServiceEvent service_action(Service *s, ServiceAction action);

/* Is there still something that the state waits for to end? */
bool service_waits(const Service *s);

/* What the end of the main process means now, from main_code, main_status and result. */
ServiceEvent service_end_event(const Service *s);

/* Is it running, as far as processes go? */
bool service_is_good(const Service *s);

/* A run of commands begins: it has an id and a control group. 0 or negative errno. */
int service_action_begin_run(Service *s);

/* service-command.c: the commands of the state, one after the other. */
ServiceEvent service_command_first(Service *s);
ServiceEvent service_command_next(Service *s);
ServiceEvent service_command_again(Service *s);
ServiceEvent service_command_finish(Service *s); /* svexec --finish */
/* Starts one command beside all that, in SERVICE_HEALTH_GROUP of the unit's group; returns its pid
 * or negative errno. */
int service_command_spawn(Service *s, const char *list, uint32_t index, int socket);
bool service_command_is_main(const Service *s);
const char *service_command_list(ServiceState state); /* "ExecStartPre"; NULL: it runs none */
bool service_command_may_fail(Service *s);

/* service-past.c: PID is the main process from now on; a command of the state was begun as PID; one
 * has ended; all is forgotten. */
void service_past_main(Service *s, pid_t pid);
void service_past_begin(Service *s, pid_t pid, bool is_main);
void service_past_end(Service *s, const LinkStatus *status);
void service_past_forget(Service *s);
/* Says what is wrong. The first time after a start it is kept as the reason for the result, which
 * is set afterwards. */
void service_past_blame(Service *s, const char *format, ...) _printf_(2, 3);
void service_past_pardon(Service *s); /* unless that has become its result, it does not matter */
void service_past_write(const Service *s, StrBuf *b);
void service_past_read(Service *s, const Record *r);

/* service-talk.c: the socket to svexec. Opens one, deposited with svinit; returns svexec's end. */
int service_talk_open(Service *s);
int service_talk_attach(Service *s, int fd); /* after a crash */
void service_talk_close(Service *s);
void service_talk_drain(Service *s);         /* reads what is there */
bool service_talk_says_up(const Service *s); /* is it up because its program is executed? */
void service_talk_forget(Service *s);        /* what it kept */
typedef struct TalkMessage TalkMessage;
void service_talk_keep(Service *s, TalkMessage *m);     /* takes its descriptors */
int service_talk_without(Service *s, const char *what); /* svexec is to leave it out */

/* service-left.c: TEXT is lines; what is new in them is said. */
void service_left_take(Service *s, ServiceLeft by, const char *text);
void service_left_free(Service *s);

/* service-health.c */
void service_health_begin(Service *s);  /* it is up */
void service_health_follow(Service *s); /* its state has changed */
void service_health_forget(Service *s); /* it has ended */
void service_health_expire(Service *s, uint64_t now);
void service_health_resume(Service *s);                          /* after a crash */
bool service_health_ended(Service *s, const LinkStatus *status); /* was it its process? */
const char *service_health_name(const Service *s);               /* NULL: there is no check */

/* service-main-pid.c: the main process of a forking service. Returns EVENT_READY, EVENT_FAILED, or
 * EVENT_NONE: not yet. */
ServiceEvent service_main_pid_find(Service *s);

/* Its end is noticed also when svinit, whose child it is not, hears nothing of it. */
void service_main_pid_watch(Service *s);

/* service-notify.c: TEXT is a message of PID; FDS are the caller's. */
typedef struct NotifyDatagram NotifyDatagram;
bool service_notify_may_store(Service *s, pid_t pid);
void service_notify(Service *s, NotifyDatagram *d);
void service_notify_drop_fds(Service *s);
void service_notify_poll_fds(Service *s); /* after a crash */

/* service-record.c */
void service_record_write(const Service *s, StrBuf *b);
int service_record_read(Service *s, const Record *r);
void service_record_resume(Service *s); /* when all that svinit kept was told */

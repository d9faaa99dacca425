/*
 * The manager's control interface, org.freedesktop.systemd1 (5), without a bus daemon: each client
 * is a connection to one socket, /run/systemd/private.
 *
 * Clients are root, or the user that the manager runs as, and members of one group if that is
 * wanted, who may look and change nothing; others are sent away before a byte of theirs is read.
 * There are at most BUS_CLIENTS_MAX, and one that does not read its answers is cut off. Nothing of
 * a client's outlives its connection.
 *
 * Jobs that a client asks for run when the manager calls job_queue_run(), so signals about them
 * come after the answer.
 */
#pragma once

#include <sys/types.h>
#include <systemd/sd-event.h>

#include "supervisor/manager/engine.h"
#include "supervisor/manager/usage.h"
#include "units/config.h"

#define BUS_PATH "/run/systemd/private"

enum { BUS_CLIENTS_MAX = 128, BUS_GROUP_MAX = 1024 };

/* A command that was run: of the list "ExecStart", the one at INDEX. CODE is 0 while it runs. */
typedef struct BusPast {
        const char *list;
        uint32_t index, pid;
        uint64_t begin, end;
        int32_t code, status;
} BusPast;

/* What the type of a unit knows besides what is in Unit. Texts are borrowed until the next event;
 * NULL is none. Times are in microseconds of the engine's clock, 0 for never. */
typedef struct BusFacts {
        const char *sub_state;  /* NULL: the unit's active state says all */
        const char *result;     /* NULL: "success" */
        const char *status;     /* STATUS= of sd_notify(3) */
        const char *invocation; /* 32 hexadecimal digits */
        const char *sysfs;      /* where a device is */
        const char *following;  /* the unit that a device has by that path */
        /* the control group, from the root of the hierarchy: "/a.slice/b"; "": none */
        char group[BUS_GROUP_MAX];
        uint32_t main_pid, control_pid;
        uint32_t exec_pid; /* the last main process; it ended when exec_code is not 0 */
        int32_t exec_code, exec_status, status_errno;
        uint64_t exec_start, exec_exit;
        const char *failure; /* why it is not well; NULL: "result" says all */
        uint32_t restarts, fds;
        Usage usage;              /* of the control group; of one that is gone, what it has used */
        uint32_t enforced;        /* how many settings confine its processes */
        char *const *left[2];     /* those that do not, and why: lines */
        const char *health;       /* NULL: it is not checked */
        uint32_t health_failures; /* checks in a row */
        uint64_t health_checked;  /* when the last check ended */
} BusFacts;

typedef enum BusWhom { BUS_WHOM_ALL, BUS_WHOM_MAIN, BUS_WHOM_CONTROL } BusWhom;
typedef enum BusEnd { BUS_REBOOT, BUS_POWEROFF, BUS_HALT, BUS_KEXEC, BUS_EXIT } BusEnd;

typedef void BusFound(pid_t pid, const char *group, void *userdata);

/* What only the manager can do. Those that are NULL cannot be asked for. Ints are 0 or negative
 * errno. */
typedef struct BusOps {
        /* FACTS holds "nothing is known" before. */
        void (*describe)(Unit *u, BusFacts *facts, void *userdata);
        /* LIST and INDEX are set, the rest is 0 before, and stays that where it was not run. */
        void (*past)(const Unit *u, BusPast *past, void *userdata);
        int (*kill)(Unit *u, BusWhom whom, int signal, void *userdata); /* -ESRCH: no process */
        void (*processes)(Unit *u, BusFound *found, void *found_userdata, void *userdata);
        Unit *(*unit_of_pid)(pid_t pid, void *userdata);
        int (*reload)(Diag *diag, void *userdata); /* daemon-reload */
        int (*reexecute)(void *userdata);
        int (*end)(BusEnd how, int exit_status, void *userdata); /* at once, without jobs */
        /* A scope is to take over these processes, numbers with blanks between; it does not any
         * more. -ESRCH: it is not up. */
        int (*adopt)(Unit *u, const char *pids, void *userdata);
        int (*abandon)(Unit *u, void *userdata);
        int (*apply)(Unit *u, void *userdata); /* what its files say of its control group */
        /* The variables that all services get, borrowed; and a change of them: names (or
         * assignments) that go, then assignments that come. All are valid. */
        char **(*environment)(void *userdata);
        int (*change_environment)(char *const *unset, char *const *set, void *userdata);
        /* Writes down which jobs there are, before an answer; that of U must succeed. */
        int (*record)(const Unit *u, void *userdata);
        void (*loaded)(void *userdata); /* units were loaded that nobody may need */
        /* Settings that the system has rather than a file: of what is mounted. */
        int (*complete)(const Unit *u, Config *c, void *userdata);
} BusOps;

typedef struct BusSetup {
        sd_event *event;
        Engine *engine;
        const BusOps *ops;
        void *userdata;           /* of ops */
        int socket;               /* from bus_listen(); becomes the bus's */
        gid_t readers;            /* whose members may look; 0, which is root's: none */
        const char *settings;     /* where set-property writes, for good */
        const char *settings_run; /* and until the next boot */
        const char *transient;    /* where transient units are; NULL: there are none */
} BusSetup;

typedef struct Bus Bus;

/* A socket that listens at PATH, in place of any other that was there. Only its owner may connect.
 * Returns the fd or negative errno. */
int bus_listen(const char *path);

/* From now on the members of READERS may connect to the socket at PATH as well; 0: nobody else.
 * Returns 0 or negative errno. */
int bus_admit(const char *path, gid_t readers);

int bus_new(const BusSetup *setup, Bus **ret);
void bus_free(Bus *b);
DEFINE_CLEANUP(Bus, bus_free)

/* To be called after each event, when what follows from it was done: signals are sent, new clients
 * are heard, and those that are cut off go. */
void bus_turn(Bus *b);

/* To be called from the hooks of the engine and the registry. B may be NULL. */
void bus_job_new(Bus *b, const Job *j);
void bus_job_changed(Bus *b, const Job *j);
void bus_job_removed(Bus *b, const Job *j);
void bus_unit_changed(Bus *b, Unit *u); /* its state, or what describe() says */
void bus_unit_forget(Bus *b, const Unit *u);

/*
 * What the parts of svmanager share: the loop, the registry, the job engine, the link to svinit,
 * the control groups, and the records from which the next manager goes on.
 *
 * The order that makes a crash cost nothing: first a change is in a unit's record, then it is
 * visible (a process made, a status acknowledged, a message taken). manager_flush() is the line
 * between the two. A unit whose record cannot be written gets no new processes; what else happens
 * to it goes on, and is lost if this manager dies before its record can be written again.
 */
#pragma once

#include <systemd/sd-event.h>

#include "supervisor/manager/bus/bus.h"
#include "supervisor/manager/engine.h"
#include "supervisor/manager/group.h"
#include "supervisor/manager/link.h"

#define MANAGER_RUN_DIRECTORY "/run/svalinn/manager"

/* place.h: what the kernel says is mounted, and where it swaps to */
typedef struct Place Place;
typedef struct SystemBus SystemBus; /* system-bus.h */
enum { PLACES = 2 };

typedef struct Manager {
        sd_event *event;
        sd_event_source *timer;
        LoadPath path;
        Registry *registry;
        Engine engine;
        Link link;
        GroupTree groups;
        Place *places;          /* PLACES of them */
        SystemBus *system_bus;  /* NULL: nobody needed it yet */
        Bus *bus;               /* NULL: there is none */
        int directory;          /* MANAGER_RUN_DIRECTORY */
        int notify;             /* the socket of sd_notify(3) */
        char *executor;         /* svexec */
        char **environment;     /* of all services, see manager-environment.h */
        const char *first_unit; /* NULL: as the kernel's command line says, or default.target */
        Unit *unsaved;          /* those whose records are not up to date */
        uint64_t next_sweep;    /* when unused units are forgotten */
        bool ending;            /* the system goes down: nothing is restarted */
        bool was_busy;          /* there were jobs at the last turn */
        bool files_gone;        /* of transient units, so the load path is to be read again */
        bool begun;
        bool booted;   /* there was nothing to do once: see startup.h */
        pid_t sweeper; /* see leftovers.h; 0: has ended */
} Manager;

/* U's record has to be written. */
void manager_mark(Manager *m, Unit *u);

/* Writes what is marked. Returns 0 or an error, which was said; what could not be written stays
 * marked. manager_flush_unit() minds the record of U alone. */
int manager_flush(Manager *m);
int manager_flush_unit(Manager *m, const Unit *u);

/* Asks the engine for a job, on behalf of ASKED_BY, words for people. What it says is said. Returns
 * 0 or negative errno. */
typedef struct ManagerRequest {
        const char *unit;
        JobType type;
        JobMode mode;
        const char *asked_by;
} ManagerRequest;
int manager_request(Manager *m, const ManagerRequest *request);

/* The files were read anew; units that changed are "marked". */
void manager_reloaded(Manager *m);

/* Ends this manager; svinit starts the next one, which goes on. */
void manager_leave(Manager *m);

/* One line about a unit; U may be NULL. */
void manager_say(const Unit *u, const char *format, ...) _printf_(2, 3);

/* Begins with M, which is zeroed but for first_unit; returns when the manager is to end, with its
 * exit status. */
int manager_run(Manager *m);

/*
 * A unit as the manager holds it: names, states, dependencies, and of its settings those that the
 * job engine looks at. A device has a thousand of them, so whatever else its files say is read
 * again when somebody asks (unit_load_config()).
 *
 * Units are made and freed by the registry alone. "active" is changed by unit_notify() alone.
 */
#pragma once

#include "supervisor/manager/dependency.h"
#include "supervisor/manager/rate-limit.h"
#include "supervisor/manager/unit-state.h"
#include "units/enums.h"
#include "units/unit-name.h"

typedef struct Job Job;
typedef struct Planned Planned;
typedef struct UnitStory UnitStory; /* unit-story.h */

/* What an operation of a unit's type came to; negative errno is a failure. The type reports by
 * unit_notify() what became of an operation that has begun, also when that is at once. */
typedef enum UnitOutcome {
        UNIT_BEGUN,
        UNIT_ALREADY,      /* there was nothing to do */
        UNIT_NOT_YET,      /* ask again when something has changed */
        UNIT_INAPPLICABLE, /* no such operation; a start or stop waits for what happens outside */
        UNIT_UNSUPPORTED,  /* this system cannot run such units */
        UNIT_ONCE,         /* it ran before and may not run again */
} UnitOutcome;

/* What a type of unit can do. NULL for an operation means that it cannot be asked for: a device is
 * started by being plugged in. */
typedef struct UnitOps {
        int (*start)(Unit *u, void *userdata);
        int (*stop)(Unit *u, void *userdata);
        int (*reload)(Unit *u, void *userdata);
        /* May the unit be reloaded at all? NULL: if there is "reload", or it hands reloads on. */
        bool (*can_reload)(const Unit *u, void *userdata);
        bool start_limited; /* StartLimitBurst= applies */
        /* Its jobs only wait for something outside, and go when nothing waits for them: devices. */
        bool collects_jobs;
} UnitOps;

/* The settings of [Unit] that the engine needs, systemd.unit(5). Times are in microseconds,
 * UINT64_MAX for ever. */
typedef struct UnitSettings {
        uint64_t job_timeout;
        uint64_t job_running_timeout;
        uint64_t start_limit_interval;
        uint32_t start_limit_burst;
        int16_t failure_exit_status; /* negative: not set */
        int16_t success_exit_status;
        uint8_t on_failure_job_mode; /* JobMode */
        uint8_t on_success_job_mode;
        uint8_t start_limit_action; /* EmergencyAction */
        uint8_t failure_action;
        uint8_t success_action;
        uint8_t job_timeout_action;
        bool default_dependencies : 1;
        bool stop_when_unneeded : 1;
        bool refuse_manual_start : 1;
        bool refuse_manual_stop : 1;
        bool allow_isolate : 1;
        bool ignore_on_isolate : 1;
        bool collect_failed : 1; /* CollectMode=inactive-or-failed */
        bool has_conditions : 1; /* a start has to read and check them */
        bool has_asserts : 1;
} UnitSettings;

struct Unit {
        char *id;
        char **aliases; /* other names that lead here */
        DependencyList dependencies;
        Job *job;         /* the installed one */
        Job *nop_job;     /* a "nop" stands beside the others */
        Planned *planned; /* its jobs in the transaction that is being made */
        Unit *slice;      /* NULL: in none */
        const UnitOps *ops;
        void *data;                 /* the type's own, which it frees itself */
        char **requires_mounts_for; /* absolute paths */
        UnitStory *story;           /* why it is as it is; NULL: nothing to tell */
        char *description;          /* NULL: the name says all */
        char *fragment;             /* path of the main file, NULL: none */
        uint64_t stamp;             /* of the files that it was read from: load_stamp() */
        UnitSettings settings;
        uint64_t inactive_exit, active_enter, active_exit, inactive_enter; /* when last; 0: never */
        RateLimit start_limit;
        RateLimit automatic_limit; /* of starts and stops that the manager thinks of itself */
        Unit *next;                /* in the registry's list */
        Unit *load_next;           /* in the registry's queue of stubs */
        Unit *check_next;          /* in the queue of unit-react */
        Unit *unsaved_next;        /* in the list of those whose records are not up to date */
        uint32_t visit;            /* number of the walk over orders that saw it last */
        uint64_t check_again;      /* when what automatic_limit refused is tried again; 0: never */
        uint32_t pins;             /* who else holds a pointer to it */
        UnitType type;
        LoadState load;
        ActiveState active;
        unsigned checks;    /* what unit-react has to look at; 0: not in its queue */
        bool external : 1;  /* made at run time: a mount that is there, a transient unit */
        bool perpetual : 1; /* always active, never stopped or forgotten: "-.slice" */
        bool marked : 1;    /* by a sweep of the registry */
        bool start_limit_hit : 1;
        bool unsaved : 1;      /* its record has to be written */
        bool unsaved_said : 1; /* and cannot be */
        bool announced : 1;    /* clients of the bus know of it */
        bool changed : 1;      /* and have to be told of a change */
};

/* As if the unit had an empty [Unit] section. */
void unit_settings_default(UnitSettings *s, UnitType type);

/* Is NAME the id or an alias? */
bool unit_has_name(const Unit *u, const char *name);

/* Can the unit be reloaded, as far as its type knows? */
bool unit_can_reload(const Unit *u, void *userdata);

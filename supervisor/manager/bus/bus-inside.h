/*
 * The bus from within: what its files share. bus.c keeps the clients, dispatch.c finds who is to
 * answer a call, *-interface.c hold the tables of methods and properties.
 *
 * A method reads its arguments, acts, and answers. It returns what sd-bus functions return: a
 * negative value becomes an error, as does what is in the sd_bus_error.
 */
#pragma once

#include <systemd/sd-bus.h>

#include "supervisor/manager/bus/bus.h"
#include "units/config.h"
#include "units/install/install.h"

#define BUS_NAME    "org.freedesktop.systemd1"
#define BUS_ROOT    "/org/freedesktop/systemd1"
#define BUS_UNIT    BUS_ROOT "/unit"
#define BUS_JOB     BUS_ROOT "/job"
#define BUS_MANAGER BUS_NAME ".Manager"

typedef struct BusClient BusClient;

/* See reader.h. Times are clock_now()'s. */
typedef struct BusReaders {
        size_t n;        /* connections */
        bool calling;    /* the call that is handled is a reader's, */
        uint64_t called; /* since then */
        uint64_t paid;   /* until then their time is used up */
        uint64_t since;  /* units that were loaded for them since then */
        size_t loaded;
        size_t mapped; /* bytes, when the last event was over */
        bool handled;  /* some client's message, in this event */
        bool suspect;  /* one of them holds too much */
} BusReaders;

struct Bus {
        BusSetup setup;
        BusReaders readers;
        sd_event_source *accept, *again;
        BusClient *clients;
        size_t n_clients;
        uint64_t began; /* when this manager did, by the engine's clock */
        bool changed;   /* some unit has something to tell */

        /* All settings of the unit that was asked about last, until the next event. */
        Config *config;
        const Unit *config_of;
};

/* The object that a call is for: a unit, a job, the bus daemon that there is none of, or (nothing
 * of these) the manager. */
typedef struct BusTarget {
        Bus *bus;
        bool daemon;
        Unit *unit;
        Job *job;
        BusFacts facts; /* of the unit */
} BusTarget;

typedef struct BusProperty BusProperty;
struct BusProperty {
        const char *name, *signature;
        int (*append)(const BusTarget *t, const BusProperty *p, sd_bus_message *m);
        size_t at;     /* for append() */
        bool announce; /* told in PropertiesChanged */
        unsigned of;   /* bits of UnitType; 0: all */
};

typedef struct BusMethod {
        const char *name, *in, *out;
        int (*run)(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
        bool reads; /* changes nothing, so that readers may call it */
} BusMethod;

typedef struct BusInterface {
        const char *name;
        const BusMethod *methods;
        size_t n_methods;
        const BusProperty *properties;
        size_t n_properties;
        const BusMethod *signals; /* "out" only */
        size_t n_signals;
        unsigned sections; /* of the directives that are properties, too */
} BusInterface;

extern const BusInterface bus_daemon_interface, bus_manager_interface, bus_unit_interface,
        bus_job_interface;

/* The second interface of a unit: "org.freedesktop.systemd1.Service". */
BusInterface bus_type_interface(UnitType type);

/* Where a directive of the type's own section, and all that its kind has in common, stand. */
unsigned bus_sections(UnitType type);

/* For each client that is there, a message with the arguments that APPEND adds. */
typedef struct BusSignal {
        const char *path, *interface, *name;
        int (*append)(sd_bus_message *m, const void *data);
        const void *data;
} BusSignal;
void bus_broadcast(Bus *b, const BusSignal *signal);

/* The path of an object: a new string, NULL for want of memory. */
char *bus_unit_path(const Unit *u);
void bus_job_path(const Job *j, char ret[static 64]);

/* All settings of U, borrowed; the initial ones where its files cannot be read. NULL: no memory. */
const Config *bus_config(Bus *b, const Unit *u);

/* Who has sent M, for people: "svctl (process 12)". */
enum { BUS_SENDER_MAX = 64 };
const char *bus_sender(sd_bus_message *m, char room[static BUS_SENDER_MAX]);

/* What there is to say of U (NULL: of the manager), besides what a client is answered, is logged.
 */
void bus_log(const Bus *b, const Unit *u, const Diag *diag);

/* What a client is told of a failure: the first error in DIAG, and the name that systemd has for
 * ERROR. Returns a negative number. */
int bus_error(sd_bus_error *e, int error, const Diag *diag);

/* Units that changed are told of, new ones announced. */
void bus_signal_units(Bus *b);

/* object.c: the object at PATH: 1, or 0 where there can be none. */
int bus_object(Bus *b, const char *path, sd_bus_error *e, BusTarget *ret);

/* The same for the unit that the client itself is in: "/org/freedesktop/systemd1/unit/self". */
int bus_own_object(Bus *b, sd_bus_message *m, sd_bus_error *e, BusTarget *ret);

/* The interfaces of T besides those that all objects have; returns how many. */
int bus_interfaces(const BusTarget *t, BusInterface ret[static 2]);

/* Does the unit's type have the property? */
bool bus_property_fits(const BusTarget *t, const BusProperty *p);

/* Is D a property of the interface I? */
bool bus_setting_is_property(const BusTarget *t, const BusInterface *i, const Directive *d);

/* dispatch.c: answers the method call M, or returns 0: nobody knows it. */
int bus_dispatch(Bus *b, sd_bus_message *m, sd_bus_error *e);

/* The unit that a method's first argument names: loaded if need be, or (find) only if it is there.
 */
int bus_load_unit(Bus *b, const char *name, sd_bus_error *e, Unit **ret);
int bus_find_unit(Bus *b, const char *name, sd_bus_error *e, Unit **ret);

/* Names and values as arrays of "{sv}", those with "announce" only or all. */
int bus_append_properties(const BusTarget *t, const BusInterface *i, bool announced,
                          sd_bus_message *m);
BusTarget bus_target_of(Bus *b, Unit *u);

/* ---- what methods of the manager and of units have in common ---- */

typedef struct BusRequest {
        Unit *unit;
        JobType type;
        const char *mode;
        sd_bus_message *message; /* whose sender asks */
} BusRequest;

/* manager-jobs.c: the job that the method's name stands for; reads "s", the mode, and answers. */
int bus_request_named(Bus *b, Unit *u, sd_bus_message *m, sd_bus_error *e);
int bus_kill_unit(Bus *b, Unit *u, sd_bus_message *m, sd_bus_error *e); /* reads "si" */
int bus_reset_failed(Bus *b, Unit *u, sd_bus_message *m);
int bus_reply_processes(Bus *b, Unit *u, sd_bus_message *m);

/* The answer to M is the path of a job that starts U. */
int bus_request_start(Bus *b, Unit *u, const char *mode, sd_bus_message *m, sd_bus_error *e);

/* bus.c: U stays until the client that sent M takes that back, or is gone. Unref() of what it did
 * not hold is an error. */
int bus_ref(Bus *b, sd_bus_message *m, Unit *u);
int bus_unref(Bus *b, sd_bus_message *m, Unit *u);

/* transient.c */
bool bus_is_transient(const Bus *b, const Unit *u);
int bus_abandon(Bus *b, Unit *u, sd_bus_message *m, sd_bus_error *e);

/* set-properties.c: reads "ba(sv)" */
int bus_set_properties(Bus *b, Unit *u, sd_bus_message *m, sd_bus_error *e);

/* manager-system.c: reads all files again */
int bus_reload(Bus *b, sd_bus_error *e);

/* file-state.c: what can be done with the unit files that the manager reads; -EOPNOTSUPP: it reads
 * none. */
int bus_install_begin(Bus *b, unsigned flags, Diag *diag, Install *ret);

/* What systemctl(1) "is-enabled" says of U; NULL: it has no file. */
const char *bus_file_state(Bus *b, const Unit *u);

/* "running" */
const char *bus_sub_state(const Unit *u, const BusFacts *f);

/* A time of the engine as microseconds since the epoch; 0 stays 0. */
uint64_t bus_date(uint64_t monotonic);

void bus_signal_reloading(Bus *b, bool active);
void bus_signal_files(Bus *b);

/* Methods of the manager, and its properties that count something. */
int bus_manager_list_units(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_list_filtered(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_list_by_patterns(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_list_by_names(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_get_unit(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_load_unit(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_get_unit_by_pid(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_get_processes(BusTarget *t, sd_bus_message *m, sd_bus_error *e);

int bus_manager_file_state(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_list_files(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_change_files(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_revert_files(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_preset_files(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_preset_all(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_set_default(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_get_default(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_depend_files(BusTarget *t, sd_bus_message *m, sd_bus_error *e);

int bus_manager_set_environment(BusTarget *t, sd_bus_message *m, sd_bus_error *e);

int bus_manager_job(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_enqueue(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_list_jobs(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_get_job(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_cancel_job(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_clear_jobs(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_kill(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_reset_failed(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_reset_failed_unit(BusTarget *t, sd_bus_message *m, sd_bus_error *e);

int bus_manager_start_transient(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_ref_unit(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_unref_unit(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_abandon(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_set_properties(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_reload(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_reexecute(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_end(BusTarget *t, sd_bus_message *m, sd_bus_error *e);
int bus_manager_nothing(BusTarget *t, sd_bus_message *m, sd_bus_error *e);

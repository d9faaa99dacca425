/*
 * Talking to the manager over its private socket (supervisor/manager/bus): calls, and answers as
 * JSON values, which the verbs read, print, or hand to whoever asked for --json.
 *
 * All functions complain themselves. Those that return int return an exit status of svctl, which
 * are systemctl(1)'s: 0, or 3, 4, 5, 6 by the name of the error, else 1.
 */
#pragma once

#include <json-c/json.h>
#include <systemd/sd-bus.h>

#include "base/macro.h"

#define CLIENT_NAME    "org.freedesktop.systemd1"
#define CLIENT_ROOT    "/org/freedesktop/systemd1"
#define CLIENT_MANAGER CLIENT_NAME ".Manager"

static inline void json_done(json_object **o) {
        if (*o)
                json_object_put(*o);
}
#define _cleanup_json_ _cleanup_(json_done)
#define _cleanup_bus_  _cleanup_(sd_bus_flush_close_unrefp)

/* Returns 0, or the exit status after saying why there is no connection. */
int client_open(sd_bus **ret);

/* The same in silence, for what can be done without the manager: negative errno. */
int client_try_open(sd_bus **ret);

/* Calls METHOD of the manager; TYPES and what follows are its arguments. RET (which may be NULL)
 * gets the answer. What failed is said as "cannot DO: ...". */
typedef struct ClientCall {
        const char *method, *to_do;
} ClientCall;
int client_call(sd_bus *bus, const ClientCall *call, sd_bus_message **ret, const char *types, ...);

/* The same for a call that is made already. */
int client_send(sd_bus *bus, sd_bus_message *m, const char *to_do, sd_bus_message **ret);

/* The answer's first value as JSON; arrays of "{sv}" become objects. */
int client_read(sd_bus_message *m, json_object **ret);

/* The manager's object for the unit NAME; NULL for want of memory. */
char *client_unit_path(const char *name);

/* All properties of the object PATH, an array of "{sv}". */
int client_get_all(sd_bus *bus, const char *path, sd_bus_message **ret);

/* All properties of the unit NAME, or of the manager for NULL. */
int client_properties(sd_bus *bus, const char *name, json_object **ret);

/* All units that fit one of the patterns and are in one of the states (load, active or sub); NULL:
 * all. Arrays as ListUnitsByPatterns() has them. */
typedef struct ClientFilter {
        char *const *patterns, *const *states;
} ClientFilter;
int client_units(sd_bus *bus, const ClientFilter *f, json_object **ret);

/* TEXT as the name of a unit, completed; a new string, NULL: it is none, which was said. */
char *client_unit_name(const char *text);

/* Of an object; "" and 0 where there is no such member, or it is of another type. */
const char *client_text(json_object *o, const char *key);
uint64_t client_number(json_object *o, const char *key);

/* Until the manager has told anything, which may have come already, or USEC have passed. Negative
 * errno: it left. */
int client_wait(sd_bus *bus, uint64_t usec);

/* VALUE as text for a terminal: what units say of themselves cannot steer it. Valid as long as
 * VALUE; never NULL. */
const char *client_plain(json_object *value);

/* client_plain() of the member KEY. */
const char *client_plain_text(json_object *o, const char *key);

/* The exit status for an error that is known by name. */
int client_status_of(const sd_bus_error *e);

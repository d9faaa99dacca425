/*
 * "svctl is-active", "is-failed", "is-system-running": one word, and an exit status for scripts.
 */
#include <stdio.h>

#include "base/clock.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/tools/ctl/ctl.h"
#include "supervisor/tools/ctl/names.h"

enum { NOT_ACTIVE = 3 };

/* Is one of UNITS so, as is_so() sees it? The word that is printed is the property KEY. */
typedef struct Query {
        const char *key;
        bool (*is_so)(const char *word);
        int status; /* when none is */
} Query;

static bool is_active(const char *word) {
        return text_eq(word, "active") || text_eq(word, "reloading");
}

static bool is_failed(const char *word) {
        return text_eq(word, "failed");
}

static void print_word(const CtlSettings *s, const char *name, const char *word) {
        _cleanup_json_ json_object *o = NULL;

        if (s->quiet)
                return;
        if (!s->json) {
                puts(word);
                return;
        }
        o = json_object_new_object();
        if (name)
                json_object_object_add(o, "unit", json_object_new_string(name));
        json_object_object_add(o, "state", json_object_new_string(word));
        puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
}

static int query(char *argv[], const CtlSettings *settings, const Query *q) {
        _cleanup_strv_ char **names = NULL;
        _cleanup_bus_ sd_bus *bus = NULL;
        int status = client_open(&bus);
        bool found = false;

        if (status == 0)
                status = names_expand(bus, settings, argv + 1, &names);
        STRV_FOREACH(name, names) {
                _cleanup_json_ json_object *unit = NULL;
                const char *word;

                status = client_properties(bus, *name, &unit);
                if (status)
                        break;
                word = client_text(unit, q->key);
                print_word(settings, *name, *word ? word : "not-found");
                found = found || q->is_so(word);
        }
        return status || found ? status : q->status;
}

int ctl_is_active(int argc, char *argv[], void *context) {
        return query(argv, context, &(Query){ "ActiveState", is_active, NOT_ACTIVE });
}

int ctl_is_failed(int argc, char *argv[], void *context) {
        return query(argv, context, &(Query){ "ActiveState", is_failed, 1 });
}

/* ---- the system ---- */

int ctl_is_system_running(int argc, char *argv[], void *context) {
        const CtlSettings *settings = context;
        _cleanup_bus_ sd_bus *bus = NULL;

        if (client_try_open(&bus) < 0) {
                print_word(settings, NULL, "offline");
                return 1;
        }
        for (;;) {
                _cleanup_json_ json_object *manager = NULL;
                int status = client_properties(bus, NULL, &manager);
                const char *word = status ? "" : client_text(manager, "SystemState");

                if (status)
                        return status;
                if (!settings->wait ||
                    (!text_eq(word, "initializing") && !text_eq(word, "starting"))) {
                        print_word(settings, NULL, word);
                        return !text_eq(word, "running");
                }
                /* a job that ends may be the last one; not everybody is told of that */
                if (client_wait(bus, CLOCK_SECOND) < 0) {
                        ctl_complain("the manager left before the system was up");
                        return 1;
                }
        }
}

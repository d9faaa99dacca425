/*
 * "svctl is-active", "is-failed": one word a unit, and an exit status for scripts.
 */
#include <stdio.h>

#include "base/text.h"
#include "supervisor/tools/ctl/client.h"
#include "supervisor/tools/ctl/ctl.h"

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

static void print_word(const char *name, const char *word, bool json) {
        _cleanup_json_ json_object *o = NULL;

        if (!json) {
                puts(word);
                return;
        }
        o = json_object_new_object();
        json_object_object_add(o, "unit", json_object_new_string(name));
        json_object_object_add(o, "state", json_object_new_string(word));
        puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
}

static int query(int argc, char *argv[], const CtlSettings *settings, const Query *q) {
        _cleanup_bus_ sd_bus *bus = NULL;
        int status = client_open(&bus);
        bool found = false;

        for (int i = 1; i < argc && status == 0; i++) {
                _cleanup_json_ json_object *unit = NULL;
                _cleanup_free_ char *name = client_unit_name(argv[i]);
                const char *word;

                status = name ? client_properties(bus, name, &unit) : 2;
                if (status)
                        break;
                word = client_text(unit, q->key);
                print_word(name, *word ? word : "not-found", settings->json);
                found = found || q->is_so(word);
        }
        return status || found ? status : q->status;
}

int ctl_is_active(int argc, char *argv[], void *context) {
        return query(argc, argv, context, &(Query){ "ActiveState", is_active, NOT_ACTIVE });
}

int ctl_is_failed(int argc, char *argv[], void *context) {
        return query(argc, argv, context, &(Query){ "ActiveState", is_failed, 1 });
}

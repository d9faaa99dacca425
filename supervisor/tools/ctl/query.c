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

static int query(int argc, char *argv[], const Query *q) {
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
                puts(*word ? word : "not-found");
                found = found || q->is_so(word);
        }
        return status || found ? status : q->status;
}

int ctl_is_active(int argc, char *argv[], void *context) {
        return query(argc, argv, &(Query){ "ActiveState", is_active, NOT_ACTIVE });
}

int ctl_is_failed(int argc, char *argv[], void *context) {
        return query(argc, argv, &(Query){ "ActiveState", is_failed, 1 });
}

/*
 * "svctl list-dependencies UNIT": what it pulls in; with --reverse what pulls it in, with --before
 * and --after what is ordered. As systemctl(1) has it, only targets are opened further.
 */
#include <stdio.h>

#include "base/strv.h"
#include "base/text.h"
#include "supervisor/tools/ctl/ctl.h"
#include "supervisor/tools/ctl/names.h"
#include "supervisor/tools/ctl/pager.h"

enum { DEPTH_MAX = 16, KEYS_MAX = 8 };

static const char *const forward[KEYS_MAX] = { "Requires", "Requisite", "Wants",
                                               "BindsTo",  "Upholds",   "ConsistsOf" },
                         *const reverse[KEYS_MAX] = { "RequiredBy", "RequisiteOf", "WantedBy",
                                                      "BoundBy",    "UpheldBy",    "PartOf" },
                         *const before[KEYS_MAX] = { "Before" },
                         *const after[KEYS_MAX] = { "After" };

typedef struct Walk {
        sd_bus *bus;
        json_object *seen; /* names that were opened */
        const char *const *keys;
        const CtlSettings *settings;
} Walk;

static void print_line(const Walk *w, const char *name, const char *parent, json_object *unit,
                       unsigned depth) {
        const char *state = client_text(unit, "ActiveState");
        _cleanup_json_ json_object *o = NULL;

        if (!w->settings->json) {
                printf("%*s%s", (int)(depth * 2), "", name);
                if (!w->settings->plain)
                        printf(" (%s)", state);
                putchar('\n');
                return;
        }
        o = json_object_new_object();
        json_object_object_add(o, "unit", json_object_new_string(name));
        if (parent)
                json_object_object_add(o, "parent", json_object_new_string(parent));
        json_object_object_add(o, "depth", json_object_new_int((int)depth));
        json_object_object_add(o, "active", json_object_new_string(state));
        puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
}

static int print_tree(Walk *w, const char *name, const char *parent, unsigned depth) {
        _cleanup_json_ json_object *unit = NULL;
        int status = client_properties(w->bus, name, &unit);

        if (status)
                return status;
        print_line(w, name, parent, unit, depth);
        if (depth > DEPTH_MAX ||
            (depth > 0 && !w->settings->all && !text_ends_with(name, ".target")) ||
            json_object_object_get_ex(w->seen, name, NULL))
                return 0;
        json_object_object_add(w->seen, name, json_object_new_boolean(true));
        for (size_t k = 0; k < KEYS_MAX && w->keys[k]; k++) {
                json_object *names;

                if (!json_object_object_get_ex(unit, w->keys[k], &names))
                        continue;
                for (size_t i = 0; i < json_object_array_length(names) && status == 0; i++)
                        status = print_tree(
                                w, json_object_get_string(json_object_array_get_idx(names, i)),
                                name, depth + 1);
        }
        return status;
}

static int print_trees(Walk *w, char *const *texts) {
        _cleanup_strv_ char **names = NULL;
        int status = names_expand(w->bus, w->settings, texts, &names);
        pid_t pager = status ? 0 : pager_begin(w->settings);

        for (size_t i = 0; names && names[i] && status == 0; i++) {
                _cleanup_json_ json_object *seen = json_object_new_object();

                if (i > 0 && !w->settings->json)
                        putchar('\n');
                w->seen = seen;
                status = seen ? print_tree(w, names[i], NULL, 0) : 1;
        }
        pager_end(pager);
        return status;
}

int ctl_list_dependencies(int argc, char *argv[], void *context) {
        const CtlSettings *settings = context;
        _cleanup_bus_ sd_bus *bus = NULL;
        Walk w = { .settings = settings };
        int status;

        if (settings->reverse + settings->before + settings->after > 1) {
                ctl_complain("only one of --reverse, --before and --after can be had");
                return 2;
        }
        status = client_open(&bus);
        w.bus = bus;
        w.keys = settings->reverse  ? reverse
                 : settings->before ? before
                 : settings->after  ? after
                                    : forward;
        return status ? status
                      : print_trees(&w, argc > 1 ? argv + 1
                                                 : (char *[]){ (char *)"default.target", NULL });
}

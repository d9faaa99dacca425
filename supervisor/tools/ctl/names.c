/*
 * One question to the manager for all patterns, and none where there are no patterns.
 */
#include "supervisor/tools/ctl/names.h"

#include <string.h>

#include "base/strv.h"
#include "base/text.h"

bool names_is_pattern(const char *text) {
        return strpbrk(text, "*?[") != NULL;
}

bool names_is_of_type(const char *name, char *const *types) {
        const char *dot = strrchr(name, '.');

        return !types || !*types || (dot && strv_contains(types, dot + 1));
}

bool names_is_worth(json_object *row, const CtlSettings *s) {
        return s->all || s->states ||
               !text_eq(json_object_get_string(json_object_array_get_idx(row, 3)), "inactive") ||
               json_object_get_int64(json_object_array_get_idx(row, 7)) != 0;
}

static int add_found(sd_bus *bus, const CtlSettings *s, char *const *patterns, char ***names) {
        _cleanup_json_ json_object *rows = NULL;
        int status = client_units(bus, &(ClientFilter){ patterns, s->states }, &rows);
        size_t n = strv_length(*names);

        if (status)
                return status;
        for (size_t i = 0; i < json_object_array_length(rows); i++) {
                json_object *row = json_object_array_get_idx(rows, i);
                const char *name = json_object_get_string(json_object_array_get_idx(row, 0));

                if (names_is_worth(row, s) && names_is_of_type(name, s->types) &&
                    !strv_contains(*names, name) && strv_add(names, name) < 0)
                        return 1;
        }
        if (strv_length(*names) == n && !s->quiet)
                ctl_complain("no loaded unit fits \"%s\"%s", *patterns,
                             patterns[1] ? " or the other patterns" : "");
        return 0;
}

int names_expand(sd_bus *bus, const CtlSettings *s, char *const *texts, char ***ret) {
        _cleanup_strv_ char **names = NULL, **patterns = NULL;
        int status;

        STRV_FOREACH(text, texts) {
                _cleanup_free_ char *name = NULL;

                if (names_is_pattern(*text)) {
                        if (strv_add(&patterns, *text) < 0)
                                return 1;
                        continue;
                }
                name = client_unit_name(*text);
                if (!name)
                        return 2;
                if (!strv_contains(names, name) && strv_push(&names, TAKE_PTR(name)) < 0)
                        return 1;
        }
        status = patterns ? add_found(bus, s, patterns, &names) : 0;
        if (status == 0)
                *ret = TAKE_PTR(names);
        return status;
}

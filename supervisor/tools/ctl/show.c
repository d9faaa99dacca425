/*
 * "svctl show": all properties, one "NAME=VALUE" a line, as systemctl(1) has them.
 */
#include <stdio.h>

#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/tools/ctl/client.h"
#include "supervisor/tools/ctl/ctl.h"
#include "units/time-span.h"
#include "units/timestamp.h"

static void add_value(StrBuf *to, const char *name, json_object *value);

static void add_list(StrBuf *to, json_object *list) {
        for (size_t i = 0; i < json_object_array_length(list); i++) {
                if (i > 0)
                        strbuf_add_char(to, ' ');
                add_value(to, "", json_object_array_get_idx(list, i));
        }
}

static void add_number(StrBuf *to, const char *name, json_object *value) {
        uint64_t number = json_object_get_uint64(value);
        char text[MAX_OF(TIME_SPAN_MAX, TIMESTAMP_MAX)];

        if (json_object_get_int64(value) < 0)
                strbuf_add(to, json_object_get_string(value));
        else if (number == UINT64_MAX)
                strbuf_add(to, text_ends_with(name, "Current") || text_ends_with(name, "Peak") ||
                                               text_ends_with(name, "Bytes") ||
                                               text_ends_with(name, "NSec")
                                       ? "[not set]"
                                       : "infinity");
        else if (text_ends_with(name, "USec"))
                strbuf_add(to, time_span_format(number, 1, text));
        else if (text_ends_with(name, "Timestamp"))
                strbuf_add(to, number ? timestamp_format(number, false, text) : "");
        else
                strbuf_add(to, json_object_get_string(value));
}

/* Texts come from units: no control character reaches the terminal. */
static void add_value(StrBuf *to, const char *name, json_object *value) {
        if (json_object_is_type(value, json_type_array))
                add_list(to, value);
        else if (json_object_is_type(value, json_type_boolean))
                strbuf_add(to, json_object_get_boolean(value) ? "yes" : "no");
        else if (json_object_is_type(value, json_type_int))
                add_number(to, name, value);
        else
                strbuf_add(to, json_object_get_string(value));
}

static bool is_wanted(const CtlSettings *s, const char *name) {
        return !s->properties || strv_contains(s->properties, name);
}

static int print_text(const CtlSettings *s, json_object *unit) {
        json_object_object_foreach(unit, name, value) {
                _cleanup_(strbuf_done) StrBuf line = { 0 };

                if (!is_wanted(s, name))
                        continue;
                add_value(&line, name, value);
                if (line.error < 0)
                        return 1;
                printf("%s=%s\n", name, line.text ? text_mask_control(line.text) : "");
        }
        return 0;
}

static int print_json(const CtlSettings *s, json_object *unit) {
        _cleanup_json_ json_object *o = json_object_new_object();

        json_object_object_foreach(unit, name, value) if (is_wanted(s, name))
                json_object_object_add(o, name, json_object_get(value));
        puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
        return 0;
}

int ctl_show(int argc, char *argv[], void *context) {
        const CtlSettings *settings = context;
        _cleanup_bus_ sd_bus *bus = NULL;
        int status = client_open(&bus);

        /* without a name: the manager itself */
        for (int i = MIN_OF(argc - 1, 1); i < argc && status == 0; i++) {
                _cleanup_json_ json_object *unit = NULL;
                _cleanup_free_ char *name = i > 0 ? client_unit_name(argv[i]) : NULL;

                if (i > 0 && !name)
                        return 2;
                if (i > 1 && !settings->json)
                        putchar('\n');
                status = client_properties(bus, name, &unit);
                if (status == 0)
                        status = settings->json ? print_json(settings, unit)
                                                : print_text(settings, unit);
        }
        return status;
}

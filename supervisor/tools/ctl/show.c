/*
 * "svctl show": properties of units, of jobs (by their numbers), or of the manager, as systemctl(1)
 * prints them. What is not set is left out, unless it is asked for by name or with --all.
 */
#include <stdio.h>

#include "base/number.h"
#include "base/strv.h"
#include "base/terminal.h"
#include "base/text.h"
#include "supervisor/tools/ctl/names.h"
#include "supervisor/tools/ctl/pager.h"
#include "supervisor/tools/ctl/show-value.h"

static bool is_wanted(const CtlSettings *s, const char *name) {
        return !s->properties || strv_contains(s->properties, name);
}

/* Each property is read, or stepped over. */
static int add_properties(const CtlSettings *s, sd_bus_message *m, StrBuf *to) {
        const ShowStyle style = { .empty = s->all || s->properties,
                                  .bare = s->value,
                                  .unmasked = !terminal_is(STDOUT_FILENO),
                                  .time_style = s->time_style };
        int r = sd_bus_message_enter_container(m, 'a', "{sv}");

        while (r >= 0 && (r = sd_bus_message_at_end(m, false)) == 0) {
                const char *name;

                r = sd_bus_message_enter_container(m, 'e', "sv");
                if (r >= 0)
                        r = sd_bus_message_read(m, "s", &name);
                if (r >= 0)
                        r = is_wanted(s, name) ? show_value(m, name, &style, to)
                                               : sd_bus_message_skip(m, "v");
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
        }
        return r;
}

static int print_text(const CtlSettings *s, sd_bus_message *m) {
        _cleanup_(strbuf_done) StrBuf text = { 0 };
        int r = add_properties(s, m, &text);

        if (r >= 0) {
                fputs(text.text ? text.text : "", stdout);
                return 0;
        }
        ctl_complain("the manager's answer makes no sense: %s", strerror(-r));
        return 1;
}

static int print_json(const CtlSettings *s, sd_bus_message *m) {
        _cleanup_json_ json_object *o = json_object_new_object(), *all = NULL;
        int status = client_read(m, &all);

        if (status)
                return status;
        json_object_object_foreach(all, name, value) if (is_wanted(s, name))
                json_object_object_add(o, name, json_object_get(value));
        puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_PLAIN));
        return 0;
}

static int show_object(const CtlSettings *s, sd_bus *bus, const char *path) {
        _cleanup_(sd_bus_message_unrefp) sd_bus_message *reply = NULL;
        int status = client_get_all(bus, path, &reply);

        if (status)
                return status;
        return s->json ? print_json(s, reply) : print_text(s, reply);
}

/* The objects: jobs, then units, then, for no names at all, the manager. */
static int find_paths(const CtlSettings *s, sd_bus *bus, char *texts[], char ***ret) {
        _cleanup_strv_ char **names = NULL, **paths = NULL, **rest = NULL;
        bool everything = !*texts && (s->types || s->states);
        int status;

        if (everything && strv_add(&rest, "*") < 0)
                return 1;
        STRV_FOREACH(text, texts) {
                char *path = NULL;
                uint32_t job;

                if (number_parse_u32(*text, 10, &job) < 0) {
                        if (strv_add(&rest, *text) < 0)
                                return 1;
                } else if (asprintf(&path, CLIENT_ROOT "/job/%u", job) < 0 ||
                           strv_push(&paths, path) < 0)
                        return 1;
        }
        status = names_expand(bus, s, rest, &names);
        if (status)
                return status;
        STRV_FOREACH(name, names) {
                char *path = client_unit_path(*name);

                if (!path || strv_push(&paths, path) < 0)
                        return 1;
        }
        if (!*texts && !everything && strv_add(&paths, CLIENT_ROOT) < 0)
                return 1;
        *ret = TAKE_PTR(paths);
        return 0;
}

int ctl_show(int argc, char *argv[], void *context) {
        const CtlSettings *settings = context;
        _cleanup_strv_ char **paths = NULL;
        _cleanup_bus_ sd_bus *bus = NULL;
        int status = client_open(&bus);
        pid_t pager;

        if (status == 0)
                status = find_paths(settings, bus, argv + 1, &paths);
        if (status)
                return status;
        pager = pager_begin(settings);
        for (size_t i = 0; paths && paths[i] && status == 0; i++) {
                if (i > 0 && !settings->json)
                        putchar('\n');
                status = show_object(settings, bus, paths[i]);
        }
        pager_end(pager);
        return status;
}

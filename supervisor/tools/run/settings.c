/*
 * Settings come from the unit's files in their order, then from -p in the
 * order of the command line, then from the options that are short for a
 * directive.
 */
#include "supervisor/tools/run/settings.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "units/load.h"
#include "units/service.h"
#include "units/types.h"
#include "units/unit-name.h"

/* -p takes what a service unit could hold: the sections are told apart by name alone. */
#define PROPERTY_SECTIONS (SECTION_SERVICE | SECTION_UNIT)

void settings_done(Settings *s) {
        config_done(&s->config);
        free(s->unit_name);
        free(s->fragment);
        *s = (Settings){ 0 };
}

static int assign(Settings *s, const char *name, const char *value,
                  const SpecifierContext *specifiers, Diag *diag) {
        const ParseContext context = { .diag = diag, .specifiers = specifiers };

        return config_assign(&s->config, PROPERTY_SECTIONS, name, value, &context);
}

/* Does D, as it stands after all assignments, say what only the commands of a unit are asked about?
 */
static bool is_for_units_alone(const Settings *s, const Directive *d) {
        const CommandList *commands = config_field(&s->config, d);

        if (d->type == &type_commands)
                return commands->n > 0;
        return ((text_eq(d->name, "PIDFile") || text_eq(d->name, "SuccessExitStatus")) &&
                config_is_assigned(&s->config, d)) ||
               (text_eq(d->name, "Type") && s->config.service_type == SERVICE_FORKING) ||
               (text_eq(d->name, "RemainAfterExit") && s->config.remain_after_exit);
}

static int refuse_beside_command(const Settings *s, const char *property, Diag *diag) {
        const size_t length = strcspn(property, "=");
        const Directive *found[2];
        char name[NAME_MAX];
        size_t n;

        snprintf(name, sizeof(name), "%.*s", (int)length, property);
        n = directive_resolve(PROPERTY_SECTIONS, text_strip(name), found);
        for (size_t i = 0; i < n && property[length + 1]; i++)
                if (is_for_units_alone(s, found[i]))
                        return diag_error(diag, -EINVAL,
                                          "%s=: this has no effect on a COMMAND of the command "
                                          "line; write a unit file with it, and run that with "
                                          "--unit and without a COMMAND",
                                          found[i]->name);
        return 0;
}

static int assign_property(Settings *s, const char *property, const SpecifierContext *specifiers,
                           Diag *diag) {
        const char *equals = strchr(property, '=');
        _cleanup_free_ char *name_text = strndup(property, (size_t)(equals - property));
        _cleanup_free_ char *value_text = strdup(equals + 1);

        if (!name_text || !value_text)
                return -ENOMEM;
        return assign(s, text_strip(name_text), text_strip(value_text), specifiers, diag);
}

static int assign_options(Settings *s, const Request *r, const SpecifierContext *specifiers,
                          Diag *diag) {
        _cleanup_free_ char *here = r->same_directory ? getcwd(NULL, 0) : NULL;
        const struct {
                const char *name, *value;
        } rows[] = {
                { "User", r->user },
                { "Group", r->group },
                { "WorkingDirectory", r->same_directory ? here : r->working_directory },
        };

        if (r->same_directory && !here)
                return diag_error(diag, -errno,
                                  "--same-dir: the current directory has no path here: %s",
                                  strerror(errno));
        for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                int e = rows[i].value ? assign(s, rows[i].name, rows[i].value, specifiers, diag)
                                      : 0;

                if (e < 0)
                        return e;
        }
        return 0;
}

static int name_command(const Request *r, char **ret) {
        const char *program = path_last(r->command[0]);

        return asprintf(ret, "run-%s.service", *program ? program : "command") < 0 ? -ENOMEM : 0;
}

/* Units from elsewhere run as their authors tested them. */
static bool is_strict(const Settings *s, const Request *r) {
        if (s->config.enforce == ENFORCE_DEFAULT)
                return !r->unit;
        return s->config.enforce == ENFORCE_STRICT;
}

/* A path, or a name that is looked up in the load path; "nginx" stands for "nginx.service". */
static int find_unit(const char *argument, Diag *diag, LoadedUnit *ret) {
        _cleanup_(load_path_done) LoadPath path = LOAD_PATH_EMPTY;
        _cleanup_(load_index_freep) LoadIndex *index = NULL;
        _cleanup_free_ char *name = NULL;
        int e;

        if (strchr(argument, '/'))
                return load_file(argument, diag, ret);
        if (unit_name_complete(argument, UNIT_SERVICE, &name) == -ENOMEM)
                return -ENOMEM;
        e = load_path_init(&path, NULL, getenv("SYSTEMD_UNIT_PATH"), diag);
        if (e >= 0)
                e = load_index_new(&path, diag, &index);
        if (e >= 0)
                e = load_unit(index, name ? name : argument, diag, ret);
        if (e < 0)
                return e;
        if (ret->fragment)
                return 0;
        return diag_error(diag, -ENOENT,
                          "there is no unit %s in the load path; write a path such as ./%s "
                          "for a file, or set SYSTEMD_UNIT_PATH",
                          ret->id, ret->id);
}

static int parse_unit(Settings *s, const Request *r, SpecifierContext *specifiers, Diag *diag) {
        _cleanup_(load_done) LoadedUnit unit = { 0 };
        const ParseContext context = { .diag = diag, .specifiers = specifiers };
        int e = find_unit(r->unit, diag, &unit);

        if (e < 0)
                return e;
        if (unit_name_kind(unit.id) == UNIT_NAME_TEMPLATE)
                return diag_error(
                        diag, -EINVAL,
                        "%s is a template; name an instance of it, with a word behind the "
                        "\"@\"",
                        unit.id);
        if (unit.masked)
                return diag_error(diag, -ERFKILL, "the unit %s is masked; unmask it to run it",
                                  unit.id);
        s->unit_name = strdup(unit.id);
        s->fragment = unit.fragment ? strdup(unit.fragment) : NULL;
        if (!s->unit_name || (unit.fragment && !s->fragment))
                return -ENOMEM;
        specifiers->unit = s->unit_name;
        specifiers->fragment_path = s->fragment;
        for (size_t i = 0; i < unit.n && e >= 0; i++)
                e = config_parse_text(&s->config, unit.files[i].path, unit.files[i].text,
                                      unit.files[i].size, &context);
        return e;
}

static int check_unit(const Settings *s, Diag *diag) {
        const char *outer = diag->file;
        int e;

        if (!text_ends_with(s->unit_name, ".service"))
                return diag_error(diag, -EINVAL,
                                  "%s is no service; only services have commands to run",
                                  s->unit_name);
        diag->file = s->fragment ? s->fragment : s->unit_name;
        e = service_check(&s->config, diag);
        if (e >= 0 && s->config.exec_start.n == 0 && s->config.exec_stop.n == 0)
                e = diag_error(diag, -EINVAL,
                               "SuccessAction= is left to a supervisor, and there is no "
                               "ExecStart=; there is nothing to run");
        diag->file = outer;
        return e;
}

static int load_all(Settings *s, const Request *r, const SpecifierContext *caller, Diag *diag) {
        SpecifierContext specifiers = *caller;
        int e;

        if (r->unit)
                e = parse_unit(s, r, &specifiers, diag);
        else
                e = name_command(r, &s->unit_name);
        specifiers.unit = s->unit_name;
        for (char **p = r->properties; e >= 0 && p && *p; p++)
                e = assign_property(s, *p, &specifiers, diag);
        for (char **p = r->command ? r->properties : NULL; e >= 0 && p && *p; p++)
                e = refuse_beside_command(s, *p, diag);
        if (e >= 0)
                e = assign_options(s, r, &specifiers, diag);
        return e < 0 || !r->unit || r->command ? e : check_unit(s, diag);
}

int settings_load(const Request *r, const SpecifierContext *caller, Diag *diag, Settings *ret) {
        _cleanup_(settings_done) Settings s = { 0 };
        int e = config_init(&s.config);

        if (e >= 0)
                e = load_all(&s, r, caller, diag);
        if (e < 0)
                return e;
        s.strict = is_strict(&s, r);
        if (s.strict && diag_count(diag, DIAG_ERROR) > 0)
                return -EINVAL;
        *ret = s;
        s = (Settings){ 0 };
        return 0;
}

/* What nobody acts on here. Nearly all units have dependencies, so those are not named one by one;
 * and what [Install] says is about starting at boot. */
/* What the manager does with a service, and svrun does not: nothing is weaker for it. */
static bool is_left_out(const Directive *d) {
        return text_eq(d->name, "FinalKillSignal") || text_eq(d->name, "TimeoutAbortSec") ||
               text_eq(d->name, "NonBlocking");
}

static void add_supervision(const Settings *s, StrBuf *to) {
        bool dependencies = false, conditions = false;
        _cleanup_(strbuf_done) StrBuf names = { 0 };

        DIRECTIVE_FOREACH(d) {
                if (!(d->flags & SUPERVISION || is_left_out(d)) || d->sections == SECTION_INSTALL ||
                    !config_is_assigned(&s->config, d))
                        continue;
                if (d->type == &type_conditions)
                        conditions = true;
                else if (d->sections == SECTION_UNIT &&
                         (d->type == &type_words || d->type == &type_boolean))
                        dependencies = true;
                else
                        strbuf_addf(&names, "%s%s=", names.length ? ", " : "", d->name);
        }
        strbuf_add(to, dependencies ? "dependencies" : "");
        strbuf_addf(to, "%s%s", conditions && to->length ? ", " : "",
                    conditions ? "conditions" : "");
        strbuf_addf(to, "%s%s", names.length && to->length ? ", " : "",
                    names.length ? names.text : "");
}

void settings_note_supervision(const Settings *s, Diag *diag) {
        _cleanup_(strbuf_done) StrBuf names = { 0 };

        add_supervision(s, &names);
        if (names.length > 0)
                diag_note(diag, "left to a supervisor: %s", names.text);
}

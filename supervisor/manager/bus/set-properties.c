/*
 * "systemctl set-property": each property becomes a line of unit text, which is checked by the
 * directive table like any other, and a drop-in of its own. Either all are right or none is
 * written.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/manager/bus/bus-inside.h"
#include "supervisor/manager/bus/property-text.h"
#include "supervisor/manager/bus/setting.h"
#include "supervisor/manager/bus/value-structure.h"
#include "supervisor/manager/unit-load.h"

typedef struct Change {
        const Directive *directive;
        char *lines; /* "MemoryMax=1024\n" */
} Change;

typedef struct Changes {
        const Config *config; /* as the unit is now */
        Change *items;
        UnitDropin *dropins; /* one each */
        size_t n;
        unsigned section;
} Changes;

static void changes_done(Changes *c) {
        for (size_t i = 0; i < c->n; i++) {
                free(c->items[i].lines);
                if (c->dropins) {
                        free(c->dropins[i].name);
                        free(c->dropins[i].text);
                }
        }
        free(c->items);
        free(c->dropins);
}

/* A list with structure grows by what is sent, and an empty one empties it. */
static int read_structure(const Directive *d, const Config *now, sd_bus_message *m, StrBuf *to) {
        char *const *old = *(char *const *const *)config_field(now, d);
        bool replaces = value_structure_signature(d)[1] != '(';
        _cleanup_strv_ char **words = NULL;
        int r = sd_bus_message_enter_container(m, 'v', value_structure_signature(d));

        if (r >= 0)
                r = value_structure_read(d, m, &words);
        if (r >= 0)
                r = sd_bus_message_exit_container(m);
        if (r < 0)
                return r;
        strbuf_addf(to, "%s=\n", d->name);
        STRV_FOREACH(word, words && !replaces ? old : NULL)
                if (!strv_contains(words, *word))
                        strbuf_addf(to, "%s=%s\n", d->name, *word);
        STRV_FOREACH(word, words)
                strbuf_addf(to, "%s=%s\n", d->name, *word);
        return 0;
}

/* ---- all of them ---- */

static int check(const Change *change, unsigned section, sd_bus_error *e) {
        _cleanup_(diag_done) Diag diag = { 0 };
        _cleanup_(config_done) Config c;
        const ParseContext context = { .diag = &diag };
        int r = config_init(&c);

        if (r >= 0)
                r = property_text_check(change->directive, change->lines, &diag);
        for (const char *line = change->lines; *line && r >= 0; line += strcspn(line, "\n") + 1) {
                _cleanup_free_ char *value = strndup(line, strcspn(line, "\n"));

                r = value ? config_assign(&c, section | SECTION_UNIT, change->directive->name,
                                          strchr(value, '=') + 1, &context)
                          : -ENOMEM;
        }
        return r < 0 ? bus_error(e, r == -ENOENT ? -EINVAL : r, &diag) : 0;
}

static int read_one(Changes *changes, unsigned sections, sd_bus_message *m, sd_bus_error *e) {
        _cleanup_(strbuf_done) StrBuf lines = { 0 };
        const char *name, *signature;
        Change change = { 0 };
        int r = sd_bus_message_read(m, "s", &name);

        if (r >= 0)
                r = sd_bus_message_peek_type(m, NULL, &signature);
        if (r < 0)
                return r;
        change.directive = setting_find(sections, name);
        if (!change.directive && text_eq(signature, "s")) /* text, as in a unit file */
                change.directive = directive_find(sections, name);
        if (!change.directive || !setting_is_property(change.directive))
                return sd_bus_error_setf(e, SD_BUS_ERROR_PROPERTY_READ_ONLY,
                                         "%s cannot be set for this unit", name);
        if (text_eq_or_null(value_structure_signature(change.directive), signature))
                r = read_structure(change.directive, changes->config, m, &lines);
        else
                r = property_text_read(change.directive, name, m, &lines);
        if (r == -EOPNOTSUPP)
                return sd_bus_error_setf(e, SD_BUS_ERROR_NOT_SUPPORTED,
                                         "%s cannot be set in this form", name);
        if (r >= 0)
                r = strbuf_take(&lines, &change.lines);
        if (r >= 0)
                r = check(&change, changes->section, e);
        if (r < 0 || ARRAY_GROW(changes->items, changes->n) < 0) {
                free(change.lines);
                return r < 0 ? r : -ENOMEM;
        }
        changes->items[changes->n++] = change;
        return 0;
}

static int read_all(Changes *changes, unsigned sections, sd_bus_message *m, sd_bus_error *e) {
        int r = sd_bus_message_enter_container(m, 'a', "(sv)");

        while (r >= 0 && (r = sd_bus_message_enter_container(m, 'r', "sv")) > 0) {
                r = read_one(changes, sections, m, e);
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
        }
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

/* ---- drop-ins ---- */

static int make_dropin(const Change *change, unsigned section, UnitDropin *ret) {
        bool general = change->directive->sections & SECTION_UNIT;
        _cleanup_free_ char *name = NULL;

        if (asprintf(&name, "50-%s.conf", change->directive->name) < 0 ||
            asprintf(&ret->text, "# Made by set-property\n[%s]\n%s",
                     section_name((Section)(general ? SECTION_UNIT : section)), change->lines) < 0)
                return -ENOMEM;
        ret->name = TAKE_PTR(name);
        return 0;
}

static int make_dropins(Changes *changes) {
        int r = 0;

        changes->dropins = calloc(changes->n + 1, sizeof(UnitDropin));
        if (!changes->dropins)
                return -ENOMEM;
        for (size_t i = 0; i < changes->n && r >= 0; i++)
                r = make_dropin(&changes->items[i], changes->section, &changes->dropins[i]);
        return r;
}

/* Each line is right; but is what the unit becomes by all of them? */
static int check_unit(const Bus *b, const Unit *u, const Changes *changes, sd_bus_error *e) {
        _cleanup_(diag_done) Diag diag = { 0 };
        int r = unit_load_check(b->setup.engine->registry, u, changes->dropins, changes->n, &diag);

        return r == -ENOMEM ? r : r < 0 ? bus_error(e, -EUCLEAN, &diag) : 0;
}

static int open_directory(const char *parent, const Unit *u) {
        _cleanup_free_ char *path = NULL;

        if (asprintf(&path, "%s/%s.d", parent, u->id) < 0)
                return -ENOMEM;
        if ((mkdir(parent, 0755) < 0 && errno != EEXIST) ||
            (mkdir(path, 0755) < 0 && errno != EEXIST))
                return -errno;
        return fd_open_nofollow(AT_FDCWD, path, O_RDONLY | O_DIRECTORY, 0);
}

static int write_all(const Changes *changes, const char *parent, const Unit *u) {
        _cleanup_fd_ int directory = open_directory(parent, u);
        int r = MIN_OF(directory, 0);

        for (size_t i = 0; i < changes->n && r >= 0; i++)
                r = file_write_atomic_at(directory, changes->dropins[i].name,
                                         changes->dropins[i].text, 0644);
        return r;
}

int bus_set_properties(Bus *b, Unit *u, sd_bus_message *m, sd_bus_error *e) {
        unsigned own = bus_type_interface(u->type).sections;
        _cleanup_(changes_done) Changes changes = { .section = own ? own : SECTION_UNIT,
                                                    .config = bus_config(b, u) };
        int runtime, r = changes.config ? sd_bus_message_read(m, "b", &runtime) : -ENOMEM;

        if (r >= 0)
                r = read_all(&changes, own | SECTION_UNIT, m, e);
        if (r < 0)
                return r;
        if (u->load != LOAD_LOADED)
                return bus_error(e, u->load == LOAD_MASKED ? -ERFKILL : -ENOENT, NULL);
        r = make_dropins(&changes);
        if (r >= 0)
                r = check_unit(b, u, &changes, e);
        if (r < 0)
                return r;
        r = write_all(&changes, runtime ? b->setup.settings_run : b->setup.settings, u);
        if (r < 0)
                return sd_bus_error_setf(e, SD_BUS_ERROR_FAILED,
                                         "the drop-in cannot be written: %s", strerror(-r));
        r = bus_reload(b, e);
        if (r >= 0 && b->setup.ops->apply)
                r = b->setup.ops->apply(u, b->setup.userdata);
        return r < 0 ? r : sd_bus_reply_method_return(m, NULL);
}

int bus_manager_set_properties(BusTarget *t, sd_bus_message *m, sd_bus_error *e) {
        const char *name;
        Unit *u;
        int r = sd_bus_message_read(m, "s", &name);

        if (r >= 0)
                r = bus_load_unit(t->bus, name, e, &u);
        return r < 0 ? r : bus_set_properties(t->bus, u, m, e);
}

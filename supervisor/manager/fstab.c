/*
 * A line becomes an entry, an entry becomes texts. Files that several entries add to, such as the
 * drop-in of local-fs.target, are found by name.
 *
 * Values go into unit files as they are, so what would be more than a value there is refused.
 */
#include "supervisor/manager/fstab.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/mount-info.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "supervisor/manager/mount-option.h"
#include "supervisor/manager/mount-table.h"
#include "units/unit-name.h"

#define SOURCE "/etc/fstab"

typedef struct Entry {
        char *what, *where, *type, *options, *pass; /* borrowed from the line */
        char *name, *device;                        /* units; owned. "device" may be NULL */
        bool swap;
} Entry;

typedef struct Making {
        const FstabMachine *machine;
        Diag *diag;
        FstabFiles files;
} Making;

static void entry_done(Entry *e) {
        free(e->what);
        free(e->name);
        free(e->device);
}

void fstab_done(FstabFiles *f) {
        for (size_t i = 0; i < f->n; i++) {
                free(f->items[i].name);
                free(f->items[i].text);
        }
        free(f->items);
        *f = (FstabFiles){ 0 };
}

const FstabFile *fstab_find(const FstabFiles *f, const char *name) {
        for (size_t i = 0; i < f->n; i++)
                if (text_eq(f->items[i].name, name))
                        return &f->items[i];
        return NULL;
}

/* ---- files ---- */

/* Adds TEXT to the file NAME; a new one begins with its section. */
static int add_text(Making *m, const char *name, const char *text) {
        FstabFile *f = (FstabFile *)fstab_find(&m->files, name);
        char *both = NULL;

        if (asprintf(&both, "%s%s", f ? f->text : "# Made from " SOURCE "\n[Unit]\n", text) < 0)
                return -ENOMEM;
        if (f) {
                free(f->text);
                f->text = both;
                return 0;
        }
        if (ARRAY_GROW(m->files.items, m->files.n) < 0) {
                free(both);
                return -ENOMEM;
        }
        f = &m->files.items[m->files.n];
        *f = (FstabFile){ .name = strdup(name), .text = both };
        if (!f->name) {
                free(both);
                return -ENOMEM;
        }
        m->files.n++;
        return 0;
}

/* TARGET gets "KIND=UNIT". */
static int add_link(Making *m, const char *target, const char *kind, const char *unit) {
        _cleanup_free_ char *file = NULL, *line = NULL;

        if (asprintf(&file, "%s.d/50-fstab.conf", target) < 0 ||
            asprintf(&line, "%s=%s\n", kind, unit) < 0)
                return -ENOMEM;
        return add_text(m, file, line);
}

/* A value of a directive, where "%" would be a specifier. */
static void add_value(StrBuf *b, const char *key, const char *value) {
        if (!value || !*value)
                return;
        strbuf_addf(b, "%s=", key);
        for (const char *c = value; *c; c++)
                strbuf_add(b, *c == '%' ? "%%" : (char[]){ *c, '\0' });
        strbuf_add_char(b, '\n');
}

/* ---- options ---- */

/* Calls DO for the value of each option that begins with KEY, until that fails. */
typedef int OptionDo(Making *m, const Entry *e, const char *value, void *userdata);

static int each_option(Making *m, const Entry *e, const char *key, OptionDo *todo, void *userdata) {
        _cleanup_free_ char *copy = strdup(e->options);
        char *rest = copy, *option;
        int r = copy ? 0 : -ENOMEM;

        while (r >= 0 && (option = strsep(&rest, ","))) {
                const char *value = text_after(option, key);

                if (value && *value)
                        r = todo(m, e, value, userdata);
        }
        return r;
}

/* A unit, or the path of one. */
static int unit_of(Making *m, const char *value, char **ret) {
        int r = unit_name_complete(value, UNIT_MOUNT, ret);

        if (r < 0 && r != -ENOMEM)
                diag_warning(m->diag, "\"%s\" is no unit; it is ignored", value);
        return r == -ENOMEM ? r : r >= 0;
}

typedef struct Line {
        const char *kind;
        StrBuf *to;
} Line;

static int do_line(Making *m, const Entry *e, const char *value, void *userdata) {
        const Line *line = userdata;
        _cleanup_free_ char *unit = NULL;
        int r = unit_of(m, value, &unit);

        if (r > 0)
                strbuf_addf(line->to, "%s=%s\n", line->kind, unit);
        return MIN_OF(r, 0);
}

static int do_path(Making *m, const Entry *e, const char *value, void *userdata) {
        if (path_is_absolute(value))
                add_value(userdata, "RequiresMountsFor", value);
        else
                diag_warning(m->diag, "\"%s\" is no absolute path; it is ignored", value);
        return 0;
}

static int do_value(Making *m, const Entry *e, const char *value, void *userdata) {
        const Line *line = userdata;

        add_value(line->to, line->kind, value);
        return 0;
}

static int do_target(Making *m, const Entry *e, const char *value, void *userdata) {
        _cleanup_free_ char *unit = NULL;
        int r = unit_of(m, value, &unit);

        return r > 0 ? add_link(m, unit, userdata, e->name) : r;
}

static int do_device_timeout(Making *m, const Entry *e, const char *value, void *userdata) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        _cleanup_free_ char *file = NULL, *text = NULL;

        if (!e->device)
                return 0;
        if (asprintf(&file, "%s.d/50-fstab.conf", e->device) < 0)
                return -ENOMEM;
        add_value(&b, "JobRunningTimeoutSec", value);
        if (strbuf_take(&b, &text) < 0)
                return -ENOMEM;
        return add_text(m, file, text);
}

/* ---- an entry ---- */

static int add_dependencies(Making *m, const Entry *e, StrBuf *b) {
        static const char *const rows[][2] = { { "x-systemd.requires=", "Requires" },
                                               { "x-systemd.requires=", "After" },
                                               { "x-systemd.after=", "After" },
                                               { "x-systemd.before=", "Before" } };
        int r = 0;

        for (size_t i = 0; i < ARRAY_SIZE(rows) && r >= 0; i++)
                r = each_option(m, e, rows[i][0], do_line, &(Line){ rows[i][1], b });
        if (r >= 0)
                r = each_option(m, e, "x-systemd.requires-mounts-for=", do_path, b);
        return r;
}

/* Checked first, where field 6 says so and the machine can. */
static void add_fsck(const Making *m, const Entry *e, StrBuf *b) {
        _cleanup_free_ char *instance = NULL, *name = NULL;

        if (e->swap || !e->device || !e->pass || text_eq(e->pass, "0") || !m->machine->fsck)
                return;
        if (unit_name_prefix(e->device, &instance) >= 0 &&
            unit_name_build("systemd-fsck", instance, UNIT_SERVICE, &name) >= 0)
                strbuf_addf(b, "Requires=%s\nAfter=%s\n", name, name);
}

static int add_unit(Making *m, const Entry *e) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        _cleanup_free_ char *text = NULL;
        bool rw = mount_option_has(e->options, "x-systemd.rw-only");
        int r;

        strbuf_add(&b, "SourcePath=" SOURCE "\n");
        r = add_dependencies(m, e, &b);
        if (r < 0)
                return r;
        add_fsck(m, e, &b);
        strbuf_add(&b, e->swap ? "[Swap]\n" : "[Mount]\n");
        add_value(&b, "What", e->what);
        if (!e->swap)
                add_value(&b, "Type", text_eq(e->type, "auto") ? NULL : e->type);
        add_value(&b, "Options", e->options);
        strbuf_add(&b, rw ? "ReadWriteOnly=yes\n" : "");
        r = each_option(m, e, "x-systemd.mount-timeout=", do_value, &(Line){ "TimeoutSec", &b });
        if (r >= 0)
                r = strbuf_take(&b, &text);
        return r < 0 ? r : add_text(m, e->name, text);
}

static int add_links(Making *m, const Entry *e) {
        bool chosen = strstr(e->options, "x-systemd.wanted-by=") ||
                      strstr(e->options, "x-systemd.required-by=");
        const char *target = e->swap                                        ? "swap.target"
                             : mount_option_is_network(e->type, e->options) ? "remote-fs.target"
                                                                            : "local-fs.target";
        int r;

        if (!chosen)
                return mount_option_has(e->options, "noauto")
                               ? 0
                               : add_link(m, target,
                                          mount_option_has(e->options, "nofail") ? "Wants"
                                                                                 : "Requires",
                                          e->name);
        r = each_option(m, e, "x-systemd.wanted-by=", do_target, (void *)"Wants");
        return r < 0 ? r
                     : each_option(m, e, "x-systemd.required-by=", do_target, (void *)"Requires");
}

static void warn_of_options(const Making *m, const Entry *e) {
        static const char *const without[] = { "x-systemd.automount", "x-systemd.makefs",
                                               "x-systemd.growfs" };

        for (size_t i = 0; i < ARRAY_SIZE(without); i++)
                if (mount_option_has(e->options, without[i]))
                        diag_warning(m->diag, "%s has no effect here", without[i]);
}

static int add_entry(Making *m, const Entry *e) {
        int r;

        if (fstab_find(&m->files, e->name))
                return diag_error(m->diag, 0, "%s is there already; the first line counts",
                                  e->swap ? e->what : e->where);
        warn_of_options(m, e);
        r = add_unit(m, e);
        if (r >= 0)
                r = add_links(m, e);
        return r < 0 ? r : each_option(m, e, "x-systemd.device-timeout=", do_device_timeout, NULL);
}

/* ---- a line ---- */

static char *next_field(char **rest) {
        char *word;

        do
                word = strsep(rest, " \t");
        while (word && !*word);
        if (word)
                mount_info_unescape(word);
        return word;
}

/* Could TEXT be more, or less, than the value of one directive? */
static bool is_unfit(const char *text) {
        size_t n = strlen(text);

        return text_has_control(text) || !text_is_utf8(text, n) ||
               (n > 0 && (text[0] == ' ' || text[n - 1] == ' ' || text[n - 1] == '\\'));
}

/* "UUID=x" as a path below /dev/disk, where udev makes such links; else as it is. */
static int resolve_what(const Making *m, const char *text, char **ret) {
        static const char *const tags[][2] = { { "UUID=", "by-uuid" },
                                               { "LABEL=", "by-label" },
                                               { "PARTUUID=", "by-partuuid" },
                                               { "PARTLABEL=", "by-partlabel" } };
        int r = 0;

        *ret = NULL;
        for (size_t i = 0; i < ARRAY_SIZE(tags) && m->machine->links && !*ret; i++) {
                const char *value = text_after(text, tags[i][0]);

                if (value && !strpbrk(value, "\"'/\\ ") && *value)
                        r = asprintf(ret, "/dev/disk/%s/%s", tags[i][1], value);
        }
        if (!*ret && r >= 0)
                *ret = strdup(text);
        return r < 0 || !*ret ? -ENOMEM : 0;
}

/* Returns 1, 0 for what has no unit, or -EINVAL, which was said. */
static int judge_place(const Making *m, Entry *e) {
        if (e->swap)
                return path_is_absolute(e->what)
                               ? 1
                               : diag_error(m->diag, -EINVAL,
                                            "\"%s\" is no path; name the device to swap to",
                                            e->what);
        if (!path_is_absolute(e->where))
                return diag_error(m->diag, -EINVAL,
                                  "\"%s\" is no place to mount on; write an absolute path",
                                  e->where);
        path_simplify(e->where);
        if (!path_is_normalised(e->where))
                return diag_error(m->diag, -EINVAL, "\"%s\" must not contain \"..\"", e->where);
        return !text_eq(e->where, "/") && !mount_table_is_api(e->where);
}

static int name_units(const Making *m, Entry *e) {
        int r = unit_name_from_path(e->swap ? e->what : e->where, e->swap ? UNIT_SWAP : UNIT_MOUNT,
                                    &e->name);

        if (r >= 0 && path_is_absolute(e->what) && path_after(e->what, "/dev"))
                r = unit_name_from_path(e->what, UNIT_DEVICE, &e->device);
        if (r < 0 && r != -ENOMEM)
                return diag_error(m->diag, -EINVAL, "\"%s\" is too long for the name of a unit",
                                  e->swap ? e->what : e->where);
        return r;
}

/* Returns 1 with *RET filled, 0 where there is nothing to do, or negative errno. */
static int parse_line(const Making *m, char *line, Entry *ret) {
        char *fields[6] = { 0 };
        int r;

        for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
                fields[i] = next_field(&line);
                if (fields[i] && is_unfit(fields[i]))
                        return diag_error(m->diag, -EINVAL,
                                          "field %zu has characters that a unit cannot hold",
                                          i + 1);
        }
        if (!fields[0] || !fields[1] || !fields[2])
                return diag_error(m->diag, -EINVAL,
                                  "a line is: device, place, type, options; there are too few");
        ret->where = fields[1];
        ret->type = fields[2];
        ret->options = fields[3] ? fields[3] : (char *)"defaults";
        ret->pass = fields[5];
        ret->swap = text_eq(ret->type, "swap");
        r = resolve_what(m, fields[0], &ret->what);
        if (r >= 0)
                r = judge_place(m, ret);
        if (r <= 0)
                return r;
        r = name_units(m, ret);
        return r < 0 ? r : 1;
}

static int make_line(Making *m, char *line) {
        _cleanup_(entry_done) Entry e = { 0 };
        int r;

        line += strspn(line, " \t");
        if (*line == '\0' || *line == '#')
                return 0;
        r = parse_line(m, line, &e);
        if (r > 0)
                r = add_entry(m, &e);
        return r == -ENOMEM ? r : 0;
}

int fstab_make(char *text, const FstabMachine *machine, Diag *diag, FstabFiles *ret) {
        Making m = { .machine = machine, .diag = diag };
        Diag none = { 0 };
        char *line;
        int r = 0;

        if (!diag)
                m.diag = &none;
        m.diag->file = SOURCE;
        m.diag->line = 0;
        while (r >= 0 && (line = strsep(&text, "\n"))) {
                m.diag->line++;
                r = make_line(&m, line);
        }
        m.diag->file = NULL;
        m.diag->line = 0;
        diag_done(&none);
        if (r < 0) {
                fstab_done(&m.files);
                return r;
        }
        *ret = m.files;
        return 0;
}

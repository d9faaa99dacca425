/*
 * What all verbs have in common: where links are made, and how it is said what was done.
 *
 * /etc/systemd/system and /run/systemd/system are the only directories written to, so that a tree
 * means the same to systemd and to us. Which of the load path's directories are a person's, and
 * which a distribution's or a program's, is told by where they lie.
 */
#include "units/install/install.h"

#include <string.h>

#include "base/array.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/install/install-inside.h"
#include "units/unit-name.h"

#define LASTING "/etc/systemd/system"
#define RUNTIME "/run/systemd/system"

static const char *choose(const LoadPath *path, const char *wanted) {
        char **all = path->directories;

        return !all || !*all || strv_contains(all, wanted) ? wanted : *all;
}

int install_begin(Install *ret, const LoadPath *path, unsigned flags, Diag *diag) {
        _cleanup_(install_done) Install i = { .path = path,
                                              .lasting = choose(path, LASTING),
                                              .runtime = choose(path, RUNTIME),
                                              .flags = flags,
                                              .diag = diag };
        int r = 0;

        STRV_FOREACH(directory, path->directories) {
                _cleanup_fd_ int fd = -EBADF;

                if (r < 0)
                        return r;
                fd = fd_open_in_root(path->root_fd, *directory, O_PATH | O_DIRECTORY);
                if (fd >= 0)
                        r = load_alias_add_place(&i.places, fd);
        }
        if (r < 0)
                return r;
        *ret = i;
        i = (Install){ 0 };
        return 0;
}

void install_done(Install *i) {
        for (size_t k = 0; k < i->n; k++) {
                free(i->changes[k].path);
                free(i->changes[k].target);
        }
        free(i->changes);
        load_alias_places_done(&i->places);
        if (i->own)
                load_index_free(i->own);
        *i = (Install){ 0 };
}

const char *install_place(const Install *i) {
        return i->flags & INSTALL_RUNTIME ? i->runtime : i->lasting;
}

InstallPlaceKind install_place_kind(const Install *i, const char *directory) {
        if (text_eq(directory, i->lasting) || path_after(directory, "/etc"))
                return INSTALL_PLACE_LASTING;
        if (text_eq(directory, i->runtime))
                return INSTALL_PLACE_RUNTIME;
        if (!path_after(directory, "/run"))
                return INSTALL_PLACE_VENDOR;
        if (text_after(path_last(directory), "generator"))
                return INSTALL_PLACE_GENERATED;
        return text_eq(path_last(directory), "transient") ? INSTALL_PLACE_TRANSIENT
                                                          : INSTALL_PLACE_RUNTIME;
}

InstallPlaceKind install_place_of(const Install *i, const char *path) {
        _cleanup_free_ char *parent = install_tree_parent(path);

        return parent ? install_place_kind(i, parent) : INSTALL_PLACE_VENDOR;
}

/* ---- telling ---- */

int install_note(Install *i, InstallChangeKind kind, const char *path, const char *target) {
        _cleanup_free_ char *copy = target ? strdup(target) : NULL;
        InstallChange change = { .kind = kind };
        bool is_path = path_is_absolute(path);
        int r;

        for (size_t k = 0; k < i->n && !is_path; k++)
                if (i->changes[k].kind == kind && text_eq(i->changes[k].path, path) &&
                    text_eq_or_null(i->changes[k].target, target))
                        return 0;
        if ((target && !copy) || ARRAY_GROW(i->changes, i->n) < 0)
                return -ENOMEM;
        if (is_path) {
                r = load_path_show(i->path, path, &change.path);
                if (r < 0)
                        return r;
        } else {
                change.path = strdup(path);
                if (!change.path)
                        return -ENOMEM;
        }
        change.target = TAKE_PTR(copy);
        i->changes[i->n++] = change;
        return 0;
}

int install_refuse(Install *i, int error, const char *what) {
        static const struct {
                int error;
                const char *text;
        } rows[] = {
                { ENOENT, "there is no unit file for it" },
                { ERFKILL, "it is masked" },
                { EADDRNOTAVAIL, "it was made by a program, and will be again" },
                { ENOLINK, "it is an alias of a unit that does not exist" },
                { ELOOP, "it is a link in /etc or /run, or aliases go in a circle" },
                { EXDEV, "the link leads to a unit that it cannot be an alias of" },
                { EINVAL, "its section [Install] cannot be read" },
                { EISDIR, "a directory has its name" },
                { EBADF, "what has its name is no file" },
        };
        const char *root = path_is_absolute(what) ? i->path->root : "";
        const char *text = strerror(-error);

        for (size_t k = 0; k < ARRAY_SIZE(rows); k++)
                if (rows[k].error == -error)
                        text = rows[k].text;
        return diag_error(i->diag, error, "%s%s: %s", root, what, text);
}

int install_check_name(Install *i, const char *name) {
        return unit_name_check(name, i->diag);
}

const char *install_change_name(InstallChangeKind kind) {
        static const char *const names[] = {
                [INSTALL_LINK] = "symlink",
                [INSTALL_UNLINK] = "unlink",
                [INSTALL_IS_MASKED] = "masked",
                [INSTALL_IS_DANGLING] = "dangling",
                [INSTALL_NO_DESTINATION] = "destination not present",
                [INSTALL_NO_AUXILIARY] = "auxiliary unit failed",
        };

        return names[kind];
}

int install_change_format(const InstallChange *c, char **ret) {
        static const char *const texts[] = {
                [INSTALL_LINK] = "Created symlink %s → %s.",
                [INSTALL_UNLINK] = "Removed \"%s\".",
                [INSTALL_IS_MASKED] = "Unit %s is masked, ignoring.",
                [INSTALL_IS_DANGLING] = "Unit %s is an alias of a unit that does not exist.",
                [INSTALL_NO_DESTINATION] = "Unit %s is now needed by %s, which does not exist.",
                [INSTALL_NO_AUXILIARY] = "Unit %s, named in Also=, does not exist; ignoring.",
        };
        StrBuf text = { 0 };

        for (const char *p = texts[c->kind], *value = c->path; *p; p++) {
                if (p[0] != '%') {
                        strbuf_add_char(&text, *p);
                        continue;
                }
                strbuf_add(&text, value ? value : "");
                value = c->target;
                p++;
        }
        return strbuf_take(&text, ret);
}

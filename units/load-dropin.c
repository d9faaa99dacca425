/*
 * Drop-ins are collected directory by directory, and numbered; sorting by name, with the number as
 * second key, gives both the order of application and the winner among equals.
 */
#include "units/load-dropin.h"

#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/dir.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/unit-name.h"

void load_dropin_done(LoadDropins *d) {
        for (size_t i = 0; i < d->n; i++)
                free(d->files[i].path);
        free(d->files);
        *d = (LoadDropins){ 0 };
}

/* ---- names of directories ---- */

/* "foo-bar-" and "foo-bar-baz" both have "foo-" above them and "foo-bar-"; cuts PREFIX to the next
 * one up. Returns false when there is none. */
static bool cut_prefix(char *prefix) {
        size_t length = strlen(prefix);
        char *dash;

        if (length > 0 && prefix[length - 1] == '-')
                prefix[length - 1] = '\0';
        dash = strrchr(prefix, '-');
        if (!dash || dash == prefix)
                return false;
        dash[1] = '\0';
        return true;
}

static int build_above(const char *name, char **ret) {
        _cleanup_free_ char *prefix = NULL, *instance = NULL;
        bool is_instance = unit_name_kind(name) == UNIT_NAME_INSTANCE;
        int r = unit_name_prefix(name, &prefix);

        if (r >= 0 && is_instance)
                r = unit_name_instance(name, &instance);
        if (r < 0)
                return r;
        if (!cut_prefix(prefix))
                return 0;
        r = unit_name_build(prefix, instance, (UnitType)unit_name_type(name), ret);
        return r < 0 ? r : 1;
}

/* Adds NAME and all names above it, but none twice: what is there has what is above it, too. */
static int add_levels(char ***levels, const char *name) {
        _cleanup_free_ char *template = NULL, *above = NULL;
        int r;

        if (strv_contains(*levels, name))
                return 0;
        r = strv_add(levels, name);
        if (r >= 0 && unit_name_kind(name) == UNIT_NAME_INSTANCE) {
                r = unit_name_template(name, &template);
                if (r >= 0)
                        r = add_levels(levels, template);
        }
        if (r >= 0)
                r = build_above(name, &above);
        return r <= 0 ? r : add_levels(levels, above);
}

int load_dropin_levels(const char *name, char ***ret) {
        _cleanup_strv_ char **levels = NULL;
        int r = add_levels(&levels, name);

        if (r < 0)
                return r;
        *ret = TAKE_PTR(levels);
        return 0;
}

/* ---- files ---- */

static int add_file(LoadDropins *d, const char *directory, const char *name) {
        LoadDropin file = { 0 };
        int r;

        if (ARRAY_GROW(d->files, d->n) < 0)
                return -ENOMEM;
        r = path_join(directory, name, &file.path);
        if (r < 0)
                return r;
        file.name = path_last(file.path);
        file.rank = d->n;
        d->files[d->n++] = file;
        return 0;
}

/* FD is open on DIRECTORY. */
static int add_files(LoadDropins *d, const char *directory, int fd) {
        _cleanup_(dir_closep) DIR *dir = NULL;
        int r = dir_open_at(fd, ".", &dir);

        for (struct dirent *e; r >= 0 && (e = dir_next(dir));)
                if (e->d_name[0] != '.' && text_ends_with(e->d_name, ".conf"))
                        r = add_file(d, directory, e->d_name);
        return r;
}

static int add_directory(LoadDropins *d, const char *directory, int fd, Diag *diag) {
        int r = fd < 0 ? fd : add_files(d, directory, fd);

        if (r >= 0 || r == -ENOENT || r == -ENOMEM)
                return r == -ENOENT ? 0 : r;
        if (r == -ENOTDIR) {
                diag_warning(diag, "%s is no directory, and no drop-ins are read from it",
                             directory);
                return 0;
        }
        return diag_error(diag, r, "the drop-in directory %s cannot be read: %s", directory,
                          strerror(-r));
}

/* What the load path's directory number I has in its directory NAME. */
static int add_named(const LoadIndex *index, size_t i, const char *name, Diag *diag,
                     LoadDropins *d) {
        const LoadPath *path = load_index_path(index);
        _cleanup_free_ char *directory = NULL;
        _cleanup_fd_ int fd = -EBADF;
        int r;

        if (!load_index_has_in(index, name, i))
                return 0;
        r = path_join(path->directories[i], name, &directory);
        if (r < 0)
                return r;
        fd = fd_open_in_root(path->root_fd, directory, O_RDONLY | O_DIRECTORY);
        return add_directory(d, directory, fd, diag);
}

/* Adds to NAMES those of "LEVEL" + SUFFIX that are anywhere in the load path. */
static int existing(const LoadIndex *index, char *const *levels, const char *suffix,
                    char ***names) {
        STRV_FOREACH(level, levels) {
                _cleanup_free_ char *name = NULL;

                if (asprintf(&name, "%s%s", *level, suffix) < 0)
                        return -ENOMEM;
                if (load_index_has(index, name) && strv_push(names, TAKE_PTR(name)) < 0)
                        return -ENOMEM;
        }
        return 0;
}

int load_dropin_all_directories(const LoadIndex *index, char *const *names, const char *suffix,
                                char ***ret) {
        const char *const type[] = { unit_name_type_text((UnitType)unit_name_type(*names)), NULL };
        _cleanup_strv_ char **levels = NULL, **directories = NULL;
        int r = 0;

        for (char *const *name = names; *name && r >= 0; name++)
                r = add_levels(&levels, *name);
        if (r >= 0)
                r = existing(index, levels, suffix, &directories);
        if (r >= 0)
                r = existing(index, (char *const *)type, suffix, &directories);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(directories);
        return 0;
}

/* The directories of the load path count more than how specific a name is. */
static int add_levels_of_path(const LoadIndex *index, char *const *levels, Diag *diag,
                              LoadDropins *d) {
        _cleanup_strv_ char **names = NULL;
        size_t n = strv_length(load_index_path(index)->directories);
        int r = existing(index, levels, ".d", &names);

        if (r < 0 || !names)
                return r;
        for (size_t i = 0; i < n && r >= 0; i++)
                for (char **name = names; *name && r >= 0; name++)
                        r = add_named(index, i, *name, diag, d);
        return r;
}

static int add_name(const LoadIndex *index, const char *name, Diag *diag, LoadDropins *d) {
        _cleanup_strv_ char **levels = NULL;
        int r = load_dropin_levels(name, &levels);

        return r < 0 ? r : add_levels_of_path(index, levels, diag, d);
}

static int compare_files(const void *a, const void *b) {
        const LoadDropin *f = a, *g = b;
        int r = strcmp(f->name, g->name);

        return r != 0 ? r : (f->rank > g->rank) - (f->rank < g->rank);
}

/* Sorts, and drops all but the first of each name. */
static void keep_winners(LoadDropins *d) {
        size_t kept = 0;

        if (d->n > 0)
                qsort(d->files, d->n, sizeof(LoadDropin), compare_files);
        for (size_t i = 0; i < d->n; i++) {
                if (kept > 0 && text_eq(d->files[kept - 1].name, d->files[i].name))
                        free(d->files[i].path);
                else
                        d->files[kept++] = d->files[i];
        }
        d->n = kept;
}

int load_dropin_list(const LoadIndex *index, const char *id, char *const *aliases, Diag *diag,
                     LoadDropins *ret) {
        _cleanup_(load_dropin_done) LoadDropins d = { 0 };
        const char *const type[] = { unit_name_type_text((UnitType)unit_name_type(id)), NULL };
        int r = add_name(index, id, diag, &d);

        for (char *const *alias = aliases; alias && *alias && r >= 0; alias++)
                r = add_name(index, *alias, diag, &d);
        if (r >= 0)
                r = add_levels_of_path(index, (char *const *)type, diag, &d);
        if (r < 0)
                return r;
        keep_winners(&d);
        *ret = d;
        d = (LoadDropins){ 0 };
        return 0;
}

int load_dropin_list_in(const char *path, Diag *diag, LoadDropins *ret) {
        _cleanup_(load_dropin_done) LoadDropins d = { 0 };
        int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        int r = add_directory(&d, path, fd < 0 ? -errno : fd, diag);

        if (r < 0)
                return r;
        keep_winners(&d);
        *ret = d;
        d = (LoadDropins){ 0 };
        return 0;
}

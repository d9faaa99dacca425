/*
 * Taking links away: disabling, masking and its reverse, and going back to what was shipped.
 *
 * A link belongs to a unit when it has its name, or leads to its file. What leads to a link that
 * went away goes, too, so the directory is walked until nothing is found any more.
 */
#include <stdio.h>
#include <string.h>

#include "base/dir.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/remove-tree.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/install/install-inside.h"
#include "units/unit-name.h"

enum { HOPS_MAX = 64 };

static int add_once(char ***list, const char *text) {
        if (strv_contains(*list, text))
                return 0;
        return strv_add(list, text) < 0 ? -ENOMEM : 1;
}

/* ---- what is to go ---- */

/* Returns 1 when the links of the unit are to go, 0 when they stay. */
static int judge(Install *i, const InstallUnit *u, int found, bool auxiliary) {
        const char *where = u->path ? u->path : u->name;
        int r;

        if (found == -ENOLINK)
                r = install_note(i, INSTALL_IS_DANGLING, where, NULL);
        else if (found < 0 && auxiliary)
                r = 0;
        else if (found < 0) {
                (void)install_refuse(i, found, where);
                r = 0;
        } else if (u->mode == INSTALL_MODE_MASKED)
                return install_note(i, INSTALL_IS_MASKED, where, NULL);
        else
                r = 0;
        return r < 0 ? r : 1;
}

int install_disable_mark(Install *i, InstallWork *w, char ***doomed) {
        InstallUnit *u;

        while ((u = install_unit_next(w))) {
                bool auxiliary = u->auxiliary;
                int r = install_unit_find(i, w, u, INSTALL_READ | INSTALL_FOLLOW, &u);

                if (r == -ENOMEM)
                        return r;
                r = judge(i, u, r, auxiliary);
                if (r > 0)
                        r = add_once(doomed, u->name);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* Where the links from PATH on lead in the end, whether or not that exists. */
static int final_target(const Install *i, const char *path, char **ret) {
        _cleanup_free_ char *at = strdup(path);

        if (!at)
                return -ENOMEM;
        for (unsigned hops = 0; hops < HOPS_MAX; hops++) {
                _cleanup_free_ char *parent = install_tree_parent(at), *next = NULL;
                int r = parent ? load_alias_target(&(LoadAliasLink){ .path = i->path,
                                                                     .directory = parent,
                                                                     .name = path_last(at) },
                                                   &next)
                               : -ENOMEM;

                if (r == -ENOMEM)
                        return r;
                if (r < 0) { /* no link */
                        *ret = TAKE_PTR(at);
                        return 0;
                }
                free(at);
                at = TAKE_PTR(next);
        }
        return -ELOOP;
}

/* Of a template all instances go, but that one of them is masked has nothing to do with it. */
static int is_doomed(const Install *i, char *const *doomed, const char *path) {
        _cleanup_free_ char *target = NULL, *template = NULL;
        int r;

        if (strv_contains(doomed, path_last(path)))
                return 1;
        r = final_target(i, path, &target);
        if (r < 0)
                return r == -ENOMEM ? r : 0;
        if (strv_contains(doomed, target) || strv_contains(doomed, path_last(target)))
                return 1;
        if (unit_name_kind(path_last(path)) != UNIT_NAME_INSTANCE ||
            install_tree_is_null(i, target))
                return 0;
        r = unit_name_template(path_last(path), &template);
        return r < 0 ? r : strv_contains(doomed, template);
}

/* ---- walking ---- */

typedef struct Walk {
        Install *install;
        char ***doomed;
        char **found; /* paths; removed after a directory was read */
} Walk;

static int visit(Walk *w, const char *directory, const struct dirent *e) {
        _cleanup_free_ char *path = NULL;
        int r;

        if (!unit_name_is_valid(e->d_name))
                return 0;
        r = path_join(directory, e->d_name, &path);
        if (r >= 0)
                r = is_doomed(w->install, *w->doomed, path);
        return r > 0 ? strv_push(&w->found, TAKE_PTR(path)) : r;
}

static bool is_of_type(int fd, const struct dirent *e, mode_t type) {
        struct stat st;

        return fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) >= 0 &&
               (st.st_mode & S_IFMT) == type;
}

/* All links in DIRECTORY and, at the top, in the directories in it. */
static int walk(Walk *w, const char *directory, bool top) {
        _cleanup_fd_ int fd = install_tree_open(w->install, directory);
        _cleanup_(dir_closep) DIR *dir = NULL;
        int r;

        if (fd == -ENOENT)
                return 0;
        if (fd < 0)
                return diag_error(w->install->diag, fd, "%s%s cannot be read: %s",
                                  w->install->path->root, directory, strerror(-fd));
        r = dir_open_at(fd, ".", &dir);
        for (struct dirent *e; r >= 0 && (e = dir_next(dir));) {
                _cleanup_free_ char *below = NULL;

                if (is_of_type(fd, e, S_IFLNK))
                        r = visit(w, directory, e);
                else if (top && is_of_type(fd, e, S_IFDIR)) {
                        r = path_join(directory, e->d_name, &below);
                        if (r >= 0)
                                r = walk(w, below, false);
                }
        }
        return r;
}

/* One round: 1 when something new is to go now. */
static int remove_round(Install *i, char ***doomed, const char *directory) {
        _cleanup_strv_ char **found = NULL;
        Walk w = { .install = i, .doomed = doomed };
        int r = walk(&w, directory, true), more = 0;

        found = w.found;
        STRV_FOREACH(path, found) {
                int removed = install_tree_unlink(i, *path);

                r = r < 0 ? r : removed;
                if (removed >= 0 && add_once(doomed, *path) > 0)
                        more = 1;
        }
        return r < 0 ? r : more;
}

int install_disable_remove(Install *i, char ***doomed, const char *directory) {
        int r;

        if (!*doomed)
                return 0;
        while ((r = remove_round(i, doomed, directory)) > 0)
                ;
        return r;
}

int install_disable(Install *i, char *const *names) {
        _cleanup_(install_unit_done) InstallWork work = { 0 };
        _cleanup_strv_ char **doomed = NULL;
        InstallUnit *u;
        int r = 0;

        STRV_FOREACH(name, names) {
                r = unit_name_is_valid(*name) ? install_unit_add(&work, *name, false, &u)
                                              : install_check_name(i, *name);
                if (r < 0)
                        return r;
        }
        r = install_disable_mark(i, &work, &doomed);
        return r < 0 ? r : install_disable_remove(i, &doomed, install_place(i));
}

/* ---- masks ---- */

static int place_path(Install *i, const char *name, char **ret) {
        int r = install_check_name(i, name);

        return r < 0 ? r : path_join(install_place(i), name, ret);
}

int install_mask(Install *i, char *const *names) {
        int first = 0;

        STRV_FOREACH(name, names) {
                _cleanup_free_ char *path = NULL;
                int r = place_path(i, *name, &path);

                if (r >= 0)
                        r = install_tree_link(i,
                                              &(InstallLink){ .path = path,
                                                              .target = "/dev/null",
                                                              .force = i->flags & INSTALL_FORCE });
                first = first < 0 ? first : MIN_OF(r, 0);
        }
        return first;
}

/* Those of NAMES that are masked; their links go with them. */
static int remove_masks(Install *i, char *const *names, char ***doomed) {
        STRV_FOREACH(name, names) {
                _cleanup_free_ char *path = NULL;
                struct stat st;
                int r = place_path(i, *name, &path);

                if (r < 0)
                        return r;
                if (install_tree_stat(i, path, &st) < 0 || S_ISDIR(st.st_mode) ||
                    !install_tree_is_null(i, path)) {
                        _cleanup_free_ char *target = NULL;

                        if (load_alias_target(&(LoadAliasLink){ .path = i->path,
                                                                .directory = install_place(i),
                                                                .name = *name },
                                              &target) < 0 ||
                            !text_eq(target, "/dev/null"))
                                continue;
                }
                r = install_tree_unlink(i, path);
                if (r >= 0)
                        r = add_once(doomed, path);
                if (r < 0)
                        return r;
        }
        return 0;
}

int install_unmask(Install *i, char *const *names) {
        _cleanup_strv_ char **doomed = NULL;
        int r = remove_masks(i, names, &doomed);

        return r < 0 ? r : install_disable_remove(i, &doomed, install_place(i));
}

/* ---- back to what was shipped ---- */

static bool is_ours(const Install *i, const char *directory) {
        InstallPlaceKind kind = install_place_kind(i, directory);

        return kind == INSTALL_PLACE_LASTING || kind == INSTALL_PLACE_RUNTIME;
}

/* What stands in DIRECTORY under NAME: its type, 0 for nothing. */
static mode_t type_of(const Install *i, const char *directory, const char *name, char **ret_path) {
        struct stat st;

        if (path_join(directory, name, ret_path) < 0 || install_tree_stat(i, *ret_path, &st) < 0)
                return 0;
        return st.st_mode & S_IFMT;
}

static bool has_vendor_file(const Install *i, const char *name) {
        STRV_FOREACH(directory, i->path->directories) {
                _cleanup_free_ char *path = NULL;

                if (!is_ours(i, *directory) && type_of(i, *directory, name, &path) == S_IFREG)
                        return true;
        }
        return false;
}

/* What was put over the unit NAME in /etc and /run. */
static int list_changes(const Install *i, const char *name, char ***ret) {
        bool vendor = has_vendor_file(i, name);
        char dropins[UNIT_NAME_MAX + 2];
        int r = 0;

        snprintf(dropins, sizeof(dropins), "%s.d", name);
        STRV_FOREACH(directory, i->path->directories) {
                _cleanup_free_ char *path = NULL, *below = NULL;
                mode_t type;

                if (r < 0 || !is_ours(i, *directory))
                        continue;
                if (type_of(i, *directory, dropins, &below) == S_IFDIR)
                        r = strv_push(ret, TAKE_PTR(below));
                type = type_of(i, *directory, name, &path);
                if (r >= 0 && vendor && (type == S_IFREG || type == S_IFLNK))
                        r = strv_push(ret, TAKE_PTR(path));
        }
        return r;
}

static int remove_change(Install *i, const char *path) {
        _cleanup_free_ char *parent = install_tree_parent(path);
        _cleanup_fd_ int fd = parent ? install_tree_open(i, parent) : -ENOMEM;
        int r = fd;

        if (r >= 0)
                r = remove_tree_at(fd, path_last(path));
        if (r == -ENOTDIR)
                return install_tree_unlink(i, path);
        if (r < 0)
                return diag_error(i->diag, r, "%s%s cannot be removed: %s", i->path->root, path,
                                  strerror(-r));
        return fsync(fd) < 0 ? -errno : install_note(i, INSTALL_UNLINK, path, NULL);
}

int install_revert(Install *i, char *const *names) {
        _cleanup_strv_ char **paths = NULL, **doomed = NULL;
        int r = 0;

        STRV_FOREACH(name, names) {
                r = install_check_name(i, *name);
                if (r >= 0)
                        r = list_changes(i, *name, &paths);
                if (r < 0)
                        return r;
        }
        STRV_FOREACH(path, paths) {
                r = remove_change(i, *path);
                if (r >= 0)
                        r = add_once(&doomed, *path);
                if (r < 0)
                        return r;
        }
        r = install_disable_remove(i, &doomed, i->runtime);
        return r < 0 ? r : install_disable_remove(i, &doomed, i->lasting);
}

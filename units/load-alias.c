/*
 * A link is followed one step, and only as text: where it leads in the end is the business of who
 * looks up the name that it is an alias of.
 */
#include "units/load-alias.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/array.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/unit-name.h"

void load_alias_places_done(LoadAliasPlaces *places) {
        free(places->places);
        *places = (LoadAliasPlaces){ 0 };
}

static bool has_place(const LoadAliasPlaces *places, const struct stat *st) {
        for (size_t i = 0; i < places->n; i++)
                if (places->places[i].device == st->st_dev && places->places[i].inode == st->st_ino)
                        return true;
        return false;
}

int load_alias_add_place(LoadAliasPlaces *places, int fd) {
        struct stat st;

        if (fstat(fd, &st) < 0)
                return -errno;
        if (has_place(places, &st))
                return 0;
        if (ARRAY_GROW(places->places, places->n) < 0)
                return -ENOMEM;
        places->places[places->n++] =
                (struct LoadAliasPlace){ .device = st.st_dev, .inode = st.st_ino };
        return 1;
}

int load_alias_target(const LoadAliasLink *link, char **ret) {
        _cleanup_free_ char *path = NULL, *absolute = NULL;
        _cleanup_fd_ int fd = -EBADF;
        char text[PATH_MAX];
        ssize_t n;
        int r = path_join(link->directory, link->name, &path);

        if (r < 0)
                return r;
        fd = fd_open_in_root(link->path->root_fd, path, O_PATH | O_NOFOLLOW);
        if (fd < 0)
                return fd;
        n = readlinkat(fd, "", text, sizeof(text) - 1);
        if (n < 0)
                return -errno;
        text[n] = '\0';
        if (asprintf(&absolute, "%s/%s", text[0] == '/' ? "" : link->directory, text) < 0)
                return -ENOMEM;
        path_simplify(absolute);
        *ret = TAKE_PTR(absolute);
        return 0;
}

int load_alias_points_into(const LoadPath *path, const LoadAliasPlaces *places,
                           const char *target) {
        size_t length = (size_t)(path_last(target) - target);
        _cleanup_free_ char *parent = strndup(target, length);
        _cleanup_fd_ int fd = -EBADF;
        struct stat st;

        if (!parent)
                return -ENOMEM;
        path_simplify(parent);
        if (strv_contains(path->directories, parent))
                return 1;
        fd = fd_open_in_root(path->root_fd, parent, O_PATH | O_DIRECTORY);
        return fd >= 0 && fstat(fd, &st) >= 0 && has_place(places, &st);
}

static bool type_has_aliases(UnitType type) {
        return type == UNIT_SERVICE || type == UNIT_SOCKET || type == UNIT_TARGET ||
               type == UNIT_DEVICE || type == UNIT_TIMER || type == UNIT_PATH;
}

static bool instances_differ(const char *a, const char *b) {
        return !text_eq(strchr(a, '@'), strchr(b, '@'));
}

const char *load_alias_fault(const char *name, const char *target) {
        int kind = unit_name_kind(name), target_kind = unit_name_kind(target);
        int type = unit_name_type(name);

        if (!type_has_aliases((UnitType)type))
                return "units of this type have no aliases";
        if (kind != UNIT_NAME_PLAIN && type == UNIT_DEVICE)
                return "device units have no templates";
        if (target_kind < 0)
                return "what it points to has no unit's name";
        if (type != unit_name_type(target))
                return "an alias must end in the same type";
        if (kind != target_kind &&
            !(kind == UNIT_NAME_INSTANCE && target_kind == UNIT_NAME_TEMPLATE))
                return "a template must point to a template, an instance to an instance or "
                       "template";
        if (kind == UNIT_NAME_INSTANCE && kind == target_kind && instances_differ(name, target))
                return "the instances are not the same";
        return NULL;
}

int load_alias_judge(const LoadAliasLink *link, const LoadAliasPlaces *places, Diag *diag,
                     char **ret_alias_of) {
        _cleanup_free_ char *target = NULL, *alias_of = NULL;
        const char *fault;
        int r = load_alias_target(link, &target);

        if (r < 0 && r != -ENOMEM) {
                diag_warning(diag, "the link %s%s/%s cannot be read: %s; it is ignored",
                             link->path->root, link->directory, link->name, strerror(-r));
                return 0;
        }
        if (r >= 0)
                r = load_alias_points_into(link->path, places, target);
        if (r < 0)
                return r;
        if (r == 0) {
                *ret_alias_of = NULL;
                return 1;
        }
        if (text_eq(path_last(target), link->name))
                return 0;
        fault = load_alias_fault(link->name, path_last(target));
        if (fault) {
                diag_warning(diag, "%s%s/%s points to %s, but %s; it is ignored", link->path->root,
                             link->directory, link->name, target, fault);
                return 0;
        }
        alias_of = strdup(path_last(target));
        if (!alias_of)
                return -ENOMEM;
        *ret_alias_of = TAKE_PTR(alias_of);
        return 1;
}

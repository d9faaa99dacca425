/*
 * Component by component: the list of what matched so far becomes the list of
 * what matches one component more.
 */
#include "supervisor/exec/path-pattern.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/path.h"
#include "base/strv.h"
#include "base/text.h"

bool path_pattern_is(const char *path) {
        return strpbrk(path, "*?[") != NULL;
}

static int add_joined(const char *directory, const char *name, char ***to) {
        char *path;
        int r = path_join(directory, name, &path);

        return r < 0 ? r : strv_push(to, path);
}

static int match_entries(const char *directory, const char *pattern, char ***to) {
        _cleanup_(dir_closep) DIR *d = NULL;
        int r = dir_open_at(AT_FDCWD, directory, &d);

        if (r < 0)
                return r == -ENOMEM ? r : 0;
        for (struct dirent *e; r >= 0 && (e = dir_next(d));)
                if (fnmatch(pattern, e->d_name, FNM_PERIOD) == 0)
                        r = add_joined(directory, e->d_name, to);
        return r;
}

static int match_component(const char *directory, const char *component, char ***to) {
        _cleanup_free_ char *path = NULL;
        int r;

        if (path_pattern_is(component))
                return match_entries(directory, component, to);
        r = path_join(directory, component, &path);
        if (r < 0 || access(path, F_OK) < 0)
                return r;
        return strv_push(to, TAKE_PTR(path));
}

static int compare(const void *a, const void *b) {
        return strcmp(*(char *const *)a, *(char *const *)b);
}

int path_pattern_expand(const char *pattern, char ***ret) {
        _cleanup_strv_ char **found = NULL;
        _cleanup_free_ char *copy = strdup(pattern);
        int r = copy ? strv_add(&found, "/") : -ENOMEM;

        for (char *rest = copy, *component; r >= 0 && (component = strsep(&rest, "/"));) {
                _cleanup_strv_ char **next = NULL, **previous = NULL;

                if (!*component)
                        continue;
                STRV_FOREACH(directory, found)
                        if (r >= 0)
                                r = match_component(*directory, component, &next);
                previous = TAKE_PTR(found);
                found = TAKE_PTR(next);
        }
        if (r < 0)
                return r;
        if (found)
                qsort(found, strv_length(found), sizeof(char *), compare);
        *ret = TAKE_PTR(found);
        return 0;
}

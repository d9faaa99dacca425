/*
 * Directories are read in the order of the load path, more specific names first; the first entry of
 * a name decides, as for drop-ins.
 */
#include "units/load-links.h"

#include <limits.h>
#include <string.h>

#include "base/dir.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/load-dropin.h"
#include "units/unit-name.h"

typedef struct Reading {
        const LoadIndex *index;
        Diag *diag;
        char **names;  /* found so far */
        char **hidden; /* masked by an earlier directory */
} Reading;

/* Does the link PATH lead to something empty? Asked of the name, as nothing is opened for reading.
 */
static bool hides(const LoadPath *path, const char *link) {
        _cleanup_fd_ int fd = fd_open_in_root(path->root_fd, link, O_PATH);
        struct stat st;

        if (fd < 0 || fstat(fd, &st) < 0)
                return false;
        return S_ISCHR(st.st_mode) || (S_ISREG(st.st_mode) && st.st_size == 0);
}

/* A link may name an instance and point to the template. */
static bool is_compatible(const char *name, const char *target) {
        _cleanup_free_ char *template = NULL;

        if (text_eq(name, target))
                return true;
        return unit_name_kind(name) == UNIT_NAME_INSTANCE &&
               unit_name_template(name, &template) >= 0 && text_eq(template, target);
}

static int warn_of(const Reading *r, const char *directory, const char *name, const char *what) {
        diag_warning(r->diag, "%s%s/%s %s", load_index_path(r->index)->root, directory, name, what);
        return 0;
}

static int read_link(Reading *r, const char *directory, int fd, const char *name) {
        _cleanup_free_ char *link = NULL;
        char target[PATH_MAX];
        ssize_t n;

        if (!unit_name_is_valid(name))
                return warn_of(r, directory, name, "has no unit's name; it is ignored");
        if (strv_contains(r->names, name) || strv_contains(r->hidden, name))
                return 0;
        n = readlinkat(fd, name, target, sizeof(target) - 1);
        if (n < 0)
                return warn_of(r, directory, name, "is no symbolic link; it is ignored");
        target[n] = '\0';
        if (path_join(directory, name, &link) < 0)
                return -ENOMEM;
        if (text_eq(target, "/dev/null") || hides(load_index_path(r->index), link))
                return strv_add(&r->hidden, name);
        if (!is_compatible(name, path_last(target)))
                warn_of(r, directory, name,
                        "points to a unit of another name; the name of the link counts");
        return strv_add(&r->names, name);
}

static int read_directory(Reading *r, const char *directory) {
        const LoadPath *path = load_index_path(r->index);
        _cleanup_fd_ int fd = fd_open_in_root(path->root_fd, directory, O_RDONLY | O_DIRECTORY);
        _cleanup_(dir_closep) DIR *dir = NULL;
        int e = fd < 0 ? fd : dir_open_at(fd, ".", &dir);

        if (e < 0 && e != -ENOMEM && e != -ENOENT)
                diag_warning(r->diag, "%s%s cannot be read, and is ignored: %s", path->root,
                             directory, strerror(-e));
        if (e < 0)
                return e == -ENOMEM ? e : 0;
        for (struct dirent *entry; e >= 0 && (entry = dir_next(dir));)
                if (entry->d_name[0] != '.')
                        e = read_link(r, directory, fd, entry->d_name);
        return e;
}

/* All directories, of all places of the load path, that are named by one of DIRECTORIES. */
static int read_directories(Reading *r, char *const *directories) {
        char *const *places = load_index_path(r->index)->directories;
        int e = 0;

        for (size_t i = 0; places && places[i] && e >= 0; i++) {
                for (char *const *d = directories; *d && e >= 0; d++) {
                        _cleanup_free_ char *path = NULL;

                        if (!load_index_has_in(r->index, *d, i))
                                continue;
                        e = path_join(places[i], *d, &path);
                        if (e >= 0)
                                e = read_directory(r, path);
                }
        }
        return e;
}

int load_links_list(const LoadIndex *index, char *const *names, const char *suffix, Diag *diag,
                    char ***ret) {
        _cleanup_strv_ char **directories = NULL;
        Reading reading = { .index = index, .diag = diag };
        int r = load_dropin_all_directories(index, names, suffix, &directories);

        if (r >= 0 && directories)
                r = read_directories(&reading, directories);
        strv_free(reading.hidden);
        if (r < 0) {
                strv_free(reading.names);
                return r;
        }
        *ret = reading.names;
        return 0;
}

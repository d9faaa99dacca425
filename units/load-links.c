/*
 * Directories are read in the order of the load path, more specific names first, and entries
 * numbered; the first of a name decides, as for drop-ins.
 */
#include "units/load-links.h"

#include <limits.h>
#include <string.h>

#include "base/array.h"
#include "base/dir.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/load-dropin.h"
#include "units/unit-name.h"

typedef struct Entry {
        char *name;
        size_t rank; /* among those of one name the lowest wins */
        bool hides;
} Entry;

typedef struct Reading {
        const LoadIndex *index;
        Diag *diag;
        Entry *entries;
        size_t n;
} Reading;

static void reading_done(Reading *r) {
        for (size_t i = 0; i < r->n; i++)
                free(r->entries[i].name);
        free(r->entries);
}

static bool is_empty(const struct stat *st) {
        return S_ISCHR(st->st_mode) || (S_ISREG(st->st_mode) && st->st_size == 0);
}

/* Does the link NAME in DIRECTORY, which FD is open on, lead to something empty? */
static int leads_to_nothing(const LoadPath *path, const char *directory, int fd, const char *name) {
        _cleanup_free_ char *link = NULL;
        _cleanup_fd_ int target = -EBADF;
        struct stat st;

        if (text_is_empty(path->root))
                return fstatat(fd, name, &st, 0) >= 0 && is_empty(&st);
        if (path_join(directory, name, &link) < 0)
                return -ENOMEM;
        target = fd_open_in_root(path->root_fd, link, O_PATH);
        return target >= 0 && fstat(target, &st) >= 0 && is_empty(&st);
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

static int add_entry(Reading *r, const char *name, bool hides) {
        Entry e = { .rank = r->n, .hides = hides };

        if (ARRAY_GROW(r->entries, r->n) < 0)
                return -ENOMEM;
        e.name = strdup(name);
        if (!e.name)
                return -ENOMEM;
        r->entries[r->n++] = e;
        return 0;
}

static int read_link(Reading *r, const char *directory, int fd, const char *name) {
        char target[PATH_MAX];
        ssize_t n;
        int hides;

        if (!unit_name_is_valid(name))
                return warn_of(r, directory, name, "has no unit's name; it is ignored");
        n = readlinkat(fd, name, target, sizeof(target) - 1);
        if (n < 0)
                return warn_of(r, directory, name, "is no symbolic link; it is ignored");
        target[n] = '\0';
        hides = text_eq(target, "/dev/null")
                        ? 1
                        : leads_to_nothing(load_index_path(r->index), directory, fd, name);
        if (hides < 0)
                return hides;
        if (!hides && !is_compatible(name, path_last(target)))
                warn_of(r, directory, name,
                        "points to a unit of another name; the name of the link counts");
        return add_entry(r, name, hides);
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

static int compare_entries(const void *a, const void *b) {
        const Entry *e = a, *f = b;
        int r = strcmp(e->name, f->name);

        return r != 0 ? r : (e->rank > f->rank) - (e->rank < f->rank);
}

/* The first of each name, unless that hides it. */
static int keep_winners(Reading *r, char ***ret) {
        _cleanup_strv_ char **names = calloc(r->n + 1, sizeof(char *));
        size_t kept = 0;

        if (!names)
                return -ENOMEM;
        if (r->n > 0)
                qsort(r->entries, r->n, sizeof(Entry), compare_entries);
        for (size_t i = 0; i < r->n; i++) {
                Entry *e = &r->entries[i];

                if (!e->hides && (i == 0 || !text_eq(e[-1].name, e->name))) {
                        names[kept] = strdup(e->name);
                        if (!names[kept++])
                                return -ENOMEM;
                }
        }
        *ret = TAKE_PTR(names);
        return 0;
}

int load_links_list(const LoadIndex *index, char *const *names, const char *suffix, Diag *diag,
                    char ***ret) {
        _cleanup_(reading_done) Reading reading = { .index = index, .diag = diag };
        _cleanup_strv_ char **directories = NULL;
        int r = load_dropin_all_directories(index, names, suffix, &directories);

        if (r >= 0 && directories)
                r = read_directories(&reading, directories);
        return r < 0 ? r : keep_winners(&reading, ret);
}

/*
 * Reading what was found. A name is opened only after it was seen to be a file, because opening a
 * fifo waits and opening a device can do anything.
 */
#include "units/load.h"

#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "base/array.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/load-dropin.h"
#include "units/unit-name.h"

static void file_done(LoadedFile *f) {
        free(f->path);
        free(f->text);
}

void load_done(LoadedUnit *u) {
        free(u->id);
        strv_free(u->aliases);
        free(u->instance);
        free(u->fragment);
        for (size_t i = 0; i < u->n; i++)
                file_done(&u->files[i]);
        free(u->files);
        *u = (LoadedUnit){ 0 };
}

/* PLACE is NULL for paths that count from where the program stands. */
static int open_file(const LoadPath *place, const char *path, int flags) {
        int fd;

        if (place)
                return fd_open_in_root(place->root_fd, path, flags);
        fd = open(path, flags | O_CLOEXEC);
        return fd < 0 ? -errno : fd;
}

/* A link to /dev/null masks, also in a root directory in which there is no such device. */
static bool is_link_to_null(const LoadPath *place, const char *path) {
        _cleanup_fd_ int fd = open_file(place, path, O_PATH | O_NOFOLLOW);
        char target[sizeof("/dev/null")];
        ssize_t n = fd < 0 ? -1 : readlinkat(fd, "", target, sizeof(target));

        return n == (ssize_t)strlen("/dev/null") && memcmp(target, "/dev/null", (size_t)n) == 0;
}

typedef enum Content {
        CONTENT_TEXT,
        CONTENT_MASK, /* empty, or /dev/null */
} Content;

/* Content, or negative errno. */
static int judge_file(const LoadPath *place, const char *path) {
        _cleanup_fd_ int fd = open_file(place, path, O_PATH);
        struct stat st;

        if (is_link_to_null(place, path))
                return CONTENT_MASK;
        if (fd < 0)
                return fd;
        if (fstat(fd, &st) < 0)
                return -errno;
        if (S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3))
                return CONTENT_MASK;
        if (S_ISREG(st.st_mode))
                return st.st_size > 0 ? CONTENT_TEXT : CONTENT_MASK;
        return S_ISDIR(st.st_mode) ? -EISDIR : -EBADF;
}

static int read_text(const LoadPath *place, const char *path, LoadedFile *f) {
        _cleanup_fd_ int fd = open_file(place, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
        struct stat st;

        if (fd < 0)
                return fd;
        if (fstat(fd, &st) < 0)
                return -errno;
        /* it was a file a moment ago */
        if (!S_ISREG(st.st_mode))
                return -EBADF;
        return file_read_fd(fd, LOAD_FILE_MAX, &f->text, &f->size);
}

static const char *explain(int error) {
        switch (error) {
        case -EISDIR:
                return "it is a directory, where a file is expected";
        case -EBADF:
                return "it is a fifo, device or socket, where a file is expected";
        case -EFBIG:
                return "it is larger than 16 MiB, which no unit file should be";
        case -ENOENT:
                return "there is no such file, or it is a link to one that does not exist";
        default:
                return strerror(-error);
        }
}

/* Reads PATH. Returns Content, or negative errno without a message; *RET is filled for a text, and
 * its path for a mask. */
static int read_file(const LoadPath *place, const char *path, LoadedFile *ret) {
        LoadedFile f = { 0 };
        int content = judge_file(place, path), r = content;

        if (content == CONTENT_TEXT)
                r = read_text(place, path, &f);
        if (r >= 0 && place)
                r = load_path_show(place, path, &f.path);
        else if (r >= 0)
                r = (f.path = strdup(path)) ? 0 : -ENOMEM;
        if (r < 0) {
                file_done(&f);
                return r;
        }
        *ret = f;
        return content;
}

static int refuse(Diag *diag, const LoadPath *place, const char *path, int error) {
        const char *outer = diag ? diag->file : NULL;
        _cleanup_free_ char *full = NULL;

        if (error == -ENOMEM || asprintf(&full, "%s%s", place ? place->root : "", path) < 0)
                return -ENOMEM;
        if (diag)
                diag->file = full;
        diag_error(diag, error, "this cannot be read: %s", explain(error));
        if (diag)
                diag->file = outer;
        return error;
}

static int add_file(LoadedUnit *u, LoadedFile *f) {
        if (ARRAY_GROW(u->files, u->n) < 0)
                return -ENOMEM;
        u->files[u->n++] = *f;
        *f = (LoadedFile){ 0 };
        return 0;
}

static int read_fragment(const LoadPath *place, const char *path, Diag *diag, LoadedUnit *u) {
        _cleanup_(file_done) LoadedFile f = { 0 };
        int r = read_file(place, path, &f);

        if (r < 0)
                return refuse(diag, place, path, r);
        u->fragment = strdup(f.path);
        if (!u->fragment)
                return -ENOMEM;
        u->masked = r == CONTENT_MASK;
        return u->masked ? 0 : add_file(u, &f);
}

static int read_dropin(const LoadPath *place, const char *path, Diag *diag, LoadedUnit *u) {
        _cleanup_(file_done) LoadedFile f = { 0 };
        int r = read_file(place, path, &f);

        if (r == -ENOENT) {
                diag_warning(diag, "%s%s is a link to a file that does not exist; it is ignored",
                             place ? place->root : "", path);
                return 0;
        }
        if (r < 0)
                return refuse(diag, place, path, r);
        return r == CONTENT_MASK ? 0 : add_file(u, &f);
}

static int read_dropins(const LoadPath *place, const LoadDropins *d, Diag *diag, LoadedUnit *u) {
        int r = 0;

        for (size_t i = 0; i < d->n && r >= 0; i++)
                r = read_dropin(place, d->files[i].path, diag, u);
        return r;
}

/* Where the main file is, and the names. */
static int find_unit(const LoadIndex *index, const char *name, Diag *diag, LoadedUnit *u) {
        _cleanup_(load_found_done) LoadFound found = { 0 };
        _cleanup_free_ char *path = NULL;
        int r = load_index_find(index, name, diag, &found);

        if (r < 0)
                return r;
        u->id = r > 0 ? TAKE_PTR(found.id) : strdup(name);
        if (!u->id)
                return -ENOMEM;
        if (r == 0)
                return unit_name_instance(u->id, &u->instance);
        r = load_index_aliases(index, u->id, &u->aliases);
        if (r >= 0)
                r = unit_name_instance(u->id, &u->instance);
        if (r >= 0)
                r = path_join(found.directory, found.file, &path);
        return r < 0 ? r : read_fragment(load_index_path(index), path, diag, u);
}

int load_unit(const LoadIndex *index, const char *name, Diag *diag, LoadedUnit *ret) {
        _cleanup_(load_dropin_done) LoadDropins dropins = { 0 };
        _cleanup_(load_done) LoadedUnit u = { 0 };
        int r = unit_name_check(name, diag);

        if (r >= 0)
                r = find_unit(index, name, diag, &u);
        if (r >= 0 && !u.masked)
                r = load_dropin_list(index, u.id, u.aliases, diag, &dropins);
        if (r >= 0)
                r = read_dropins(load_index_path(index), &dropins, diag, &u);
        if (r < 0)
                return r;
        *ret = u;
        u = (LoadedUnit){ 0 };
        return 0;
}

static int name_by_path(const char *path, Diag *diag, LoadedUnit *u) {
        const char *name = path_last(path);
        int r = unit_name_check(name, diag);

        if (r < 0)
                return r;
        u->id = strdup(name);
        return u->id ? unit_name_instance(name, &u->instance) : -ENOMEM;
}

int load_file(const char *path, Diag *diag, LoadedUnit *ret) {
        _cleanup_(load_dropin_done) LoadDropins dropins = { 0 };
        _cleanup_(load_done) LoadedUnit u = { 0 };
        _cleanup_free_ char *directory = NULL;
        int r = name_by_path(path, diag, &u);

        if (r >= 0)
                r = read_fragment(NULL, path, diag, &u);
        if (r >= 0 && asprintf(&directory, "%s.d", path) < 0)
                return -ENOMEM;
        if (r >= 0 && !u.masked)
                r = load_dropin_list_in(directory, diag, &dropins);
        if (r >= 0)
                r = read_dropins(NULL, &dropins, diag, &u);
        if (r < 0)
                return r;
        *ret = u;
        u = (LoadedUnit){ 0 };
        return 0;
}

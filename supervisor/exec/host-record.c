/*
 * Entries are a letter and a path, ended by a NUL. One that its writer did not
 * live to end is no entry, and what it would have named was not made.
 */
#include "supervisor/exec/host-record.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/exec/host-remove.h"

enum { RECORD_MAX = 4 << 20, ID_LENGTH = 16, NEW_NAME_MAX = sizeof("new-") + ID_LENGTH };

/* One of our two directories: ours alone to write to. */
static int open_own(int dir_fd, const char *name, mode_t mode, bool make) {
        _cleanup_fd_ int fd = -EBADF;
        struct stat st;
        bool made = make && mkdirat(dir_fd, name, mode) == 0;

        if (make && !made && errno != EEXIST)
                return -errno;
        fd = fd_open_nofollow(dir_fd, name, O_RDONLY | O_DIRECTORY, 0);
        if (fd < 0)
                return fd == -ELOOP || fd == -ENOTDIR ? -EPERM : fd;
        if (made && fchmod(fd, mode) < 0)
                return -errno;
        if (fstat(fd, &st) < 0)
                return -errno;
        if (st.st_uid != geteuid() || st.st_mode & (S_IWGRP | S_IWOTH))
                return -EPERM;
        return TAKE_FD(fd);
}

int host_record_open_runs(Host *h, bool make) {
        _cleanup_free_ char *base = NULL;
        _cleanup_fd_ int base_fd = -EBADF, own_fd = -EBADF;
        char *own, *runs;
        int fd;

        if (h->runs_fd >= 0)
                return 0;
        base = strdup(h->runs);
        if (!base)
                return -ENOMEM;
        runs = strrchr(base, '/');
        *runs++ = '\0';
        own = strrchr(base, '/');
        *own++ = '\0';
        base_fd = open(*base ? base : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (base_fd < 0)
                return -errno;
        own_fd = open_own(base_fd, own, h->rootless ? 0700 : 0755, make);
        if (own_fd < 0)
                return own_fd;
        fd = open_own(own_fd, runs, 0700, make);
        if (fd < 0)
                return fd;
        h->runs_fd = fd;
        return 0;
}

int host_record_lock(Host *h) {
        _cleanup_fd_ int fd = -EBADF;
        int r = host_record_open_runs(h, true);

        if (r < 0)
                return r;
        /* an open file of its own, since locks belong to those: children share H's */
        fd = openat(h->runs_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0)
                return -errno;
        while (flock(fd, LOCK_EX) < 0)
                if (errno != EINTR)
                        return -errno;
        return TAKE_FD(fd);
}

static int create(Host *h) {
        _cleanup_fd_ int fd = openat(h->runs_fd, h->id,
                                     O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

        if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0)
                return -errno;
        h->record_fd = TAKE_FD(fd);
        return 0;
}

static bool is_covered(const Host *h, HostRecordKind kind, const char *path) {
        STRV_FOREACH(e, h->remove)
                if ((*e)[0] == (char)kind &&
                    (kind == HOST_RECORD_TREE ? path_after(path, *e + 1) != NULL
                                              : text_eq(path, *e + 1)))
                        return true;
        return false;
}

int host_record_add(Host *h, HostRecordKind kind, const char *path) {
        _cleanup_free_ char *entry = NULL;
        size_t n = strlen(path) + 2; /* with the letter and the NUL */
        int r;

        if (is_covered(h, kind, path))
                return 0;
        r = h->record_fd < 0 ? create(h) : 0;
        if (r < 0)
                return r;
        entry = malloc(n);
        if (!entry)
                return -ENOMEM;
        entry[0] = (char)kind;
        memcpy(entry + 1, path, n - 1);
        r = fd_write_all(h->record_fd, entry, n);
        if (r < 0)
                return r;
        return strv_push(&h->remove, TAKE_PTR(entry));
}

/* The entries, the last one first. */
static int read_entries(int fd, char ***ret) {
        _cleanup_strv_ char **entries = NULL;
        _cleanup_free_ char *text = NULL;
        size_t size = 0;
        int r = lseek(fd, 0, SEEK_SET) < 0 ? -errno : file_read_fd(fd, RECORD_MAX, &text, &size);

        for (char *p = text, *nul; r >= 0 && (nul = memchr(p, '\0', size - (size_t)(p - text)));
             p = nul + 1)
                if (nul > p)
                        r = strv_add(&entries, p);
        if (r < 0)
                return r;
        strv_reverse(entries);
        *ret = TAKE_PTR(entries);
        return 0;
}

bool host_record_is_id(const char *name) {
        return strlen(name) == ID_LENGTH && strspn(name, "0123456789abcdef") == ID_LENGTH;
}

static int list_records(const Host *h, char ***ret) {
        _cleanup_strv_ char **ids = NULL;
        _cleanup_(dir_closep) DIR *d = NULL;
        int r = dir_open_at(h->runs_fd, ".", &d);

        for (struct dirent *e; r >= 0 && (e = dir_next(d));)
                if (host_record_is_id(e->d_name))
                        r = strv_add(&ids, e->d_name);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(ids);
        return 0;
}

static bool names(int fd, const char *entry) {
        _cleanup_strv_ char **entries = NULL;

        return read_entries(fd, &entries) >= 0 && strv_contains(entries, entry);
}

static bool is_named_elsewhere(const Host *h, const char *id, const char *entry) {
        _cleanup_strv_ char **ids = NULL;

        if (h->runs_fd < 0 || list_records(h, &ids) < 0)
                return false;
        STRV_FOREACH(other, ids) {
                _cleanup_fd_ int fd = -EBADF;

                if (text_eq(*other, id))
                        continue;
                fd = openat(h->runs_fd, *other, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
                if (fd >= 0 && names(fd, entry))
                        return true;
        }
        return false;
}

bool host_record_is_shared(const Host *h, HostRecordKind kind, const char *path) {
        _cleanup_free_ char *entry = NULL;

        if (asprintf(&entry, "%c%s", (int)kind, path) < 0)
                return true; /* the answer that removes nothing */
        return is_named_elsewhere(h, h->id, entry);
}

static bool exists(const HostPath *p) {
        return faccessat(p->fd, p->name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

int host_record_add_missing(Host *h, const HostPath *p) {
        _cleanup_free_ char *path = NULL;
        int r = host_path_real(p, &path);

        if (r < 0)
                return r;
        /* what another run made, we need as long as it does */
        if (exists(p) && !host_record_is_shared(h, HOST_RECORD_EMPTY, path))
                return 0;
        return host_record_add(h, HOST_RECORD_EMPTY, path);
}

int host_record_make_parents(Host *h, HostPath *p) {
        while (!host_path_is_last(p)) {
                int r = host_record_add_missing(h, p);

                if (r >= 0 && !exists(p))
                        r = host_path_make(p);
                if (r >= 0)
                        r = host_path_enter(p);
                if (r < 0)
                        return r;
        }
        return 0;
}

/* Who may remove it, and when. */
typedef enum Turn {
        TURN_CGROUP, /* first: whoever is in it could use the rest */
        TURN_OWN,    /* carries the run's id in its name: nobody else's, and may take its time */
        TURN_SHARED, /* other runs may need it, too; under the lock */
} Turn;

static Turn turn_of(const char *entry, const char *id) {
        if (entry[0] == HOST_RECORD_CGROUP || entry[0] == HOST_RECORD_HUNG_CGROUP)
                return TURN_CGROUP;
        return strstr(entry, id) ? TURN_OWN : TURN_SHARED;
}

/* What could not be removed, the innermost first. */
typedef struct Failed {
        char **entries;
        size_t n;
        int error; /* why the first could not */
        bool lost; /* there was no memory to note one */
} Failed;

static void failed_done(Failed *f) {
        strv_free(f->entries);
}

static void note_failure(Failed *f, const char *entry, int error) {
        if (f->n++ == 0)
                f->error = error;
        if (f->lost)
                return;
        if (strv_add(&f->entries, entry) < 0)
                f->lost = true;
        else if (entry[0] == HOST_RECORD_CGROUP)
                f->entries[f->n - 1][0] = HOST_RECORD_HUNG_CGROUP;
}

static void remove_entries(Host *h, const char *id, char *const *entries, Turn turn, Failed *f) {
        STRV_FOREACH(e, entries) {
                int r;

                if (turn_of(*e, id) != turn ||
                    (turn == TURN_SHARED && is_named_elsewhere(h, id, *e)))
                        continue;
                r = host_remove((HostRecordKind) * *e, *e + 1, h->uid_lock_fd);
                if (r < 0)
                        note_failure(f, *e, r);
        }
}

/* What FD, a new file, has to hold: the entries in the order in which they were made. */
static int write_entries(int fd, char **entries) {
        strv_reverse(entries);
        STRV_FOREACH(e, entries) {
                int r = fd_write_all(fd, *e, strlen(*e) + 1);

                if (r < 0)
                        return r;
        }
        return 0;
}

static void new_name(const char *id, char ret[static NEW_NAME_MAX]) {
        snprintf(ret, NEW_NAME_MAX, "new-%s", id);
}

/* The record ID from now on names just what is left, so that nothing is taken for its that others
 * make later under a name that it had. The next run tries again. */
static int keep_record(const Host *h, const char *id, const Failed *f) {
        _cleanup_fd_ int fd = -EBADF;
        char name[NEW_NAME_MAX];
        int r;

        if (f->lost)
                return -ENOMEM;
        new_name(id, name);
        fd = openat(h->runs_fd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
                return -errno;
        r = write_entries(fd, f->entries);
        if (r < 0) {
                unlinkat(h->runs_fd, name, 0);
                return r;
        }
        return renameat(h->runs_fd, name, h->runs_fd, id) < 0 ? -errno : 0;
}

/* Also what a process that was killed had begun to put in its place. */
static void remove_record(const Host *h, const char *id, Diag *diag) {
        char name[NEW_NAME_MAX];

        new_name(id, name);
        unlinkat(h->runs_fd, name, 0);
        if (unlinkat(h->runs_fd, id, 0) < 0 && errno != ENOENT)
                diag_warning(diag, "the record %s/%s could not be removed: %s", h->runs, id,
                             strerror(errno));
}

static void warn_failed(const Failed *f, Diag *diag) {
        if (f->entries && *f->entries)
                diag_warning(diag, "%s%s could not be removed: %s; the next run tries again",
                             f->entries[0] + 1, f->n > 1 ? " and others" : "", strerror(-f->error));
}

static void keep_or_warn(const Host *h, const char *id, const Failed *f, Diag *diag) {
        int r = keep_record(h, id, f);

        warn_failed(f, diag);
        if (r < 0)
                diag_warning(diag, "the record %s/%s could not be written: %s", h->runs, id,
                             strerror(-r));
}

void host_record_finish(Host *h, const char *id, int record_fd, Diag *diag) {
        _cleanup_strv_ char **entries = NULL;
        _cleanup_(failed_done) Failed failed = { 0 };
        _cleanup_fd_ int lock = -EBADF;
        int r = read_entries(record_fd, &entries);

        if (r < 0) {
                diag_warning(diag, "the record %s/%s could not be read: %s", h->runs, id,
                             strerror(-r));
                return;
        }
        remove_entries(h, id, entries, TURN_CGROUP, &failed);
        remove_entries(h, id, entries, TURN_OWN, &failed);
        lock = host_record_lock(h);
        if (lock < 0) {
                diag_warning(diag, "%s could not be locked: %s", h->runs, strerror(-lock));
                return;
        }
        remove_entries(h, id, entries, TURN_SHARED, &failed);
        if (failed.n > 0)
                keep_or_warn(h, id, &failed, diag);
        else
                remove_record(h, id, diag);
}

static bool is_spared(const char *entry, char *const *spare) {
        if (entry[0] == HOST_RECORD_DYNAMIC)
                return true;
        STRV_FOREACH(path, spare)
                if (path_after(entry + 1, *path))
                        return true;
        return false;
}

int host_record_reread(Host *h) {
        _cleanup_strv_ char **entries = NULL;
        int r = read_entries(h->record_fd, &entries);

        if (r < 0)
                return r;
        strv_reverse(entries);
        strv_free(h->remove);
        h->remove = TAKE_PTR(entries);
        return 0;
}

/* Entries of what is gone stay in the record, and do no harm; those of what could not be removed
 * are tried again at the end. */
void host_record_renew(Host *h, char *const *spare, Diag *diag) {
        _cleanup_strv_ char **entries = NULL, **going = NULL;
        _cleanup_(failed_done) Failed failed = { 0 };
        _cleanup_fd_ int lock = -EBADF;
        int r = read_entries(h->record_fd, &entries);

        STRV_FOREACH(e, entries)
                if (r >= 0 && !is_spared(*e, spare))
                        r = strv_add(&going, *e);
        if (r >= 0)
                r = lock = host_record_lock(h);
        if (r < 0) {
                diag_warning(diag, "the record %s/%s could not be read: %s", h->runs, h->id,
                             strerror(-r));
                return;
        }
        remove_entries(h, h->id, going, TURN_CGROUP, &failed);
        remove_entries(h, h->id, going, TURN_OWN, &failed);
        remove_entries(h, h->id, going, TURN_SHARED, &failed);
        warn_failed(&failed, diag);
}

/* A locked fd of the record ID if nobody else has it. */
static int take_over(const Host *h, const char *id) {
        _cleanup_fd_ int fd = openat(h->runs_fd, id, O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW);
        struct stat st;

        if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0 || fstat(fd, &st) < 0)
                return -errno;
        if (st.st_nlink == 0)
                return -ENOENT; /* somebody else finished it */
        return TAKE_FD(fd);
}

void host_record_finish_dead(Host *h, Diag *diag) {
        _cleanup_strv_ char **ids = NULL;

        if (list_records(h, &ids) < 0)
                return;
        STRV_FOREACH(id, ids) {
                _cleanup_fd_ int lock = -EBADF, fd = -EBADF;

                if (h->record_fd >= 0 && text_eq(*id, h->id))
                        continue; /* ours, unless another process made it and died */
                /* a record is made and locked under this lock: without it, a new one looks dead */
                lock = host_record_lock(h);
                if (lock < 0)
                        return;
                fd = take_over(h, *id);
                fd_close(TAKE_FD(lock));
                if (fd >= 0)
                        host_record_finish(h, *id, fd, diag);
        }
}

int host_record_open_own(Host *h) {
        int r = host_record_open_runs(h, false);

        return r < 0 ? r : take_over(h, h->id);
}

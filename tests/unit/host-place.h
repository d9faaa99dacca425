/* A place on the disk where runs make what they make, and short words for that. To be included
 * behind cmocka.h. */
#pragma once

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/fd.h"
#include "base/remove-tree.h"
#include "supervisor/exec/host.h"
#include "tests/unit/skip.h"

static char place[] = "/var/tmp/svalinn-test-host-XXXXXX";
static int top = -EBADF;

static inline int set_up(void **state) {
        if (geteuid() != 0)
                return 0;
        if (!mkdtemp(place))
                return -1;
        top = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        return top < 0 || fchmod(top, 0755) < 0 || mkdirat(top, "run", 0755) < 0 ? -1 : 0;
}

static inline int tear_down(void **state) {
        if (geteuid() != 0)
                return 0;
        close(top);
        return remove_tree_at(AT_FDCWD, place);
}

/* Each test has the place to itself. */
static inline int empty_place(void **state) {
        if (geteuid() != 0)
                return 0;
        (void)remove_tree_at(top, "data");
        (void)remove_tree_at(top, "run");
        return mkdirat(top, "run", 0755) < 0 || mkdirat(top, "data", 0755) < 0 ? -1 : 0;
}

static inline void need_root(void) {
        if (geteuid() != 0)
                skip_because("only root can give files away");
}

static inline void begin(Host *h) {
        assert_int_equal(host_init(h, false), 0);
        free(h->runs);
        assert_true(asprintf(&h->runs, "%s/run/svalinn/runs", place) > 0);
}

static inline bool exists(const char *path) {
        return faccessat(top, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static inline size_t count(const char *path) {
        _cleanup_(dir_closep) DIR *d = NULL;
        size_t n = 0;

        if (dir_open_at(top, path, &d) < 0)
                return 0;
        while (dir_next(d))
                n++;
        return n;
}

static inline void make_file(const char *path) {
        int fd = openat(top, path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

        assert_true(fd >= 0);
        assert_int_equal(write(fd, "x", 1), 1);
        close(fd);
}

static inline void assert_owner(const char *path, uid_t uid, mode_t mode) {
        struct stat st;

        assert_int_equal(fstatat(top, path, &st, AT_SYMLINK_NOFOLLOW), 0);
        assert_int_equal(st.st_uid, uid);
        if (mode != (mode_t)-1)
                assert_int_equal(st.st_mode & 07777, mode);
}

static inline void assert_link(const char *path, const char *target) {
        char found[PATH_MAX];
        ssize_t n = readlinkat(top, path, found, sizeof(found) - 1);

        assert_true(n > 0);
        found[n] = '\0';
        assert_string_equal(found, target);
}

static inline Op *add(Plan *p, OpKind kind, const char *path, unsigned flags) {
        char full[PATH_MAX];

        snprintf(full, sizeof(full), "%s/%s", place, path);
        assert_int_equal(plan_add_path(p, kind, "StateDirectory", full, flags), 0);
        return &p->ops[p->n - 1];
}

static inline Op *add_directory(Plan *p, const char *path, unsigned flags, uid_t uid, mode_t mode) {
        Op *op = add(p, OP_DIRECTORY, path, flags);

        op->uid = uid;
        op->gid = uid;
        op->mode = mode;
        return op;
}

static inline void set_link(Op *op, const char *link, const char *target) {
        assert_true(asprintf(&op->text, "%s/%s\n%s\n", place, link, target) > 0);
}

static inline int prepare(Host *h, Plan *p, Diag *diag) {
        const Op *failed;

        return host_prepare(h, p, diag, &failed);
}

/* One run of P from beginning to end. Returns what host_prepare() does. */
static inline int run(Plan *p, Diag *diag) {
        Host h = HOST_INIT;
        int r;

        begin(&h);
        r = prepare(&h, p, diag);
        host_cleanup(&h, diag);
        host_done(&h);
        return r;
}

static inline Op *add_private(Plan *p) {
        Op *op = add_directory(p, "data/private/a", OP_ID_MAPPED, 61234, 0755);

        set_link(op, "data/a", "private/a");
        return op;
}

#define TEST(f) cmocka_unit_test_setup(f, empty_place)

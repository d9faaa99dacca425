/* A directory with unit files in it, new for each test and removed after it: for tests of what is
 * read from disk. For cmocka's setup and teardown. */
#pragma once

#include <ftw.h>
#include <limits.h>
#include <stdio.h>

#include "base/fd.h"
#include "base/text.h"

#define ETC "/etc/systemd/system"
#define RUN "/run/systemd/system"
#define USR "/usr/lib/systemd/system"

static char *root; /* a new directory for each test */

_unused_ static int make_root(void **state) {
        root = strdup("/tmp/svalinn-tree.XXXXXX");
        return root && mkdtemp(root) ? 0 : -1;
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *walk) {
        return remove(path);
}

_unused_ static int remove_root(void **state) {
        int r = nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);

        free(root);
        return r;
}

/* Makes the directories above PATH; returns PATH within the root in RET. */
static void prepare(const char *path, char ret[static PATH_MAX]) {
        assert_true(snprintf(ret, PATH_MAX, "%s%s", root, path) < PATH_MAX);
        for (char *p = ret + strlen(root) + 1; (p = strchr(p, '/')); *p++ = '/') {
                *p = '\0';
                assert_true(mkdir(ret, 0755) == 0 || errno == EEXIST);
        }
}

static void put_n(const char *path, const char *text, size_t size) {
        char full[PATH_MAX];
        _cleanup_fd_ int fd = -EBADF;

        prepare(path, full);
        fd = open(full, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
        assert_true(fd >= 0);
        assert_int_equal(fd_write_all(fd, text, size), 0);
}

_unused_ static void put(const char *path, const char *text) {
        put_n(path, text, strlen(text));
}

_unused_ static void put_link(const char *path, const char *target) {
        char full[PATH_MAX];

        prepare(path, full);
        assert_int_equal(symlink(target, full), 0);
}

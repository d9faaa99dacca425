/* Protects the files of dynamic users: what they write belongs to nobody on disk. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/remove-tree.h"
#include "supervisor/sandbox/apply/id-map.h"
#include "tests/unit/skip.h"

static char place[] = "/var/tmp/svalinn-test-id-map-XXXXXX";

static int set_up(void **state) {
        return mkdtemp(place) && chmod(place, 0755) == 0 ? 0 : -1;
}

static int tear_down(void **state) {
        return remove_tree_at(AT_FDCWD, place);
}

static int in_child(int (*body)(void)) {
        pid_t child = fork();
        int status;

        if (child == 0)
                _exit(body());
        assert_true(child > 0);
        assert_int_equal(waitpid(child, &status, 0), child);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

/* As the sandbox does it: attached in another mount namespace, used by the mapped user. */
static int use_mapped(int tree, const char *at, uid_t uid) {
        char file[PATH_MAX];
        struct stat st;
        int fd;

        if (unshare(CLONE_NEWNS) < 0 || mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
            move_mount(tree, "", AT_FDCWD, at, MOVE_MOUNT_F_EMPTY_PATH) < 0)
                return 1;
        snprintf(file, sizeof(file), "%s/old", at);
        if (stat(file, &st) < 0 || st.st_uid != uid || st.st_gid != uid)
                return 2;
        if (setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0)
                return 3;
        snprintf(file, sizeof(file), "%s/new", at);
        fd = open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
        if (fd < 0 || fstat(fd, &st) < 0)
                return 4;
        return st.st_uid == uid ? 0 : 5;
}

static int map_in(const char *at) {
        char old[PATH_MAX], new[PATH_MAX];
        struct stat st;
        int fd, tree;
        pid_t child;
        int status = 0;

        snprintf(old, sizeof(old), "%s/old", at);
        snprintf(new, sizeof(new), "%s/new", at);
        fd = open(old, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
        if (fd < 0 || fchown(fd, ID_MAP_NOBODY, ID_MAP_NOBODY) < 0 ||
            chown(at, ID_MAP_NOBODY, ID_MAP_NOBODY) < 0)
                return 10;
        fd = open(at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        tree = fd < 0 ? fd : id_map_mount(fd, 61234, 61234);
        if (tree < 0)
                return 77;
        child = fork();
        if (child == 0)
                _exit(use_mapped(tree, at, 61234));
        if (waitpid(child, &status, 0) != child || status != 0)
                return WEXITSTATUS(status);
        return stat(new, &st) == 0 && st.st_uid == ID_MAP_NOBODY ? 0 : 11;
}

static int map_on_disk(void) {
        return map_in(place);
}

static int map_in_memory(void) {
        if (unshare(CLONE_NEWNS) < 0 || mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
            mount("tmpfs", place, "tmpfs", 0, NULL) < 0)
                return 78;
        return map_in(place);
}

static void test_ids_are_mapped(void **state) {
        int disk, memory;

        if (geteuid() != 0)
                skip_because("only root can map ids");
        disk = in_child(map_on_disk);
        memory = in_child(map_in_memory);
        if (disk == 77 && memory >= 77)
                skip_because("no file system here can map ids");
        assert_true(disk == 0 || disk == 77);
        assert_true(memory == 0 || memory >= 77);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_ids_are_mapped),
        };

        return cmocka_run_group_tests(tests, set_up, tear_down);
}

/*
 * The first process of a test machine. It makes the root directory one that can be pivoted away
 * from, loads the modules that the image lists, and then is one of two things:
 *
 * - with /vm/init, it becomes that program: nothing is mounted and nothing is left of the agent, so
 *   that the program finds what a kernel gives its init;
 * - otherwise it mounts what a system has, runs the command in /vm/command, passes on what it
 *   prints, and reports how it ended.
 *
 * Whatever goes wrong before that is reported as "error": a test never counts as run by accident.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/strv.h"
#include "tests/vm/guest/ports.h"
#include "tests/vm/guest/system.h"

#define LIST_MAX ((size_t)1 << 20)

static _noreturn_ void give_up(const char *what, int error) {
        port_send_verdict("error %s: %s", what, strerror(-error));
        reboot(RB_POWER_OFF);
        for (;;)
                pause();
}

/* Reads a list of strings that each end with the byte END. A missing file is an empty list. */
static char **read_list(const char *path, char end) {
        _cleanup_free_ char *text = NULL;
        char **list = NULL;
        size_t size, length;
        int r = file_read_at(AT_FDCWD, path, LIST_MAX, &text, &size);

        if (r == -ENOENT)
                return NULL;
        for (char *p = text; r >= 0 && p < text + size; p += length + 1) {
                char *stop = memchr(p, end, (size_t)(text + size - p));

                length = stop ? (size_t)(stop - p) : (size_t)(text + size - p);
                p[length] = '\0';
                r = strv_add(&list, p);
        }
        if (r < 0)
                give_up(path, r);
        return list;
}

/* The root that the kernel unpacked the image into has no parent, so pivot_root() refuses it. A
 * bind mount of it on top of itself is the same files, with a parent. */
static void settle_root(void) {
        if (mount("/", "/vm/root", NULL, MS_BIND, NULL) < 0 || chdir("/vm/root") < 0 ||
            mount(".", "/", NULL, MS_MOVE, NULL) < 0 || chroot(".") < 0 || chdir("/") < 0)
                give_up("settling the root directory", -errno);
}

static void load_modules(void) {
        _cleanup_strv_ char **paths = read_list("/vm/modules", '\n');

        STRV_FOREACH(path, paths) {
                _cleanup_fd_ int fd = open(*path, O_RDONLY | O_CLOEXEC);

                if (fd < 0 || (syscall(SYS_finit_module, fd, "", 0) < 0 && errno != EEXIST))
                        give_up(*path, -errno);
        }
}

int main(void) {
        _cleanup_strv_ char **init = NULL, **command = NULL;
        const char *what;
        int status;

        if (getpid() != 1) {
                fprintf(stderr, "vm-agent: this is the first process of a test machine\n");
                return 2;
        }
        settle_root();
        load_modules();
        init = read_list("/vm/init", '\0');
        if (init) {
                execv(init[0], init);
                give_up(init[0], -errno);
        }
        status = system_set_up(&what);
        if (status < 0)
                give_up(what, status);
        command = read_list("/vm/command", '\0');
        status = system_run(command);
        if (status < 0)
                give_up(command ? command[0] : "no command", status);
        port_send_verdict("exit %d", status);
        reboot(RB_POWER_OFF);
        return 1;
}

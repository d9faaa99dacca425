/*
 * A pid file is written by the service, so what it says is believed only about
 * processes of this unit: our own descendants, of which we are the parent once
 * the command that forked them has ended.
 */
#include "supervisor/tools/run/main-pid.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/number.h"
#include "base/path.h"
#include "base/text.h"
#include "supervisor/tools/run/leftovers.h"

enum { PID_FILE_MAX = 64 };

/* A relative path lies below /run, whose old name is a symbolic link to it. */
static int path_of(const Config *c, char **ret) {
        const char *name = c->pid_file, *old = path_after(name, "/var/run");

        if (old)
                return path_join("/run", old, ret);
        if (path_is_absolute(name))
                return (*ret = strdup(name)) ? 0 : -ENOMEM;
        return path_join("/run", name, ret);
}

/* Returns the pid, or -EAGAIN where there is none that could be one. */
static pid_t read_pid(int dir_fd, const char *path) {
        _cleanup_free_ char *text = NULL;
        uint32_t pid;

        if (file_read_at(dir_fd, path, PID_FILE_MAX, &text, NULL) < 0)
                return -EAGAIN;
        if (number_parse_u32(text_strip(text), 10, &pid) < 0 || pid > INT32_MAX || pid <= 1)
                return -EAGAIN;
        return (pid_t)pid;
}

pid_t main_pid_find(const Runner *r) {
        const Config *c = &r->settings.config;
        _cleanup_free_ char *path = NULL;
        pid_t pid;

        if (!c->pid_file)
                return c->guess_main_pid ? leftovers_only_child() : 0;
        if (path_of(c, &path) < 0)
                return 0;
        pid = read_pid(AT_FDCWD, path);
        return pid > 0 && leftovers_has(pid) ? pid : -EAGAIN;
}

/* The directory may be the service's own: no link in the path is followed to a file elsewhere. */
void main_pid_forget(const Runner *r) {
        const Config *c = &r->settings.config;
        _cleanup_free_ char *path = NULL;
        _cleanup_fd_ int directory = -EBADF;
        const char *name;
        pid_t pid;

        if (!c->pid_file || path_of(c, &path) < 0)
                return;
        name = path_last(path);
        path[name - path - 1] = '\0';
        directory = fd_open_nofollow(AT_FDCWD, *path ? path : "/", O_RDONLY | O_DIRECTORY, 0);
        if (directory < 0)
                return;
        pid = read_pid(directory, name);
        if (pid > 0 && kill(pid, 0) < 0 && errno == ESRCH)
                (void)unlinkat(directory, name, 0);
}

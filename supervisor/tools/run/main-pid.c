/*
 * A pid file is written by the service, so what it says is believed only about
 * processes of this unit: our own descendants, of which we are the parent once
 * the command that forked them has ended.
 */
#include "supervisor/tools/run/main-pid.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/number.h"
#include "base/text.h"
#include "supervisor/tools/run/leftovers.h"

static pid_t read_pid_file(const char *path) {
        _cleanup_free_ char *text = NULL;
        uint32_t pid;

        if (file_read_at(AT_FDCWD, path, 64, &text, NULL) < 0)
                return -EAGAIN;
        if (number_parse_u32(text_strip(text), 10, &pid) < 0 || pid > INT32_MAX || pid <= 1)
                return -EAGAIN;
        return leftovers_has((pid_t)pid) ? (pid_t)pid : -EAGAIN;
}

pid_t main_pid_find(const Runner *r) {
        const Config *c = &r->settings->config;
        _cleanup_free_ char *path = NULL;

        if (!c->pid_file)
                return c->guess_main_pid ? leftovers_only_child() : 0;
        if (asprintf(&path, "%s%s", c->pid_file[0] == '/' ? "" : "/run/", c->pid_file) < 0)
                return 0;
        return read_pid_file(path);
}

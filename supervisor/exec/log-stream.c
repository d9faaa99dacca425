/*
 * Seven lines of header. A log that hangs delays a start by a few seconds and
 * does not prevent it.
 */
#include "supervisor/exec/log-stream.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "base/text.h"

enum { CONNECT_TIMEOUT_SEC = 5, BUFFER_SIZE = 8 << 20, FACILITY_SHIFT = 3 };

LogStream log_stream_for(const Config *c, const Command *command, const char *unit) {
        return (LogStream){
                .path = LOG_STREAM_SOCKET,
                .unit = unit,
                .identifier =
                        c->syslog_identifier ? c->syslog_identifier : path_last(command->path),
                .priority = c->syslog_facility << FACILITY_SHIFT | c->syslog_level,
                .level_prefix = c->syslog_level_prefix,
        };
}

static int connect_to(int fd, const char *path) {
        const struct timeval patience = { .tv_sec = CONNECT_TIMEOUT_SEC }, forever = { 0 };
        const int size = BUFFER_SIZE;
        struct sockaddr_un address = { .sun_family = AF_UNIX };

        if (strlen(path) >= sizeof(address.sun_path))
                return -ENAMETOOLONG;
        memcpy(address.sun_path, path, strlen(path));
        if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) < 0 ||
            connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
            setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &forever, sizeof(forever)) < 0 ||
            shutdown(fd, SHUT_RD) < 0)
                return -errno;
        /* a short pause of the log need not stop the service; the system's limit may be lower */
        (void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
        return 0;
}

static int send_header(int fd, const LogStream *l, bool console) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        _cleanup_free_ char *identifier = strdup(l->identifier);

        if (!identifier)
                return -ENOMEM;
        text_mask_control(identifier); /* a program's name may hold a new line, to say more */
        /* identifier, unit, priority, level prefix; then copies to syslog, kernel, console */
        strbuf_addf(&b, "%s\n%s\n%d\n%d\n0\n0\n%d\n", identifier, l->unit, l->priority,
                    l->level_prefix, console);
        return b.error < 0 ? b.error : fd_write_all(fd, b.text, b.length);
}

int log_stream_open(const LogStream *l, bool console) {
        _cleanup_fd_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        int r = fd < 0 ? -errno : connect_to(fd, l->path);

        if (r >= 0)
                r = send_header(fd, l, console);
        return r < 0 ? r : TAKE_FD(fd);
}

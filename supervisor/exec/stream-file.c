/*
 * Opening what a unit names. Nothing here becomes the controlling terminal.
 */
#include "supervisor/exec/stream-file.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "supervisor/exec/base64.h"
#include "units/directive.h"
#include "units/word.h"

/* By way of an fd, since an address has room for short paths only. */
static int connect_to(const char *path, int access) {
        _cleanup_fd_ int place = open(path, O_PATH | O_CLOEXEC);
        _cleanup_fd_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        char link[FD_PROC_PATH_MAX];

        if (place < 0 || fd < 0)
                return -errno;
        snprintf(address.sun_path, sizeof(address.sun_path), "%s", fd_proc_path(place, link));
        if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
                return -errno;
        if ((access == O_RDONLY && shutdown(fd, SHUT_WR) < 0) ||
            (access == O_WRONLY && shutdown(fd, SHUT_RD) < 0))
                return -errno;
        return TAKE_FD(fd);
}

/* A fifo that nobody writes to yet would make us wait, or the command see its end at once; with a
 * writing end of its own it does neither. */
static int keep_fifo_open(int fd) {
        char path[FD_PROC_PATH_MAX];
        int both = open(fd_proc_path(fd, path), O_RDWR | O_CLOEXEC | O_NOCTTY);
        int error = -errno;

        fd_close(fd);
        return both < 0 ? error : both;
}

/* Opened without waiting; what the command does with it may wait again. */
static int make_blocking(int fd, int access) {
        struct stat st;
        int flags;

        if (fstat(fd, &st) < 0)
                return -errno;
        if (S_ISFIFO(st.st_mode) && (access & O_ACCMODE) == O_RDONLY)
                return keep_fifo_open(fd);
        flags = fcntl(fd, F_GETFL);
        return flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0 ? -errno : fd;
}

int stream_file_open(const char *path, int access, mode_t umask_bits) {
        int flags = access | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, fd, r;
        mode_t before;

        if ((access & O_ACCMODE) != O_RDONLY)
                flags |= O_CREAT;
        before = umask(umask_bits);
        fd = open(path, flags, 0666);
        r = fd < 0 ? -errno : make_blocking(fd, access);
        umask(before);
        if (r != -ENXIO)
                return r;
        r = connect_to(path, access & O_ACCMODE);
        return r == -ENOTSOCK || r == -ECONNREFUSED ? -ENXIO : r;
}

static int add_item(const TaggedSetting *s, StrBuf *to) {
        _cleanup_free_ char *data = NULL;
        size_t size;
        int r;

        if (text_eq(s->directive->name, "StandardInputData")) {
                r = base64_decode(s->text, &data, &size);
                if (r >= 0)
                        strbuf_add_n(to, data, size);
                return r;
        }
        r = word_unescape(s->text, &data);
        if (r < 0)
                return r;
        strbuf_add(to, data);
        strbuf_add_char(to, '\n');
        return 0;
}

/* The reader gets an open file of its own, without permission to write. */
static int seal(int fd) {
        char path[FD_PROC_PATH_MAX];
        int reopened;

        if (fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0)
                return -errno;
        reopened = open(fd_proc_path(fd, path), O_RDONLY | O_CLOEXEC);
        return reopened < 0 ? -errno : reopened;
}

int stream_file_data(const TaggedSetting *items, size_t n) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        _cleanup_fd_ int fd = memfd_create("standard-input", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        int r = fd < 0 ? -errno : 0;

        for (size_t i = 0; r >= 0 && i < n; i++)
                r = add_item(&items[i], &b);
        if (r >= 0)
                r = b.error;
        if (r >= 0)
                r = fd_write_all(fd, b.text, b.length);
        return r < 0 ? r : seal(fd);
}

/*
 * What the last user of a terminal left must not reach the next one: others are
 * hung up before, and the modes are those of a fresh terminal.
 */
#include "supervisor/exec/tty.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/fd.h"

const char *tty_path(const Config *c) {
        return c->tty_path ? c->tty_path : "/dev/console";
}

static int open_path(const Config *c) {
        /* without waiting for a carrier */
        int fd = open(tty_path(c), O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);

        if (fd < 0)
                return -errno;
        if (isatty(fd) && fcntl(fd, F_SETFL, O_RDWR) == 0)
                return fd;
        fd_close(fd);
        return -ENOTTY;
}

/* The modes in which a kernel makes a terminal, but for its speed. */
static int reset(int fd) {
        struct termios t;

        if (tcgetattr(fd, &t) < 0)
                return -errno;
        t.c_iflag = ICRNL | IXON | (t.c_iflag & IUTF8);
        t.c_oflag = OPOST | ONLCR;
        t.c_cflag = (t.c_cflag & (CBAUD | CBAUDEX | CSTOPB | PARENB | PARODD | CRTSCTS)) | CS8 |
                    CREAD | HUPCL | CLOCAL;
        t.c_lflag = ISIG | ICANON | IEXTEN | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE;
        t.c_cc[VINTR] = 3;
        t.c_cc[VQUIT] = 28;
        t.c_cc[VERASE] = 127;
        t.c_cc[VKILL] = 21;
        t.c_cc[VEOF] = 4;
        t.c_cc[VSTART] = 17;
        t.c_cc[VSTOP] = 19;
        t.c_cc[VSUSP] = 26;
        t.c_cc[VEOL] = t.c_cc[VEOL2] = 0;
        t.c_cc[VTIME] = 0;
        t.c_cc[VMIN] = 1;
        if (tcsetattr(fd, TCSANOW, &t) < 0)
                return -errno;
        return tcflush(fd, TCIOFLUSH) < 0 ? -errno : 0;
}

static int hang_up(const Config *c) {
        _cleanup_fd_ int fd = open_path(c);

        if (fd < 0)
                return fd;
        return ioctl(fd, TIOCVHANGUP) < 0 ? -errno : 0;
}

static int resize(const Config *c, int fd) {
        struct winsize size;

        if (c->tty_rows == 0 && c->tty_columns == 0)
                return 0;
        if (ioctl(fd, TIOCGWINSZ, &size) < 0)
                return -errno;
        if (c->tty_rows > 0)
                size.ws_row = (unsigned short)c->tty_rows;
        if (c->tty_columns > 0)
                size.ws_col = (unsigned short)c->tty_columns;
        return ioctl(fd, TIOCSWINSZ, &size) < 0 ? -errno : 0;
}

int tty_open(const Config *c) {
        _cleanup_fd_ int fd = -EBADF;
        int r = c->tty_vhangup ? hang_up(c) : 0;

        if (r >= 0)
                r = fd = open_path(c);
        if (r >= 0 && c->tty_reset)
                r = reset(fd);
        if (r >= 0)
                r = resize(c, fd);
        return r < 0 ? r : TAKE_FD(fd);
}

bool tty_is_input(const Config *c) {
        const StreamKind kind = c->standard_input.kind;

        return kind == STREAM_TTY || kind == STREAM_TTY_FORCE || kind == STREAM_TTY_FAIL;
}

void tty_leave(const Config *c) {
        _cleanup_fd_ int fd = -EBADF;

        if (!tty_is_input(c))
                return;
        if (c->tty_vhangup)
                (void)hang_up(c);
        fd = c->tty_reset ? open_path(c) : -EBADF;
        if (fd >= 0)
                (void)reset(fd);
}

/*
 * Bytes go both ways through two small buffers; nothing is interpreted but the
 * three "^]". The terminal's modes are put back on every way out, and whenever
 * svrun is suspended.
 */
#include "supervisor/tools/run/pty.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"

enum { END_KEY = 4, LEAVE_KEY = 0x1d, LEAVE_COUNT = 3, LEAVE_MSEC = 1000, BUFFER_SIZE = 4096 };

typedef struct Buffer {
        char data[BUFFER_SIZE];
        size_t from, to;
} Buffer;

typedef struct Forward {
        Pty *pty;
        struct termios before; /* the caller's modes */
        bool raw;              /* the caller's terminal is in raw mode now */
        bool lines;            /* but for lines that came before and are still to be read */
        bool in_line;          /* the input so far has not ended its last line */
        bool input_open;
        bool output_open;
        Buffer in;  /* to the command */
        Buffer out; /* from the command */
        unsigned leave_keys;
        int64_t leave_since; /* milliseconds */
} Forward;

void pty_done(Pty *p) {
        fd_close(p->master);
        fd_close(p->slave);
        *p = (Pty)PTY_INIT;
}

static void copy_size(int from, int to) {
        struct winsize size;

        if (ioctl(from, TIOCGWINSZ, &size) == 0)
                (void)ioctl(to, TIOCSWINSZ, &size);
}

static void copy_modes(int from, int to) {
        struct termios modes;

        if (tcgetattr(from, &modes) == 0)
                (void)tcsetattr(to, TCSANOW, &modes);
}

int pty_open(int input, Pty *ret) {
        _cleanup_(pty_done) Pty p = PTY_INIT;
        const int unlock = 0;

        p.master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (p.master < 0 || ioctl(p.master, TIOCSPTLCK, &unlock) < 0)
                return -errno;
        /* through the master, so that no path in /dev/pts has to be right */
        p.slave = ioctl(p.master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (p.slave < 0)
                return -errno;
        copy_modes(input, p.slave);
        copy_size(input, p.slave);
        *ret = p;
        p = (Pty)PTY_INIT;
        return 0;
}

static bool set_raw(const Forward *f, bool lines) {
        struct termios raw = f->before;

        cfmakeraw(&raw);
        if (lines) {
                raw.c_lflag |= ICANON;
                raw.c_cc[VEOF] = _POSIX_VDISABLE;
        }
        return tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

static bool has_input(void) {
        struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

        return poll(&input, 1, 0) > 0;
}

static void leave_lines(Forward *f) {
        f->raw = set_raw(f, false) || f->raw;
        f->lines = false;
}

/* An end of file that came before us is known to the terminal as long as it is in lines, and
 * forgotten in raw mode. So first no more of them can come, then the lines are read, and then it is
 * raw. */
static void make_raw(Forward *f) {
        struct termios now;

        f->lines = tcgetattr(STDIN_FILENO, &now) == 0 && now.c_lflag & ICANON && set_raw(f, true);
        f->raw = f->raw || f->lines;
        if (!f->lines || !has_input())
                leave_lines(f);
}

static void take_terminal(Forward *f) {
        if (!f->raw && tcgetattr(STDIN_FILENO, &f->before) == 0)
                make_raw(f);
}

/* Stopped without warning, we could not give the terminal back: whoever had it meanwhile may have
 * left other modes. */
static void retake_terminal(Forward *f) {
        if (f->raw)
                make_raw(f);
        copy_size(STDIN_FILENO, f->pty->master);
}

static void give_terminal_back(Forward *f) {
        if (f->raw)
                (void)tcsetattr(STDIN_FILENO, TCSADRAIN, &f->before);
        f->raw = f->lines = false;
}

static void suspend(Forward *f) {
        give_terminal_back(f);
        (void)raise(SIGSTOP);
        take_terminal(f);
        copy_size(STDIN_FILENO, f->pty->master);
}

static int64_t now_msec(void) {
        struct timespec now;

        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* Three presses within a second. */
static bool wants_to_leave(Forward *f, const char *data, size_t n) {
        for (size_t i = 0; i < n; i++) {
                int64_t now = now_msec();

                if (data[i] != LEAVE_KEY) {
                        f->leave_keys = 0;
                        continue;
                }
                if (f->leave_keys == 0 || now - f->leave_since > LEAVE_MSEC) {
                        f->leave_keys = 0;
                        f->leave_since = now;
                }
                if (++f->leave_keys == LEAVE_COUNT)
                        return true;
        }
        return false;
}

/* Fills an empty buffer. Returns the count, 0 at the end, or negative errno. */
static ssize_t fill(Buffer *b, int fd) {
        ssize_t n = read(fd, b->data, sizeof(b->data));

        if (n < 0)
                return errno == EAGAIN || errno == EINTR ? -EAGAIN : -errno;
        b->from = 0;
        b->to = (size_t)n;
        return n;
}

/* False when nobody reads any more. */
static bool drain(Buffer *b, int fd) {
        while (b->from < b->to) {
                ssize_t n = write(fd, b->data + b->from, b->to - b->from);

                if (n < 0 && errno == EAGAIN)
                        return true;
                if (n < 0 && errno != EINTR)
                        return false;
                b->from += n > 0 ? (size_t)n : 0;
        }
        return true;
}

static bool is_empty(const Buffer *b) {
        return b->from == b->to;
}

/* The end of the caller's input reaches the command as what its terminal calls end of file; within
 * a line the first one only ends that. */
static void end_input(Forward *f) {
        struct termios modes;
        bool known = tcgetattr(f->pty->master, &modes) == 0 && modes.c_cc[VEOF] != _POSIX_VDISABLE;

        f->input_open = false;
        f->in = (Buffer){ .to = f->in_line ? 2 : 1 };
        memset(f->in.data, known ? modes.c_cc[VEOF] : END_KEY, f->in.to);
}

/* Returns false when the caller wants to leave. */
static bool pump_input(Forward *f) {
        ssize_t n = fill(&f->in, STDIN_FILENO);

        if (n == -EAGAIN)
                return true;
        if (n <= 0) {
                f->in = (Buffer){ 0 };
                end_input(f);
                return true;
        }
        f->in_line = f->in.data[n - 1] != '\n';
        if (f->lines && !has_input())
                leave_lines(f);
        return !wants_to_leave(f, f->in.data, (size_t)n);
}

/* Passes what is there. Our output may be slow, and not wait: then the rest stays in the buffer. */
static void pump_output(Forward *f) {
        ssize_t n = is_empty(&f->out) ? fill(&f->out, f->pty->master) : 0;

        if (n < 0 && n != -EAGAIN)
                f->output_open = false; /* nobody has the other side open */
        if (!drain(&f->out, STDOUT_FILENO))
                f->output_open = false;
}

static void pass_signals(Forward *f, int signal_fd, void (*on_signal)(int, void *),
                         void *userdata) {
        struct signalfd_siginfo info;

        while (read(signal_fd, &info, sizeof(info)) == sizeof(info)) {
                if (info.ssi_signo == SIGWINCH)
                        copy_size(STDIN_FILENO, f->pty->master);
                else if (info.ssi_signo == SIGTSTP)
                        suspend(f);
                else if (info.ssi_signo == SIGCONT)
                        retake_terminal(f);
                else
                        on_signal((int)info.ssi_signo, userdata);
        }
}

/* What the command wrote before its end is still in the terminal. */
static void flush_output(Forward *f) {
        struct pollfd out = { .fd = STDOUT_FILENO, .events = POLLOUT };

        while (f->output_open) {
                ssize_t n = is_empty(&f->out) ? fill(&f->out, f->pty->master) : 1;

                if (n <= 0 || !drain(&f->out, STDOUT_FILENO))
                        return;
                if (!is_empty(&f->out) && poll(&out, 1, -1) < 0 && errno != EINTR)
                        return;
        }
}

enum { POLL_END, POLL_SIGNALS, POLL_INPUT, POLL_MASTER, POLL_OUTPUT, POLL_COUNT };

/* Each side is read only when the other one took all that came before. */
static int wait_for_any(const Forward *f, int end_fd, int signal_fd,
                        struct pollfd fds[static POLL_COUNT]) {
        bool reads = is_empty(&f->out), writes = !is_empty(&f->in);

        fds[POLL_END] = (struct pollfd){ .fd = end_fd, .events = POLLIN };
        fds[POLL_SIGNALS] = (struct pollfd){ .fd = signal_fd, .events = POLLIN };
        fds[POLL_INPUT] = (struct pollfd){ .fd = f->input_open && !writes ? STDIN_FILENO : -1,
                                           .events = POLLIN };
        fds[POLL_MASTER] =
                (struct pollfd){ .fd = f->output_open && (reads || writes) ? f->pty->master : -1,
                                 .events = (short)((reads ? POLLIN : 0) | (writes ? POLLOUT : 0)) };
        fds[POLL_OUTPUT] = (struct pollfd){ .fd = f->output_open && !reads ? STDOUT_FILENO : -1,
                                            .events = POLLOUT };
        if (poll(fds, POLL_COUNT, -1) >= 0)
                return 1;
        return errno == EINTR ? 0 : -errno;
}

static int forward(Forward *f, int end_fd, int signal_fd, void (*on_signal)(int, void *),
                   void *userdata) {
        struct pollfd fds[POLL_COUNT];

        for (;;) {
                int r = wait_for_any(f, end_fd, signal_fd, fds);

                if (r < 0)
                        return r;
                if (r == 0)
                        continue;
                if (fds[POLL_MASTER].revents & POLLOUT)
                        (void)drain(&f->in, f->pty->master);
                if (fds[POLL_MASTER].revents & (POLLIN | POLLHUP) || fds[POLL_OUTPUT].revents)
                        pump_output(f);
                if (fds[POLL_INPUT].revents && !pump_input(f))
                        return PTY_LEFT;
                if (fds[POLL_SIGNALS].revents)
                        pass_signals(f, signal_fd, on_signal, userdata);
                if (fds[POLL_END].revents) {
                        flush_output(f);
                        return PTY_ENDED;
                }
        }
}

int pty_forward(Pty *p, int end_fd, int signal_fd, void (*on_signal)(int signal, void *userdata),
                void *userdata) {
        Forward f = { .pty = p, .input_open = true, .output_open = true };
        int flags = fcntl(p->master, F_GETFL), r;

        if (flags < 0 || fcntl(p->master, F_SETFL, flags | O_NONBLOCK) < 0)
                return -errno;
        take_terminal(&f);
        r = forward(&f, end_fd, signal_fd, on_signal, userdata);
        give_terminal_back(&f);
        return r;
}

/* Protects the caller's terminal: bytes, sizes and keys get through, and its modes come back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/pidfd.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/fd.h"
#include "supervisor/tools/run/pty.h"

enum { TIMEOUT_MSEC = 10000, LEFT_STATUS = 40, FAILED_STATUS = 41, SIGNAL_STATUS = 42 };

/* The terminal that somebody sits at, and a process that passes it through to a command. */
typedef struct Seat {
        int master;
        int slave;
        pid_t process;
        struct termios before;
} Seat;

static void on_signal(int signal, void *userdata) {
        *(bool *)userdata = true;
        dprintf(STDOUT_FILENO, "<%d>", signal);
}

/* What is between the seat and the command. Exits with the command's status. */
static _noreturn_ void pass_through(void (*command)(void)) {
        Pty p = PTY_INIT;
        bool seen = false;
        sigset_t set;
        pid_t child;
        int signal_fd, end, status = 0;

        sigemptyset(&set);
        sigaddset(&set, SIGWINCH);
        sigaddset(&set, SIGTERM);
        sigaddset(&set, SIGCONT);
        sigprocmask(SIG_BLOCK, &set, NULL);
        signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
        if (pty_open(STDIN_FILENO, &p) < 0)
                _exit(FAILED_STATUS);
        child = fork();
        if (child == 0) {
                setsid();
                ioctl(p.slave, TIOCSCTTY, 0);
                dup2(p.slave, STDIN_FILENO);
                dup2(p.slave, STDOUT_FILENO);
                pty_done(&p);
                command();
                _exit(0);
        }
        fd_close(TAKE_FD(p.slave));
        end = pty_forward(&p, pidfd_open(child, 0), signal_fd, on_signal, &seen);
        pty_done(&p);
        kill(child, SIGKILL);
        waitpid(child, &status, 0);
        if (end != PTY_ENDED)
                _exit(end == PTY_LEFT ? LEFT_STATUS : FAILED_STATUS);
        _exit(seen ? SIGNAL_STATUS : WEXITSTATUS(status));
}

static void type(const Seat *s, const char *keys) {
        assert_int_equal(fd_write_all(s->master, keys, strlen(keys)), 0);
}

/* With the keys BEFORE in the terminal already, if not NULL. */
static void sit_down_after(Seat *s, const char *before, void (*command)(void)) {
        struct winsize size = { .ws_row = 33, .ws_col = 77 };

        s->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
        assert_true(s->master >= 0 && grantpt(s->master) == 0 && unlockpt(s->master) == 0);
        s->slave = open(ptsname(s->master), O_RDWR | O_NOCTTY | O_CLOEXEC);
        assert_true(s->slave >= 0);
        assert_int_equal(tcgetattr(s->slave, &s->before), 0);
        assert_int_equal(ioctl(s->master, TIOCSWINSZ, &size), 0);
        if (before)
                type(s, before);
        s->process = fork();
        if (s->process == 0) {
                setsid();
                ioctl(s->slave, TIOCSCTTY, 0);
                dup2(s->slave, STDIN_FILENO);
                dup2(s->slave, STDOUT_FILENO);
                close(s->master);
                close(s->slave);
                pass_through(command);
        }
        assert_true(s->process > 0);
}

static void sit_down(Seat *s, void (*command)(void)) {
        sit_down_after(s, NULL, command);
}

/* Reads until EXPECTED has come. */
static void expect(const Seat *s, const char *expected) {
        char text[4096] = "";
        size_t n = 0;

        while (!strstr(text, expected)) {
                struct pollfd fd = { .fd = s->master, .events = POLLIN };
                ssize_t more;

                assert_int_equal(poll(&fd, 1, TIMEOUT_MSEC), 1);
                more = read(s->master, text + n, sizeof(text) - n - 1);
                assert_true(more > 0);
                n += (size_t)more;
                text[n] = '\0';
        }
}

/* The status with which it ended, once the terminal has its modes again. */
static int stand_up(Seat *s) {
        struct termios after;
        int status;

        assert_int_equal(waitpid(s->process, &status, 0), s->process);
        assert_int_equal(tcgetattr(s->slave, &after), 0);
        assert_int_equal(after.c_lflag, s->before.c_lflag);
        assert_int_equal(after.c_iflag, s->before.c_iflag);
        assert_int_equal(after.c_oflag, s->before.c_oflag);
        close(s->master);
        close(s->slave);
        return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static void print_size(void) {
        struct winsize size = { 0 };

        ioctl(STDIN_FILENO, TIOCGWINSZ, &size);
        printf("[%ux%u]\n", size.ws_row, size.ws_col);
        fflush(stdout);
}

static void greet(void) {
        char line[64] = "";

        printf("name?\n");
        fflush(stdout);
        if (fgets(line, sizeof(line), stdin))
                printf("hello %s", line);
        fflush(stdout);
        _exit(7);
}

static void test_bytes_go_both_ways(void **state) {
        struct termios during;
        Seat s;

        sit_down(&s, greet);
        expect(&s, "name?\r\n");
        assert_int_equal(tcgetattr(s.slave, &during), 0);
        assert_false(during.c_lflag & (ICANON | ECHO | ISIG));
        type(&s, "Ann\r");
        expect(&s, "hello Ann\r\n");
        assert_int_equal(stand_up(&s), 7);
}

static void wait_for_resize(void) {
        sigset_t set;
        int signal;

        sigemptyset(&set);
        sigaddset(&set, SIGWINCH);
        sigprocmask(SIG_BLOCK, &set, NULL);
        print_size();
        sigwait(&set, &signal);
        print_size();
}

static void test_sizes_are_passed_on(void **state) {
        struct winsize size = { .ws_row = 44, .ws_col = 88 };
        Seat s;

        sit_down(&s, wait_for_resize);
        expect(&s, "[33x77]");
        assert_int_equal(ioctl(s.master, TIOCSWINSZ, &size), 0);
        expect(&s, "[44x88]");
        assert_int_equal(stand_up(&s), 0);
}

static void sleep_long(void) {
        printf("asleep\n");
        fflush(stdout);
        for (;;)
                pause();
}

static void test_three_keys_leave(void **state) {
        Seat s;

        sit_down(&s, sleep_long);
        expect(&s, "asleep");
        type(&s, "\x1d\x1dx\x1d"); /* not in a row */
        for (int i = 0; i < 12; i++)
                usleep(100000);
        type(&s, "\x1d\x1d"); /* the last one was too long ago */
        usleep(100000);
        assert_int_equal(waitpid(s.process, NULL, WNOHANG), 0);
        type(&s, "\x1d");
        assert_int_equal(stand_up(&s), LEFT_STATUS);
}

static void test_keys_become_signals_of_the_command(void **state) {
        Seat s;

        sit_down(&s, sleep_long);
        expect(&s, "asleep");
        type(&s, "\x03");
        assert_int_equal(stand_up(&s), 0); /* by SIGINT, which has no exit status */
}

static void print_much(void) {
        char line[100];

        memset(line, 'x', sizeof(line) - 1);
        line[sizeof(line) - 1] = '\n';
        for (int i = 0; i < 5000; i++)
                (void)fd_write_all(STDOUT_FILENO, line, sizeof(line));
}

static size_t read_all_slowly(const Seat *s) {
        size_t n = 0;

        for (;;) {
                struct pollfd fd = { .fd = s->master, .events = POLLIN };
                char text[3000];
                ssize_t more;

                if (poll(&fd, 1, 1000) <= 0)
                        return n;
                more = read(s->master, text, sizeof(text));
                if (more <= 0)
                        return n;
                n += (size_t)more;
                usleep(200);
        }
}

static void test_no_output_is_lost(void **state) {
        Seat s;

        sit_down(&s, print_much);
        assert_int_equal(read_all_slowly(&s), 5000 * 101); /* "\n" comes as "\r\n" */
        assert_int_equal(stand_up(&s), 0);

        /* The same when our standard output does not wait, as programs before us may have left it.
         * The flag belongs to the open terminal, which all of them share. */
        sit_down(&s, print_much);
        assert_int_equal(fcntl(s.slave, F_SETFL, O_RDWR | O_NONBLOCK), 0);
        assert_int_equal(read_all_slowly(&s), 5000 * 101);
        assert_int_equal(stand_up(&s), 0);
}

static void test_signals_are_handed_over(void **state) {
        char expected[16];
        Seat s;

        sit_down(&s, greet);
        expect(&s, "name?");
        snprintf(expected, sizeof(expected), "<%d>", SIGTERM);
        assert_int_equal(kill(s.process, SIGTERM), 0);
        expect(&s, expected);
        type(&s, "x\r");
        expect(&s, "hello x");
        assert_int_equal(stand_up(&s), SIGNAL_STATUS);
}

/* A shell takes the terminal's modes back when svrun is stopped, and again when it goes on. */
static void test_modes_after_a_stop(void **state) {
        struct termios during;
        Seat s;
        int status;

        sit_down(&s, sleep_long);
        expect(&s, "asleep");
        assert_int_equal(kill(s.process, SIGSTOP), 0);
        assert_int_equal(waitpid(s.process, &status, WUNTRACED), s.process);
        assert_int_equal(tcsetattr(s.slave, TCSANOW, &s.before), 0);
        assert_int_equal(kill(s.process, SIGCONT), 0);
        for (int tries = 0; tries < 1000; tries++) {
                assert_int_equal(tcgetattr(s.slave, &during), 0);
                if (!(during.c_lflag & ICANON))
                        break;
                usleep(1000);
        }
        assert_false(during.c_lflag & ICANON);
        type(&s, "\x1d\x1d\x1d");
        assert_int_equal(stand_up(&s), LEFT_STATUS);
}

static void count_input(void) {
        char text[256];
        ssize_t n, sum = 0;

        while ((n = read(STDIN_FILENO, text, sizeof(text))) > 0)
                sum += n;
        printf("[%zd bytes]\n", sum);
        fflush(stdout);
}

static void test_what_came_before(void **state) {
        static const struct {
                const char *keys, *answer;
        } cases[] = {
                { "one\ntwo\n\x04", "[8 bytes]" },
                { "\x04", "[0 bytes]" },
                { "no line end\x04\x04", "[11 bytes]" },
        };
        Seat s;

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                sit_down_after(&s, cases[i].keys, count_input);
                expect(&s, cases[i].answer);
                assert_int_equal(stand_up(&s), 0);
        }
        sit_down_after(&s, "one\nAnn", count_input);
        type(&s, "\n");
        expect(&s, "Ann\r\n");
        type(&s, "\x04");
        expect(&s, "[8 bytes]");
        assert_int_equal(stand_up(&s), 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_bytes_go_both_ways),
                cmocka_unit_test(test_sizes_are_passed_on),
                cmocka_unit_test(test_three_keys_leave),
                cmocka_unit_test(test_keys_become_signals_of_the_command),
                cmocka_unit_test(test_no_output_is_lost),
                cmocka_unit_test(test_signals_are_handed_over),
                cmocka_unit_test(test_modes_after_a_stop),
                cmocka_unit_test(test_what_came_before),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}

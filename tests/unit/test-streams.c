/* Protects what commands read and write: each stream is connected to what the unit names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/remove-tree.h"
#include "supervisor/exec/base64.h"
#include "supervisor/exec/streams.h"

static char place[] = "/tmp/svalinn-test-streams-XXXXXX";

typedef struct Fixture {
        Config config;
        Diag diag;
        Streams streams;
        int defaults[3];
        int terminal;
} Fixture;

static int set_up(void **state) {
        Fixture *f = calloc(1, sizeof(Fixture));

        if (!f || !mkdtemp(place))
                return -1;
        f->streams = (Streams)STREAMS_INIT;
        for (int i = 0; i < 3; i++)
                f->defaults[i] = fcntl(i, F_DUPFD_CLOEXEC, 10);
        f->terminal = -EBADF;
        *state = f;
        return config_init(&f->config);
}

static int tear_down(void **state) {
        Fixture *f = *state;
        int r = remove_tree_at(AT_FDCWD, place);

        strcpy(place + strlen(place) - 6, "XXXXXX");
        streams_done(&f->streams);
        config_done(&f->config);
        diag_done(&f->diag);
        for (int i = 0; i < 3; i++)
                fd_close(f->defaults[i]);
        fd_close(f->terminal);
        free(f);
        return r;
}

/* "@" in a value is the place. */
static void assign(Fixture *f, const char *name, const char *value) {
        char text[512];
        const char *at = strchr(value, '@');
        ParseContext context = { 0 };

        if (at)
                snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - value), value, place, at + 1);
        else
                snprintf(text, sizeof(text), "%s", value);
        assert_int_equal(config_assign(&f->config, SECTION_SERVICE, name, text, &context), 0);
}

static int open_streams(Fixture *f) {
        const StreamsContext context = {
                .defaults = { f->defaults[0], f->defaults[1], f->defaults[2] },
                .terminal = f->terminal,
        };

        streams_done(&f->streams);
        return streams_open(&f->config, &context, &f->diag, &f->streams);
}

static void write_to(int fd, const char *text) {
        assert_int_equal(fd_write_all(fd, text, strlen(text)), 0);
}

static void assert_content(const char *name, const char *expected) {
        _cleanup_free_ char *text = NULL;
        char path[256];

        snprintf(path, sizeof(path), "%s/%s", place, name);
        assert_int_equal(file_read_at(AT_FDCWD, path, 1000, &text, NULL), 0);
        assert_string_equal(text, expected);
}

static void make_file(const char *name, const char *text) {
        char path[256];

        snprintf(path, sizeof(path), "%s/%s", place, name);
        assert_int_equal(file_write_atomic_at(AT_FDCWD, path, text, 0600), 0);
}

static void assert_null_device(int fd, int access) {
        struct stat st;

        assert_int_equal(fstat(fd, &st), 0);
        assert_true(S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3));
        assert_int_equal(fcntl(fd, F_GETFL) & O_ACCMODE, access);
}

static void test_defaults_are_the_callers(void **state) {
        Fixture *f = *state;

        assert_int_equal(open_streams(f), 0);
        for (int i = 0; i < 3; i++) {
                assert_int_equal(f->streams.fds[i], f->defaults[i]);
                assert_false(f->streams.owned[i]);
        }
        fd_close(TAKE_FD(f->defaults[0]));
        assert_int_equal(open_streams(f), 0);
        assert_null_device(f->streams.fds[0], O_RDONLY);
}

static void test_null(void **state) {
        Fixture *f = *state;

        assign(f, "StandardInput", "null");
        assign(f, "StandardOutput", "inherit");
        assert_int_equal(open_streams(f), 0);
        assert_null_device(f->streams.fds[0], O_RDONLY);
        assert_null_device(f->streams.fds[1], O_WRONLY);
        assert_int_equal(f->streams.fds[2], f->streams.fds[1]);
        for (int i = 0; i < 2; i++)
                assert_true(fcntl(f->streams.fds[i], F_GETFD) & FD_CLOEXEC);
}

static void test_files(void **state) {
        Fixture *f = *state;
        struct stat st;

        make_file("append", "old\n");
        make_file("truncate", "old\n");
        assign(f, "UMask", "0027");
        assign(f, "StandardOutput", "append:@/append");
        assign(f, "StandardError", "truncate:@/truncate");
        assert_int_equal(open_streams(f), 0);
        write_to(f->streams.fds[1], "new\n");
        write_to(f->streams.fds[2], "new\n");
        assert_content("append", "old\nnew\n");
        assert_content("truncate", "new\n");

        make_file("file", "0123456789");
        assign(f, "StandardOutput", "file:@/file");
        assign(f, "StandardError", "");
        assert_int_equal(open_streams(f), 0);
        assert_int_equal(f->streams.fds[2], f->streams.fds[1]);
        write_to(f->streams.fds[2], "abc");
        assert_content("file", "abc3456789");

        assign(f, "StandardOutput", "file:@/made");
        assert_int_equal(open_streams(f), 0);
        assert_int_equal(fstat(f->streams.fds[1], &st), 0);
        assert_int_equal(st.st_mode & 0777, 0640);
}

static void test_one_file_for_both_directions(void **state) {
        Fixture *f = *state;
        char first;

        make_file("both", "0123");
        assign(f, "StandardInput", "file:@/both");
        assign(f, "StandardOutput", "file:@/both");
        assert_int_equal(open_streams(f), 0);
        assert_int_equal(f->streams.fds[0], f->streams.fds[1]);
        assert_int_equal(read(f->streams.fds[0], &first, 1), 1);
        write_to(f->streams.fds[1], "x");
        assert_content("both", "0x23");

        assign(f, "StandardOutput", "append:@/both");
        assert_int_equal(open_streams(f), 0);
        assert_int_not_equal(f->streams.fds[0], f->streams.fds[1]);
        assert_int_equal(fcntl(f->streams.fds[0], F_GETFL) & O_ACCMODE, O_RDONLY);
}

static void test_one_append_for_output_and_error(void **state) {
        Fixture *f = *state;

        assign(f, "StandardOutput", "append:@/log");
        assign(f, "StandardError", "append:@/log");
        assert_int_equal(open_streams(f), 0);
        assert_int_equal(f->streams.fds[1], f->streams.fds[2]);
        assert_true(f->streams.owned[1] && !f->streams.owned[2]);
}

static void test_data_is_read_only(void **state) {
        Fixture *f = *state;
        _cleanup_free_ char *text = NULL;
        size_t size;

        assign(f, "StandardInputText", "one\\ttwo");
        assign(f, "StandardInputData", "AAEC /w==");
        assert_int_equal(open_streams(f), 0);
        assert_int_equal(file_read_fd(f->streams.fds[0], 100, &text, &size), 0);
        assert_int_equal(size, 12);
        assert_memory_equal(text, "one\ttwo\n\0\1\2\xff", 12);
        assert_int_equal(write(f->streams.fds[0], "x", 1), -1);
        assert_int_equal(fcntl(f->streams.fds[0], F_GETFL) & O_ACCMODE, O_RDONLY);
        assert_int_equal(f->streams.fds[1], f->defaults[1]);
}

static void test_sockets_are_connected(void **state) {
        Fixture *f = *state;
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        _cleanup_fd_ int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        _cleanup_fd_ int peer = -EBADF;
        char text[4] = "";

        snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket", place);
        assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof(address)), 0);
        assert_int_equal(listen(listener, 1), 0);
        assign(f, "StandardInput", "file:@/socket");
        assign(f, "StandardOutput", "file:@/socket");
        assert_int_equal(open_streams(f), 0);
        assert_int_equal(f->streams.fds[0], f->streams.fds[1]);
        /* cppcheck-suppress nullPointer ; accept(2) allows it */
        peer = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        write_to(f->streams.fds[1], "out");
        assert_int_equal(read(peer, text, 3), 3);
        assert_string_equal(text, "out");
        write_to(peer, "in");
        assert_int_equal(read(f->streams.fds[0], text, 2), 2);
}

static void test_terminals(void **state) {
        Fixture *f = *state;
        _cleanup_fd_ int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

        assert_true(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
        f->terminal = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
        assert_true(f->terminal >= 0);
        assert_int_equal(open_streams(f), 0);
        for (int i = 0; i < 3; i++)
                assert_int_equal(f->streams.fds[i], f->terminal);
        assign(f, "StandardInput", "tty");
        assign(f, "StandardError", "null");
        assert_int_equal(open_streams(f), 0);
        assert_int_equal(f->streams.fds[1], f->terminal);
        assert_int_not_equal(f->streams.fds[2], f->terminal);
}

static void assert_refused(Fixture *f, const char *directive, int error) {
        size_t before = f->diag.n;

        assert_int_equal(open_streams(f), error);
        assert_int_equal(f->diag.n, before + 1);
        assert_string_equal(f->diag.entries[before].directive, directive);
        for (int i = 0; i < 3; i++)
                assert_int_equal(f->streams.fds[i], -EBADF);
}

static void test_what_cannot_be_is_refused(void **state) {
        Fixture *f = *state;
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);

        assign(f, "StandardInput", "file:@/missing");
        assert_refused(f, "StandardInput", -ENOENT);
        assign(f, "StandardInput", "socket");
        assert_refused(f, "StandardInput", -EOPNOTSUPP);
        assign(f, "StandardInput", "null");
        assign(f, "StandardOutput", "append:@/none/file");
        assert_refused(f, "StandardOutput", -ENOENT);
        assign(f, "StandardOutput", "null");
        assign(f, "StandardError", "fd:x");
        assert_refused(f, "StandardError", -EOPNOTSUPP);
        assign(f, "StandardError", "tty");
        fd_close(f->defaults[2]);
        f->defaults[2] = null;
        assert_refused(f, "StandardError", -ENOTTY);
}

static void test_base64(void **state) {
        static const struct {
                const char *text, *bytes;
        } good[] = { { "", "" },
                     { "Zg==", "f" },
                     { "Zm8=", "fo" },
                     { "Zm9v", "foo" },
                     { "Zm9vYg==", "foob" },
                     { "Zm 9v\nYmE=", "fooba" },
                     { "////", "\xff\xff\xff" } };
        static const char *const bad[] = { "Z", "Zg", "Zg=", "Zg==Zg==", "Z!==", "Zg===" };
        size_t size;

        for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
                _cleanup_free_ char *bytes = NULL;

                assert_int_equal(base64_decode(good[i].text, &bytes, &size), 0);
                assert_int_equal(size, strlen(good[i].bytes));
                assert_string_equal(bytes, good[i].bytes);
        }
        for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
                char *bytes = NULL;

                assert_int_equal(base64_decode(bad[i], &bytes, &size), -EINVAL);
        }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

static void test_a_terminal_of_the_unit(void **state) {
        Fixture *f = *state;
        _cleanup_fd_ int master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), other = -EBADF;
        struct winsize size = { .ws_row = 1, .ws_col = 2 };
        struct termios modes;

        assert_true(grantpt(master) == 0 && unlockpt(master) == 0);
        other = open(ptsname(master), O_RDWR | O_NOCTTY | O_CLOEXEC);
        assert_int_equal(tcgetattr(other, &modes), 0);
        modes.c_lflag &= ~(tcflag_t)(ECHO | ICANON);
        assert_int_equal(tcsetattr(other, TCSANOW, &modes), 0);
        assert_int_equal(ioctl(other, TIOCSWINSZ, &size), 0);

        assign(f, "StandardInput", "tty");
        assign(f, "TTYPath", ptsname(master));
        assign(f, "TTYRows", "7");
        assert_int_equal(open_streams(f), 0);
        assert_true(isatty(f->streams.fds[0]) && f->streams.own_terminal[0]);
        assert_int_equal(f->streams.fds[1], f->streams.fds[0]);
        assert_int_equal(ioctl(other, TIOCGWINSZ, &size), 0);
        assert_true(size.ws_row == 7 && size.ws_col == 2);
        assert_int_equal(tcgetattr(other, &modes), 0);
        assert_false(modes.c_lflag & ECHO);

        assign(f, "TTYReset", "yes");
        assert_int_equal(open_streams(f), 0);
        assert_int_equal(tcgetattr(other, &modes), 0);
        assert_true(modes.c_lflag & ECHO && modes.c_lflag & ICANON);

        assign(f, "TTYPath", "@/none");
        assert_true(open_streams(f) < 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                TEST(test_defaults_are_the_callers),
                TEST(test_null),
                TEST(test_files),
                TEST(test_one_file_for_both_directions),
                TEST(test_one_append_for_output_and_error),
                TEST(test_data_is_read_only),
                TEST(test_sockets_are_connected),
                TEST(test_terminals),
                TEST(test_a_terminal_of_the_unit),
                TEST(test_what_cannot_be_is_refused),
                cmocka_unit_test(test_base64),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}

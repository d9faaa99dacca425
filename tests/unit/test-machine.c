/* What svinit builds on: messages with descriptors, words of the kernel's command line, machine
 * ids, mount points. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/kernel-word.h"
#include "base/lasting.h"
#include "base/machine-id.h"
#include "base/mount-info.h"
#include "base/option.h"
#include "base/packet.h"

static int open_fds(void) {
        int n = 0;

        for (int fd = 0; fd < 256; fd++)
                n += fcntl(fd, F_GETFD) >= 0;
        return n;
}

static void test_packet(void **state) {
        int ends[2], fd = -EBADF, before = open_fds();
        char text[8];

        assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
        assert_int_equal(packet_peek(ends[0], text, sizeof(text), &fd), -EAGAIN);
        assert_int_equal(packet_send(ends[1], "one", 3, STDERR_FILENO), 0);
        assert_int_equal(packet_send(ends[1], "two", 3, -EBADF), 0);
        for (int i = 0; i < 2; i++) { /* looking changes nothing */
                assert_int_equal(packet_peek(ends[0], text, sizeof(text), &fd), 3);
                assert_memory_equal(text, "one", 3);
                assert_true(fd > STDERR_FILENO);
                assert_int_equal(fcntl(fd, F_GETFD), FD_CLOEXEC);
                close(fd);
        }
        packet_drop(ends[0]);
        assert_int_equal(packet_peek(ends[0], text, sizeof(text), &fd), 3);
        assert_memory_equal(text, "two", 3);
        assert_int_equal(fd, -EBADF);
        packet_drop(ends[0]);
        assert_int_equal(packet_send(ends[1], "far too long", 12, STDERR_FILENO), 0);
        assert_int_equal(packet_peek(ends[0], text, sizeof(text), &fd), -EMSGSIZE);
        packet_drop(ends[0]);
        close(ends[1]);
        assert_int_equal(packet_peek(ends[0], text, sizeof(text), &fd), 0);
        close(ends[0]);
        assert_int_equal(open_fds(), before);
}

/* More descriptors than one are refused, and none of them stays open. */
static void test_packet_fds(void **state) {
        union {
                struct cmsghdr header;
                char space[CMSG_SPACE(5 * sizeof(int))];
        } control = { .header = { .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS } };
        int ends[2], fd = -EBADF, many[5] = { 0, 1, 2, 0, 1 }, before = open_fds();

        for (size_t n = 2; n <= 5; n++) {
                struct iovec part = { .iov_base = (char *)"x", .iov_len = 1 };
                struct msghdr m = { .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control };
                char text[8];

                assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends), 0);
                m.msg_controllen = CMSG_SPACE(n * sizeof(int));
                control.header.cmsg_len = CMSG_LEN(n * sizeof(int));
                memcpy(CMSG_DATA(&control.header), many, n * sizeof(int));
                assert_int_equal(sendmsg(ends[1], &m, 0), 1);
                assert_int_equal(packet_peek(ends[0], text, sizeof(text), &fd), -EMSGSIZE);
                assert_int_equal(fd, -EBADF);
                close(ends[0]);
                close(ends[1]);
        }
        assert_int_equal(open_fds(), before);
}

static bool word(const char *line, const char *key, char *ret) {
        char text[256];

        snprintf(text, sizeof(text), "%s", line);
        return kernel_word_in(text, key, ret, 8);
}

static void test_kernel_word(void **state) {
        char value[8] = "";

        assert_true(word("quiet a.b=1 a.b=2\n", "a.b", value));
        assert_string_equal(value, "2");
        assert_true(word("x=\"a b\" y", "x", value));
        assert_string_equal(value, "a b");
        assert_true(word("\"x=a b\" y", "x", value));
        assert_string_equal(value, "a b");
        assert_true(word("x=1234567", "x", value));
        assert_true(word("x=", "x", value));
        assert_string_equal(value, "");
        assert_false(word("x=12345678", "x", value));
        assert_false(word("xy=1 zx=1 x", "x", value));
        assert_false(word("", "x", value));
        assert_false(word("\"", "x", value));
}

static void test_machine_id(void **state) {
        char id[MACHINE_ID_SIZE], other[MACHINE_ID_SIZE];

        assert_true(machine_id_parse("0123456789abcdef0123456789abcdef\n", id));
        assert_true(machine_id_parse("01234567-89AB-cdef-0123-456789abcdef", id));
        assert_string_equal(id, "0123456789abcdef0123456789abcdef");
        assert_false(machine_id_parse("00000000000000000000000000000000", id));
        assert_false(machine_id_parse("0123456789abcdef0123456789abcde", id));
        assert_false(machine_id_parse("0123456789abcdef0123456789abcdef0", id));
        assert_false(machine_id_parse("0123456789abcdef0123456789abcdeg", id));
        assert_false(machine_id_parse("uninitialized\n", id));
        assert_false(machine_id_parse("", id));
        assert_int_equal(machine_id_new(id), 0);
        assert_int_equal(machine_id_new(other), 0);
        assert_true(machine_id_parse(id, id));
        assert_int_equal(id[12], '4');
        assert_string_not_equal(id, other);
}

static void test_mount_info(void **state) {
        char text[] = "22 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
                      "23 22 0:5 / /a\\040b\\134 rw - tmpfs tmpfs rw\n"
                      "nonsense\n"
                      "24 22 0:6 / /c rw - tmpfs tmpfs rw\n";
        size_t n = strlen(text);

        assert_string_equal(mount_info_last(text, &n), "/c");
        assert_string_equal(mount_info_last(text, &n), "/a b\\");
        assert_string_equal(mount_info_last(text, &n), "/");
        assert_null(mount_info_last(text, &n));
}

static void test_lasting(void **state) {
        int fd, plain = memfd_create("plain", MFD_CLOEXEC);
        char *a = lasting_new(5000, &fd), *b;

        assert_non_null(a);
        a[4999] = 'x';
        b = lasting_map(fd, 5000);
        assert_non_null(b);
        assert_int_equal(b[4999], 'x');
        assert_null(lasting_map(fd, 4999));
        assert_int_equal(ftruncate(fd, 0), -1);
        assert_int_equal(ftruncate(plain, 5000), 0);
        assert_null(lasting_map(plain, 5000));
        assert_null(lasting_map(-EBADF, 5000));
        close(plain);
        close(fd);
}

static void test_clock(void **state) {
        uint64_t now = clock_now();

        assert_int_equal(clock_poll_timeout(CLOCK_FOREVER), -1);
        assert_int_equal(clock_poll_timeout(now), 0);
        assert_int_equal(clock_poll_timeout(0), 0);
        assert_in_range(clock_poll_timeout(now + 10 * CLOCK_SECOND), 5000, 10000);
        assert_int_equal(clock_poll_timeout(CLOCK_FOREVER - 1), INT32_MAX);
}

static void test_option_values(void **state) {
        static const char *const names[] = { NULL, "a", "b" };
        Diag diag = { 0 };
        uint32_t n = 0;

        assert_int_equal(option_take_number("7", (OptionRange){ 2, 7 }, &n, &diag), 0);
        assert_int_equal(n, 7);
        assert_int_equal(option_take_choice("b", names, 3, &diag), 2);
        assert_int_equal(diag.n, 0);
        assert_int_equal(option_take_number("8", (OptionRange){ 2, 7 }, &n, &diag), -EINVAL);
        assert_int_equal(option_take_number("x", (OptionRange){ 2, 7 }, &n, &diag), -EINVAL);
        assert_int_equal(option_take_choice("c", names, 3, &diag), -EINVAL);
        assert_int_equal(n, 7);
        assert_string_equal(diag.entries[2].message, "\"c\" is none of: a, b");
        diag_done(&diag);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_packet),      cmocka_unit_test(test_packet_fds),
                cmocka_unit_test(test_kernel_word), cmocka_unit_test(test_machine_id),
                cmocka_unit_test(test_mount_info),  cmocka_unit_test(test_lasting),
                cmocka_unit_test(test_clock),       cmocka_unit_test(test_option_values),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}

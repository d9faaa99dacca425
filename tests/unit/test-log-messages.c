/* Protects what svlogd reads from others, and the lines that it writes: nobody forges a record. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "supervisor/log/native-message.h"
#include "supervisor/log/origin.h"
#include "supervisor/log/rate-limit.h"
#include "supervisor/log/record.h"
#include "supervisor/log/settings.h"
#include "supervisor/log/stream-header.h"
#include "supervisor/log/syslog-message.h"
#include "units/time-span.h"

/* A literal with its NULs, and its length. */
#define BYTES(s) s, sizeof(s) - 1

static const RecordStamp stamp = { 1795560130123456, 1234567890, "9f3b2c1d" };
static char line[RECORD_MAX];

static size_t write_record(const char *identifier, int pid, const char *message, size_t n) {
        RecordEntry e = {
                .priority = 6, .pid = pid, .identifier = identifier, .message = message, .length = n
        };
        size_t length = record_format(&stamp, &e, line);

        assert_true(length <= sizeof(line));
        assert_int_equal(line[length - 1], '\n');
        assert_null(memchr(line, '\n', length - 1));
        return length - 1;
}

static void check_message(const char *message, size_t n, const char *written) {
        size_t length = write_record("x", 1, message, n);
        char *back = malloc(length);
        Record r;

        assert_int_equal(record_parse(line, length, &r), 0);
        assert_int_equal(r.length, strlen(written));
        assert_memory_equal(r.message, written, r.length);
        assert_int_equal(record_unescape(r.message, r.length, back), n);
        assert_memory_equal(back, message, n);
        free(back);
}

static void test_record_as_text(void **state) {
        size_t n = write_record("nginx", 123, BYTES("message"));

        line[n] = '\0';
        assert_string_equal(line, "2026-11-24T22:42:10.123456Z 1234.567890 9f3b2c1d 6     19 "
                                  "nginx[123]: message");
}

static void test_record_reads_back(void **state) {
        Record r;
        size_t n = write_record("a b:[", 77, BYTES("hello"));

        assert_int_equal(record_parse(line, n, &r), 0);
        assert_int_equal(r.stamp.realtime, stamp.realtime);
        assert_int_equal(r.stamp.monotonic, stamp.monotonic);
        assert_string_equal(r.stamp.boot, stamp.boot);
        assert_int_equal(r.priority, 6);
        assert_int_equal(r.pid, 77);
        assert_int_equal(r.identifier_length, strlen("a\\x20b\\x3a\\x5b"));
        n = write_record(NULL, 0, BYTES(""));
        assert_int_equal(record_parse(line, n, &r), 0);
        assert_int_equal(r.pid, 0);
        assert_int_equal(r.identifier_length, 0);
        assert_int_equal(r.length, 0);
}

static void test_messages_are_escaped(void **state) {
        check_message(BYTES("plain\ttext \xc3\xa4"), "plain\ttext \xc3\xa4");
        check_message(BYTES("two\nlines"), "two\\nlines");
        check_message(BYTES("back\\slash"), "back\\\\slash");
        check_message(BYTES("\x1b[31m\x7f"), "\\x1b[31m\\x7f");
        check_message(BYTES("nul\0nul"), "nul\\x00nul");
        check_message(BYTES("\xff\xc3"), "\\xff\\xc3");
        check_message(BYTES("\xc2\x9b"), "\\xc2\\x9b"); /* CSI in one character */
        check_message(BYTES("\xed\xa0\x80"), "\\xed\\xa0\\x80");
}

/* A line that is not whole is no record, wherever it was cut. */
static void test_torn_records_are_recognised(void **state) {
        size_t n = write_record("nginx", 123, BYTES("a message: with words"));
        Record r;

        for (size_t cut = 0; cut < n; cut++)
                assert_int_equal(record_parse(line, cut, &r), -EBADMSG);
        assert_int_equal(record_parse(line, n, &r), 0);
        line[n] = 'x';
        assert_int_equal(record_parse(line, n + 1, &r), -EBADMSG);
        for (size_t at = 0; at < n; at++) { /* blocks of zeros, as a power cut leaves them */
                char kept = line[at];

                line[at] = '\0';
                assert_int_equal(record_parse(line, n, &r), -EBADMSG);
                line[at] = kept;
        }
}

static void test_longest_record(void **state) {
        size_t n = (size_t)RECORD_MESSAGE_MAX + 5;
        char *message = malloc(n);
        Record r;

        memset(message, '\x01', n);
        n = write_record("\x01\x02", 1, message, n);
        assert_int_equal(record_parse(line, n, &r), 0);
        assert_int_equal(r.length, 4 * RECORD_MESSAGE_MAX);
        free(message);
}

static int feed_header(StreamHeader *h, const char *text) {
        int r = 0;

        *h = (StreamHeader){ 0 };
        while (r == 0 && *text) {
                size_t n = strcspn(text, "\n");

                r = stream_header_take(h, text, n);
                text += n + (text[n] == '\n');
        }
        return r;
}

static void test_stream_header(void **state) {
        StreamHeader h;

        assert_int_equal(feed_header(&h, "me\nfoo.service\n29\n1\n0\n1\n0\n"), 0);
        assert_int_equal(h.lines, STREAM_HEADER_LINES);
        assert_string_equal(h.identifier, "me");
        assert_string_equal(h.unit, "foo.service");
        assert_int_equal(h.priority, 5);
        assert_true(h.level_prefix && h.forward_kmsg && !h.forward_console);
        assert_int_equal(feed_header(&h, "\n\n6\n0\n0\n0\n0\n"), 0);
        assert_string_equal(h.unit, "");
        assert_int_equal(feed_header(&h, "x\n../../etc/passwd\n6\n0\n0\n0\n0\n"), 0);
        assert_string_equal(h.unit, "");
        assert_int_equal(feed_header(&h, "x\n\n192\n"), -EBADMSG);
        assert_int_equal(feed_header(&h, "x\n\nabc\n"), -EBADMSG);
        assert_int_equal(feed_header(&h, "x\n\n6\n2\n"), -EBADMSG);
        assert_int_equal(feed_header(&h, "x\n\n6\n0\n0\n0\n0\nmore\n"), -EBADMSG);
        assert_int_equal(stream_header_take(&(StreamHeader){ 0 }, BYTES("a\0b")), -EBADMSG);
}

static int priority_of(bool prefix, const char *text, const char *rest) {
        StreamHeader h = { .priority = 6, .level_prefix = prefix };
        size_t n = strlen(text);
        int priority = stream_header_priority(&h, &text, &n);

        assert_int_equal(n, strlen(rest));
        assert_memory_equal(text, rest, n);
        return priority;
}

static void test_level_prefix(void **state) {
        assert_int_equal(priority_of(true, "<3>bad", "bad"), 3);
        assert_int_equal(priority_of(true, "<8>bad", "<8>bad"), 6);
        assert_int_equal(priority_of(true, "<3", "<3"), 6);
        assert_int_equal(priority_of(false, "<3>bad", "<3>bad"), 6);
}

static void test_stream_lines(void **state) {
        size_t content, n = (size_t)RECORD_MESSAGE_MAX + 100;
        char *text = malloc(n);

        assert_int_equal(stream_header_line(BYTES("ab\ncd"), &content), 3);
        assert_int_equal(content, 2);
        assert_int_equal(stream_header_line(BYTES("a\0b\n"), &content), 2);
        assert_int_equal(content, 1);
        assert_int_equal(stream_header_line(BYTES("abc"), &content), 0);
        memset(text, 'x', n);
        assert_int_equal(stream_header_line(text, RECORD_MESSAGE_MAX - 1, &content), 0);
        assert_int_equal(stream_header_line(text, n, &content), RECORD_MESSAGE_MAX);
        assert_int_equal(content, RECORD_MESSAGE_MAX);
        text[RECORD_MESSAGE_MAX] = '\n';
        assert_int_equal(stream_header_line(text, n, &content), RECORD_MESSAGE_MAX + 1);
        text[RECORD_MESSAGE_MAX] = 'x';
        text[RECORD_MESSAGE_MAX + 1] = '\n';
        assert_int_equal(stream_header_line(text, n, &content), RECORD_MESSAGE_MAX);
        free(text);
}

static void check_syslog(const char *text, int priority, const char *identifier,
                         const char *message) {
        SyslogMessage m;

        syslog_message_parse(text, strlen(text), &m);
        assert_int_equal(m.priority, priority);
        assert_string_equal(m.identifier, identifier);
        assert_int_equal(m.length, strlen(message));
        assert_memory_equal(m.text, message, m.length);
}

static void test_syslog_messages(void **state) {
        check_syslog("<30>Nov 24 22:42:10 sshd[12]: Hi there", 6, "sshd", "Hi there");
        check_syslog("<11>Nov  4 22:42:10 my-tag: Hi\n", 3, "my-tag", "Hi");
        check_syslog("<11>tag: Hi", 3, "tag", "Hi");
        check_syslog("no priority", 5, "", "no priority");
        check_syslog("<999>x", 5, "", "<999>x");
        check_syslog("<1x", 5, "", "<1x");
        check_syslog("<13>Nov 24 22:42:10 hello world", 5, "", "hello world");
        check_syslog("<13>a[b]: c", 5, "a[b]", "c");
        check_syslog("<13>[1]: c", 5, "[1]", "c");
        check_syslog("<13>tag:", 5, "tag", "");
        check_syslog("", 5, "", "");
        check_syslog("<13>", 5, "", "");
}

static void test_native_messages(void **state) {
        static const char binary[] = "MESSAGE\n\x05\0\0\0\0\0\0\0a\nb=c\nPRIORITY=2\n";
        static const char huge[] = "MESSAGE\n\xff\xff\xff\xff\xff\xff\xff\xff"
                                   "a\n";
        static const char two[] = "MESSAGE=1\n\nMESSAGE=2\nUNIT=a.service\n";
        NativeMessage m;

        assert_int_equal(native_message_parse(BYTES("PRIORITY=4\nMESSAGE=hi=ho\nX=\n"), &m), 28);
        assert_int_equal(m.priority, 4);
        assert_int_equal(m.length, 5);
        assert_memory_equal(m.text, "hi=ho", 5);
        assert_int_equal(native_message_parse(BYTES(binary), &m), sizeof(binary) - 1);
        assert_int_equal(m.priority, 2);
        assert_int_equal(m.length, 5);
        assert_memory_equal(m.text, "a\nb=c", 5);
        assert_int_equal(native_message_parse(BYTES(huge), &m), sizeof(huge) - 1);
        assert_null(m.text);
        for (size_t cut = 0; cut < 20; cut++)
                assert_true(native_message_parse(binary, cut, &m) <= cut && !m.text);
        assert_int_equal(native_message_parse(BYTES(two), &m), 11);
        assert_int_equal(native_message_parse(two + 11, sizeof(two) - 12, &m), sizeof(two) - 12);
        assert_string_equal(m.unit, "a.service");
        native_message_parse(BYTES("UNIT=../x\nMESSAGE=1\n"), &m);
        assert_string_equal(m.unit, "");
        native_message_parse(BYTES("MESSAGE=no end"), &m);
        assert_int_equal(m.length, 6);
}

static void check_unit(const char *path, const char *root, const char *unit) {
        char got[UNIT_NAME_MAX];

        origin_unit_of_path(path, root, got);
        assert_string_equal(got, unit);
}

static void test_units_of_groups(void **state) {
        check_unit("/system.slice/foo.service", "", "foo.service");
        check_unit("/system.slice/foo.service/bar.service", "", "foo.service");
        check_unit("/a.slice/a-b.slice/x@1.service/sub", "", "x@1.service");
        check_unit("/user.slice/user-0.slice/session-1.scope", "", "session-1.scope");
        check_unit("/system.slice/_cgroup.service", "", "cgroup.service");
        check_unit("/init.scope", "", "");
        check_unit("/", "", "");
        check_unit("/payload/foo.service", "", "");
        check_unit("/a/b/system.slice/foo.service", "/a/b", "foo.service");
        check_unit("/a/bc/system.slice/foo.service", "/a/b", "");
        check_unit("/other/foo.service", "/a/b", "");
        check_unit("/../foo.service", "", "");
}

static void test_rate_limit(void **state) {
        RateLimit l = { .interval = 100, .burst = 2 }, none = { 0 };
        uint32_t n;

        assert_true(rate_limit_allows(&l, 1000, &n) && n == 0);
        assert_true(rate_limit_allows(&l, 1050, &n));
        assert_false(rate_limit_allows(&l, 1060, &n));
        assert_false(rate_limit_allows(&l, 1099, &n));
        assert_int_equal(n, 0);
        assert_true(rate_limit_allows(&l, 1100, &n));
        assert_int_equal(n, 2);
        assert_true(rate_limit_allows(&l, 1101, &n) && n == 0);
        for (int i = 0; i < 100; i++)
                assert_true(rate_limit_allows(&none, 5, &n));
}

static void test_settings(void **state) {
        _cleanup_(diag_done) Diag diag = { 0 };
        LogSettings s;
        char longer[400] = "[Log]\nStorage=persistent\n#";

        settings_default(&s);
        settings_parse(&s, "log.conf",
                       "# a comment\n[Log]\nStorage = persistent\nRuntimeMaxSize=2M\n"
                       "RateLimitIntervalSec=1min\nRateLimitBurst=7\nReadKMsg=no\n",
                       &diag);
        assert_int_equal(diag.n, 0);
        assert_true(s.persistent && !s.read_kernel);
        assert_int_equal(s.volatile_limits.total_max, 2 << 20);
        assert_int_equal(s.rate.interval, TIME_SPAN_MINUTE);
        assert_int_equal(s.rate.burst, 7);

        settings_parse(&s, "log.conf", "[Log]\nRuntimeMaxSize=5\nStorag=x\n[Other]\nX=1\n", &diag);
        assert_int_equal(diag.n, 3);
        assert_non_null(strstr(diag.entries[1].message, "did you mean Storage=?"));
        assert_int_equal(s.volatile_limits.total_max, 2 << 20);

        settings_default(&s);
        memset(longer + strlen(longer), 'x', 300);
        settings_parse(&s, "log.conf", longer, &diag);
        assert_int_equal(diag.n, 4);
        assert_false(s.persistent);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_record_as_text),
                cmocka_unit_test(test_record_reads_back),
                cmocka_unit_test(test_messages_are_escaped),
                cmocka_unit_test(test_torn_records_are_recognised),
                cmocka_unit_test(test_longest_record),
                cmocka_unit_test(test_stream_header),
                cmocka_unit_test(test_level_prefix),
                cmocka_unit_test(test_stream_lines),
                cmocka_unit_test(test_syslog_messages),
                cmocka_unit_test(test_native_messages),
                cmocka_unit_test(test_units_of_groups),
                cmocka_unit_test(test_rate_limit),
                cmocka_unit_test(test_settings),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}

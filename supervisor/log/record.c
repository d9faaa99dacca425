/*
 * Writing and reading the lines of a log file. Most bytes of most messages need no escape and are
 * copied in runs; the others go one by one.
 *
 * What holds: record_parse() takes what record_format() makes, and nothing that was cut short.
 */
#include "supervisor/log/record.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/number.h"
#include "base/text.h"

enum { USEC_PER_SEC = 1000000, NUMBER_MAX = 24 };

/* Plain in every text; a space is not, where it would end a field. */
static bool is_plain(unsigned char c) {
        return (c >= ' ' && c < 0x7f && c != '\\') || c == '\t';
}

static size_t put_escaped(unsigned char c, char *to) {
        static const char digits[] = "0123456789abcdef";

        to[0] = '\\';
        if (c == '\\' || c == '\n') {
                to[1] = c == '\n' ? 'n' : '\\';
                return 2;
        }
        to[1] = 'x';
        to[2] = digits[c >> 4];
        to[3] = digits[c & 15];
        return 4;
}

/* U+0080 to U+009F steer terminals as the characters below U+0020 do. */
static size_t plain_sequence(const char *s, size_t left) {
        size_t n = text_utf8_sequence(s, left);

        return n == 2 && (unsigned char)s[0] == 0xc2 && (unsigned char)s[1] < 0xa0 ? 0 : n;
}

static size_t put_text(const char *s, size_t n, char *to) {
        char *p = to;

        for (size_t i = 0; i < n;) {
                size_t run = 0;

                while (i + run < n && is_plain((unsigned char)s[i + run]))
                        run++;
                if (run == 0)
                        run = (unsigned char)s[i] >= 0x80 ? plain_sequence(s + i, n - i) : 0;
                memcpy(p, s + i, run);
                p += run;
                i += run;
                if (run == 0)
                        p += put_escaped((unsigned char)s[i++], p);
        }
        return (size_t)(p - to);
}

/* An identifier ends at the first "[" or ": ", so it holds neither, nor spaces. */
static size_t put_identifier(const char *s, char *to) {
        char *p = to;

        for (size_t i = 0; i < RECORD_IDENTIFIER_MAX && s[i]; i++)
                if (strchr(" \t[]:\\", s[i]) || !is_plain((unsigned char)s[i]))
                        p += put_escaped((unsigned char)s[i], p);
                else
                        *p++ = s[i];
        return (size_t)(p - to);
}

static size_t put_stamp(const RecordStamp *stamp, char *to, size_t room) {
        time_t seconds = (time_t)(stamp->realtime / USEC_PER_SEC);
        struct tm tm;
        size_t n;

        gmtime_r(&seconds, &tm);
        n = strftime(to, room, "%Y-%m-%dT%H:%M:%S", &tm);
        n += (size_t)snprintf(to + n, room - n, ".%06uZ %llu.%06u %s",
                              (unsigned)(stamp->realtime % USEC_PER_SEC),
                              (unsigned long long)(stamp->monotonic / USEC_PER_SEC),
                              (unsigned)(stamp->monotonic % USEC_PER_SEC), stamp->boot);
        return n;
}

size_t record_format(const RecordStamp *stamp, const RecordEntry *entry,
                     char ret[static RECORD_MAX]) {
        char body[4 * RECORD_IDENTIFIER_MAX + 32];
        size_t head, n, m, width;

        n = entry->identifier ? put_identifier(entry->identifier, body) : 0;
        if (entry->pid > 0)
                n += (size_t)snprintf(body + n, sizeof(body) - n, "[%d]", (int)entry->pid);
        body[n++] = ':';
        body[n++] = ' ';
        head = put_stamp(stamp, ret, 96);
        ret[head++] = ' ';
        ret[head++] = (char)('0' + (entry->priority & 7));
        ret[head++] = ' ';
        /* The length comes first and is known last: its place is as wide as it can get. */
        width = 6;
        m = put_text(entry->message, MIN_OF(entry->length, (size_t)RECORD_MESSAGE_MAX),
                     ret + head + width + 1 + n);
        memcpy(ret + head + width + 1, body, n);
        snprintf(body, sizeof(body), "%*zu ", (int)width, n + m);
        memcpy(ret + head, body, width + 1);
        ret[head + width + 1 + n + m] = '\n';
        return head + width + 1 + n + m + 1;
}

/* The field up to the next space, as a string; steps behind the space. */
static int take_field(const char **p, const char *end, char *to, size_t room) {
        const char *space;
        size_t n;

        while (*p < end && **p == ' ')
                ++*p;
        space = memchr(*p, ' ', (size_t)(end - *p));
        n = space ? (size_t)(space - *p) : room;
        if (n == 0 || n >= room)
                return -EBADMSG;
        memcpy(to, *p, n);
        to[n] = '\0';
        *p = space + 1;
        return 0;
}

static int parse_number(const char *s, size_t n, uint64_t *ret) {
        char text[NUMBER_MAX];

        if (n == 0 || n >= sizeof(text))
                return -EBADMSG;
        memcpy(text, s, n);
        text[n] = '\0';
        return number_parse_u64(text, 10, ret) < 0 ? -EBADMSG : 0;
}

/* "2026-11-24T22:42:10.123456Z" */
static int parse_realtime(const char *s, uint64_t *ret) {
        static const char form[] = "dddd-dd-ddTdd:dd:dd.ddddddZ";
        static const struct {
                size_t at, n;
        } parts[] = { { 0, 4 }, { 5, 2 }, { 8, 2 }, { 11, 2 }, { 14, 2 }, { 17, 2 }, { 20, 6 } };
        uint64_t v[ARRAY_SIZE(parts)];
        struct tm tm = { 0 };

        for (size_t i = 0; i < sizeof(form); i++)
                if (form[i] == 'd' ? s[i] < '0' || s[i] > '9' : s[i] != form[i])
                        return -EBADMSG;
        for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
                if (parse_number(s + parts[i].at, parts[i].n, &v[i]) < 0)
                        return -EBADMSG;
        tm.tm_year = (int)v[0] - 1900;
        tm.tm_mon = (int)v[1] - 1;
        tm.tm_mday = (int)v[2];
        tm.tm_hour = (int)v[3];
        tm.tm_min = (int)v[4];
        tm.tm_sec = (int)v[5];
        if (v[0] < 1970 || v[1] < 1 || v[1] > 12)
                return -EBADMSG;
        *ret = (uint64_t)timegm(&tm) * USEC_PER_SEC + v[6];
        return 0;
}

static int parse_monotonic(const char *s, uint64_t *ret) {
        const char *point = strchr(s, '.');
        uint64_t seconds, usec;

        if (!point || strlen(point + 1) != 6 || parse_number(point + 1, 6, &usec) < 0 ||
            parse_number(s, (size_t)(point - s), &seconds) < 0 ||
            seconds > UINT64_MAX / USEC_PER_SEC - 1)
                return -EBADMSG;
        *ret = seconds * USEC_PER_SEC + usec;
        return 0;
}

static int parse_stamp(const char **p, const char *end, RecordStamp *ret) {
        char realtime[32], monotonic[NUMBER_MAX + 8];

        if (take_field(p, end, realtime, sizeof(realtime)) < 0 ||
            take_field(p, end, monotonic, sizeof(monotonic)) < 0 ||
            take_field(p, end, ret->boot, sizeof(ret->boot)) < 0 ||
            parse_realtime(realtime, &ret->realtime) < 0)
                return -EBADMSG;
        return parse_monotonic(monotonic, &ret->monotonic);
}

/* "nginx[123]: message" */
static int parse_body(const char *s, size_t n, Record *ret) {
        size_t i = 0, digits;
        uint64_t pid = 0;

        while (i < n && s[i] != '[' && s[i] != ':')
                i++;
        ret->identifier = s;
        ret->identifier_length = i;
        if (i < n && s[i] == '[') {
                for (digits = ++i; i < n && s[i] >= '0' && s[i] <= '9'; i++)
                        ;
                if (parse_number(s + digits, i - digits, &pid) < 0 || pid > INT32_MAX || i == n ||
                    s[i++] != ']')
                        return -EBADMSG;
        }
        if (n - i < 2 || s[i] != ':' || s[i + 1] != ' ')
                return -EBADMSG;
        ret->pid = (pid_t)pid;
        ret->message = s + i + 2;
        ret->length = n - i - 2;
        return 0;
}

int record_parse(const char *line, size_t length, Record *ret) {
        const char *p = line, *end = line + length;
        char priority[2], size[NUMBER_MAX];
        Record r = { 0 };
        uint64_t n;

        if (memchr(line, '\0', length) || parse_stamp(&p, end, &r.stamp) < 0 ||
            take_field(&p, end, priority, sizeof(priority)) < 0 || priority[0] < '0' ||
            priority[0] > '7' || take_field(&p, end, size, sizeof(size)) < 0 ||
            parse_number(size, strlen(size), &n) < 0 || n != (uint64_t)(end - p) ||
            parse_body(p, (size_t)(end - p), &r) < 0)
                return -EBADMSG;
        r.priority = priority[0] - '0';
        *ret = r;
        return 0;
}

static int hex_digit(char c) {
        if (c >= '0' && c <= '9')
                return c - '0';
        return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t record_unescape(const char *text, size_t n, char *to) {
        char *p = to;

        for (size_t i = 0; i < n; i++) {
                if (text[i] != '\\' || i + 1 == n) {
                        *p++ = text[i];
                } else if (text[i + 1] == 'x' && i + 3 < n && hex_digit(text[i + 2]) >= 0 &&
                           hex_digit(text[i + 3]) >= 0) {
                        *p++ = (char)(hex_digit(text[i + 2]) * 16 + hex_digit(text[i + 3]));
                        i += 3;
                } else {
                        *p++ = text[++i] == 'n' ? '\n' : text[i];
                }
        }
        return (size_t)(p - to);
}

/*
 * Reading the header of a stream, line by line. A line in it is short; its end is a newline, while
 * output lines may end with NUL, too.
 */
#include "supervisor/log/stream-header.h"

#include <string.h>

#include "base/text.h"

enum { HEADER_LINE_MAX = 4096 };

static int take_identifier(StreamHeader *h, const char *line, size_t length) {
        length = MIN_OF(length, sizeof(h->identifier) - 1);
        memcpy(h->identifier, line, length);
        h->identifier[length] = '\0';
        return 0;
}

static int take_unit(StreamHeader *h, const char *line, size_t length) {
        char name[UNIT_NAME_MAX];

        if (length == 0 || length >= sizeof(name))
                return 0;
        memcpy(name, line, length);
        name[length] = '\0';
        if (unit_name_is_valid(name))
                memcpy(h->unit, name, length + 1);
        return 0;
}

static int take_priority(StreamHeader *h, const char *line, size_t length) {
        uint32_t n = 0;

        if (length == 0 || length > 3)
                return -EBADMSG;
        for (size_t i = 0; i < length; i++) {
                if (line[i] < '0' || line[i] > '9')
                        return -EBADMSG;
                n = n * 10 + (uint32_t)(line[i] - '0');
        }
        if (n > 191)
                return -EBADMSG;
        h->priority = n & 7; /* above it is the facility */
        return 0;
}

static int take_flag(bool *ret, const char *line, size_t length) {
        if (length != 1 || (line[0] != '0' && line[0] != '1'))
                return -EBADMSG;
        *ret = line[0] == '1';
        return 0;
}

int stream_header_take(StreamHeader *h, const char *line, size_t length) {
        bool ignored;
        int r = -EBADMSG;

        if (length > HEADER_LINE_MAX || memchr(line, '\0', length))
                return -EBADMSG;
        switch (h->lines) {
        case 0:
                r = take_identifier(h, line, length);
                break;
        case 1:
                r = take_unit(h, line, length);
                break;
        case 2:
                r = take_priority(h, line, length);
                break;
        case 3:
                r = take_flag(&h->level_prefix, line, length);
                break;
        case 4:
                r = take_flag(&ignored, line, length);
                break;
        case 5:
                r = take_flag(&h->forward_kmsg, line, length);
                break;
        case 6:
                r = take_flag(&h->forward_console, line, length);
                break;
        default:
                break;
        }
        if (r >= 0)
                h->lines++;
        return r;
}

int stream_header_priority(const StreamHeader *h, const char **line, size_t *length) {
        const char *s = *line;

        if (!h->level_prefix || *length < 3 || s[0] != '<' || s[1] < '0' || s[1] > '7' ||
            s[2] != '>')
                return (int)h->priority;
        *line += 3;
        *length -= 3;
        return s[1] - '0';
}

size_t stream_header_line(const char *text, size_t n, size_t *ret_content) {
        const char *newline = memchr(text, '\n', n);
        const char *nul = memchr(text, '\0', newline ? (size_t)(newline - text) : n);
        const char *end = nul ? nul : newline;

        if (end && end - text <= RECORD_MESSAGE_MAX) {
                *ret_content = (size_t)(end - text);
                return *ret_content + 1;
        }
        if (n < RECORD_MESSAGE_MAX)
                return 0;
        *ret_content = RECORD_MESSAGE_MAX; /* a line without end is cut */
        return RECORD_MESSAGE_MAX;
}

/*
 * Any bytes are a stream, or its header is refused: no read beyond the end, every byte of the
 * output is in a line, no line is longer than a record may be, and what is written of it reads
 * back.
 */
#include <string.h>

#include "supervisor/log/stream-header.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char written[RECORD_MAX];

static void demand(bool truth) {
        if (!truth)
                abort();
}

static void check_record(const StreamHeader *h, const char *line, size_t length) {
        static const RecordStamp stamp = { .realtime = 1, .monotonic = 1, .boot = "01234567" };
        RecordEntry e = { .pid = 1, .identifier = h->identifier };
        Record r;
        size_t n;

        e.priority = stream_header_priority(h, &line, &length);
        e.message = line;
        e.length = length;
        n = record_format(&stamp, &e, written);
        demand(n <= sizeof(written) && written[n - 1] == '\n' && !memchr(written, '\n', n - 1));
        demand(record_parse(written, n - 1, &r) == 0);
        demand(r.priority == e.priority && r.length >= length);
        demand(record_unescape(r.message, r.length, written) == length);
        demand(memcmp(written, line, length) == 0);
}

/* Returns how many bytes the header has; more than SIZE when it is not whole or refused. */
static size_t take_header(StreamHeader *h, const char *s, size_t size) {
        size_t at = 0;

        while (h->lines < STREAM_HEADER_LINES) {
                const char *newline = at < size ? memchr(s + at, '\n', size - at) : NULL;

                if (!newline || stream_header_take(h, s + at, (size_t)(newline - s) - at) < 0)
                        return size + 1;
                at = (size_t)(newline - s) + 1;
        }
        return at;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        const char *s = (const char *)data;
        StreamHeader h = { 0 };
        size_t at = take_header(&h, s, size);

        demand(h.unit[0] == '\0' || unit_name_is_valid(h.unit));
        demand(h.priority <= 7 && memchr(h.identifier, '\0', sizeof(h.identifier)));
        while (at < size) {
                size_t content, n = stream_header_line(s + at, size - at, &content);

                if (n == 0)
                        break;
                demand(n <= size - at && content <= n && content <= RECORD_MESSAGE_MAX);
                check_record(&h, s + at, content);
                at += n;
        }
        return 0;
}

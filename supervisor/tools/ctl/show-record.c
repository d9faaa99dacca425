/*
 * What a message holds of control characters is shown as "\xHH", so none reaches the terminal; its
 * lines are shown as such, further in, so that none looks like another record.
 */
#include "supervisor/tools/ctl/show-record.h"

#include <json-c/json.h>
#include <string.h>
#include <time.h>

#include "base/strbuf.h"
#include "base/terminal.h"
#include "base/text.h"

#define RED    "\x1b[1;31m"
#define YELLOW "\x1b[1;33m"
#define GREY   "\x1b[90m"

enum { USEC_PER_SEC = 1000000, INDENT = 16 };

static const char *colour_of(int priority) {
        if (priority <= 3)
                return RED;
        if (priority == 4)
                return YELLOW;
        if (priority == 5)
                return TERMINAL_BOLD;
        return priority == 7 ? GREY : "";
}

static void add_message(StrBuf *b, const char *text, size_t n, int indent) {
        for (size_t i = 0; i < n; i++) {
                if (text[i] != '\\' || i + 1 == n) {
                        strbuf_add_char(b, text[i]);
                } else if (text[i + 1] == 'n') {
                        strbuf_addf(b, "\n%*s", indent, "");
                        i++;
                } else {
                        strbuf_add_char(b, '\\');
                        i += text[i + 1] == '\\';
                }
        }
}

int show_record_text(const Record *r, const char *unit, bool colour, char **ret) {
        time_t seconds = (time_t)(r->stamp.realtime / USEC_PER_SEC);
        const char *begin = colour ? colour_of(r->priority) : "";
        StrBuf b = { 0 };
        char time[32];
        struct tm tm;

        localtime_r(&seconds, &tm);
        strftime(time, sizeof(time), "%b %d %H:%M:%S", &tm);
        strbuf_addf(&b, "%s %s %.*s", time, unit, (int)r->identifier_length, r->identifier);
        if (r->pid > 0)
                strbuf_addf(&b, "[%d]", (int)r->pid);
        strbuf_addf(&b, ": %s", begin);
        add_message(&b, r->message, r->length, INDENT);
        strbuf_addf(&b, "%s\n", *begin ? TERMINAL_NORMAL : "");
        return strbuf_take(&b, ret);
}

int show_record_message(const Record *r, bool colour, char **ret) {
        const char *begin = colour ? colour_of(r->priority) : "";
        StrBuf b = { 0 };

        strbuf_add(&b, begin);
        add_message(&b, r->message, r->length, 0);
        strbuf_addf(&b, "%s\n", *begin ? TERMINAL_NORMAL : "");
        return strbuf_take(&b, ret);
}

/* JSON is UTF-8: what is none becomes U+FFFD. */
static int as_utf8(const char *escaped, size_t n, char **ret) {
        _cleanup_free_ char *bytes = malloc(n + 1);
        StrBuf b = { 0 };
        size_t length;

        if (!bytes)
                return -ENOMEM;
        length = record_unescape(escaped, n, bytes);
        for (size_t i = 0; i < length;) {
                size_t m = text_utf8_sequence(bytes + i, length - i);

                if (m > 0)
                        strbuf_add_n(&b, bytes + i, m);
                else
                        strbuf_add(&b, "\xef\xbf\xbd");
                i += MAX_OF(m, (size_t)1);
        }
        length = b.length;
        return strbuf_take(&b, ret) < 0 ? -ENOMEM : (int)length;
}

static int add_text(struct json_object *o, const char *key, const char *escaped, size_t n) {
        _cleanup_free_ char *text = NULL;
        int length = as_utf8(escaped, n, &text);

        if (length < 0)
                return length;
        json_object_object_add(o, key, json_object_new_string_len(text, length));
        return 0;
}

int show_record_json(const Record *r, const char *unit, char **ret) {
        struct json_object *o = json_object_new_object();
        StrBuf b = { 0 };
        int error;

        json_object_object_add(o, "realtime_usec", json_object_new_uint64(r->stamp.realtime));
        json_object_object_add(o, "monotonic_usec", json_object_new_uint64(r->stamp.monotonic));
        json_object_object_add(o, "boot", json_object_new_string(r->stamp.boot));
        json_object_object_add(o, "priority", json_object_new_int(r->priority));
        json_object_object_add(o, "unit", json_object_new_string(unit));
        if (r->pid > 0)
                json_object_object_add(o, "pid", json_object_new_int(r->pid));
        error = add_text(o, "identifier", r->identifier, r->identifier_length);
        if (error >= 0)
                error = add_text(o, "message", r->message, r->length);
        if (error >= 0) {
                strbuf_addf(&b, "%s\n",
                            json_object_to_json_string_ext(o, JSON_C_TO_STRING_NOSLASHESCAPE));
                error = strbuf_take(&b, ret);
        }
        json_object_put(o);
        return error;
}

/*
 * A function a type. Values that are lists of structures are printed in one line or in one line for
 * each, whichever systemctl(1) does. Nothing that comes from a unit can end a line or steer a
 * terminal: control characters are shown as "\xHH".
 */
#include "supervisor/tools/ctl/show-inside.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>

#include "base/hex.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/tools/ctl/ctl.h"
#include "units/names.h"
#include "units/signal-name.h"
#include "units/time-span.h"
#include "units/timestamp.h"

enum { USEC_PER_SEC = 1000000 };

/* ---- lines ---- */

void show_value_line(const Show *s, const char *text) {
        if (!s->style->bare)
                strbuf_addf(s->to, "%s=", s->name);
        for (const char *c = text; *c; c++)
                if (s->style->bare && s->style->unmasked)
                        strbuf_add_char(s->to, *c);
                else if ((unsigned char)*c < ' ' || *c == 127)
                        strbuf_addf(s->to, "\\x%02x", (unsigned char)*c);
                else
                        strbuf_add_char(s->to, *c);
        strbuf_add_char(s->to, '\n');
}

void show_value_text(const Show *s, const char *text) {
        if (*text || s->style->empty)
                show_value_line(s, text);
}

int show_value_taken(const Show *s, StrBuf *value) {
        if (value->error < 0)
                return value->error;
        show_value_text(s, value->text ? value->text : "");
        return 0;
}

void show_value_space(StrBuf *b) {
        if (b->length > 0)
                strbuf_add_char(b, ' ');
}

static _printf_(2, 3) void add_format(const Show *s, const char *format, ...) {
        char text[128];
        va_list ap;

        va_start(ap, format);
        vsnprintf(text, sizeof(text), format, ap);
        va_end(ap);
        show_value_line(s, text);
}

/* ---- numbers ---- */

static bool is_one_of(const char *name, const char *const *names) {
        for (; *names; names++)
                if (text_eq(*names, name))
                        return true;
        return false;
}

/* What a number that says "none" is called. */
static const char *name_of_none(const char *name) {
        static const char *const limits[] = {
                "MemoryLow",       "MemoryMin",        "DefaultMemoryLow", "MemoryMax",
                "MemoryHigh",      "DefaultMemoryMin", "TasksMax",         "MemorySwapMax",
                "MemoryAvailable", "DefaultTasksMax",  "MemoryZSwapMax",   NULL
        };

        if (text_after(name, "IP") &&
            (text_ends_with(name, "Bytes") || text_ends_with(name, "Packets")))
                return "[no data]";
        if (text_after(name, "IO") &&
            (text_ends_with(name, "Bytes") || text_ends_with(name, "Operations")))
                return "[no data]";
        if (is_one_of(name, limits) || text_after(name, "Limit") ||
            text_after(name, "DefaultLimit"))
                return "infinity";
        return "[not set]";
}

static void add_time(const Show *s, uint64_t usec) {
        char text[TIMESTAMP_MAX];

        if (usec == 0 || usec == UINT64_MAX)
                show_value_text(s, "");
        else if (s->style->time_style == CTL_TIME_UNIX)
                add_format(s, "@%" PRIu64, usec / USEC_PER_SEC);
        else
                show_value_line(s,
                                timestamp_format(usec, s->style->time_style == CTL_TIME_UTC, text));
}

/* The names of the bits in MASK, in the order of the table. */
static int add_names(const Show *s, const NameTable *names, uint64_t mask) {
        _cleanup_(strbuf_done) StrBuf value = { 0 };

        for (size_t i = 0; i < names->n; i++)
                if (mask & (uint64_t)(unsigned)names->rows[i].value) {
                        show_value_space(&value);
                        strbuf_add(&value, names->rows[i].name);
                }
        return show_value_taken(s, &value);
}

static int show_capabilities(const Show *s, uint64_t mask) {
        _cleanup_(strbuf_done) StrBuf value = { 0 };

        for (int i = 0; i <= CAP_LAST_CAP; i++) {
                const char *name = names_of(&names_capabilities, i);

                if (!(mask & (UINT64_C(1) << i)) || !name)
                        continue;
                show_value_space(&value);
                for (; *name; name++)
                        strbuf_add_char(&value, (char)(*name | (*name == '_' ? 0 : 0x20)));
        }
        return show_value_taken(s, &value);
}

static int show_namespaces(const Show *s, uint64_t mask) {
        uint64_t all = 0;

        for (size_t i = 0; i < names_namespaces.n; i++)
                all |= (uint64_t)(unsigned)names_namespaces.rows[i].value;
        if ((mask & all) == all || (mask & all) == 0) {
                show_value_line(s, mask & all ? "no" : "yes");
                return 0;
        }
        return add_names(s, &names_namespaces, mask);
}

static void show_propagation(const Show *s, uint64_t flags) {
        show_value_text(s, flags & MS_SHARED    ? "shared"
                           : flags & MS_SLAVE   ? "slave"
                           : flags & MS_PRIVATE ? "private"
                                                : "");
}

static int show_u64(const Show *s, sd_bus_message *m) {
        char span[TIME_SPAN_MAX];
        uint64_t n;
        int r = sd_bus_message_read(m, "t", &n);

        if (r < 0)
                return r;
        if (text_ends_with(s->name, "Timestamp"))
                add_time(s, n);
        else if (strstr(s->name, "USec"))
                show_value_line(s, time_span_format(n, 1, span));
        else if (text_eq(s->name, "CapabilityBoundingSet") ||
                 text_eq(s->name, "AmbientCapabilities"))
                return show_capabilities(s, n);
        else if (text_eq(s->name, "RestrictNamespaces"))
                return show_namespaces(s, n);
        else if (text_eq(s->name, "MountFlags"))
                show_propagation(s, n);
        else if (n == UINT64_MAX)
                show_value_line(s, name_of_none(s->name));
        else
                add_format(s, "%" PRIu64, n);
        return 0;
}

static int show_u32(const Show *s, sd_bus_message *m) {
        uint32_t n;
        int r = sd_bus_message_read(m, "u", &n);

        if (r < 0)
                return r;
        if (text_ends_with(s->name, "Mode") || text_eq(s->name, "UMask"))
                add_format(s, "%04o", n);
        else if (n == UINT32_MAX)
                show_value_line(s, "[not set]");
        else
                add_format(s, "%" PRIu32, n);
        return 0;
}

/* Integers of all other sizes. */
static int show_integer(const Show *s, sd_bus_message *m) {
        union {
                uint8_t y;
                int16_t n;
                uint16_t q;
                int32_t i;
                int64_t x;
        } v = { 0 };
        char type;
        int r = sd_bus_message_peek_type(m, &type, NULL);

        if (r >= 0)
                r = sd_bus_message_read_basic(m, type, &v);
        if (r < 0)
                return r;
        add_format(s, "%" PRIi64,
                   type == 'y'   ? (int64_t)v.y
                   : type == 'n' ? (int64_t)v.n
                   : type == 'q' ? (int64_t)v.q
                   : type == 'i' ? (int64_t)v.i
                                 : v.x);
        return 0;
}

static int show_numa_policy(const Show *s, sd_bus_message *m) {
        static const char *const names[] = { "default", "preferred", "bind", "interleave",
                                             "local" };
        int n, r = sd_bus_message_read(m, "i", &n);

        if (r >= 0)
                show_value_line(s, n >= 0 && n < (int)ARRAY_SIZE(names) ? names[n] : "n/a");
        return r;
}

static int show_double(const Show *s, sd_bus_message *m) {
        double d;
        int r = sd_bus_message_read(m, "d", &d);

        if (r >= 0)
                add_format(s, "%g", d);
        return r;
}

static int show_boolean(const Show *s, sd_bus_message *m) {
        int b, r = sd_bus_message_read(m, "b", &b);

        if (r >= 0)
                show_value_line(s, b ? "yes" : "no");
        return r;
}

/* ---- texts ---- */

static int show_string(const Show *s, sd_bus_message *m) {
        const char *text;
        char type;
        int r = sd_bus_message_peek_type(m, &type, NULL);

        if (r >= 0)
                r = sd_bus_message_read_basic(m, type, &text);
        if (r >= 0)
                show_value_text(s, text);
        return r;
}

/* As a shell would take it back. */
static void add_quoted(StrBuf *to, const char *word) {
        bool plain = *word != '\0';

        for (const char *c = word; *c && plain; c++)
                plain = (unsigned char)*c > ' ' && *c != 127 && !strchr("\"\\`$*?['()<>|&;!", *c);
        if (plain) {
                strbuf_add(to, word);
                return;
        }
        strbuf_add_char(to, '"');
        for (const char *c = word; *c; c++) {
                if (strchr("\"\\`$", *c))
                        strbuf_add_char(to, '\\');
                strbuf_add_char(to, *c);
        }
        strbuf_add_char(to, '"');
}

static int show_words(const Show *s, sd_bus_message *m) {
        _cleanup_(strbuf_done) StrBuf value = { 0 };
        _cleanup_strv_ char **words = NULL;
        int r = sd_bus_message_read_strv(m, &words);

        if (r < 0)
                return r;
        STRV_FOREACH(word, words) {
                show_value_space(&value);
                add_quoted(&value, *word);
        }
        return show_value_taken(s, &value);
}

/* ---- bytes ---- */

/* "0-1 3" of a set of small numbers. */
static void add_ranges(StrBuf *to, const uint8_t *bits, size_t n) {
        for (size_t i = 0; i < n * 8; i++) {
                size_t last = i;

                if (!(bits[i / 8] & (1U << (i % 8))))
                        continue;
                while (last + 1 < n * 8 && (bits[(last + 1) / 8] & (1U << ((last + 1) % 8))))
                        last++;
                show_value_space(to);
                strbuf_addf(to, last > i ? "%zu-%zu" : "%zu", i, last);
                i = last;
        }
}

static int show_bytes(const Show *s, sd_bus_message *m) {
        static const char *const sets[] = { "CPUAffinity",
                                            "NUMAMask",
                                            "AllowedCPUs",
                                            "StartupAllowedCPUs",
                                            "AllowedMemoryNodes",
                                            "StartupAllowedMemoryNodes",
                                            "EffectiveCPUs",
                                            "EffectiveMemoryNodes",
                                            NULL };
        _cleanup_(strbuf_done) StrBuf value = { 0 };
        const void *bytes;
        size_t n;
        int r = sd_bus_message_read_array(m, 'y', &bytes, &n);

        if (r < 0)
                return r;
        if (is_one_of(s->name, sets))
                add_ranges(&value, bytes, n);
        else
                for (size_t i = 0; i < n; i++)
                        strbuf_addf(&value, "%02x", ((const uint8_t *)bytes)[i]);
        return show_value_taken(s, &value);
}

/* ---- which is which ---- */

static const struct {
        const char *signature;
        int (*show)(const Show *s, sd_bus_message *m);
} shapes[] = {
        { "s", show_string },  { "o", show_string },  { "b", show_boolean }, { "t", show_u64 },
        { "u", show_u32 },     { "y", show_integer }, { "n", show_integer }, { "q", show_integer },
        { "i", show_integer }, { "x", show_integer }, { "d", show_double },  { "as", show_words },
        { "ay", show_bytes },
};

static int show_contents(const Show *s, const char *signature, sd_bus_message *m) {
        int r;

        if (text_eq(s->name, "NUMAPolicy") && text_eq(signature, "i"))
                return show_numa_policy(s, m);
        for (size_t i = 0; i < ARRAY_SIZE(shapes); i++)
                if (text_eq(shapes[i].signature, signature))
                        return shapes[i].show(s, m);
        r = show_structure(s, signature, m);
        if (r <= 0)
                return r;
        show_value_text(s, s->style->empty ? "[unprintable]" : "");
        return sd_bus_message_skip(m, signature);
}

int show_value(sd_bus_message *m, const char *name, const ShowStyle *style, StrBuf *to) {
        const Show s = { .name = name, .style = style, .to = to };
        const char *signature;
        char type;
        int r = sd_bus_message_peek_type(m, &type, &signature);

        if (r >= 0)
                r = type == 'v' ? sd_bus_message_enter_container(m, 'v', signature) : -EBADMSG;
        if (r >= 0)
                r = show_contents(&s, signature, m);
        if (r >= 0)
                r = sd_bus_message_exit_container(m);
        return r < 0 ? r : to->error;
}

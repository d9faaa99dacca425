/*
 * Walking the fields of an entry. Lengths come from the sender and are compared with what is left
 * before anything is read.
 */
#include "supervisor/log/native-message.h"

#include <string.h>

enum { PRIORITY_DEFAULT = 6, LENGTH_BYTES = 8 };

typedef struct Field {
        const char *name;
        size_t name_length;
        const char *value;
        size_t length;
} Field;

static uint64_t little_endian(const char *s) {
        uint64_t n = 0;

        for (int i = LENGTH_BYTES - 1; i >= 0; i--)
                n = n << 8 | (unsigned char)s[i];
        return n;
}

/* The field whose first line is the N bytes at S; the line is LINE long. Returns the bytes that it
 * takes, 0 when it is broken. */
static size_t take_field(const char *s, size_t n, size_t line, Field *ret) {
        const char *equals = memchr(s, '=', line);
        uint64_t length;

        ret->name = s;
        if (equals) {
                ret->name_length = (size_t)(equals - s);
                ret->value = equals + 1;
                ret->length = line - ret->name_length - 1;
                return MIN_OF(line + 1, n);
        }
        if (n < line + 1 + LENGTH_BYTES)
                return 0;
        length = little_endian(s + line + 1);
        n -= line + 1 + LENGTH_BYTES;
        if (length >= n || s[line + 1 + LENGTH_BYTES + length] != '\n')
                return 0;
        ret->name_length = line;
        ret->value = s + line + 1 + LENGTH_BYTES;
        ret->length = (size_t)length;
        return line + 1 + LENGTH_BYTES + (size_t)length + 1;
}

static bool is_named(const Field *f, const char *name) {
        return f->name_length == strlen(name) && memcmp(f->name, name, f->name_length) == 0;
}

static void copy_text(const Field *f, char *to, size_t room) {
        size_t n = MIN_OF(f->length, room - 1);

        memcpy(to, f->value, n);
        to[n] = '\0';
}

static void use_field(const Field *f, NativeMessage *m) {
        char unit[UNIT_NAME_MAX];

        if (is_named(f, "MESSAGE")) {
                m->text = f->value;
                m->length = f->length;
        } else if (is_named(f, "PRIORITY")) {
                if (f->length == 1 && f->value[0] >= '0' && f->value[0] <= '7')
                        m->priority = f->value[0] - '0';
        } else if (is_named(f, "SYSLOG_IDENTIFIER")) {
                copy_text(f, m->identifier, sizeof(m->identifier));
        } else if (is_named(f, "UNIT") && f->length < sizeof(unit)) {
                copy_text(f, unit, sizeof(unit));
                if (unit_name_is_valid(unit))
                        memcpy(m->unit, unit, sizeof(unit));
        }
}

size_t native_message_parse(const char *data, size_t n, NativeMessage *ret) {
        size_t at = 0;

        *ret = (NativeMessage){ .priority = PRIORITY_DEFAULT };
        while (at < n) {
                const char *newline = memchr(data + at, '\n', n - at);
                size_t line = newline ? (size_t)(newline - data) - at : n - at;
                Field field;
                size_t took;

                if (line == 0)
                        return at + 1;
                took = take_field(data + at, n - at, line, &field);
                if (took == 0)
                        return n;
                use_field(&field, ret);
                at += took;
        }
        return n;
}

/*
 * The text is cut in place; a key is looked for from the beginning each time, which is quick enough
 * for some twenty lines.
 */
#include "supervisor/manager/record.h"

#include <inttypes.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"

Record record_parse(char *text) {
        Record r = { .text = text, .size = strlen(text) };

        for (char *c = text; *c; c++)
                if (*c == '\n')
                        *c = '\0';
        return r;
}

void record_done(Record *r) {
        free(r->text);
        *r = (Record){ 0 };
}

const char *record_next(const Record *r, const char *key, size_t *at) {
        while (*at < r->size) {
                const char *line = r->text + *at, *value = text_after(line, key);

                *at += strlen(line) + 1;
                if (value && *value == '=')
                        return value + 1;
        }
        return NULL;
}

const char *record_get(const Record *r, const char *key) {
        size_t at = 0;

        return record_next(r, key, &at);
}

uint64_t record_number(const Record *r, const char *key) {
        const char *value = record_get(r, key);
        uint64_t n = 0;

        if (value)
                (void)number_parse_u64(value, 10, &n);
        return n;
}

uint64_t record_next_number(char **rest) {
        char *word = strsep(rest, " ");
        uint64_t n = 0;

        if (word)
                (void)number_parse_u64(word, 10, &n);
        return n;
}

void record_add(StrBuf *b, const char *key, const char *value) {
        if (!text_is_empty(value))
                strbuf_addf(b, "%s=%s\n", key, value);
}

void record_add_number(StrBuf *b, const char *key, uint64_t value) {
        if (value != 0)
                strbuf_addf(b, "%s=%" PRIu64 "\n", key, value);
}

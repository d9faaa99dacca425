/*
 * Any bytes are a unit file, or are refused: no crash, no read beyond the end, and what is handed
 * over keeps the promises of units/unit-text.h. Each value is split into words as directives do
 * it, and its words, quoted, come back as they were.
 */
#include <string.h>

#include "base/strv.h"
#include "base/text.h"
#include "units/unit-text.h"
#include "units/word.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool truth) {
        if (!truth)
                abort();
}

static void check_text(const char *s) {
        demand(!strpbrk(s, "\r\n") && text_is_utf8(s, strlen(s)));
}

static void check_ends(const char *s) {
        demand(*s == '\0' || (!strchr(WHITESPACE, *s) && !strchr(WHITESPACE, s[strlen(s) - 1])));
}

static void check_quoting(char **words) {
        _cleanup_free_ char *joined = NULL;
        _cleanup_strv_ char **again = NULL;

        demand(word_join(words, &joined) == 0);
        check_text(joined);
        demand(word_split(joined, NULL, WORD_UNQUOTE | WORD_CUNESCAPE, &again) == 0);
        demand(strv_equal(words, again));
}

static void check_words(const char *value) {
        static const WordFlags ways[] = {
                WORD_UNQUOTE,
                WORD_UNQUOTE | WORD_CUNESCAPE,
                WORD_UNQUOTE | WORD_CUNESCAPE | WORD_UNESCAPE_RELAX | WORD_RELAX,
                WORD_KEEP_QUOTE | WORD_RETAIN_ESCAPE,
                WORD_UNQUOTE | WORD_UNESCAPE_SEPARATORS | WORD_DONT_COALESCE_SEPARATORS,
        };

        for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
                bool colons = ways[i] & WORD_DONT_COALESCE_SEPARATORS;
                _cleanup_strv_ char **words = NULL;
                int r = word_split(value, colons ? ":" : NULL, ways[i], &words);

                demand(r == 0 || (r == -EINVAL && !words));
                if (r == 0)
                        check_quoting(words);
        }
}

static void check_unescape(const char *value) {
        _cleanup_free_ char *text = NULL;
        int r = word_unescape(value, &text);

        demand(r == -EINVAL || (r == 0 && strlen(text) <= strlen(value)));
}

static int check_item(const UnitTextItem *item, void *userdata) {
        unsigned *last_line = userdata;

        demand(item->line > 0 && item->line >= *last_line && item->section);
        *last_line = item->line;
        check_text(item->section);
        demand(!item->key == !item->value);
        if (!item->key)
                return 1;
        check_text(item->key);
        check_ends(item->key);
        demand(!strchr(item->key, '='));
        check_text(item->value);
        check_ends(item->value);
        check_words(item->value);
        check_unescape(item->value);
        return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        _cleanup_(diag_done) Diag diag = { 0 };
        unsigned last_line = 0;
        int r = unit_text_parse((const char *)data, size, check_item, &last_line, &diag);

        demand(r == 0 || r == -EBADMSG || r == -EINVAL || r == -ENOBUFS);
        /* who refuses says why, once */
        demand(diag.dropped > 0 || diag_count(&diag, DIAG_ERROR) == (r < 0));
        return 0;
}

/*
 * Sums stop at the largest number instead of beginning anew.
 */
#include "supervisor/manager/usage.h"

#include <string.h>

#include "base/number.h"
#include "base/text.h"

enum { NUMBER_MAX = 32, NANOSECONDS = 1000 };

/* The number that TEXT begins with, up to white space or its end. */
static uint64_t number_at(const char *text) {
        char copy[NUMBER_MAX];
        size_t n = strcspn(text, " \n");
        uint64_t value;

        if (n >= sizeof(copy))
                return UINT64_MAX;
        memcpy(copy, text, n);
        copy[n] = '\0';
        return number_parse_u64(copy, 10, &value) < 0 ? UINT64_MAX : value;
}

uint64_t usage_parse_number(const char *text) {
        return number_at(text);
}

uint64_t usage_parse_key(const char *text, const char *key) {
        for (const char *line = text; *line; line += strspn(line, "\n")) {
                const char *rest = text_after(line, key);

                if (rest && *rest == ' ')
                        return number_at(rest + 1);
                line += strcspn(line, "\n");
        }
        return UINT64_MAX;
}

uint64_t usage_parse_cpu(const char *text) {
        uint64_t usec = usage_parse_key(text, "usage_usec");

        return usec > UINT64_MAX / NANOSECONDS ? UINT64_MAX : usec * NANOSECONDS;
}

static void add(uint64_t *sum, uint64_t n) {
        if (n == UINT64_MAX)
                return;
        *sum = *sum == UINT64_MAX ? n : n > UINT64_MAX - 1 - *sum ? UINT64_MAX - 1 : *sum + n;
}

void usage_parse_io(const char *text, Usage *to) {
        const struct {
                const char *key;
                uint64_t *sum;
        } words[] = { { "rbytes=", &to->io_read_bytes },
                      { "rios=", &to->io_read_operations },
                      { "wbytes=", &to->io_write_bytes },
                      { "wios=", &to->io_write_operations } };

        /* the file is there: nothing was done so far, at least */
        for (size_t i = 0; i < ARRAY_SIZE(words); i++)
                *words[i].sum = 0;
        for (const char *word = text; *word; word += strspn(word, " \n")) {
                for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
                        const char *number = text_after(word, words[i].key);

                        if (number)
                                add(words[i].sum, number_at(number));
                }
                word += strcspn(word, " \n");
        }
}

uint64_t usage_left(uint64_t available, uint64_t limit, uint64_t memory) {
        if (limit == UINT64_MAX || memory == UINT64_MAX)
                return available;
        return MIN_OF(available, limit > memory ? limit - memory : 0);
}

void usage_keep(Usage *u) {
        u->memory = u->memory_swap = u->memory_available = u->tasks = UINT64_MAX;
}

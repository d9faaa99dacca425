/*
 * Counting, interval by interval. An interval begins with the first record that comes after the
 * last one ended, so a silent unit costs nothing.
 */
#include "supervisor/log/rate-limit.h"

#include <string.h>
#include <unistd.h>

#include "base/number.h"

bool rate_limit_allows(RateLimit *l, uint64_t now, uint32_t *ret_suppressed) {
        *ret_suppressed = 0;
        if (l->interval == 0 || l->burst == 0)
                return true;
        if (l->begin == 0 || now - l->begin >= l->interval) {
                *ret_suppressed = l->suppressed;
                l->begin = now;
                l->n = 0;
                l->suppressed = 0;
        }
        if (l->n >= l->burst) {
                l->suppressed++;
                return false;
        }
        l->n++;
        return true;
}

void rate_limit_load(RateLimit *l, int dir_fd, const char *unit) {
        char text[64], *space;
        ssize_t n = dir_fd >= 0 ? readlinkat(dir_fd, unit, text, sizeof(text) - 1) : -1;
        uint64_t interval;
        uint32_t burst;

        if (n < 0)
                return;
        text[n] = '\0';
        space = strchr(text, ' ');
        if (!space)
                return;
        *space = '\0';
        if (number_parse_u64(text, 10, &interval) < 0 ||
            number_parse_u32(space + 1, 10, &burst) < 0)
                return;
        l->interval = interval;
        l->burst = burst;
}

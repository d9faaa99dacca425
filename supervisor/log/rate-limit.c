/*
 * Counting, interval by interval. An interval begins with the first record that comes after the
 * last one ended, so a silent unit costs nothing.
 */
#include "supervisor/log/rate-limit.h"

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

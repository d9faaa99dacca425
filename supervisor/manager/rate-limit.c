/*
 * An interval begins with the first event after the last interval ended; what was refused is not
 * counted, and does not make the wait any longer.
 */
#include "supervisor/manager/rate-limit.h"

bool rate_limit_pass(RateLimit *limit, uint64_t interval, uint32_t burst, uint64_t now) {
        if (interval == 0 || burst == 0)
                return true;
        if (limit->count == 0 || now < limit->begin || now - limit->begin > interval)
                *limit = (RateLimit){ .begin = now };
        if (limit->count >= burst)
                return false;
        limit->count++;
        return true;
}

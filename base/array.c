/*
 * One reallocation at each power of two, and nothing in between: appending N
 * items costs N steps in all.
 */
#include "base/array.h"

int array_grow(void *items, size_t n, size_t item_size) {
        void **list = items, *bigger;

        if (n & (n - 1))
                return 0;
        bigger = reallocarray(*list, n ? n * 2 : 1, item_size);
        if (!bigger)
                return -ENOMEM;
        *list = bigger;
        return 0;
}

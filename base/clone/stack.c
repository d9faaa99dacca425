/*
 * The stack of a child that shares our memory. It is used for a moment and by
 * our own code alone; what it is likely to touch is made in one system call, as
 * each page fault costs more than that.
 */
#include "base/clone.h"

#include <sys/mman.h>

enum { GUARD = 65536, STACK = 1 << 20, TOUCHED = 32768 };

int clone_stack_map(CloneStack *ret) {
        const size_t size = GUARD + STACK;
        char *start = mmap(NULL, size, PROT_NONE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);

        if (start == MAP_FAILED)
                return -errno;
        if (mprotect(start + GUARD, STACK, PROT_READ | PROT_WRITE) < 0) {
                int r = -errno;

                (void)munmap(start, size);
                return r;
        }
        (void)madvise(start + size - TOUCHED, TOUCHED, MADV_POPULATE_WRITE); /* for speed alone */
        *ret = (CloneStack){ .start = start, .size = size };
        return 0;
}

void clone_stack_unmap(CloneStack *s) {
        if (s->start)
                (void)munmap(s->start, s->size);
        *s = (CloneStack){ 0 };
}

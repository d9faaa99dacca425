/*
 * A page fault costs about as much as bringing a dozen pages in, and many times
 * that on a virtual machine. The sizes are what a run with many directives was
 * seen to use.
 */
#include "supervisor/tools/run/memory.h"

#include <sys/mman.h>
#include <unistd.h>

#include "base/macro.h"

enum { HEAP = 96 << 10, STACK = 24 << 10 };

/* Where the linker puts the parts of a program. */
extern char program_start[] __asm__("__executable_start");
extern char data_begin[] __asm__("data_start");
extern char data_end[] __asm__("_end");

/* To be written. */
static void bring_in(const char *from, const char *to) {
        const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
        uintptr_t start = (uintptr_t)from & ~(page - 1);

        (void)madvise((void *)start, (uintptr_t)to - start, MADV_POPULATE_WRITE);
}

/* What comes from malloc() next lies where this block was. */
static void bring_in_heap(void) {
        char *block = malloc(HEAP);

        if (block)
                bring_in(block, block + HEAP);
        free(block);
}

void memory_bring_in(void) {
        const char *frame = __builtin_frame_address(0);

        /* the rest of this runs in it; it begins with a page */
        (void)madvise(program_start, (uintptr_t)data_begin - (uintptr_t)program_start,
                      MADV_POPULATE_READ);
        bring_in(data_begin, data_end);
        bring_in(frame - STACK, frame);
        bring_in_heap();
}

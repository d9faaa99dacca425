/*
 * A line on standard error that is written over until the work is done. Only a
 * terminal gets it: a log of percentages helps nobody.
 */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/terminal.h"
#include "verity/image/svverity/svverity.h"

#define WIDTH 40

static void draw(uint64_t done, uint64_t of, void *context) {
        unsigned percent = of ? (unsigned)(done * 100 / of) : 100, full = percent * WIDTH / 100;

        fprintf(stderr, "\r%s [%.*s%*s] %3u %%", (const char *)context, (int)full,
                "########################################", (int)(WIDTH - full), "", percent);
        fflush(stderr);
}

VerityProgress *progress_for(const Settings *s) {
        return !s->quiet && terminal_is(STDERR_FILENO) ? draw : NULL;
}

void progress_end(const Settings *s) {
        if (progress_for(s))
                fputs("\r\x1b[K", stderr);
}

/*
 * Terminals. When in doubt a stream is plain text.
 */
#include "base/terminal.h"

#include <unistd.h>

#include "base/text.h"

bool terminal_is(int fd) {
        return isatty(fd) == 1;
}

bool terminal_has_colour(int fd) {
        const char *term = getenv("TERM");

        if (!terminal_is(fd) || !text_is_empty(getenv("NO_COLOR")))
                return false;
        return !text_is_empty(term) && !text_eq(term, "dumb");
}

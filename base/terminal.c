/*
 * Terminals. When in doubt a stream is plain text.
 */
#include "base/terminal.h"

#include <sys/ioctl.h>
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

size_t terminal_columns(int fd) {
        struct winsize size;

        return terminal_is(fd) && ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

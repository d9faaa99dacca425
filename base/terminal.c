/*
 * Terminals. When in doubt a stream is plain text of 80 columns.
 */
#include "base/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include "base/number.h"
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

unsigned terminal_width(int fd) {
        const char *columns = getenv("COLUMNS");
        struct winsize size;
        uint32_t n;

        if (columns && number_parse_u32(columns, 10, &n) == 0 && n > 0 && n < 10000)
                return n;
        if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
                return size.ws_col;
        return 80;
}

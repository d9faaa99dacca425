/*
 * Names of signals: the table knows those that have a word; the real-time ones
 * are counted from either end.
 */
#include "units/signal-name.h"

#include <signal.h>
#include <stdio.h>

#include "base/number.h"
#include "base/text.h"
#include "units/names.h"

/* REST follows "RTMIN" or "RTMAX": nothing, or SIGN and a number up to the other end. */
static int real_time(const char *rest, char sign, int from, int direction) {
        uint32_t n;

        if (!*rest)
                return from;
        if (*rest != sign || number_parse_u32(rest + 1, 10, &n) < 0 ||
            n > (uint32_t)(SIGRTMAX - SIGRTMIN))
                return -ENOENT;
        return from + direction * (int)n;
}

int signal_name_find(const char *name) {
        const char *rest = text_after(name, "SIG");
        int number;

        if (number_parse_int(name, &number) == 0)
                return number > 0 && number < _NSIG ? number : -ENOENT;
        number = names_find(&names_signals, name);
        if (number >= 0)
                return number;
        name = rest ? rest : name;
        rest = text_after(name, "RTMIN");
        if (rest)
                return real_time(rest, '+', SIGRTMIN, 1);
        rest = text_after(name, "RTMAX");
        return rest ? real_time(rest, '-', SIGRTMAX, -1) : -ENOENT;
}

int signal_name_parse(const char *name, Diag *diag) {
        char excerpt[TEXT_EXCERPT_MAX];
        const char *nearest;
        int number = signal_name_find(name);

        if (number >= 0)
                return number;
        nearest = names_nearest(&names_signals, name);
        text_excerpt(name, excerpt);
        if (nearest)
                return diag_error(diag, -EINVAL, "\"%s\" is no signal; did you mean SIG%s?",
                                  excerpt, nearest);
        return diag_error(diag, -EINVAL,
                          "\"%s\" is no signal; use a name such as SIGTERM, or SIGRTMIN+3, or a "
                          "number from 1 to %d",
                          excerpt, _NSIG - 1);
}

char *signal_name_format(int number, char ret[static SIGNAL_NAME_MAX]) {
        const char *name = names_of(&names_signals, number);

        if (name)
                snprintf(ret, SIGNAL_NAME_MAX, "SIG%s", name);
        else if (number >= SIGRTMIN && number <= SIGRTMAX)
                snprintf(ret, SIGNAL_NAME_MAX, "SIGRTMIN+%d", number - SIGRTMIN);
        else
                snprintf(ret, SIGNAL_NAME_MAX, "%d", number);
        return ret;
}

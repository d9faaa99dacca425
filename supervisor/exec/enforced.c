/*
 * The table knows it; here it is put into words.
 */
#include "supervisor/exec/enforced.h"

/* Names the walls among C's assigned rows that have FLAG, after what SAYS. */
static int name_rows(const Config *c, unsigned flag, const char *says, bool strict, Diag *diag) {
        _cleanup_(strbuf_done) StrBuf names = { 0 };

        DIRECTIVE_FOREACH(d)
                if ((d->flags & flag) && !(d->flags & SUPERVISION) && config_is_assigned(c, d))
                        strbuf_addf(&names, "%s%s=", names.length ? ", " : "", d->name);
        if (names.error < 0)
                return names.error;
        if (names.length == 0)
                return 0;
        if (strict)
                return diag_error(diag, -EOPNOTSUPP,
                                  "%s: %s; leave it out, or say Enforce=warn to run without it",
                                  says, names.text);
        diag_warning(diag, "%s: %s", says, names.text);
        return 0;
}

int enforced_check(const Config *c, bool managed, bool strict, Diag *diag) {
        int r = name_rows(c, NOT_ENFORCED, "not enforced in this version", strict, diag);

        if (r >= 0 && !managed)
                r = name_rows(c, MANAGED, "enforced by svmanager alone", strict, diag);
        return r;
}

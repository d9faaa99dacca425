/*
 * The table knows it; here it is put into words.
 */
#include "supervisor/exec/enforced.h"

void enforced_add_names(const Config *c, unsigned mask, unsigned flags, StrBuf *to) {
        DIRECTIVE_FOREACH(d)
                if ((d->flags & mask) == flags && config_is_assigned(c, d))
                        strbuf_addf(to, "%s%s=", to->length ? ", " : "", d->name);
}

int enforced_check(const Config *c, bool strict, Diag *diag) {
        _cleanup_(strbuf_done) StrBuf names = { 0 };

        enforced_add_names(c, NOT_ENFORCED | SUPERVISION | DESCRIPTIVE, NOT_ENFORCED, &names);
        if (names.error < 0)
                return names.error;
        if (names.length == 0)
                return 0;
        if (strict)
                return diag_error(
                        diag, -EOPNOTSUPP,
                        "not enforced in this version: %s; leave it out, or say Enforce=warn to "
                        "run without it",
                        names.text);
        diag_warning(diag, "not enforced in this version: %s", names.text);
        return 0;
}

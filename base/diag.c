/*
 * The list of things said about an input. Saying something never fails: an
 * entry that does not fit is counted instead.
 */
#include "base/diag.h"

#include <string.h>

#include "base/array.h"
#include "base/strbuf.h"
#include "base/text.h"

static void entry_done(DiagEntry *e) {
        free(e->file);
        free(e->directive);
        free(e->message);
}

void diag_done(Diag *d) {
        for (size_t i = 0; i < d->n; i++)
                entry_done(&d->entries[i]);
        free(d->entries);
        *d = (Diag){ 0 };
}

static int copy_or_null(const char *s, char **ret) {
        *ret = s ? strdup(s) : NULL;
        return s && !*ret ? -ENOMEM : 0;
}

static _printf_(4, 0) int entry_fill(DiagEntry *e, const Diag *d, DiagLevel level,
                                     const char *format, va_list ap) {
        _cleanup_(strbuf_done) StrBuf text = { 0 };

        *e = (DiagEntry){ .level = level, .line = d->line };
        strbuf_addv(&text, format, ap);
        if (copy_or_null(d->file, &e->file) < 0 || copy_or_null(d->directive, &e->directive) < 0)
                return -ENOMEM;
        return strbuf_take(&text, &e->message);
}

void diag_addv(Diag *d, DiagLevel level, const char *format, va_list ap) {
        DiagEntry e;

        if (!d)
                return;
        if (d->n >= DIAG_MAX || ARRAY_GROW(d->entries, d->n) < 0) {
                d->dropped++;
                return;
        }
        if (entry_fill(&e, d, level, format, ap) < 0) {
                entry_done(&e);
                d->dropped++;
                return;
        }
        d->entries[d->n++] = e;
}

bool diag_is_full(const Diag *d) {
        return !d || d->n >= DIAG_MAX;
}

int diag_error(Diag *d, int error, const char *format, ...) {
        va_list ap;

        va_start(ap, format);
        diag_addv(d, DIAG_ERROR, format, ap);
        va_end(ap);
        return error;
}

void diag_warning(Diag *d, const char *format, ...) {
        va_list ap;

        va_start(ap, format);
        diag_addv(d, DIAG_WARNING, format, ap);
        va_end(ap);
}

void diag_note(Diag *d, const char *format, ...) {
        va_list ap;

        va_start(ap, format);
        diag_addv(d, DIAG_NOTE, format, ap);
        va_end(ap);
}

size_t diag_count(const Diag *d, DiagLevel level) {
        size_t count = 0;

        for (size_t i = 0; i < d->n; i++)
                count += d->entries[i].level == level;
        return count;
}

int diag_entry_format(const DiagEntry *e, char **ret) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };

        if (e->file && e->line > 0)
                strbuf_addf(&b, "%s:%u: ", e->file, e->line);
        else if (e->file)
                strbuf_addf(&b, "%s: ", e->file);
        if (e->directive)
                strbuf_addf(&b, "%s=: ", e->directive);
        strbuf_add(&b, e->message);
        if (b.error >= 0)
                text_mask_control(b.text);
        return strbuf_take(&b, ret);
}

void diag_print(const Diag *d, size_t from, const char *prefix, FILE *to) {
        for (size_t i = from; i < d->n; i++) {
                _cleanup_free_ char *line = NULL;

                if (diag_entry_format(&d->entries[i], &line) < 0)
                        continue;
                fprintf(to, "%s%s%s\n", prefix ? prefix : "", prefix ? ": " : "", line);
        }
        if (d->dropped > 0)
                fprintf(to, "%s%s%zu more remarks are not shown\n", prefix ? prefix : "",
                        prefix ? ": " : "", d->dropped);
}

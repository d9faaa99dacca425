/*
 * Reads the text of a unit file as systemd.syntax(7) describes it and as systemd 252 behaves where
 * the page is silent. Knows nothing of directives: it yields sections, names and values.
 *
 *   - Lines end in LF, CR, NUL, or one of each in a row (so CRLF is one end); "#" and ";" after
 *     white space begin a comment, in the midst of a continued line too.
 *   - A backslash at the end joins the next line, with a space in its place.
 *   - A line that is neither a header nor an assignment is ignored with a warning, and so is an
 *     assignment before the first header. Everything after it still counts.
 *   - Three faults refuse the whole file, since the rest cannot be trusted to mean what was
 *     meant: a broken header, text that is no UTF-8, and a line without end.
 */
#pragma once

#include "base/diag.h"
#include "base/macro.h"

/* Bytes in a line, and in lines that backslashes join. A single line must stay below it. */
#define UNIT_TEXT_LINE_MAX (1024U * 1024U)

/* All strings are valid UTF-8 without CR, LF and NUL at the ends or within, and live until the
 * handler returns. */
typedef struct UnitTextItem {
        const char *section; /* "" for the header "[]" */
        const char *key;     /* without white space around it; NULL: the header itself */
        const char *value;   /* likewise; "" resets a list in many directives; NULL with the key */
        unsigned line;       /* from 1; where a joined line begins */
} UnitTextItem;

/* What unit_text_parse() calls for every header and every assignment, repeated ones too, in their
 * order. For a header, 0 means: pass over this section, and 1: go on. For an assignment both mean:
 * go on. Negative: stop; unit_text_parse() returns it. Meanwhile "line" and "directive" of the Diag
 * are set; when it returns they are cleared. */
typedef int UnitTextHandler(const UnitTextItem *item, void *userdata);

/* Returns 0 when the text was read to its end, -EBADMSG (broken section header), -EINVAL (not
 * UTF-8), -ENOBUFS (line too long), -ENOMEM or what HANDLER returned. What came before the fault
 * was handed over by then: after an error the caller discards it. "file" in DIAG is the caller's to
 * set. */
int unit_text_parse(const char *text, size_t size, UnitTextHandler *handler, void *userdata,
                    Diag *diag);

/* Length in bytes of the character at S, or 0 when unit text may not hold it: not UTF-8, or a code
 * point that Unicode will never assign. */
size_t unit_text_character(const char *s, size_t available);

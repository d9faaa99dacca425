/*
 * Any bytes are a unit file, or are refused: no crash, no read beyond the end, and what is handed
 * over keeps the promises of units/unit-text.h.
 */
#include <string.h>

#include "units/unit-text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_text(const char *s) {
        if (strpbrk(s, "\r\n"))
                abort();
}

static int check_item(const UnitTextItem *item, void *userdata) {
        unsigned *last_line = userdata;

        if (item->line == 0 || item->line < *last_line || !item->section)
                abort();
        *last_line = item->line;
        check_text(item->section);
        if (item->key)
                check_text(item->key);
        if (item->value)
                check_text(item->value);
        return 1;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        _cleanup_(diag_done) Diag diag = { 0 };
        unsigned last_line = 0;

        unit_text_parse((const char *)data, size, check_item, &last_line, &diag);
        return 0;
}

/*
 * The first line is an environment file, the rest a command line. Whatever they
 * hold: no crash; a command that was read is written so that it reads back as
 * equal; and variables are replaced without losing the program's name.
 */
#include <string.h>

#include "base/strv.h"
#include "base/text.h"
#include "units/command-line.h"
#include "units/environment-file.h"
#include "units/specifier.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool truth) {
        if (!truth)
                abort();
}

static void check_reads_back(const Command *c) {
        _cleanup_(command_line_list_done) CommandList again = { 0 };
        _cleanup_(diag_done) Diag diag = { 0 };
        _cleanup_free_ char *text = NULL;

        demand(command_line_format(c, &text) == 0);
        demand(text_is_utf8(text, strlen(text)) && !text_has_control(text));
        demand(command_line_parse(text, NULL, &diag, &again) == 0);
        demand(diag.n == 0 && again.n == 1 && command_line_equal(c, &again.items[0]));
}

static void check_substitution(const Command *c, char **environment) {
        _cleanup_strv_ char **argv = NULL;

        demand(command_line_substitute(c, environment, NULL, &argv) == 0);
        demand(argv && text_eq(argv[0], c->argv[0]));
        if (c->no_environment)
                demand(strv_equal(argv, c->argv));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        static const SpecifierContext specifiers = { .unit = "a-b@c\\x2dd.service" };
        _cleanup_(command_line_list_done) CommandList list = { 0 };
        _cleanup_strv_ char **environment = NULL;
        _cleanup_(diag_done) Diag diag = { 0 };
        _cleanup_free_ char *text = NULL;
        char *line;
        int r;

        text = strndup((const char *)data, size);
        demand(text != NULL);
        line = text + strcspn(text, "\n");
        if (*line)
                *line++ = '\0';
        r = environment_file_parse("fuzz", text, strlen(text), &environment, NULL);
        demand(r == 0 || (r == -EBADMSG && !environment));
        r = command_line_parse(line, &specifiers, &diag, &list);
        demand(r == 0 || list.n == 0);
        demand(diag.dropped > 0 || (diag_count(&diag, DIAG_ERROR) > 0) == (r < 0));
        for (size_t i = 0; i < list.n; i++) {
                check_reads_back(&list.items[i]);
                check_substitution(&list.items[i], environment);
        }
        return 0;
}

/*
 * ExecStart= and its kin: systemd.service(5). Each assignment adds to the list;
 * each command is written as an assignment of its own.
 */
#include "units/command-line.h"
#include "units/directive.h"
#include "units/setting.h"
#include "units/types.h"

static int commands_parse(const Directive *d, const char *value, const ParseContext *c,
                          void *field) {
        return *value ? command_line_parse(value, c->specifiers, c->diag, field)
                      : type_reset(d, field);
}

static void commands_format(const Directive *d, const void *field, StrBuf *to) {
        const CommandList *list = field;

        if (list->n == 0)
                type_format_line(d, "", to);
        for (size_t i = 0; i < list->n; i++) {
                _cleanup_free_ char *text = NULL;

                if (command_line_format(&list->items[i], &text) < 0)
                        to->error = -ENOMEM;
                else
                        type_format_line(d, text, to);
        }
}

static bool commands_equal(const void *a, const void *b) {
        const CommandList *x = a, *y = b;

        if (x->n != y->n)
                return false;
        for (size_t i = 0; i < x->n; i++)
                if (!command_line_equal(&x->items[i], &y->items[i]))
                        return false;
        return true;
}

static void commands_done(void *field) {
        command_line_list_done(field);
}

const Type type_commands = {
        .name = "commands",
        .size = sizeof(CommandList),
        .parse = commands_parse,
        .format = commands_format,
        .equal = commands_equal,
        .done = commands_done,
};

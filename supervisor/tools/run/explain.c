/*
 * A plan a command; commands that get the same plan share one heading.
 */
#include "supervisor/tools/run/explain.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "supervisor/sandbox/exit-status.h"
#include "supervisor/tools/run/command.h"
#include "supervisor/tools/run/prepare.h"

static void json_putp(json_object **o) {
        if (*o)
                json_object_put(*o);
}

static json_object *plan_to_json(const Plan *p) {
        json_object *list = json_object_new_array();

        for (size_t i = 0; i < p->n; i++) {
                _cleanup_(strbuf_done) StrBuf text = { 0 };
                json_object *op = json_object_new_object();

                op_format(&p->ops[i], &text);
                json_object_object_add(op, "operation",
                                       json_object_new_string(op_kind_name(p->ops[i].kind)));
                json_object_object_add(op, "directive",
                                       json_object_new_string(p->ops[i].directive));
                if (op_is_mount(&p->ops[i]) || p->ops[i].kind == OP_DIRECTORY)
                        json_object_object_add(op, "path", json_object_new_string(p->ops[i].path));
                if (p->ops[i].source)
                        json_object_object_add(op, "source",
                                               json_object_new_string(p->ops[i].source));
                json_object_object_add(op, "text",
                                       json_object_new_string(text.text ? text.text : ""));
                json_object_array_add(list, op);
        }
        return list;
}

/* Nothing is printed before all of it is known. */
typedef struct Output {
        json_object *commands; /* NULL: text is wanted */
        StrBuf text;
} Output;

static void output_done(Output *o) {
        json_putp(&o->commands);
        strbuf_done(&o->text);
}

static int show(const Runner *r, const Plan *p, const char *phase, const char *program,
                Output *to) {
        _cleanup_free_ char *text = NULL;
        json_object *entry;

        if (to->commands) {
                entry = json_object_new_object();
                json_object_object_add(entry, "phase", json_object_new_string(phase));
                json_object_object_add(entry, "program", json_object_new_string(program));
                json_object_object_add(entry, "operations", plan_to_json(p));
                json_object_array_add(to->commands, entry);
                return 0;
        }
        if (plan_format(p, &text) < 0)
                return -ENOMEM;
        if (r->request->unit && !r->request->command)
                strbuf_addf(&to->text, "# %s=%s\n", phase, program);
        strbuf_add(&to->text, text);
        return to->text.error;
}

static int explain_list(Runner *r, const CommandList *l, const char *phase, Output *to) {
        for (size_t i = 0; i < l->n; i++) {
                _cleanup_(plan_done) Plan p = { 0 };
                int e = command_plan(r, &l->items[i], phase, &r->diag, &p);

                if (e >= 0)
                        e = show(r, &p, phase, l->items[i].path, to);
                if (e < 0)
                        return e;
        }
        return 0;
}

static int explain_unit(Runner *r, Output *to) {
        const Config *c = &r->settings.config;
        const struct {
                const CommandList *list;
                const char *phase;
        } phases[] = {
                { &c->exec_condition, "ExecCondition" }, { &c->exec_start_pre, "ExecStartPre" },
                { &c->exec_start, "ExecStart" },         { &c->exec_start_post, "ExecStartPost" },
                { &c->exec_reload, "ExecReload" },       { &c->exec_stop, "ExecStop" },
                { &c->exec_stop_post, "ExecStopPost" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(phases); i++) {
                int e = explain_list(r, phases[i].list, phases[i].phase, to);

                if (e < 0)
                        return e;
        }
        return 0;
}

static int explain_all(Runner *r, Output *to) {
        Command command;
        const CommandList one = { .items = &command, .n = 1 };

        if (!r->request->command)
                return explain_unit(r, to);
        command = (Command){ .path = r->request->command[0], .argv = r->request->command };
        return explain_list(r, &one, "ExecStart", to);
}

/* What the caller cannot have, root can: R's errors from FIRST on say what that is. */
static int explain_for_root(const Runner *r, size_t first, Output *to) {
        _cleanup_(prepare_done) Runner root;

        if (prepare_for_root(r->request, &root) != 0 || explain_all(&root, to) < 0)
                return EXIT_NAMESPACE;
        for (size_t i = first; i < r->diag.n; i++) {
                _cleanup_free_ char *line = NULL;

                if (r->diag.entries[i].level == DIAG_ERROR &&
                    diag_entry_format(&r->diag.entries[i], &line) >= 0)
                        runner_say(r, "%s", line);
        }
        runner_say(r, "an ordinary user is refused that; shown is what root would get");
        runner_say_notes(&root);
        return 0;
}

static int explain_for_caller(Runner *r, int status, Output *to) {
        size_t first = status == 0 ? r->diag.n : 0;

        if (status == 0 && explain_all(r, to) < 0)
                status = EXIT_NAMESPACE;
        if (status != 0 && r->context.rootless) {
                Output again = { .commands = to->commands ? json_object_new_array() : NULL };

                output_done(to);
                *to = again;
                if (explain_for_root(r, first, to) == 0)
                        return 0;
        }
        runner_say_notes(r);
        return status;
}

int explain(const Request *request) {
        _cleanup_(output_done) Output to = { 0 };
        _cleanup_(prepare_done) Runner r;
        int status = prepare_runner(request, &r);

        if (request->json)
                to.commands = json_object_new_array();
        status = explain_for_caller(&r, status, &to);
        if (status == 0 && to.commands)
                puts(json_object_to_json_string_ext(
                        to.commands, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
        else if (status == 0 && to.text.text)
                fputs(to.text.text, stdout);
        return fflush(stdout) == 0 ? status : 1;
}

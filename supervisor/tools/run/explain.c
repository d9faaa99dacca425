/*
 * A plan a command; commands that get the same plan share one heading.
 */
#include "supervisor/tools/run/explain.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

#include "base/strbuf.h"
#include "supervisor/tools/run/command.h"
#include "supervisor/tools/run/prepare.h"

enum { EXIT_REFUSED = 226 };

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

static int show(const Runner *r, const Plan *p, const char *phase, const char *program,
                json_object *commands) {
        _cleanup_free_ char *text = NULL;
        json_object *entry;

        if (commands) {
                entry = json_object_new_object();
                json_object_object_add(entry, "phase", json_object_new_string(phase));
                json_object_object_add(entry, "program", json_object_new_string(program));
                json_object_object_add(entry, "operations", plan_to_json(p));
                json_object_array_add(commands, entry);
                return 0;
        }
        if (plan_format(p, &text) < 0)
                return -ENOMEM;
        if (r->request->unit && !r->request->command)
                printf("# %s=%s\n", phase, program);
        fputs(text, stdout);
        return 0;
}

static int explain_list(Runner *r, const CommandList *l, const char *phase, json_object *commands) {
        for (size_t i = 0; i < l->n; i++) {
                _cleanup_(plan_done) Plan p = { 0 };
                int e = command_plan(r, &l->items[i], phase, &r->diag, &p);

                if (e >= 0)
                        e = show(r, &p, phase, l->items[i].path, commands);
                if (e < 0)
                        return e;
        }
        return 0;
}

static int explain_unit(Runner *r, json_object *commands) {
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
                int e = explain_list(r, phases[i].list, phases[i].phase, commands);

                if (e < 0)
                        return e;
        }
        return 0;
}

static int explain_all(Runner *r, json_object *commands) {
        Command command;
        const CommandList one = { .items = &command, .n = 1 };

        if (!r->request->command)
                return explain_unit(r, commands);
        command = (Command){ .path = r->request->command[0], .argv = r->request->command };
        return explain_list(r, &one, "ExecStart", commands);
}

int explain(const Request *request) {
        _cleanup_(json_putp) json_object *commands = request->json ? json_object_new_array() : NULL;
        _cleanup_(prepare_done) Runner r;
        int status = prepare_runner(request, &r);

        if (status == 0 && explain_all(&r, commands) < 0)
                status = EXIT_REFUSED;
        runner_say_notes(&r);
        if (status == 0 && commands)
                puts(json_object_to_json_string_ext(
                        commands, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE));
        return fflush(stdout) == 0 ? status : 1;
}

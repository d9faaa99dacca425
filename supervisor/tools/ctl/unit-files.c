/*
 * "svctl enable" and its kin: links are made and removed, the manager reads them, and with --now
 * the units are started or stopped.
 */
#include <stdio.h>
#include <string.h>

#include "base/path.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/tools/ctl/unit-tree.h"
#include "units/unit-name.h"

static int preset_these(UnitTree *t, const CtlSettings *s, char **names) {
        return install_preset(&t->install, (InstallPresetMode)s->preset, names);
}
static int preset_all(UnitTree *t, const CtlSettings *s, char **names) {
        return install_preset_all(&t->install, (InstallPresetMode)s->preset);
}
static int set_default(UnitTree *t, const CtlSettings *s, char **names) {
        return install_set_default(&t->install, names[0]);
}
static int add_wants(UnitTree *t, const CtlSettings *s, char **names) {
        return install_depend(&t->install, names + 1, names[0], ".wants");
}
static int add_requires(UnitTree *t, const CtlSettings *s, char **names) {
        return install_depend(&t->install, names + 1, names[0], ".requires");
}

/* A row has "plain", or "run" where more than names is needed. */
typedef struct Change {
        const char *verb;
        int (*plain)(Install *i, char *const *names);
        int (*run)(UnitTree *t, const CtlSettings *s, char **names);
        const char *now;     /* what --now asks for */
        UnitType type;       /* of a name without one */
        bool paths, carries; /* names can be files; the result counts what units ask for */
} Change;

static const Change changes[] = {
        { "enable", install_enable, NULL, "start", UNIT_SERVICE, true, true },
        { "disable", install_disable, NULL, "stop", UNIT_SERVICE, false, false },
        { "reenable", install_reenable, NULL, "start", UNIT_SERVICE, true, true },
        { "mask", install_mask, NULL, "stop", UNIT_SERVICE, false, false },
        { "unmask", install_unmask, NULL, NULL, UNIT_SERVICE, false, false },
        { "link", install_link, NULL, NULL, UNIT_SERVICE, true, false },
        { "revert", install_revert, NULL, NULL, UNIT_SERVICE, false, false },
        { "preset", NULL, preset_these, NULL, UNIT_SERVICE, false, false },
        { "preset-all", NULL, preset_all, NULL, UNIT_SERVICE, false, false },
        { "set-default", NULL, set_default, NULL, UNIT_TARGET, false, false },
        { "add-wants", NULL, add_wants, NULL, UNIT_SERVICE, false, false },
        { "add-requires", NULL, add_requires, NULL, UNIT_SERVICE, false, false },
};

static const Change *find_change(const char *verb) {
        for (size_t k = 0; k < ARRAY_SIZE(changes); k++)
                if (text_eq(changes[k].verb, verb))
                        return &changes[k];
        assert(false);
        return NULL;
}

/* ---- names ---- */

/* A path from where the program stands, as one from the root. */
static int take_path(const char *text, char **ret) {
        _cleanup_free_ char *here = path_is_absolute(text) ? NULL : getcwd(NULL, 0);

        if (!here && !path_is_absolute(text))
                return -errno;
        if (asprintf(ret, "%s%s%s", here ? here : "", here ? "/" : "", text) < 0)
                return -ENOMEM;
        path_simplify(*ret);
        return 0;
}

static int take_names(const Change *c, char *texts[], char ***ret) {
        _cleanup_strv_ char **names = NULL;

        STRV_FOREACH(text, texts) {
                char *name = NULL;

                if (strchr(*text, '/')) {
                        if (!c->paths) {
                                ctl_complain("\"%s\" is no name of a unit; \"%s\" takes no paths",
                                             *text, c->verb);
                                return 2;
                        }
                        if (take_path(*text, &name) < 0)
                                return 1;
                } else if (unit_name_complete(*text, c->type, &name) < 0) {
                        ctl_complain("\"%s\" is no name of a unit; write for example \"nginx\" or "
                                     "\"nginx.service\"",
                                     *text);
                        return 2;
                }
                if (strv_push(&names, name) < 0)
                        return 1;
        }
        *ret = TAKE_PTR(names);
        return 0;
}

/* ---- telling ---- */

static json_object *change_as_json(const InstallChange *c) {
        json_object *o = json_object_new_object();

        json_object_object_add(o, "change", json_object_new_string(install_change_name(c->kind)));
        json_object_object_add(o, "path", json_object_new_string(c->path));
        if (c->target)
                json_object_object_add(o, "target", json_object_new_string(c->target));
        return o;
}

static int print_changes(const Install *i, bool json) {
        for (size_t k = 0; k < i->n; k++) {
                _cleanup_json_ json_object *o = json ? change_as_json(&i->changes[k]) : NULL;
                _cleanup_free_ char *line = NULL;

                if (!json && install_change_format(&i->changes[k], &line) < 0)
                        return 1;
                if (json)
                        puts(json_object_to_json_string_ext(o, JSON_C_TO_STRING_NOSLASHESCAPE));
                else
                        fprintf(stderr, "%s\n", text_mask_control(line));
        }
        return 0;
}

static void print_hint(char *const *names) {
        ctl_complain("%s has nothing to enable: no WantedBy=, RequiredBy=, UpheldBy=, Alias= or "
                     "Also= in a section [Install]. Such a unit is started by other units, by a "
                     "socket, timer or path, or by hand; a template needs the name of an instance; "
                     "\"svctl add-wants TARGET UNIT\" lets a target want it",
                     names && names[0] && !names[1] ? path_last(names[0]) : "none of these units");
}

static int do_now(const Change *c, char **names, void *context) {
        _cleanup_free_ char **argv = calloc(strv_length(names) + 2, sizeof(char *));
        int argc = 1;

        if (!argv)
                return 1;
        argv[0] = (char *)c->now;
        STRV_FOREACH(name, names)
                argv[argc++] = (char *)path_last(*name);
        return ctl_job(argc, argv, context);
}

int ctl_unit_files(int argc, char *argv[], void *context) {
        const CtlSettings *settings = context;
        const Change *c = find_change(argv[0]);
        _cleanup_(unit_tree_done) UnitTree t = { .path = LOAD_PATH_EMPTY };
        _cleanup_strv_ char **names = NULL;
        int r, status = take_names(c, argv + 1, &names);

        if (status == 0 && settings->now && (!c->now || *settings->root)) {
                ctl_complain("--now does not go with %s", *settings->root ? "--root=" : c->verb);
                return 2;
        }
        if (status == 0)
                status = unit_tree_open(settings, &t);
        if (status)
                return status;
        r = c->plain ? c->plain(&t.install, names) : c->run(&t, settings, names);
        status = settings->quiet ? 0 : print_changes(&t.install, settings->json);
        if (status == 0)
                status = unit_tree_judge(&t, r);
        if (status == 0 && r == 0 && c->carries && !settings->quiet)
                print_hint(names);
        if (t.bus && !settings->no_reload && t.install.n > 0) {
                r = client_call(t.bus, &(ClientCall){ "Reload", "read the files again" }, NULL, "");
                status = status ? status : r;
        }
        return status == 0 && settings->now ? do_now(c, names, context) : status;
}

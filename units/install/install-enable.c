/*
 * Enabling: the links that a unit's [Install] section asks for, and for a unit that lies outside of
 * the load path one to its file. Also links that a person asks for: "link", "add-wants".
 */
#include <stdio.h>
#include <string.h>

#include "base/path.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/install/install-inside.h"
#include "units/unit-name.h"

/* The first error stays; else the counts are added. */
static int add_up(int sum, int r) {
        if (sum < 0)
                return sum;
        return r < 0 ? r : sum + r;
}

static int make_link(Install *i, const InstallUnit *u, const char *below, bool force) {
        _cleanup_free_ char *path = NULL;
        int r = path_join(install_place(i), below, &path);

        return r < 0 ? r
                     : install_tree_link(
                               i,
                               &(InstallLink){ .path = path, .target = u->path, .force = force });
}

/* ---- aliases ---- */

/* In the directory of a unit that is no template, a template would not be found. */
static bool may_stand_in(const char *name, const char *destination) {
        int kind = unit_name_kind(destination);

        return kind == UNIT_NAME_TEMPLATE ||
               (kind > 0 && unit_name_kind(name) != UNIT_NAME_TEMPLATE);
}

/* "foo.target.wants/bar.service": an alias that is a dependency, from before there was WantedBy=.
 * 0 where it may be made. */
static int check_link_path(Install *i, const InstallUnit *u, const char *alias) {
        _cleanup_free_ char *parent = install_tree_parent(alias);
        char *dot = parent ? strrchr(parent, '.') : NULL;

        if (!parent)
                return -ENOMEM;
        if (dot && (text_eq(dot, ".wants") || text_eq(dot, ".requires"))) {
                *dot = '\0';
                if (text_eq(path_last(alias), u->name) && may_stand_in(u->name, parent))
                        return 0;
        }
        return diag_error(i->diag, -EXDEV, "%s cannot have the alias \"%s\"", u->name, alias);
}

/* The name of the link: an alias that is a template gets U's instance. */
static int alias_name(Install *i, const InstallUnit *u, const char *text, char **ret) {
        _cleanup_free_ char *alias = NULL, *instance = NULL;
        const char *fault;
        int r = install_unit_expand(i, u, text, &alias);

        if (r < 0)
                return r;
        if (strchr(alias, '/')) {
                r = check_link_path(i, u, alias);
        } else if (unit_name_kind(alias) == UNIT_NAME_TEMPLATE &&
                   unit_name_kind(u->name) == UNIT_NAME_INSTANCE) {
                r = unit_name_instance(u->name, &instance);
                return r < 0 ? r : unit_name_with_instance(alias, instance, ret);
        } else {
                r = install_check_name(i, alias);
                fault = r < 0 || text_eq(alias, u->name) ? NULL : load_alias_fault(alias, u->name);
                if (fault)
                        r = diag_error(i->diag, -EXDEV, "%s cannot have the alias \"%s\": %s",
                                       u->name, alias, fault);
        }
        if (r >= 0)
                *ret = TAKE_PTR(alias);
        return r < 0 ? r : 0;
}

static int make_aliases(Install *i, const InstallUnit *u) {
        int sum = 0;

        STRV_FOREACH(text, u->aliases) {
                _cleanup_free_ char *alias = NULL;
                int r = alias_name(i, u, *text, &alias);

                if (r >= 0 && !text_eq(alias, u->name))
                        r = make_link(i, u, alias, i->flags & INSTALL_FORCE);
                sum = add_up(sum, r);
        }
        return sum;
}

/* ---- dependencies ---- */

bool install_enable_exists(Install *i, const char *name) {
        _cleanup_(install_unit_done) InstallWork work = { 0 };
        InstallUnit *u;

        return install_unit_add(&work, name, false, &u) >= 0 &&
               install_unit_find(i, &work, u, INSTALL_FOLLOW, &u) >= 0;
}

/* The name in the link: of a template its default instance, which must not be masked. */
static int wanting_name(Install *i, const InstallUnit *u, char **ret) {
        _cleanup_(install_unit_done) InstallWork work = { 0 };
        _cleanup_free_ char *name = NULL;
        InstallUnit *instance;
        int r;

        if (unit_name_kind(u->name) != UNIT_NAME_TEMPLATE || !u->default_instance) {
                *ret = strdup(u->name);
                return *ret ? 0 : -ENOMEM;
        }
        r = unit_name_with_instance(u->name, u->default_instance, &name);
        if (r >= 0)
                r = install_unit_add(&work, name, false, &instance);
        if (r >= 0)
                r = install_unit_find(i, &work, instance, INSTALL_FOLLOW, &instance);
        if (r >= 0 && instance->mode == INSTALL_MODE_MASKED)
                r = -ERFKILL;
        if (r < 0)
                return install_refuse(i, r, name ? name : u->name);
        *ret = TAKE_PTR(name);
        return 0;
}

/* May NAME, the unit to be pulled in, stand in the directory of DESTINATION? */
static int check_destination(Install *i, const char *name, const char *destination) {
        int r = install_check_name(i, destination);

        if (r < 0)
                return r;
        if (!may_stand_in(name, destination))
                return diag_error(i->diag, -EINVAL,
                                  "%s is a template, and %s is none; enable an instance of it, "
                                  "such as \"%.*s@NAME%s\"",
                                  name, destination, (int)(strchr(name, '@') - name), name,
                                  strrchr(name, '.'));
        return 0;
}

static int make_dependency(Install *i, const InstallUnit *u, const char *name, const char *text,
                           const char *suffix) {
        _cleanup_free_ char *destination = NULL, *below = NULL;
        int made, r = install_unit_expand(i, u, text, &destination);

        if (r >= 0)
                r = check_destination(i, name, destination);
        if (r < 0)
                return r;
        if (asprintf(&below, "%s%s/%s", destination, suffix, name) < 0)
                return -ENOMEM;
        made = make_link(i, u, below, true);
        if (!install_enable_exists(i, destination)) {
                r = install_note(i, INSTALL_NO_DESTINATION, name, destination);
                made = MIN_OF(made, r < 0 ? r : made);
        }
        return made;
}

/* Is TEXT what nothing can be done about, when nobody asked for this unit? */
static bool is_to_be_passed(const InstallUnit *u, const char *name, const char *text) {
        return unit_name_kind(name) == UNIT_NAME_TEMPLATE && !strchr(text, '%') &&
               unit_name_kind(text) != UNIT_NAME_TEMPLATE;
}

static int make_dependencies(Install *i, const InstallUnit *u, size_t kind, bool lenient) {
        _cleanup_free_ char *name = NULL;
        int r, sum = 0;

        if (!u->wanted_by[kind])
                return 0;
        r = wanting_name(i, u, &name);
        if (r < 0)
                return r;
        STRV_FOREACH(text, u->wanted_by[kind]) {
                if (lenient && is_to_be_passed(u, name, *text))
                        continue;
                sum = add_up(sum, make_dependency(i, u, name, *text, install_unit_suffixes[kind]));
        }
        return sum;
}

/* ---- units ---- */

/* A file outside of the load path gets a link in it. */
static int link_file(Install *i, const InstallUnit *u) {
        int r = load_alias_points_into(i->path, &i->places, u->path);

        if (r != 0)
                return MIN_OF(r, 0);
        return make_link(i, u, u->name, i->flags & INSTALL_FORCE);
}

static int enable_unit(Install *i, const InstallUnit *u, bool lenient) {
        int sum, r = link_file(i, u);

        if (r < 0) /* other links would lead to nothing */
                return r;
        sum = add_up(r, make_aliases(i, u));
        for (size_t kind = 0; kind < INSTALL_DEPENDENCIES; kind++)
                sum = add_up(sum, make_dependencies(i, u, kind, lenient));
        return sum;
}

int install_enable_apply(Install *i, InstallWork *w, unsigned how, bool lenient) {
        InstallUnit *u;
        int sum = 0;

        while ((u = install_unit_next(w))) {
                const char *name = u->name;
                bool auxiliary = u->auxiliary;
                int r = install_unit_find(i, w, u, how, &u);

                if (r < 0 && auxiliary)
                        r = install_note(i, INSTALL_NO_AUXILIARY, name, NULL);
                else if (r < 0)
                        return r == -ENOMEM ? r : install_refuse(i, r, name);
                else if (u->mode == INSTALL_MODE_MASKED) {
                        r = install_note(i, INSTALL_IS_MASKED, u->name, NULL);
                        sum = add_up(sum, 1); /* it may well have something to install */
                } else
                        r = enable_unit(i, u, lenient);
                sum = add_up(sum, r);
        }
        return sum;
}

int install_enable(Install *i, char *const *names) {
        _cleanup_(install_unit_done) InstallWork work = { 0 };
        InstallUnit *u;

        STRV_FOREACH(name, names) {
                int r = install_unit_discover(
                        i, &work, &(InstallQuery){ *name, INSTALL_READ | INSTALL_FOLLOW, false },
                        &u);

                if (r < 0)
                        return r;
        }
        return install_enable_apply(i, &work, INSTALL_READ, false);
}

int install_reenable(Install *i, char *const *names) {
        _cleanup_strv_ char **plain = NULL;
        int r = 0;

        STRV_FOREACH(name, names)
                if (r >= 0)
                        r = strv_add(&plain, path_last(*name));
        if (r >= 0)
                r = install_disable(i, plain);
        return r < 0 ? r : install_enable(i, names);
}

/* ---- what people ask for ---- */

static int check_file(Install *i, const char *path) {
        struct stat st;
        int r;

        if (!path_is_absolute(path))
                return diag_error(i->diag, -EINVAL, "\"%s\" is no absolute path of a file", path);
        r = install_check_name(i, path_last(path));
        if (r < 0)
                return r;
        r = install_tree_stat(i, path, &st);
        if (r < 0)
                return install_refuse(i, r, path);
        if (S_ISLNK(st.st_mode))
                return diag_error(i->diag, -ELOOP, "%s%s is a link; name the file itself",
                                  i->path->root, path);
        if (!S_ISREG(st.st_mode))
                return install_refuse(i, S_ISDIR(st.st_mode) ? -EISDIR : -EBADF, path);
        return load_alias_points_into(i->path, &i->places, path);
}

int install_link(Install *i, char *const *paths) {
        _cleanup_strv_ char **wanted = NULL;
        int r = 0, sum = 0;

        STRV_FOREACH(path, paths) {
                r = check_file(i, *path);
                if (r == 0) /* what is found anyway needs no link */
                        r = strv_add(&wanted, *path);
                if (r < 0)
                        return r;
        }
        STRV_FOREACH(path, wanted)
                sum = add_up(sum, make_link(i, &(InstallUnit){ .path = *path }, path_last(*path),
                                            i->flags & INSTALL_FORCE));
        return sum;
}

static int set_dependency(InstallUnit *u, const char *target, const char *suffix) {
        int r = 0;

        strv_free(u->aliases);
        u->aliases = NULL;
        for (size_t kind = 0; kind < INSTALL_DEPENDENCIES; kind++) {
                strv_free(u->wanted_by[kind]);
                u->wanted_by[kind] = NULL;
                if (text_eq(install_unit_suffixes[kind], suffix))
                        r = strv_add(&u->wanted_by[kind], target);
        }
        return r;
}

int install_depend(Install *i, char *const *names, const char *target, const char *suffix) {
        _cleanup_(install_unit_done) InstallWork work = { 0 }, other = { 0 };
        InstallUnit *u, *of;
        int r = install_unit_discover(i, &other, &(InstallQuery){ target, INSTALL_FOLLOW, false },
                                      &of);

        if (r < 0)
                return r;
        STRV_FOREACH(name, names) {
                r = install_unit_discover(i, &work, &(InstallQuery){ *name, INSTALL_FOLLOW, false },
                                          &u);
                if (r >= 0)
                        r = set_dependency(u, of->name, suffix);
                if (r < 0)
                        return r;
        }
        return install_enable_apply(i, &work, INSTALL_FOLLOW, false);
}

/* ---- the default ---- */

int install_set_default(Install *i, const char *name) {
        _cleanup_(install_unit_done) InstallWork work = { 0 };
        InstallUnit *u;
        int r = install_check_name(i, name);

        if (r < 0)
                return r;
        if (unit_name_type(name) != UNIT_TARGET || text_eq(name, "default.target"))
                return diag_error(i->diag, -EINVAL, "%s cannot be the default; name a target",
                                  name);
        r = install_unit_discover(i, &work, &(InstallQuery){ name, 0, false }, &u);
        return r < 0 ? r : make_link(i, u, "default.target", true);
}

int install_get_default(Install *i, char **ret) {
        _cleanup_(install_unit_done) InstallWork work = { 0 };
        InstallUnit *u;
        int r = install_unit_discover(
                i, &work, &(InstallQuery){ "default.target", INSTALL_FOLLOW, false }, &u);

        if (r < 0)
                return r;
        *ret = strdup(u->name);
        return *ret ? 0 : -ENOMEM;
}

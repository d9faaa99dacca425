/*
 * Is a unit enabled? That is told by the links that lead to it, wherever they are: their names, and
 * where they lie. Rules are those of systemctl(1), "is-enabled", and of systemd 252 where the page
 * is silent.
 */
#include <fnmatch.h>
#include <string.h>

#include "base/array.h"
#include "base/dir.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/install/install-inside.h"
#include "units/unit-name.h"

static const char *const names[] = {
        [INSTALL_ENABLED] = "enabled",
        [INSTALL_ENABLED_RUNTIME] = "enabled-runtime",
        [INSTALL_LINKED] = "linked",
        [INSTALL_LINKED_RUNTIME] = "linked-runtime",
        [INSTALL_ALIAS] = "alias",
        [INSTALL_MASKED] = "masked",
        [INSTALL_MASKED_RUNTIME] = "masked-runtime",
        [INSTALL_STATIC] = "static",
        [INSTALL_DISABLED] = "disabled",
        [INSTALL_INDIRECT] = "indirect",
        [INSTALL_GENERATED] = "generated",
        [INSTALL_TRANSIENT] = "transient",
        [INSTALL_BAD] = "bad",
};

const char *install_state_name(InstallState state) {
        return names[state];
}

bool install_state_is_on(InstallState state) {
        return state == INSTALL_ENABLED || state == INSTALL_ENABLED_RUNTIME ||
               state == INSTALL_STATIC || state == INSTALL_ALIAS || state == INSTALL_INDIRECT ||
               state == INSTALL_GENERATED;
}

/* ---- links ---- */

/* What was found of one unit. "known" are links that its [Install] section asks for. */
typedef struct Search {
        const Install *install;
        const InstallUnit *unit;
        bool known_only;
        bool below; /* where its file lies, or after that: a same name there means nothing */
        bool linked, linked_runtime; /* the file itself is a link in such a directory */
} Search;

static bool is_known(const InstallUnit *u, const char *name) {
        _cleanup_free_ char *instance = NULL;

        return text_eq(u->name, name) || strv_contains(u->aliases, name) ||
               (u->default_instance && unit_name_kind(u->name) == UNIT_NAME_TEMPLATE &&
                unit_name_with_instance(u->name, u->default_instance, &instance) >= 0 &&
                text_eq(instance, name));
}

/* An instance of a template belongs to it. */
static bool is_of(const InstallUnit *u, const char *name) {
        _cleanup_free_ char *template = NULL;

        return text_eq(name, u->name) ||
               (unit_name_kind(u->name) == UNIT_NAME_TEMPLATE &&
                unit_name_kind(name) == UNIT_NAME_INSTANCE &&
                unit_name_template(name, &template) >= 0 && text_eq(template, u->name));
}

/* Does the link NAME, in a load directory, count? RET_SAME: it is the unit's own name. */
static bool counts(const Search *s, const char *directory, const char *name, bool *ret_same) {
        const InstallUnit *u = s->unit;
        bool has_name = !s->below && text_eq(name, u->name), leads;
        _cleanup_free_ char *target = NULL;

        if (load_alias_target(&(LoadAliasLink){ .path = s->install->path,
                                                .directory = directory,
                                                .name = name },
                              &target) < 0)
                return false;
        leads = text_eq(path_last(target), u->name);
        if (has_name && leads) {
                *ret_same = true;
                return false;
        }
        return (has_name || leads) && (!s->known_only || is_known(u, name));
}

/* The same in a directory of dependencies, where only the link's name means something. */
static bool depends(const Search *s, const char *name) {
        return is_of(s->unit, name) && (!s->known_only || is_known(s->unit, name));
}

static bool is_dependencies(const char *name) {
        for (size_t k = 0; k < INSTALL_DEPENDENCIES; k++)
                if (text_ends_with(name, install_unit_suffixes[k]))
                        return true;
        return false;
}

/* Is there a link that counts in DIRECTORY or, at the top, in the ".wants" and so on in it? */
static int search_directory(const Search *s, const char *directory, bool top, bool *ret_same) {
        _cleanup_fd_ int fd = install_tree_open(s->install, directory);
        _cleanup_(dir_closep) DIR *dir = NULL;
        int r = fd < 0 ? 0 : dir_open_at(fd, ".", &dir);

        for (struct dirent *e; r == 0 && dir && (e = dir_next(dir));) {
                _cleanup_free_ char *below = NULL;

                if (e->d_type == DT_LNK || e->d_type == DT_UNKNOWN)
                        r = top ? counts(s, directory, e->d_name, ret_same) : depends(s, e->d_name);
                if (r == 0 && top && is_dependencies(e->d_name)) {
                        if (path_join(directory, e->d_name, &below) < 0)
                                return -ENOMEM;
                        r = search_directory(s, below, false, ret_same);
                }
        }
        return r;
}

/* 1 with the state, 0: no link counts. */
static int search_all(Search *s, InstallState *ret) {
        bool runtime = false, elsewhere = false;

        s->below = false;
        STRV_FOREACH(directory, s->install->path->directories) {
                InstallPlaceKind place = install_place_kind(s->install, *directory);
                bool same = false;
                int r = search_directory(s, *directory, true, &same);

                if (r < 0)
                        return r;
                if (r > 0 && place == INSTALL_PLACE_LASTING) {
                        *ret = INSTALL_ENABLED;
                        return 1;
                }
                runtime = runtime || (r > 0 && place == INSTALL_PLACE_RUNTIME);
                elsewhere = elsewhere || (r > 0 && place != INSTALL_PLACE_RUNTIME);
                s->linked = s->linked || (same && place == INSTALL_PLACE_LASTING);
                s->linked_runtime = s->linked_runtime || (same && place == INSTALL_PLACE_RUNTIME);
                s->below = s->below || path_after(s->unit->path, *directory);
        }
        if (runtime)
                *ret = INSTALL_ENABLED_RUNTIME;
        else if (elsewhere && unit_name_kind(s->unit->name) == UNIT_NAME_INSTANCE)
                *ret = INSTALL_STATIC; /* it was made to exist by whoever shipped it */
        else if (s->linked)
                *ret = INSTALL_LINKED;
        else if (s->linked_runtime)
                *ret = INSTALL_LINKED_RUNTIME;
        else
                return 0;
        return 1;
}

/* ---- one unit ---- */

static InstallState state_without_links(const InstallUnit *u) {
        bool something = u->aliases != NULL;

        for (size_t k = 0; k < INSTALL_DEPENDENCIES; k++)
                something = something || u->wanted_by[k];
        if (something)
                return INSTALL_DISABLED;
        return u->also ? INSTALL_INDIRECT : INSTALL_STATIC;
}

static int state_by_links(Install *i, const InstallUnit *u, InstallState *ret) {
        Search s = { .install = i, .unit = u, .known_only = true };
        int r = search_all(&s, ret);

        if (r != 0)
                return r;
        s.known_only = false;
        r = search_all(&s, ret);
        if (r < 0)
                return r;
        *ret = r > 0 ? INSTALL_INDIRECT : state_without_links(u);
        return 0;
}

static int state_of(Install *i, const InstallUnit *u, const char *name, InstallState *ret) {
        InstallPlaceKind place = install_place_of(i, u->path);

        if (u->mode == INSTALL_MODE_MASKED)
                *ret = place == INSTALL_PLACE_RUNTIME ? INSTALL_MASKED_RUNTIME : INSTALL_MASKED;
        else if (!text_eq(name, path_last(u->path)) &&
                 unit_name_kind(u->name) != UNIT_NAME_INSTANCE)
                *ret = INSTALL_ALIAS;
        else if (place == INSTALL_PLACE_GENERATED)
                *ret = INSTALL_GENERATED;
        else if (place == INSTALL_PLACE_TRANSIENT)
                *ret = INSTALL_TRANSIENT;
        else
                return state_by_links(i, u, ret);
        return 0;
}

int install_state(Install *i, const char *name, InstallState *ret) {
        _cleanup_(install_unit_done) InstallWork work = { 0 };
        Diag *diag = i->diag;
        InstallUnit *u;
        int r = install_unit_add(&work, name, false, &u);

        i->diag = NULL;
        if (r >= 0)
                r = install_unit_find(i, &work, u, INSTALL_READ | INSTALL_FOLLOW, &u);
        if (r >= 0)
                r = state_of(i, u, name, ret);
        i->diag = diag;
        return MIN_OF(r, 0);
}

/* ---- all units ---- */

void install_list_done(InstallFiles *files) {
        for (size_t k = 0; k < files->n; k++)
                free(files->items[k].path);
        free(files->items);
        *files = (InstallFiles){ 0 };
}

static bool has_preset(InstallState state) {
        return state != INSTALL_ALIAS && state != INSTALL_STATIC && state != INSTALL_GENERATED &&
               state != INSTALL_TRANSIENT;
}

static bool fits(const char *name, char *const *patterns) {
        if (!patterns || !*patterns)
                return true;
        STRV_FOREACH(p, patterns)
                if (fnmatch(*p, name, FNM_NOESCAPE) == 0)
                        return true;
        return false;
}

typedef struct Listing {
        Install *install;
        const InstallRules *rules;
        char *const *patterns, *const *states;
        InstallFiles *files;
} Listing;

static int add_file(const Listing *l, const char *directory, const char *name) {
        InstallFile file = { .state = INSTALL_BAD };
        int r = install_state(l->install, name, &file.state);

        if (r == -ENOMEM)
                return r;
        if (l->states && *l->states && !strv_contains(l->states, install_state_name(file.state)))
                return 0;
        file.has_preset = has_preset(file.state);
        if (file.has_preset) {
                _cleanup_strv_ char **instances = NULL;

                r = install_rules_query(l->rules, name, &instances);
                if (r < 0)
                        return r;
                file.preset = r > 0;
        }
        if (ARRAY_GROW(l->files->items, l->files->n) < 0 ||
            path_join(directory, name, &file.path) < 0)
                return -ENOMEM;
        l->files->items[l->files->n++] = file;
        return 0;
}

static int list_directory(const Listing *l, const char *directory, char ***seen) {
        _cleanup_fd_ int fd = install_tree_open(l->install, directory);
        _cleanup_(dir_closep) DIR *dir = NULL;
        int r = fd < 0 ? 0 : dir_open_at(fd, ".", &dir);

        for (struct dirent *e; r >= 0 && dir && (e = dir_next(dir));) {
                struct stat st;

                if (!unit_name_is_valid(e->d_name) || !fits(e->d_name, l->patterns) ||
                    fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
                    (!S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode)) ||
                    strv_contains(*seen, e->d_name))
                        continue;
                r = strv_add(seen, e->d_name);
                if (r >= 0)
                        r = add_file(l, directory, e->d_name);
        }
        return r;
}

static int by_name(const void *a, const void *b) {
        return strcmp(path_last(((const InstallFile *)a)->path),
                      path_last(((const InstallFile *)b)->path));
}

int install_list(Install *i, char *const *patterns, char *const *states, InstallFiles *ret) {
        _cleanup_(install_rules_freep) InstallRules *rules = NULL;
        _cleanup_(install_list_done) InstallFiles files = { 0 };
        _cleanup_strv_ char **seen = NULL;
        int r = install_rules_read(i, &rules);
        const Listing l = { i, rules, patterns, states, &files };

        STRV_FOREACH(directory, i->path->directories)
                if (r >= 0)
                        r = list_directory(&l, *directory, &seen);
        if (r < 0)
                return r;
        if (files.items)
                qsort(files.items, files.n, sizeof(InstallFile), by_name);
        *ret = files;
        files = (InstallFiles){ 0 };
        return 0;
}

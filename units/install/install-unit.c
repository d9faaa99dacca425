/*
 * A unit file as enabling sees it: where it lies, what it is an alias of, and its section
 * [Install]. The rest of the file, and whether the unit would load, does not matter here.
 *
 * The first of a name in the load path counts, an instance's own file before its template's. Links
 * are followed one by one, so that it is known which of the names is an alias of which.
 */
#include <string.h>

#include "base/array.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/install/install-inside.h"
#include "units/load-dropin.h"
#include "units/load.h"
#include "units/specifier.h"
#include "units/unit-name.h"
#include "units/unit-text.h"
#include "units/word.h"

enum { HOPS_MAX = 64 };

const char *const install_unit_suffixes[INSTALL_DEPENDENCIES] = { ".wants", ".requires",
                                                                  ".upholds" };

/* ---- the units that are worked on ---- */

static void unit_free(InstallUnit *u) {
        free(u->name);
        free(u->path);
        free(u->target);
        strv_free(u->aliases);
        strv_free(u->also);
        for (size_t k = 0; k < INSTALL_DEPENDENCIES; k++)
                strv_free(u->wanted_by[k]);
        free(u->default_instance);
        free(u);
}
DEFINE_CLEANUP(InstallUnit, unit_free)

void install_unit_done(InstallWork *w) {
        for (size_t k = 0; k < w->n; k++)
                unit_free(w->units[k]);
        free(w->units);
        *w = (InstallWork){ 0 };
}

static InstallUnit *find_unit(const InstallWork *w, const char *name) {
        for (size_t k = 0; k < w->n; k++)
                if (text_eq(w->units[k]->name, name))
                        return w->units[k];
        return NULL;
}

bool install_unit_has(const InstallWork *w, const char *name) {
        return find_unit(w, name) != NULL;
}

int install_unit_add(InstallWork *w, const char *name_or_path, bool auxiliary, InstallUnit **ret) {
        const char *name = path_last(name_or_path);
        _cleanup_(unit_freep) InstallUnit *u = NULL;
        InstallUnit *known = find_unit(w, name);

        if (!unit_name_is_valid(name))
                return -EINVAL;
        if (known) {
                known->auxiliary = known->auxiliary && auxiliary;
                *ret = known;
                return 0;
        }
        u = calloc(1, sizeof(*u));
        if (!u)
                return -ENOMEM;
        u->auxiliary = auxiliary;
        u->name = strdup(name);
        if (path_is_absolute(name_or_path))
                u->path = strdup(name_or_path);
        if (!u->name || (path_is_absolute(name_or_path) && !u->path) ||
            array_grow(&w->units, w->n, sizeof(void *)) < 0)
                return -ENOMEM;
        *ret = u;
        w->units[w->n++] = TAKE_PTR(u);
        return 0;
}

InstallUnit *install_unit_next(InstallWork *w) {
        return w->next < w->n ? w->units[w->next++] : NULL;
}

/* ---- [Install] ---- */

/* A template with a DefaultInstance= is spoken of as if it were that instance. */
static int spoken_name(const InstallUnit *u, char **ret) {
        if (u->default_instance && unit_name_kind(u->name) == UNIT_NAME_TEMPLATE)
                return unit_name_with_instance(u->name, u->default_instance, ret);
        *ret = strdup(u->name);
        return *ret ? 0 : -ENOMEM;
}

int install_unit_expand(Install *i, const InstallUnit *u, const char *text, char **ret) {
        _cleanup_free_ char *name = NULL;
        int r = spoken_name(u, &name);

        if (r < 0)
                return r;
        return specifier_expand(&(SpecifierContext){ .unit = name,
                                                     .fragment_path = u->path,
                                                     .root_fd = i->path->root_fd },
                                text, i->diag, ret);
}

typedef struct Reading {
        Install *install;
        InstallWork *work;
        InstallUnit *unit;
} Reading;

/* The list that KEY appends to, or NULL. */
static char ***list_of(InstallUnit *u, const char *key) {
        if (text_eq(key, "Alias"))
                return &u->aliases;
        if (text_eq(key, "WantedBy"))
                return &u->wanted_by[0];
        if (text_eq(key, "RequiredBy"))
                return &u->wanted_by[1];
        if (text_eq(key, "UpheldBy"))
                return &u->wanted_by[2];
        return text_eq(key, "Also") ? &u->also : NULL;
}

static int add_also(const Reading *reading, const char *word) {
        _cleanup_free_ char *name = NULL;
        InstallUnit *other;
        int r = install_unit_expand(reading->install, reading->unit, word, &name);

        if (r >= 0)
                r = install_unit_add(reading->work, name, true, &other);
        return r == -ENOMEM ? r : 0;
}

static int add_words(const Reading *reading, char ***list, const char *value) {
        bool also = list == &reading->unit->also;
        int r;

        if (!*value) {
                strv_free(*list);
                *list = NULL;
                return 0;
        }
        for (const char *p = value;;) {
                _cleanup_free_ char *word = NULL;

                r = word_next(&p, NULL, WORD_UNQUOTE | WORD_RETAIN_ESCAPE, &word);
                if (r <= 0)
                        break;
                r = also ? add_also(reading, word) : 0;
                if (r >= 0)
                        r = strv_add(list, word);
                if (r < 0)
                        return r;
        }
        if (r == -EINVAL)
                diag_warning(reading->install->diag, "a quote is not closed; the rest is ignored");
        return r == -ENOMEM ? r : 0;
}

static int set_instance(const Reading *reading, const char *value) {
        _cleanup_free_ char *instance = NULL;
        int r = *value ? install_unit_expand(reading->install, reading->unit, value, &instance) : 0;

        if (r < 0)
                return r;
        if (instance && !unit_name_is_instance(instance))
                return diag_error(reading->install->diag, -EINVAL, "\"%s\" can be no instance",
                                  value);
        free(reading->unit->default_instance);
        reading->unit->default_instance = TAKE_PTR(instance);
        return 0;
}

static int take_item(const UnitTextItem *item, void *userdata) {
        const Reading *reading = userdata;
        char ***list;

        if (!item->key)
                return text_eq(item->section, "Install");
        if (text_eq(item->key, "DefaultInstance"))
                return set_instance(reading, item->value);
        list = list_of(reading->unit, item->key);
        return list ? add_words(reading, list, item->value) : 0;
}

/* The text of PATH, which is no link, is read into U. */
static int read_text(const Reading *reading, const char *path) {
        Diag *diag = reading->install->diag;
        _cleanup_fd_ int fd = fd_open_in_root(reading->install->path->root_fd, path,
                                              O_RDONLY | O_NONBLOCK | O_NOCTTY);
        _cleanup_free_ char *text = NULL;
        const char *outer = diag ? diag->file : NULL;
        size_t size;
        int r = fd < 0 ? fd : file_read_fd(fd, LOAD_FILE_MAX, &text, &size);

        if (r < 0)
                return r;
        if (diag)
                diag->file = path;
        r = unit_text_parse(text, size, take_item, (void *)reading, diag);
        if (diag)
                diag->file = outer;
        return r;
}

static int read_dropins(const Reading *reading) {
        _cleanup_(load_dropin_done) LoadDropins dropins = { 0 };
        Install *i = reading->install;
        int r = i->index ? 0 : load_index_new(i->path, NULL, &i->own);

        if (r < 0)
                return r;
        if (!i->index)
                i->index = i->own;
        r = load_dropin_list(i->index, reading->unit->name, NULL, NULL, &dropins);

        for (size_t k = 0; k < dropins.n && r >= 0; k++)
                r = install_tree_is_null(i, dropins.files[k].path)
                            ? 0
                            : read_text(reading, dropins.files[k].path);
        return r;
}

static int read_unit(Install *i, InstallWork *w, InstallUnit *u) {
        const Reading reading = { i, w, u };
        int r;

        if (u->read)
                return 0;
        u->read = true;
        r = read_text(&reading, u->path);
        return r < 0 ? r : read_dropins(&reading);
}

/* ---- finding ---- */

/* May a link of U's name lead to a unit of the name OTHER? */
static bool is_compatible(const InstallUnit *u, const char *other) {
        int kind = unit_name_kind(u->name), other_kind = unit_name_kind(other);

        if (other_kind < 0 || unit_name_type(u->name) != unit_name_type(other))
                return false;
        return kind == other_kind ||
               (kind == UNIT_NAME_INSTANCE && other_kind == UNIT_NAME_TEMPLATE);
}

static int judge_link(const Install *i, InstallUnit *u, const char *path) {
        _cleanup_free_ char *parent = install_tree_parent(path), *target = NULL;
        int r = parent ? load_alias_target(&(LoadAliasLink){ .path = i->path,
                                                             .directory = parent,
                                                             .name = path_last(path) },
                                           &target)
                       : -ENOMEM;

        if (r < 0)
                return r;
        if (install_tree_is_null(i, target)) {
                u->mode = INSTALL_MODE_MASKED;
                return 0;
        }
        r = load_alias_points_into(i->path, &i->places, target);
        if (r < 0)
                return r;
        if (!is_compatible(u, path_last(target)))
                return -EXDEV;
        free(u->target);
        u->target = TAKE_PTR(target);
        u->mode = r > 0 ? INSTALL_MODE_ALIAS : INSTALL_MODE_LINKED;
        return 0;
}

/* What PATH makes of U. */
static int look(const Install *i, InstallUnit *u, const char *path) {
        struct stat st;
        int r = install_tree_stat(i, path, &st);

        if (r < 0)
                return r;
        if (S_ISLNK(st.st_mode))
                return judge_link(i, u, path);
        if (S_ISDIR(st.st_mode))
                return -EISDIR;
        if (!S_ISREG(st.st_mode) && !S_ISCHR(st.st_mode))
                return -EBADF;
        u->mode = S_ISCHR(st.st_mode) || st.st_size == 0 ? INSTALL_MODE_MASKED : INSTALL_MODE_FILE;
        return 0;
}

static int search_name(const Install *i, InstallUnit *u, const char *name) {
        STRV_FOREACH(directory, i->path->directories) {
                _cleanup_free_ char *path = NULL;
                int r = path_join(*directory, name, &path);

                if (r >= 0)
                        r = look(i, u, path);
                if (r == -ENOENT || r == -ENOTDIR || r == -EACCES)
                        continue;
                if (r >= 0)
                        u->path = TAKE_PTR(path);
                return r;
        }
        return -ENOENT;
}

static int search_unit(const Install *i, InstallUnit *u) {
        _cleanup_free_ char *template = NULL;
        int r;

        if (u->mode != INSTALL_MODE_UNKNOWN)
                return 0;
        if (u->path)
                return look(i, u, u->path);
        r = search_name(i, u, u->name);
        if (r != -ENOENT || unit_name_kind(u->name) != UNIT_NAME_INSTANCE)
                return r;
        r = unit_name_template(u->name, &template);
        return r < 0 ? r : search_name(i, u, template);
}

static int search(Install *i, InstallWork *w, InstallUnit *u, unsigned how) {
        int r = search_unit(i, u);

        if (r >= 0 && u->mode == INSTALL_MODE_FILE && (how & INSTALL_READ))
                r = read_unit(i, w, u);
        return r;
}

/* The name that U's target has; an instance stays one. */
static int target_name(const InstallUnit *u, char **ret) {
        const char *name = path_last(u->target);
        _cleanup_free_ char *instance = NULL;

        if (unit_name_kind(u->name) == UNIT_NAME_INSTANCE &&
            unit_name_kind(name) == UNIT_NAME_TEMPLATE) {
                int r = unit_name_instance(u->name, &instance);

                return r < 0 ? r : unit_name_with_instance(name, instance, ret);
        }
        *ret = strdup(name);
        return *ret ? 0 : -ENOMEM;
}

/* One link on: *U stays the unit that it is, or becomes the one it is an alias of. */
static int follow(Install *i, InstallWork *w, InstallUnit **u, unsigned how) {
        _cleanup_free_ char *name = NULL;
        InstallUnit *at = *u;
        int r;

        if (at->mode == INSTALL_MODE_LINKED || text_eq(path_last(at->target), at->name)) {
                free(at->path);
                at->path = TAKE_PTR(at->target);
                at->mode = INSTALL_MODE_UNKNOWN;
                return search(i, w, at, how);
        }
        r = target_name(at, &name);
        if (r >= 0)
                r = install_unit_add(w, name, false, u);
        if (r >= 0)
                r = search(i, w, *u, how);
        return r == -ENOENT ? -ENOLINK : r;
}

int install_unit_find(Install *i, InstallWork *w, InstallUnit *u, unsigned how, InstallUnit **ret) {
        int r = search(i, w, u, how);

        for (unsigned hops = 0;
             r >= 0 && (u->mode == INSTALL_MODE_ALIAS || u->mode == INSTALL_MODE_LINKED); hops++) {
                InstallPlaceKind place = install_place_of(i, u->path);

                if (hops == HOPS_MAX ||
                    (!(how & INSTALL_FOLLOW) &&
                     (place == INSTALL_PLACE_LASTING || place == INSTALL_PLACE_RUNTIME)))
                        return -ELOOP;
                r = follow(i, w, &u, how);
        }
        if (r >= 0)
                *ret = u;
        return r;
}

int install_unit_discover(Install *i, InstallWork *w, const InstallQuery *q, InstallUnit **ret) {
        InstallUnit *u;
        InstallPlaceKind place;
        int r = install_unit_add(w, q->name, false, &u);

        if (r == -EINVAL)
                return install_check_name(i, path_last(q->name));
        if (r >= 0)
                r = install_unit_find(i, w, u, q->how, &u);
        if (r < 0)
                return r == -ENOMEM ? r : install_refuse(i, r, q->name);
        place = install_place_of(i, u->path);
        if (!q->usable && u->mode == INSTALL_MODE_MASKED)
                return install_refuse(i, -ERFKILL, q->name);
        if (!q->usable && (place == INSTALL_PLACE_GENERATED || place == INSTALL_PLACE_TRANSIENT))
                return install_refuse(i, -EADDRNOTAVAIL, q->name);
        *ret = u;
        return 0;
}

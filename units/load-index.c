/*
 * The index is one array of entries, sorted by name and within it by rank of the directory. For
 * unit names all but the one that wins are thrown away when it is made; directories such as
 * "foo.service.d" stay all.
 */
#include "units/load-index.h"

#include <limits.h>
#include <string.h>

#include "base/array.h"
#include "base/dir.h"
#include "base/fd.h"
#include "base/hash.h"
#include "base/path.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/load-alias.h"
#include "units/unit-name.h"

/* A chain of more aliases than this counts as a circle, as it does for systemd. */
#define HOPS_MAX 7

typedef struct Entry {
        char *name;
        size_t directory;
        unsigned char type; /* DT_REG, DT_LNK, DT_DIR ... */
        char *alias_of;     /* NULL: it is the file itself */
} Entry;

struct LoadIndex {
        const LoadPath *path;
        Entry *entries;
        size_t n;
        size_t *aliases; /* the entries that are aliases, by their numbers */
        size_t n_aliases;
};

static void entry_done(Entry *e) {
        free(e->name);
        free(e->alias_of);
}

void load_index_free(LoadIndex *index) {
        for (size_t i = 0; i < index->n; i++)
                entry_done(&index->entries[i]);
        free(index->entries);
        free(index->aliases);
        free(index);
}

const LoadPath *load_index_path(const LoadIndex *index) {
        return index->path;
}

static bool is_directory(const char *name) {
        static const char *const suffixes[] = { LOAD_INDEX_SUFFIXES };

        for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++)
                if (text_ends_with(name, suffixes[i]))
                        return true;
        return false;
}

/* ---- reading the directories ---- */

static int add_entry(LoadIndex *index, const char *name, size_t directory, unsigned char type) {
        Entry e = { .directory = directory, .type = type };

        if (ARRAY_GROW(index->entries, index->n) < 0)
                return -ENOMEM;
        e.name = strdup(name);
        if (!e.name)
                return -ENOMEM;
        index->entries[index->n++] = e;
        return 0;
}

/* Some file systems do not tell the type with the name. */
static unsigned char type_of(int dir_fd, const struct dirent *e) {
        struct stat st;

        if (e->d_type != DT_UNKNOWN)
                return e->d_type;
        if (fstatat(dir_fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
                return DT_UNKNOWN;
        return (unsigned char)IFTODT(st.st_mode);
}

static void warn_of(const LoadPath *path, size_t directory, const char *name, Diag *diag,
                    const char *what) {
        diag_warning(diag, "%s%s%s%s %s; it is ignored", path->root, path->directories[directory],
                     name ? "/" : "", name ? name : "", what);
}

static int read_entry(LoadIndex *index, size_t directory, int fd, const struct dirent *e,
                      Diag *diag) {
        unsigned char type;

        if (!is_directory(e->d_name) && !unit_name_is_valid(e->d_name))
                return 0;
        type = type_of(fd, e);
        if (!is_directory(e->d_name) && type != DT_REG && type != DT_LNK) {
                warn_of(index->path, directory, e->d_name, diag,
                        "has a unit's name but is no file");
                return 0;
        }
        return add_entry(index, e->d_name, directory, type);
}

static int read_entries(LoadIndex *index, size_t directory, int fd, Diag *diag) {
        _cleanup_(dir_closep) DIR *dir = NULL;
        int r = dir_open_at(fd, ".", &dir);

        for (struct dirent *e; r >= 0 && (e = dir_next(dir));)
                r = read_entry(index, directory, fd, e, diag);
        return r;
}

/* The directories as inodes: one can have several names, as /lib and /usr/lib often do. */
static int read_directory(LoadIndex *index, size_t directory, LoadAliasPlaces *places, Diag *diag) {
        const LoadPath *path = index->path;
        _cleanup_fd_ int fd = fd_open_in_root(path->root_fd, path->directories[directory],
                                              O_RDONLY | O_DIRECTORY);
        int r;

        if (fd == -ENOENT)
                return 0;
        if (fd < 0) {
                warn_of(path, directory, NULL, diag, "cannot be read");
                return 0;
        }
        r = load_alias_add_place(places, fd);
        return r <= 0 ? r : read_entries(index, directory, fd, diag);
}

static int compare_entries(const void *a, const void *b) {
        const Entry *e = a, *f = b;
        int r = strcmp(e->name, f->name);

        return r != 0 ? r : (e->directory > f->directory) - (e->directory < f->directory);
}

/* May E stand for its name? Returns 1, 0 for an alias that is against the rules, or negative errno.
 */
static int judge_entry(LoadIndex *index, Entry *e, const LoadAliasPlaces *places, Diag *diag) {
        LoadAliasLink link = { .path = index->path,
                               .directory = index->path->directories[e->directory],
                               .name = e->name };

        return e->type == DT_LNK ? load_alias_judge(&link, places, diag, &e->alias_of) : 1;
}

/* Of each unit name the first acceptable entry stays; the array is sorted. */
static int keep_winners(LoadIndex *index, const LoadAliasPlaces *places, Diag *diag) {
        size_t kept = 0;
        int r = 1;

        for (size_t i = 0; i < index->n; i++) {
                Entry e = index->entries[i];
                bool directory = is_directory(e.name);

                index->entries[i] = (Entry){ 0 };
                if (r >= 0 && !directory)
                        r = kept > 0 && text_eq(index->entries[kept - 1].name, e.name)
                                    ? 0
                                    : judge_entry(index, &e, places, diag);
                if (r > 0 || (r == 0 && directory))
                        index->entries[kept++] = e;
                else
                        entry_done(&e);
        }
        index->n = kept;
        return MIN_OF(r, 0);
}

static int list_aliases(LoadIndex *index) {
        for (size_t i = 0; i < index->n; i++) {
                if (!index->entries[i].alias_of)
                        continue;
                if (ARRAY_GROW(index->aliases, index->n_aliases) < 0)
                        return -ENOMEM;
                index->aliases[index->n_aliases++] = i;
        }
        return 0;
}

int load_index_new(const LoadPath *path, Diag *diag, LoadIndex **ret) {
        _cleanup_(load_alias_places_done) LoadAliasPlaces places = { 0 };
        _cleanup_(load_index_freep) LoadIndex *index = calloc(1, sizeof(LoadIndex));
        size_t n = strv_length(path->directories);
        int r = 0;

        if (!index)
                return -ENOMEM;
        index->path = path;
        for (size_t i = 0; i < n && r >= 0; i++)
                r = read_directory(index, i, &places, diag);
        if (r >= 0 && index->n > 0) {
                qsort(index->entries, index->n, sizeof(Entry), compare_entries);
                r = keep_winners(index, &places, diag);
        }
        if (r >= 0)
                r = list_aliases(index);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(index);
        return 0;
}

/* ---- asking ---- */

static int compare_name(const void *key, const void *entry) {
        return strcmp(key, ((const Entry *)entry)->name);
}

static const Entry *look_up(const LoadIndex *index, const char *name) {
        return index->n == 0 ? NULL
                             : bsearch(name, index->entries, index->n, sizeof(Entry), compare_name);
}

/* The entry for NAME or for its template. */
static int look_up_unit(const LoadIndex *index, const char *name, const Entry **ret) {
        _cleanup_free_ char *template = NULL;
        int r;

        *ret = look_up(index, name);
        if (*ret || unit_name_kind(name) != UNIT_NAME_INSTANCE)
                return 0;
        r = unit_name_template(name, &template);
        if (r >= 0)
                *ret = look_up(index, template);
        return r;
}

/* What NAME, which ENTRY was found for, is an alias of; a template is given the instance of NAME.
 */
static int alias_target(const Entry *entry, const char *name, char **ret) {
        _cleanup_free_ char *instance = NULL;
        int r;

        if (unit_name_kind(name) != UNIT_NAME_INSTANCE ||
            unit_name_kind(entry->alias_of) != UNIT_NAME_TEMPLATE) {
                *ret = strdup(entry->alias_of);
                return *ret ? 0 : -ENOMEM;
        }
        r = unit_name_instance(name, &instance);
        return r < 0 ? r : unit_name_with_instance(entry->alias_of, instance, ret);
}

/* One step: replaces *NAME by what *ENTRY, which was found for it, is an alias of, and *ENTRY by
 * what is there, or NULL. An alias of a template leads to the template, whatever the instance. */
static int follow_alias(const LoadIndex *index, char **name, const Entry **entry) {
        char *next = NULL;
        int r = alias_target(*entry, *name, &next);

        if (r < 0)
                return r;
        free(*name);
        *name = next;
        return look_up_unit(index, (*entry)->alias_of, entry);
}

/* A file of the instance's own goes before the template's, also when aliases led to the template.
 */
static const Entry *prefer_own_file(const LoadIndex *index, const char *id, const Entry *e) {
        const Entry *own = look_up(index, id);

        return own && !own->alias_of ? own : e;
}

int load_index_find(const LoadIndex *index, const char *name, Diag *diag, LoadFound *ret) {
        _cleanup_free_ char *id = strdup(name);
        const Entry *e;
        int r = id ? look_up_unit(index, id, &e) : -ENOMEM;

        for (unsigned hops = 0; r >= 0 && e && e->alias_of; hops++) {
                if (hops == HOPS_MAX)
                        return diag_error(
                                diag, -ELOOP,
                                "%s is an alias of itself, by way of %s; let one of the names "
                                "be a file",
                                name, id);
                r = follow_alias(index, &id, &e);
        }
        if (r < 0)
                return r;
        if (!e && !text_eq(id, name))
                diag_warning(diag, "%s is an alias of %s, which does not exist", name, id);
        if (!e)
                return 0;
        e = prefer_own_file(index, id, e);
        *ret = (LoadFound){ .id = TAKE_PTR(id),
                            .directory = index->path->directories[e->directory],
                            .file = e->name };
        return 1;
}

/* The name by which alias E could lead to ID: for an instance a template alias gets its instance.
 */
static int alias_candidate(const Entry *e, const char *id, char **ret) {
        _cleanup_free_ char *instance = NULL;
        int r;

        if (unit_name_kind(e->name) != UNIT_NAME_TEMPLATE ||
            unit_name_kind(id) != UNIT_NAME_INSTANCE) {
                *ret = strdup(e->name);
                return *ret ? 0 : -ENOMEM;
        }
        r = unit_name_instance(id, &instance);
        return r < 0 ? r : unit_name_with_instance(e->name, instance, ret);
}

/* Adds the name that E is for ID, if it is one. */
static int add_alias(const LoadIndex *index, const Entry *e, const char *id, char ***aliases) {
        _cleanup_(load_found_done) LoadFound found = { 0 };
        _cleanup_free_ char *name = NULL;
        int r = alias_candidate(e, id, &name);

        if (r >= 0)
                r = load_index_find(index, name, NULL, &found);
        if (r == -ENOMEM)
                return r;
        /* a circle, or a name that is too long, leads nowhere */
        if (r <= 0 || !text_eq(found.id, id) || text_eq(name, id) || strv_contains(*aliases, name))
                return 0;
        return strv_push(aliases, TAKE_PTR(name));
}

static int compare_texts(const void *a, const void *b) {
        return strcmp(*(char *const *)a, *(char *const *)b);
}

int load_index_aliases(const LoadIndex *index, const char *id, char ***ret) {
        _cleanup_strv_ char **aliases = NULL;

        for (size_t i = 0; i < index->n_aliases; i++) {
                int r = add_alias(index, &index->entries[index->aliases[i]], id, &aliases);

                if (r < 0)
                        return r;
        }
        if (aliases)
                qsort(aliases, strv_length(aliases), sizeof(char *), compare_texts);
        *ret = TAKE_PTR(aliases);
        return 0;
}

bool load_index_has(const LoadIndex *index, const char *name) {
        return look_up(index, name) != NULL;
}

bool load_index_has_in(const LoadIndex *index, const char *name, size_t directory) {
        Entry key = { .name = (char *)name, .directory = directory };

        return index->n > 0 &&
               bsearch(&key, index->entries, index->n, sizeof(Entry), compare_entries);
}

uint64_t load_index_alias_hash(const LoadIndex *index) {
        uint64_t hash = HASH_EMPTY;

        for (size_t i = 0; i < index->n_aliases; i++) {
                const Entry *e = &index->entries[index->aliases[i]];

                hash = hash_text(hash_text(hash, e->name), e->alias_of);
        }
        return hash;
}

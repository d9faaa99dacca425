/*
 * Protects the promise that a unit's name leads to the same files as with systemd: makes small
 * trees of units, aliases, masks and drop-ins at random, and asks units/ and systemd's own library
 * which of them belong to each name. Random numbers have fixed seeds: a failure comes again.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/load-dropin.h"
#include "units/unit-name.h"

#ifdef __aarch64__
#define LIBRARY "/usr/lib/aarch64-linux-gnu/systemd/libsystemd-shared-252.so"
#else
#define LIBRARY "/usr/lib/x86_64-linux-gnu/systemd/libsystemd-shared-252.so"
#endif

#define ROUNDS  300
#define SKIPPED 77

/* systemd's functions and structs, as its headers of version 252 declare them. */
typedef struct LookupPaths {
        char **search_path;
        void *others[13];
} LookupPaths;
typedef int BuildNameMap(const LookupPaths *paths, uint64_t *hash, void **ids, void **names,
                         void **cache);
typedef int FindFragment(void *ids, void *names, const char *name, const char **ret_path,
                         void **ret_names);
typedef int FindDropins(const char *root, char **path, void *cache, const char *suffix,
                        const char *file_suffix, const char *name, void *aliases, char ***ret);
typedef char **GetStrv(void *set);

static struct {
        BuildNameMap *build_name_map;
        FindFragment *find_fragment;
        FindDropins *find_dropins;
        GetStrv *get_strv;
} systemd;

static const char *const names[] = { "a.service",     "b.service",     "a-b.service",
                                     "a-b-c.service", "a.socket",      "a.mount",
                                     "b.mount",       "t@.service",    "t@x.service",
                                     "t@y.service",   "u@.service",    "u@x.service",
                                     "a-t@.service",  "a-t@x.service", "a.target" };
static const char *const levels[] = {
        "a.service",  "a-.service",   "a-b-.service", "service", "t@.service", "t@x.service",
        "u@.service", "a-@x.service", "a-t@.service", "socket",  "b.service",  "a-@.service"
};
static const char *const directories[] = { "etc", "run", "usr" };

static char *root;
static unsigned seed;

static unsigned below(unsigned n) {
        return (unsigned)rand_r(&seed) % n;
}
#define ONE_OF(a) ((a)[below(ARRAY_SIZE(a))])

/* ---- trees ---- */

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *walk) {
        return remove(path);
}

static void make_directories(void) {
        char path[PATH_MAX];

        for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
                snprintf(path, sizeof(path), "%s/%s", root, directories[i]);
                if (mkdir(path, 0755) < 0)
                        abort();
        }
}

static void put(const char *path, const char *text) {
        int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

        if (fd < 0)
                return; /* a link to nowhere is there already */
        if (write(fd, text, strlen(text)) < 0)
                abort();
        close(fd);
}

static void put_link(const char *path) {
        char target[PATH_MAX] = "/dev/null";

        switch (below(5)) {
        case 0:
                break;
        case 1:
                snprintf(target, sizeof(target), "%s", ONE_OF(names));
                break;
        case 2:
                snprintf(target, sizeof(target), "../%s/%s", ONE_OF(directories), ONE_OF(names));
                break;
        case 3:
                snprintf(target, sizeof(target), "%s/%s/./%s", root, ONE_OF(directories),
                         ONE_OF(names));
                break;
        default:
                snprintf(target, sizeof(target), "%s/elsewhere", root);
        }
        if (symlink(target, path) < 0 && errno != EEXIST)
                abort();
}

static void put_something(void) {
        char path[PATH_MAX];

        snprintf(path, sizeof(path), "%s/%s/%s", root, ONE_OF(directories), ONE_OF(names));
        if (below(2))
                put_link(path);
        else
                put(path, below(4) ? "[Unit]\n" : "");
}

static void put_dropin(void) {
        char path[PATH_MAX - 20], file[PATH_MAX];

        snprintf(path, sizeof(path), "%s/%s/%s.d", root, ONE_OF(directories), ONE_OF(levels));
        (void)mkdir(path, 0755);
        snprintf(file, sizeof(file), "%s/%c.conf", path, "xyz"[below(3)]);
        put(file, "[Unit]\n");
}

static void put_templates(void) {
        char path[PATH_MAX];

        for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
                snprintf(path, sizeof(path), "%s/usr/%s", root, names[i]);
                if (unit_name_kind(names[i]) == UNIT_NAME_TEMPLATE)
                        put(path, "[Unit]\n");
        }
}

static void make_tree(void) {
        char path[PATH_MAX];

        if (mkdir(root, 0755) < 0)
                abort();
        make_directories();
        snprintf(path, sizeof(path), "%s/elsewhere", root);
        put(path, "[Unit]\n");
        /* An alias of a template that is not there leads nowhere in systemd, here to the instance
         * if that is a file; it is not asked about. */
        put_templates();
        for (unsigned n = 4 + below(20); n > 0; n--)
                put_something();
        for (unsigned n = below(20); n > 0; n--)
                put_dropin();
}

/* ---- the answers ---- */

typedef struct Answer {
        char *id;       /* NULL: the name leads nowhere */
        char *fragment; /* NULL: the same */
        char **names;
        char **dropins;
} Answer;

typedef struct Asked {
        const LoadIndex *index;
        const LookupPaths *paths;
        void *ids, *names, *cache;
        unsigned round;
} Asked;

static void answer_done(Answer *a) {
        free(a->id);
        free(a->fragment);
        strv_free(a->names);
        strv_free(a->dropins);
}

static void add(char ***list, const char *s) {
        if (strv_add(list, s) < 0)
                abort();
}

static int compare_texts(const void *a, const void *b) {
        return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_mask(const char *path) {
        struct stat st;

        return stat(path, &st) >= 0 && st.st_size == 0;
}

static Answer ask_ours(const Asked *asked, const char *name) {
        _cleanup_(load_dropin_done) LoadDropins dropins = { 0 };
        LoadFound found;
        Answer a = { 0 };

        if (load_index_find(asked->index, name, NULL, &found) <= 0)
                return a;
        a.id = found.id;
        if (path_join(found.directory, found.file, &a.fragment) < 0 ||
            load_index_aliases(asked->index, found.id, &a.names) < 0 ||
            load_dropin_list(asked->index, found.id, a.names, NULL, &dropins) < 0)
                abort();
        add(&a.names, a.id);
        for (size_t i = 0; i < dropins.n; i++)
                add(&a.dropins, dropins.files[i].path);
        return a;
}

/* Of an instance, the name of the template is in the set, too; and its own name not of a template.
 */
static char **names_in(void *set, const char *id) {
        char **borrowed = systemd.get_strv(set), **all = NULL;

        STRV_FOREACH(s, borrowed)
                if (unit_name_kind(*s) == unit_name_kind(id))
                        add(&all, *s);
        free(borrowed);
        if (!strv_contains(all, id))
                add(&all, id);
        return all;
}

static Answer ask_theirs(const Asked *asked, const char *id) {
        const char *fragment = NULL;
        Answer a = { 0 };
        void *set = NULL;

        if (systemd.find_fragment(asked->ids, asked->names, id, &fragment, &set) < 0 || !fragment)
                return a;
        a.names = names_in(set, id);
        a.id = strdup(id);
        a.fragment = strdup(fragment);
        if (systemd.find_dropins(NULL, asked->paths->search_path, asked->cache, ".d", ".conf", id,
                                 set, &a.dropins) < 0)
                abort();
        return a;
}

/* Borrowed; NULL when NAME leads nowhere. */
static const char *their_fragment(const Asked *asked, const char *name) {
        const char *fragment = NULL;
        int r = systemd.find_fragment(asked->ids, asked->names, name, &fragment, NULL);

        return r < 0 ? NULL : fragment;
}

/* A name that we count among those of ID already, and systemd only when somebody asks for it: it
 * then sees that the file is ID's, and merges the two units. */
static bool is_merged_later(const Asked *asked, const char *name, const char *id) {
        _cleanup_free_ char *instance = NULL, *filled = NULL;
        const char *fragment = their_fragment(asked, name);

        if (!fragment || unit_name_instance(name, &instance) < 0 || !instance)
                return false;
        return unit_name_with_instance(path_last(fragment), instance, &filled) >= 0 &&
               text_eq(filled, id);
}

static void add_merged_later(const Asked *asked, const Answer *ours, Answer *theirs) {
        STRV_FOREACH(name, ours->names)
                if (!strv_contains(theirs->names, *name) && is_merged_later(asked, *name, ours->id))
                        add(&theirs->names, *name);
}

static void print(const char *who, const Answer *a) {
        fprintf(stderr, "%s: %s\n", who, a->fragment ? a->fragment : "nothing");
        STRV_FOREACH(name, a->names)
                fprintf(stderr, "    %s\n", *name);
        STRV_FOREACH(dropin, a->dropins)
                fprintf(stderr, "    %s\n", *dropin);
}

static _noreturn_ void fail(const Asked *asked, const char *name, const Answer *ours,
                            const Answer *theirs) {
        fprintf(stderr, "%s differs in round %u, see %s\n", name, asked->round, root);
        print("ours", ours);
        print("theirs", theirs);
        exit(1);
}

static bool names_agree(const Answer *a, const Answer *b) {
        qsort(a->names, strv_length(a->names), sizeof(char *), compare_texts);
        qsort(b->names, strv_length(b->names), sizeof(char *), compare_texts);
        return strv_equal(a->names, b->names);
}

/* Names and drop-ins of what NAME leads to are asked by the name behind aliases. */
static void compare_unit(const Asked *asked, const char *name, const Answer *ours) {
        _cleanup_(answer_done) Answer theirs = ask_theirs(asked, ours->id);
        bool certain;

        /* "a@x" may be an alias of the template "b@" while "b@x" is one of "c": which of them is
         * loaded depends there on who is asked for first */
        if (!text_eq_or_null(ours->fragment, theirs.fragment) &&
            text_eq(ours->fragment, their_fragment(asked, name)))
                return;
        if (!text_eq_or_null(ours->fragment, theirs.fragment))
                fail(asked, name, ours, &theirs);
        if (is_mask(ours->fragment))
                return;
        /* aliases have no order there: with several, or those to come, the winner among drop-ins of
         * one name is anyone's guess */
        certain = strv_length(theirs.names) == strv_length(ours->names) &&
                  strv_length(ours->names) <= 2;
        add_merged_later(asked, ours, &theirs);
        if (!names_agree(ours, &theirs) || (certain && !strv_equal(ours->dropins, theirs.dropins)))
                fail(asked, name, ours, &theirs);
}

/* Returns whether the name leads anywhere. */
static bool compare(const Asked *asked, const char *name) {
        _cleanup_(answer_done) Answer ours = ask_ours(asked, name);

        if (!their_fragment(asked, name) != !ours.id)
                fail(asked, name, &ours, &(Answer){ 0 });
        if (ours.id)
                compare_unit(asked, name, &ours);
        return ours.id;
}

static unsigned compare_tree(unsigned round) {
        _cleanup_(load_path_done) LoadPath path = LOAD_PATH_EMPTY;
        _cleanup_(load_index_freep) LoadIndex *index = NULL;
        _cleanup_(strbuf_done) StrBuf environment = { 0 };
        LookupPaths paths = { 0 };
        Asked asked = { .paths = &paths, .round = round };
        unsigned found = 0;

        for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
                strbuf_addf(&environment, "%s/%s:", root, directories[i]);
        environment.text[environment.length - 1] = '\0';
        if (load_path_init(&path, NULL, environment.text, NULL) < 0 ||
            load_index_new(&path, NULL, &index) < 0)
                abort();
        paths.search_path = path.directories;
        if (systemd.build_name_map(&paths, NULL, &asked.ids, &asked.names, &asked.cache) < 0)
                abort();
        asked.index = index;
        for (size_t i = 0; i < ARRAY_SIZE(names); i++)
                found += compare(&asked, names[i]);
        return found;
}

static void *find(void *library, const char *name) {
        void *f = dlsym(library, name);

        if (!f) {
                printf("skipped: %s lacks %s\n", LIBRARY, name);
                exit(SKIPPED);
        }
        return f;
}

static void load_systemd(void) {
        void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);

        if (!library) {
                printf("skipped: %s is not there\n", LIBRARY);
                exit(SKIPPED);
        }
        systemd.build_name_map = (BuildNameMap *)find(library, "unit_file_build_name_map");
        systemd.find_fragment = (FindFragment *)find(library, "unit_file_find_fragment");
        systemd.find_dropins = (FindDropins *)find(library, "unit_file_find_dropin_paths");
        systemd.get_strv = (GetStrv *)find(library, "_hashmap_get_strv");
        ((void (*)(int))find(library, "log_set_max_level"))(0);
}

int main(void) {
        char place[] = "/tmp/test-load-systemd.XXXXXX";
        unsigned found = 0;

        load_systemd();
        if (!mkdtemp(place) || asprintf(&root, "%s/tree", place) < 0)
                abort();
        for (unsigned i = 0; i < ROUNDS; i++) {
                seed = i;
                make_tree();
                found += compare_tree(i);
                if (nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0)
                        abort();
        }
        printf("%d trees agree, in which %u names lead to a unit\n", ROUNDS, found);
        rmdir(place);
        free(root);
        return 0;
}

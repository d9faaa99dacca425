/* Protects daemon-reload against what it leaves out: after random edits of the files, drop-ins,
 * links and aliases of a tree, a registry that read only what changed holds the same units, names
 * and dependencies as one that has read everything anew. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "base/strv.h"
#include "supervisor/manager/registry.h"
#include "tests/unit/tree.h"

enum { WORLDS = 12, RELOADS = 30, EDITS = 4 };

static const char *const names[] = {
        "a.service", "b.service",   "c-d.service", "e.target",  "f.target",
        "g.target",  "t@x.service", "t@y.service", "srv.mount", "h.slice",
};
static const char *const files[] = { "a.service", "b.service", "c-d.service", "e.target",
                                     "f.target",  "g.target",  "t@.service",  "t@x.service",
                                     "srv.mount", "k.service" };
static const char *const directories[] = { ETC, RUN, USR };
static LoadPath path;
static uint64_t seed, chance;
static unsigned long edits; /* gives each file that is written a time and size of its own */

static unsigned below(unsigned n) {
        chance = chance * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        return (unsigned)(chance >> 33) % n;
}

#define ONE_OF(list) ((list)[below(ARRAY_SIZE(list))])

static int setup(void **state) {
        if (make_root(state) < 0)
                return -1;
        path = LOAD_PATH_EMPTY;
        return load_path_init(&path, root, ETC ":" RUN ":" USR, NULL);
}

static int teardown(void **state) {
        load_path_done(&path);
        return remove_root(state);
}

/* ---- edits ---- */

/* Two changes within one tick of the file system's clock would look alike. */
static void touch(const char *name) {
        const struct timespec now = { .tv_sec = (time_t)++edits }, at[] = { now, now };
        char full[PATH_MAX];

        assert_true(snprintf(full, sizeof(full), "%s%s", root, name) < PATH_MAX);
        assert_true(utimensat(AT_FDCWD, full, at, AT_SYMLINK_NOFOLLOW) == 0 || errno == ENOENT);
        *strrchr(full, '/') = '\0';
        assert_true(utimensat(AT_FDCWD, full, at, 0) == 0 || errno == ENOENT);
}

static void drop(const char *name) {
        char full[PATH_MAX];

        assert_true(snprintf(full, sizeof(full), "%s%s", root, name) < PATH_MAX);
        assert_true(unlink(full) == 0 || errno == ENOENT);
}

static char *random_text(bool dropin, const char *name) {
        static const char *const keys[] = { "Wants",     "Requires",  "After",
                                            "Before",    "PartOf",    "BindsTo",
                                            "Conflicts", "OnFailure", "Requisite" };
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        char *text = NULL;

        strbuf_addf(&b, "[Unit]\nDescription=%lu\n", edits);
        for (unsigned n = below(4); n > 0; n--)
                strbuf_addf(&b, "%s=%s\n", ONE_OF(keys), ONE_OF(names));
        if (below(4) == 0)
                strbuf_addf(&b, "DefaultDependencies=%s\n", below(3) ? "no" : "yes");
        if (below(5) == 0)
                strbuf_addf(&b, "RequiresMountsFor=/srv/x\n");
        if (!dropin && text_ends_with(name, ".service"))
                strbuf_addf(&b, "[Service]\nExecStart=/bin/true\n");
        if (!dropin && text_ends_with(name, ".mount"))
                strbuf_addf(&b, "[Mount]\nWhat=/dev/x\n");
        assert_int_equal(strbuf_take(&b, &text), 0);
        return text;
}

static void edit_file(const char *directory) {
        const char *name = ONE_OF(files);
        _cleanup_free_ char *text = random_text(false, name);
        char full[200];

        snprintf(full, sizeof(full), "%s/%s", directory, name);
        drop(full);
        if (below(8) == 0)
                put_link(full, "/dev/null");
        else if (below(3) > 0)
                put(full, text);
        touch(full);
}

static void edit_dropin(const char *directory) {
        static const char *const levels[] = { "a.service",   "c-.service", "t@.service",
                                              "t@y.service", "service",    "target",
                                              "e.target",    "k.service",  "srv.mount" };
        const char *name = ONE_OF(levels);
        _cleanup_free_ char *text = random_text(true, name);
        char full[200];

        snprintf(full, sizeof(full), "%s/%s.d/%u.conf", directory, name, below(2));
        drop(full);
        if (below(2))
                put(full, text);
        touch(full);
}

static void edit_link(const char *directory) {
        static const char *const suffixes[] = { "wants", "requires", "upholds" };
        char full[200], target[100];
        const char *name = ONE_OF(names);

        snprintf(full, sizeof(full), "%s/%s.%s/%s", directory, ONE_OF(names), ONE_OF(suffixes),
                 name);
        snprintf(target, sizeof(target), "../%s", name);
        drop(full);
        if (below(3) > 0)
                put_link(full, below(6) ? target : "/dev/null");
        touch(full);
}

static void edit_alias(const char *directory) {
        static const char *const aliases[] = { "k.service", "l.service", "b.service" };
        char full[200];

        snprintf(full, sizeof(full), "%s/%s", directory, ONE_OF(aliases));
        drop(full);
        if (below(2))
                put_link(full, below(2) ? "a.service" : "c-d.service");
        touch(full);
}

static void edit(void) {
        static void (*const kinds[])(const char *directory) = { edit_file, edit_file, edit_dropin,
                                                                edit_link, edit_alias };

        edits++;
        kinds[below(below(4) ? 4 : 5)](ONE_OF(directories));
}

/* ---- comparing ---- */

static Registry *read_all(void) {
        const RegistrySetup from = { .path = &path };
        Registry *r;

        assert_int_equal(registry_new(&from, NULL, &r), 0);
        return r;
}

static void load_all(Registry *r) {
        Unit *u;

        for (size_t i = 0; i < ARRAY_SIZE(names); i++)
                assert_int_equal(registry_load(r, names[i], NULL, &u), 0);
        assert_int_equal(registry_load(r, "k.service", NULL, &u), 0);
}

static void same_text(const char *what, const char *id, const char *a, const char *b) {
        if (!text_eq(a ? a : "-", b ? b : "-"))
                fail_msg("seed %llu: %s of %s: %s, read anew: %s", (unsigned long long)seed, what,
                         id, a ? a : "-", b ? b : "-");
}

static void same_aliases(const Unit *a, const Unit *b) {
        size_t n = a->aliases ? strv_length(a->aliases) : 0;

        if (n != (b->aliases ? strv_length(b->aliases) : 0))
                fail_msg("seed %llu: %s has %zu aliases", (unsigned long long)seed, a->id, n);
        for (size_t i = 0; i < n && a->aliases && b->aliases; i++)
                same_text("an alias", a->id, a->aliases[i], b->aliases[i]);
}

/* Of two targets that pull in each other the one that is looked at first is ordered. */
static DependencySet comparable(const Unit *a, const Unit *b, DependencySet set) {
        bool both = a->type == UNIT_TARGET && b->type == UNIT_TARGET &&
                    (set & dependency_atoms[ATOM_TARGET_ORDER]) &&
                    (set & dependency_atoms[ATOM_ORDERED_TARGETS]);

        return both ? set & ~(DEPENDENCY(BEFORE) | DEPENDENCY(AFTER)) : set;
}

static void same_dependencies(const Registry *reloaded, const Registry *fresh, const Unit *a,
                              const Unit *b) {
        for (size_t i = 0; i < a->dependencies.n; i++) {
                const Dependency *d = &a->dependencies.items[i];

                if (d->own && !registry_find(fresh, d->other->id))
                        fail_msg("seed %llu: %s still mentions %s", (unsigned long long)seed, a->id,
                                 d->other->id);
        }
        REGISTRY_FOREACH(other, fresh) {
                const Unit *known = registry_find(reloaded, other->id);
                DependencySet is = known ? dependency_between(a, known) : 0;
                DependencySet ought = dependency_between(b, other);

                if (comparable(b, other, is) != comparable(b, other, ought))
                        fail_msg("seed %llu: %s towards %s: %x, read anew: %x",
                                 (unsigned long long)seed, a->id, other->id, is, ought);
        }
}

static void compare(const Registry *reloaded, const Registry *fresh) {
        REGISTRY_FOREACH(b, fresh) {
                const Unit *a = registry_find(reloaded, b->id);

                if (!a) {
                        fail_msg("seed %llu: nobody knows %s", (unsigned long long)seed, b->id);
                        return;
                }
                same_text("the name", b->id, a->id, b->id);
                same_text("the file", b->id, a->fragment, b->fragment);
                same_text("the description", b->id, a->description, b->description);
                assert_int_equal(a->load, b->load);
                assert_memory_equal(&a->settings, &b->settings, sizeof(a->settings));
                same_aliases(a, b);
                same_dependencies(reloaded, fresh, a, b);
        }
}

static void one_world(void) {
        Registry *reloaded;

        chance = seed * 2654435761U;
        for (unsigned i = 0; i < 30; i++)
                edit();
        reloaded = read_all();
        load_all(reloaded);
        for (unsigned i = 0; i < RELOADS; i++) {
                Registry *fresh;

                for (unsigned n = 1 + below(EDITS); n > 0; n--)
                        edit();
                assert_true(registry_reload(reloaded, NULL) >= 0);
                load_all(reloaded);
                fresh = read_all();
                load_all(fresh);
                compare(reloaded, fresh);
                registry_free(fresh);
        }
        registry_free(reloaded);
}

static void test_random_edits(void **state) {
        for (seed = 1; seed <= WORLDS; seed++)
                one_world();
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_random_edits, setup, teardown),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}

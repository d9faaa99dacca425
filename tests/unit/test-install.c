/* Protects the links that enabling makes and removes: which, where, that nothing leads out of the
 * root, and that what cannot be done is said and changes nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "base/strv.h"
#include "tests/unit/tree.h"
#include "units/install/install.h"

typedef struct Work {
        LoadPath path;
        Diag diag;
        Install install;
} Work;

static void begin(Work *w, unsigned flags) {
        *w = (Work){ .path = LOAD_PATH_EMPTY };
        assert_int_equal(load_path_init(&w->path, root, NULL, &w->diag), 0);
        assert_int_equal(install_begin(&w->install, &w->path, flags, &w->diag), 0);
}

static void end(Work *w) {
        install_done(&w->install);
        load_path_done(&w->path);
        diag_done(&w->diag);
}

#define NAMES(...) ((char *const[]){ __VA_ARGS__, NULL })

/* Where the link PATH in the root leads; "" where there is none. */
static const char *target_of(const char *path) {
        static char target[PATH_MAX];
        char full[PATH_MAX];
        ssize_t n;

        assert_true(snprintf(full, sizeof(full), "%s%s", root, path) < PATH_MAX);
        n = readlink(full, target, sizeof(target) - 1);
        target[MAX_OF(n, (ssize_t)0)] = '\0';
        return target;
}

static InstallState state_of(const char *name) {
        InstallState state = INSTALL_BAD;
        Work w;

        begin(&w, 0);
        (void)install_state(&w.install, name, &state);
        end(&w);
        return state;
}

static int run(int (*verb)(Install *i, char *const *names), unsigned flags, const char *name) {
        Work w;
        int r;

        begin(&w, flags);
        r = verb(&w.install, NAMES((char *)name));
        assert_true(r >= 0 || diag_count(&w.diag, DIAG_ERROR) > 0);
        end(&w);
        return r;
}

static void test_enable(void **state) {
        put(USR "/a.service", "[Install]\nWantedBy=x.target\nUpheldBy=y.target\nAlias=b.service\n"
                              "Also=c.service\n");
        put(USR "/c.service", "[Install]\nRequiredBy=%p.target\n");
        assert_int_equal(state_of("a.service"), INSTALL_DISABLED);
        assert_int_equal(run(install_enable, 0, "a.service"), 4);
        assert_string_equal(target_of(ETC "/x.target.wants/a.service"), USR "/a.service");
        assert_string_equal(target_of(ETC "/y.target.upholds/a.service"), USR "/a.service");
        assert_string_equal(target_of(ETC "/b.service"), USR "/a.service");
        assert_string_equal(target_of(ETC "/c.target.requires/c.service"), USR "/c.service");
        assert_int_equal(state_of("a.service"), INSTALL_ENABLED);
        assert_int_equal(state_of("b.service"), INSTALL_ALIAS);
        assert_int_equal(run(install_disable, 0, "a.service"), 0);
        assert_string_equal(target_of(ETC "/b.service"), "");
        assert_string_equal(target_of(ETC "/c.target.requires/c.service"), "");
        assert_int_equal(state_of("c.service"), INSTALL_DISABLED);
}

static void test_runtime(void **state) {
        put(USR "/a.service", "[Install]\nWantedBy=x.target\n");
        assert_int_equal(run(install_enable, INSTALL_RUNTIME, "a.service"), 1);
        assert_string_equal(target_of(RUN "/x.target.wants/a.service"), USR "/a.service");
        assert_int_equal(state_of("a.service"), INSTALL_ENABLED_RUNTIME);
        assert_int_equal(run(install_mask, INSTALL_RUNTIME, "a.service"), 0);
        assert_int_equal(state_of("a.service"), INSTALL_MASKED_RUNTIME);
}

static void test_templates(void **state) {
        put(USR "/t@.service", "[Install]\nWantedBy=x.target\nDefaultInstance=1\n");
        put(USR "/u@.service", "[Install]\nWantedBy=x.target\nAlias=v@.service\n");
        assert_int_equal(run(install_enable, 0, "t@.service"), 1);
        assert_string_equal(target_of(ETC "/x.target.wants/t@1.service"), USR "/t@.service");
        assert_true(run(install_enable, 0, "u@.service") < 0);
        assert_int_equal(run(install_enable, 0, "u@7.service"), 2);
        assert_string_equal(target_of(ETC "/v@7.service"), USR "/u@.service");
        assert_int_equal(run(install_mask, 0, "u@8.service"), 0);
        assert_int_equal(run(install_disable, 0, "u@.service"), 0);
        assert_string_equal(target_of(ETC "/x.target.wants/u@7.service"), "");
        assert_string_equal(target_of(ETC "/u@8.service"), "/dev/null");
}

/* What [Install] says is input: no name in it may become a path. */
static void test_hostile(void **state) {
        put(USR "/a.service", "[Install]\nWantedBy=../../../x.target\n");
        put(USR "/b.service",
            "[Install]\nAlias=../b2.service /etc/passwd x.target.wants/c.service\n");
        put(USR "/c.service", "[Install]\nWantedBy=x.target\nDefaultInstance=../x\n");
        assert_true(run(install_enable, 0, "a.service") < 0);
        assert_true(run(install_enable, 0, "b.service") < 0);
        assert_true(run(install_enable, 0, "c.service") < 0);
        assert_int_equal(run(install_enable, 0, "../c.service"), -EINVAL);
        assert_int_equal(run(install_mask, 0, "x/c.service"), -EINVAL);
        assert_string_equal(target_of("/etc/systemd/b2.service"), "");
        assert_string_equal(target_of(ETC "/x.target.wants/c.service"), "");
}

/* A directory that a link leads to is one within the root. */
static void test_root(void **state) {
        put(USR "/a.service", "[Install]\nWantedBy=x.target\n");
        put_link("/etc/systemd/system", "/../../../../inner");
        put("/inner/keep", "");
        assert_int_equal(run(install_enable, 0, "a.service"), 1);
        assert_string_equal(target_of("/inner/x.target.wants/a.service"), USR "/a.service");
}

static void test_in_the_way(void **state) {
        put(USR "/a.service", "[Install]\nAlias=b.service\n");
        put_link(ETC "/b.service", USR "/other.service");
        assert_int_equal(run(install_enable, 0, "a.service"), -EEXIST);
        assert_string_equal(target_of(ETC "/b.service"), USR "/other.service");
        assert_int_equal(run(install_enable, INSTALL_FORCE, "a.service"), 1);
        assert_string_equal(target_of(ETC "/b.service"), USR "/a.service");
        put(ETC "/c.service", "[Service]\n");
        assert_int_equal(run(install_mask, INSTALL_FORCE, "c.service"), -EEXIST);
        assert_string_equal(target_of(ETC "/c.service"), "");
}

static void test_loops(void **state) {
        put(USR "/a.service", "[Install]\nWantedBy=x.target\n");
        put_link(ETC "/one.service", "two.service");
        put_link(ETC "/two.service", "one.service");
        put_link(ETC "/gone.service", "nowhere.service");
        assert_int_equal(run(install_enable, 0, "one.service"), -ELOOP);
        assert_int_equal(run(install_enable, 0, "gone.service"), -ENOLINK);
        assert_int_equal(run(install_enable, 0, "a.service"), 1);
        assert_int_equal(run(install_disable, 0, "a.service"), 0);
        assert_string_equal(target_of(ETC "/x.target.wants/a.service"), "");
}

static void test_presets(void **state) {
        Work w;

        put(USR "/a.service", "[Install]\nWantedBy=x.target\n");
        put(USR "/b.service", "[Install]\nWantedBy=x.target\n");
        put(USR "/t@.service", "[Install]\nWantedBy=x.target\n");
        put("/usr/lib/systemd/system-preset/90-all.preset", "disable *\n");
        put("/usr/lib/systemd/system-preset/10-a.preset", "enable b.service\n");
        put("/etc/systemd/system-preset/10-a.preset",
            "# mine\nenable a.service\nenable t@.service 1 2\nnonsense\n");
        assert_int_equal(run(install_enable, 0, "b.service"), 1);
        begin(&w, 0);
        assert_true(install_preset_all(&w.install, INSTALL_PRESET_FULL) > 0);
        assert_int_equal(diag_count(&w.diag, DIAG_WARNING), 1);
        end(&w);
        assert_int_equal(state_of("a.service"), INSTALL_ENABLED);
        assert_int_equal(state_of("b.service"), INSTALL_DISABLED);
        assert_int_equal(state_of("t@2.service"), INSTALL_ENABLED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_root, remove_root)

int main(void) {
        const struct CMUnitTest tests[] = {
                TEST(test_enable), TEST(test_runtime),    TEST(test_templates), TEST(test_hostile),
                TEST(test_root),   TEST(test_in_the_way), TEST(test_loops),     TEST(test_presets),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}

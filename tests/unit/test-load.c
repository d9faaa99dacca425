/* Protects which files make up a unit: the load path, aliases, masks, drop-ins and their order, and
 * that nothing outside of the root directory is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/strbuf.h"
#include "base/strv.h"
#include "tests/unit/tree.h"
#include "units/load-dropin.h"
#include "units/load-links.h"
#include "units/load-stamp.h"
#include "units/load.h"

/* A unit as text: "id (aliases) fragment!: text;text;"; "!" stands for masked. */
static void describe(const LoadedUnit *u, char **ret) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };

        strbuf_add(&b, u->id);
        STRV_FOREACH(alias, u->aliases)
                strbuf_addf(&b, " %s", *alias);
        strbuf_addf(&b, "|%s%s|", u->fragment ? u->fragment + strlen(root) : "",
                    u->masked ? "!" : "");
        for (size_t i = 0; i < u->n; i++)
                strbuf_addf(&b, "%s;", u->files[i].text);
        assert_int_equal(strbuf_take(&b, ret), 0);
}

typedef struct Result {
        int error;
        char *text; /* see describe() */
        Diag diag;
} Result;

static void result_done(Result *r) {
        free(r->text);
        diag_done(&r->diag);
}

static Result load(const char *name) {
        _cleanup_(load_path_done) LoadPath path = LOAD_PATH_EMPTY;
        _cleanup_(load_index_freep) LoadIndex *index = NULL;
        _cleanup_(load_done) LoadedUnit u = { 0 };
        Result result = { 0 };

        assert_int_equal(load_path_init(&path, root, ETC ":" RUN ":" USR, NULL), 0);
        assert_int_equal(load_index_new(&path, &result.diag, &index), 0);
        result.error = load_unit(index, name, &result.diag, &u);
        if (result.error == 0)
                describe(&u, &result.text);
        else
                assert_null(u.id);
        return result;
}

static void check(const char *name, const char *expected) {
        _cleanup_(result_done) Result r = load(name);

        assert_int_equal(r.error, 0);
        assert_string_equal(r.text, expected);
        assert_int_equal(r.diag.n, 0);
}

static void check_said(const Result *r, const char *part) {
        _cleanup_free_ char *line = NULL;

        assert_true(r->diag.n > 0);
        assert_int_equal(diag_entry_format(&r->diag.entries[r->diag.n - 1], &line), 0);
        if (!strstr(line, part))
                fail_msg("\"%s\" does not say \"%s\"", line, part);
}

static void check_warns(const char *name, const char *expected, const char *part) {
        _cleanup_(result_done) Result r = load(name);

        assert_int_equal(r.error, 0);
        assert_string_equal(r.text, expected);
        check_said(&r, part);
}

static void check_fails(const char *name, int error, const char *part) {
        _cleanup_(result_done) Result r = load(name);

        assert_int_equal(r.error, error);
        check_said(&r, part);
}

static void test_first_directory_wins(void **state) {
        put(USR "/a.service", "usr");
        check("a.service", "a.service|" USR "/a.service|usr;");
        put(RUN "/a.service", "run");
        check("a.service", "a.service|" RUN "/a.service|run;");
        put(ETC "/a.service", "etc");
        check("a.service", "a.service|" ETC "/a.service|etc;");
        check("b.service", "b.service||");
        check_fails("a", -EINVAL, "must end in a type");
}

static void test_templates(void **state) {
        put(USR "/t@.service", "template");
        put(USR "/t@one.service", "one");
        check("t@.service", "t@.service|" USR "/t@.service|template;");
        check("t@x.service", "t@x.service|" USR "/t@.service|template;");
        check("t@one.service", "t@one.service|" USR "/t@one.service|one;");
        check("t.service", "t.service||");
}

static void test_masks(void **state) {
        put(USR "/a.service", "usr");
        put(USR "/a.service.d/x.conf", "x");
        put_link(ETC "/a.service", "/dev/null");
        check("a.service", "a.service|" ETC "/a.service!|");
        put(USR "/b.service", "usr");
        put(RUN "/b.service", "");
        check("b.service", "b.service|" RUN "/b.service!|");
        put(USR "/t@.service", "template");
        put_link(ETC "/t@x.service", "/dev/null");
        check("t@x.service", "t@x.service|" ETC "/t@x.service!|");
        check("t@y.service", "t@y.service|" USR "/t@.service|template;");
}

static void test_aliases(void **state) {
        put(USR "/a.service", "a");
        put_link(ETC "/b.service", USR "/a.service");
        put_link(RUN "/c.service", "../../../etc/systemd/system/b.service");
        put_link(USR "/d.service", "a.service");
        check("a.service", "a.service b.service c.service d.service|" USR "/a.service|a;");
        check("c.service", "a.service b.service c.service d.service|" USR "/a.service|a;");

        put(USR "/t@.service", "t");
        put_link(ETC "/u@.service", USR "/t@.service");
        put_link(ETC "/v@x.service", USR "/t@.service");
        check("u@x.service", "t@x.service u@x.service v@x.service|" USR "/t@.service|t;");
        check("t@y.service", "t@y.service u@y.service|" USR "/t@.service|t;");
        check("u@.service", "t@.service u@.service|" USR "/t@.service|t;");
        /* an instance's own file goes before the template, by whatever name it is asked for */
        put(USR "/t@z.service", "own");
        check("u@z.service", "t@z.service u@z.service|" USR "/t@z.service|own;");
        put_link(ETC "/t@w.service", USR "/t@.service");
        check("t@w.service", "t@w.service u@w.service|" USR "/t@.service|t;");
        /* a link to the same name elsewhere in the path is no alias, and the file is found */
        put_link(ETC "/a.service", USR "/a.service");
        check("a.service", "a.service b.service c.service d.service|" USR "/a.service|a;");
}

static void test_linked_directories(void **state) {
        put(USR "/a.service", "a");
        put_link("/lib", "usr/lib");
        put_link(ETC "/b.service", "/lib/systemd/system/a.service");
        check("b.service", "a.service b.service|" USR "/a.service|a;");
        put("/opt/far.service", "far");
        put_link(ETC "/near.service", "/opt/far.service");
        check("near.service", "near.service|" ETC "/near.service|far;");
}

static void test_alias_faults(void **state) {
        put(USR "/a.service", "a");
        put(USR "/a.mount", "m");
        put(USR "/b.service", "b");
        put_link(ETC "/b.service", USR "/a.mount");
        check_warns("b.service", "b.service|" USR "/b.service|b;", "same type");
        put_link(RUN "/b@.service", USR "/a.service");
        put_link(ETC "/b.mount", "a.mount");
        check_warns("b.mount", "b.mount||", "template must point");
        put_link(USR "/x.service", "y.service");
        put_link(USR "/y.service", "x.service");
        check_fails("x.service", -ELOOP, "alias of itself");
        put_link(USR "/lost.service", "nowhere.service");
        check_warns("lost.service", "lost.service||", "does not exist");
}

static void test_outside_of_root(void **state) {
        put_link(ETC "/a.service", "/../../../../../../../etc/passwd");
        check_fails("a.service", -ENOENT, "no such file");
        put("/etc/passwd", "inner");
        check("a.service", "a.service|" ETC "/a.service|inner;");
        put(USR "/b.service", "b");
        put_link(ETC "/b.service.d", "/../../../../outside");
        put("/outside/x.conf", "x");
        check("b.service", "b.service|" USR "/b.service|b;x;");
}

static void test_odd_files(void **state) {
        char full[PATH_MAX];

        put(USR "/a.service", "a");
        prepare(ETC "/a.service/x", full);
        check_warns("a.service", "a.service|" USR "/a.service|a;", "no file");
        prepare(RUN "/f.service", full);
        assert_int_equal(mkfifo(full, 0600), 0);
        prepare("/pipe", full);
        assert_int_equal(mkfifo(full, 0600), 0);
        put_link(ETC "/g.service", "/pipe");
        check_fails("g.service", -EBADF, "fifo");
        put_link(ETC "/h.service", "/etc");
        check_fails("h.service", -EISDIR, "directory");
        prepare(USR "/b.service.d/dir.conf/x", full);
        check_fails("b.service", -EISDIR, "dir.conf");
        put_link(USR "/c.service.d/gone.conf", "nothing");
        check_warns("c.service", "c.service||", "does not exist");
        put(USR "/d.service.d", "no directory");
        check_warns("d.service", "d.service||", "no directory");
}

static void test_sizes(void **state) {
        char *text = calloc(1, LOAD_FILE_MAX + 1);
        size_t ten = 10 << 20;

        assert_non_null(text);
        memset(text, '#', LOAD_FILE_MAX + 1);
        put_n(USR "/large.service", text, LOAD_FILE_MAX + 1);
        put_n(USR "/ten.service", text, ten);
        free(text);
        check_fails("large.service", -EFBIG, "16 MiB");
        {
                _cleanup_(result_done) Result r = load("ten.service");

                assert_int_equal(r.error, 0);
                assert_true(strlen(r.text) > ten);
        }
}

static void check_levels(const char *name, const char *expected) {
        _cleanup_strv_ char **levels = NULL;
        _cleanup_(strbuf_done) StrBuf b = { 0 };

        assert_int_equal(load_dropin_levels(name, &levels), 0);
        STRV_FOREACH(level, levels)
                strbuf_addf(&b, "%s ", *level);
        assert_string_equal(b.text, expected);
}

static void test_dropin_levels(void **state) {
        char name[200] = "";

        check_levels("a.service", "a.service ");
        check_levels("a-b-c.service", "a-b-c.service a-b-.service a-.service ");
        check_levels("a-b-.service", "a-b-.service a-.service ");
        check_levels("a-b@x.service",
                     "a-b@x.service a-b@.service a-.service a-@x.service a-@.service ");
        check_levels("-a.service", "-a.service ");
        check_levels("a--b.service", "a--b.service a--.service a-.service ");
        /* the most that a name can have */
        for (size_t i = 0; i < 90; i++)
                strcat(name, "a-");
        strcat(name, "@x.service");
        {
                _cleanup_strv_ char **levels = NULL;

                assert_int_equal(load_dropin_levels(name, &levels), 0);
                assert_true(strv_length(levels) < 300);
        }
}

static void test_dropins(void **state) {
        put(USR "/a-b@.service", "main");
        put(USR "/a-b@x.service.d/50-own.conf", "own");
        put(USR "/a-b@.service.d/40-template.conf", "template");
        put(ETC "/a-.service.d/60-prefix.conf", "prefix");
        put(RUN "/service.d/10-type.conf", "type");
        put(RUN "/service.d/not-a-dropin", "no");
        put(RUN "/service.d/.hidden.conf", "no");
        check("a-b@x.service", "a-b@x.service|" USR "/a-b@.service|main;type;template;own;prefix;");

        /* of one name: the directory first, then the more specific, the type last */
        put(ETC "/service.d/50-own.conf", "type's");
        check("a-b@x.service", "a-b@x.service|" USR "/a-b@.service|main;type;template;own;prefix;");
        put(USR "/a-b@.service.d/50-own.conf", "template's");
        check("a-b@x.service", "a-b@x.service|" USR "/a-b@.service|main;type;template;own;prefix;");
        put(RUN "/a-.service.d/50-own.conf", "run's");
        check("a-b@x.service",
              "a-b@x.service|" USR "/a-b@.service|main;type;template;run's;prefix;");

        /* masks */
        put_link(ETC "/a-b@x.service.d/40-template.conf", "/dev/null");
        put(ETC "/a-b@x.service.d/60-prefix.conf", "");
        check("a-b@x.service", "a-b@x.service|" USR "/a-b@.service|main;type;run's;");
}

static void test_dropins_of_aliases(void **state) {
        put(USR "/a.service", "main");
        put_link(USR "/b.service", "a.service");
        put(ETC "/b.service.d/x.conf", "x");
        put(USR "/a.service.d/y.conf", "y");
        check("a.service", "a.service b.service|" USR "/a.service|main;x;y;");
        check("b.service", "a.service b.service|" USR "/a.service|main;x;y;");
        /* without a main file */
        put(USR "/user.slice.d/x.conf", "x");
        check("user.slice", "user.slice||x;");
}

static void test_explicit_file(void **state) {
        _cleanup_(load_done) LoadedUnit u = { 0 };
        _cleanup_(diag_done) Diag diag = { 0 };
        _cleanup_free_ char *text = NULL;
        char full[PATH_MAX];

        put("/home/a.service", "main");
        put("/home/a.service.d/2.conf", "two");
        put("/home/a.service.d/1.conf", "one");
        put_link("/home/a.service.d/3.conf", "/dev/null");
        put("/home/service.d/x.conf", "no");
        prepare("/home/a.service", full);
        assert_int_equal(load_file(full, &diag, &u), 0);
        describe(&u, &text);
        assert_string_equal(text, "a.service|/home/a.service|main;one;two;");
        assert_int_equal(diag.n, 0);
        prepare("/home/b.service", full);
        load_done(&u);
        assert_int_equal(load_file(full, &diag, &u), -ENOENT);
        assert_int_equal(load_file("/etc/passwd", &diag, &u), -EINVAL);
        assert_int_equal(diag_count(&diag, DIAG_ERROR), 2);
        assert_string_equal(diag.entries[0].file, full);
        assert_null(strstr(diag.entries[0].message, full)); /* once is enough */
}

static void check_path(const char *environment, const char *first, const char *last) {
        _cleanup_(load_path_done) LoadPath path = LOAD_PATH_EMPTY;
        size_t n;

        assert_int_equal(load_path_init(&path, NULL, environment, NULL), 0);
        n = strv_length(path.directories);
        assert_string_equal(n > 0 ? path.directories[0] : "", first);
        assert_string_equal(n > 0 ? path.directories[n - 1] : "", last);
}

static void test_load_path(void **state) {
        _cleanup_(load_path_done) LoadPath path = LOAD_PATH_EMPTY;

        check_path("/a:/b", "/a", "/b");
        check_path("/a//:/b:/a", "/a", "/b");
        check_path("/a:", "/a", "/run/systemd/generator.late");
        check_path(NULL, "/run/svalinn/transient", "/run/systemd/generator.late");
        check_path(":", "/run/svalinn/transient", "/run/systemd/generator.late");
        check_path("", "", "");
        assert_int_equal(load_path_init(&path, "/nowhere/at/all", NULL, NULL), -ENOENT);
        assert_int_equal(load_path_init(&path, root, NULL, NULL), 0);
        assert_string_equal(path.root, root);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, make_root, remove_root)

/* ---- links to other units ---- */

static void check_links(char *const *names, const char *expected, const char *warning) {
        _cleanup_(load_path_done) LoadPath path = LOAD_PATH_EMPTY;
        _cleanup_(load_index_freep) LoadIndex *index = NULL;
        _cleanup_(result_done) Result r = { 0 };
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        _cleanup_strv_ char **found = NULL;

        assert_int_equal(load_path_init(&path, root, ETC ":" RUN ":" USR, NULL), 0);
        assert_int_equal(load_index_new(&path, NULL, &index), 0);
        assert_int_equal(load_links_list(index, names, ".wants", &r.diag, &found), 0);
        STRV_FOREACH(name, found)
                strbuf_addf(&b, "%s ", *name);
        assert_int_equal(strbuf_take(&b, &r.text), 0);
        assert_string_equal(r.text, expected);
        if (warning)
                check_said(&r, warning);
        else
                assert_int_equal(r.diag.n, 0);
}

static void test_links(void **state) {
        char *a[] = { (char *)"a.target", NULL }, *both[] = { a[0], (char *)"alias.target", NULL };
        char *t[] = { (char *)"t-u@x.service", NULL };

        check_links(a, "", NULL);
        put_link(USR "/a.target.wants/one.service", "../one.service");
        check_links(a, "one.service ", NULL);
        put_link(USR "/alias.target.wants/two.service", "/lib/systemd/system/two.service");
        check_links(a, "one.service ", NULL);
        check_links(both, "one.service two.service ", NULL);
        /* whatever the link points to, its name counts */
        put_link(ETC "/t-u@.service.wants/i@y.service", "../i@.service");
        put_link(ETC "/t-@.service.wants/three.service", "/outside/three.service");
        put_link(ETC "/service.wants/four.service", "four.service");
        check_links(t, "four.service i@y.service three.service ", NULL);
        /* hidden, twice over */
        put_link(ETC "/a.target.wants/one.service", "/dev/null");
        check_links(a, "", NULL);
        put_link(USR "/b.target.wants/x.service", "y.service");
        a[0] = (char *)"b.target";
        check_links(a, "x.service ", "of another name");
        put(RUN "/c.target.wants/x.service", "text");
        a[0] = (char *)"c.target";
        check_links(a, "", "no symbolic link");
        put_link(RUN "/d.target.wants/README", "../README");
        a[0] = (char *)"d.target";
        check_links(a, "", "no unit's name");
        put(RUN "/e.target.wants", "a file");
        a[0] = (char *)"e.target";
        check_links(a, "", "cannot be read");
}

static uint64_t stamp_of(const char *name, const char *alias) {
        _cleanup_(load_path_done) LoadPath path = LOAD_PATH_EMPTY;
        _cleanup_(load_index_freep) LoadIndex *index = NULL;
        char *names[] = { (char *)name, (char *)alias, NULL };
        uint64_t stamp, again;

        assert_int_equal(load_path_init(&path, root, ETC ":" RUN ":" USR, NULL), 0);
        assert_int_equal(load_index_new(&path, NULL, &index), 0);
        assert_int_equal(load_stamp(index, names, &stamp), 0);
        assert_int_equal(load_stamp(index, names, &again), 0);
        assert_true(stamp == again);
        return stamp;
}

/* Every change to what a unit is made of changes its stamp, and nothing else does. */
static void test_stamp(void **state) {
        uint64_t before = stamp_of("a.service", NULL), now;

#define CHANGES(action)                                   \
        do {                                              \
                action;                                   \
                now = stamp_of("a.service", "b.service"); \
                assert_true(now != before);               \
                before = now;                             \
        } while (0)
        CHANGES(put(USR "/a.service", "one"));
        CHANGES(put(USR "/a.service", "longer"));
        CHANGES(put(ETC "/a.service", "other"));
        CHANGES(put(USR "/a.service.d/x.conf", "x"));
        CHANGES(put(USR "/service.d/y.conf", "y"));
        CHANGES(put(USR "/b.service.d/z.conf", "z"));
        CHANGES(put_link(USR "/a.service.wants/w.service", "w"));
        CHANGES(put_link(USR "/a.service.wants/v.service", "v"));
        CHANGES(put_link(RUN "/a.service.upholds/v.service", "v"));
#undef CHANGES
        put(USR "/c.service", "c");
        put(USR "/c.service.d/x.conf", "x");
        put_link(USR "/c.service.wants/v.service", "v");
        assert_true(stamp_of("a.service", "b.service") == before);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                TEST(test_first_directory_wins),
                TEST(test_templates),
                TEST(test_masks),
                TEST(test_aliases),
                TEST(test_linked_directories),
                TEST(test_alias_faults),
                TEST(test_outside_of_root),
                TEST(test_odd_files),
                TEST(test_sizes),
                TEST(test_dropin_levels),
                TEST(test_dropins),
                TEST(test_dropins_of_aliases),
                TEST(test_explicit_file),
                TEST(test_load_path),
                TEST(test_links),
                TEST(test_stamp),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Protects the reading of what the kernel has mounted and swaps to: names in it are chosen by
 * others. */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "supervisor/manager/mount-table.h"

static MountTable parse(const char *text, int (*with)(char *text, MountTable *ret)) {
        MountTable t;
        char *copy = strdup(text);

        assert_non_null(copy);
        assert_int_equal(with(copy, &t), 0);
        return t;
}

static void test_mounts(void **unused) {
        MountTable t =
                parse("22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw,errors=x\n"
                      "23 22 0:5 /a /mnt/o\\040b ro - tmpfs - rw\n"
                      "24 22 0:6 / /mnt/tags rw shared:1 master:2 unbindable - nfs h:/x rw\n",
                      mount_table_parse);
        const MountEntry *e = mount_table_find(&t, "/mnt/o b");

        assert_int_equal(t.n, 3);
        assert_non_null(e);
        assert_string_equal(e->what, "-");
        assert_string_equal(e->type, "tmpfs");
        assert_string_equal(e->options, "ro");
        e = mount_table_find(&t, "/mnt/tags");
        assert_non_null(e);
        assert_string_equal(e->what, "h:/x");
        assert_null(mount_table_find(&t, "/mnt"));
        mount_table_done(&t);
}

static void test_the_top_counts(void **unused) {
        MountTable t = parse("1 1 0:1 / /a rw - tmpfs below rw\n2 1 0:2 / /a rw - tmpfs above rw\n",
                             mount_table_parse);

        assert_string_equal(mount_table_find(&t, "/a")->what, "above");
        mount_table_done(&t);
}

/* Lines that are none: cut off, without a separator, relative, empty. */
static void test_hostile_mounts(void **unused) {
        MountTable t =
                parse("1 1 0:1 / /a rw - tmpfs\n2 1 0:1 / /b rw shared:1 tmpfs x rw\n"
                      "3 1 0:1 / relative rw - tmpfs x rw\n\n  \n- - - - - - -\n4 1 0:1 /\n"
                      "5 1 0:1 / /c\\0401\\400\\04 rw - tmpfs x\\134 rw\n6 1 0:1 / /cut rw - t",
                      mount_table_parse);

        assert_int_equal(t.n, 1);
        assert_string_equal(t.items[0].where, "/c 1\\400\\04");
        assert_string_equal(t.items[0].what, "x\\");
        mount_table_done(&t);
        t = parse("", mount_table_parse);
        assert_int_equal(t.n, 0);
        mount_table_done(&t);
}

static void test_swaps(void **unused) {
        MountTable t = parse("Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n"
                             "/dev/sda2                               partition\t8\t\t0\t\t-2\n"
                             "/swap\\040file\\040(deleted)  file\t1\t0\t-3\n/short\n",
                             mount_table_parse_swaps);

        assert_int_equal(t.n, 2);
        assert_non_null(mount_table_find(&t, "/dev/sda2"));
        assert_non_null(mount_table_find(&t, "/swap file (deleted)"));
        mount_table_done(&t);
}

static void test_api(void **unused) {
        assert_true(mount_table_is_api("/proc"));
        assert_true(mount_table_is_api("/sys/fs/cgroup/unified"));
        assert_false(mount_table_is_api("/"));
        assert_false(mount_table_is_api("/dev/hugepages"));
        assert_false(mount_table_is_api("/run/user"));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_mounts),
                cmocka_unit_test(test_the_top_counts),
                cmocka_unit_test(test_hostile_mounts),
                cmocka_unit_test(test_swaps),
                cmocka_unit_test(test_api),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}

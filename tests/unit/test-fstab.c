/* Protects what /etc/fstab means as units, and that no line of it can be more than a value there.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "base/text.h"
#include "supervisor/manager/fstab.h"

static Diag said;
static FstabFiles files;

static void make_with(const char *text, bool links, bool fsck) {
        char *copy = strdup(text);

        diag_done(&said);
        said = (Diag){ 0 };
        fstab_done(&files);
        assert_non_null(copy);
        assert_int_equal(fstab_make(copy, &(FstabMachine){ links, fsck }, &said, &files), 0);
        free(copy);
}

static void make(const char *text) {
        make_with(text, false, false);
}

static int tear_down(void **unused) {
        diag_done(&said);
        fstab_done(&files);
        return 0;
}

static void check_file(const char *name, const char *text) {
        const FstabFile *f = fstab_find(&files, name);

        assert_non_null(f);
        assert_string_equal(f->text, text);
}

#define HEAD   "# Made from /etc/fstab\n[Unit]\n"
#define SOURCE HEAD "SourcePath=/etc/fstab\n"

static void test_a_mount(void **unused) {
        make("# a comment\n\n/dev/sda3\t/var  ext4 \trw,noatime 0 2\n");
        assert_int_equal(said.n, 0);
        assert_int_equal(files.n, 2);
        check_file("var.mount", SOURCE "[Mount]\nWhat=/dev/sda3\nType=ext4\nOptions=rw,noatime\n");
        check_file("local-fs.target.d/50-fstab.conf", HEAD "Requires=var.mount\n");
}

static void test_targets(void **unused) {
        make("/dev/a /a ext4 noauto\n/dev/b /b ext4 nofail\nh:/c /c nfs\n/dev/d /d ext4 _netdev\n"
             "/dev/e none swap sw,pri=3\n/dev/f /f ext4 x-systemd.wanted-by=g.target\n"
             "/dev/g /g auto noauto,x-systemd.required-by=h.target");
        assert_int_equal(said.n, 0);
        check_file("local-fs.target.d/50-fstab.conf", HEAD "Wants=b.mount\n");
        check_file("remote-fs.target.d/50-fstab.conf", HEAD "Requires=c.mount\nRequires=d.mount\n");
        check_file("swap.target.d/50-fstab.conf", HEAD "Requires=dev-e.swap\n");
        check_file("dev-e.swap", SOURCE "[Swap]\nWhat=/dev/e\nOptions=sw,pri=3\n");
        check_file("g.target.d/50-fstab.conf", HEAD "Wants=f.mount\n");
        check_file("h.target.d/50-fstab.conf", HEAD "Requires=g.mount\n");
        check_file("g.mount", SOURCE "[Mount]\nWhat=/dev/g\n"
                                     "Options=noauto,x-systemd.required-by=h.target\n");
}

static void test_options(void **unused) {
        make("/dev/a /a ext4 x-systemd.requires=/dev/key,x-systemd.after=n.service,"
             "x-systemd.before=/b,x-systemd.requires-mounts-for=/c\n");
        check_file("a.mount", SOURCE "Requires=dev-key.device\nAfter=dev-key.device\n"
                                     "After=n.service\nBefore=b.mount\nRequiresMountsFor=/c\n"
                                     "[Mount]\nWhat=/dev/a\nType=ext4\nOptions="
                                     "x-systemd.requires=/dev/key,x-systemd.after=n.service,"
                                     "x-systemd.before=/b,x-systemd.requires-mounts-for=/c\n");
}

static void test_more_options(void **unused) {
        make("/dev/a /a/b ext4 x-systemd.device-timeout=10,x-systemd.rw-only,"
             "x-systemd.requires-mounts-for=/%c,x-systemd.automount,x-systemd.mount-timeout=5s\n");
        check_file("dev-a.device.d/50-fstab.conf", HEAD "JobRunningTimeoutSec=10\n");
        check_file("a-b.mount",
                   SOURCE "RequiresMountsFor=/%%c\n[Mount]\nWhat=/dev/a\nType=ext4\nOptions="
                          "x-systemd.device-timeout=10,x-systemd.rw-only,"
                          "x-systemd.requires-mounts-for=/%%c,x-systemd.automount,"
                          "x-systemd.mount-timeout=5s\nReadWriteOnly=yes\nTimeoutSec=5s\n");
        assert_int_equal(said.n, 1);
        assert_string_equal(said.entries[0].message, "x-systemd.automount has no effect here");
}

static void test_tags(void **unused) {
        make_with("UUID=a-b /a ext4 defaults 0 1\nUUID=s none swap\n", true, true);
        check_file("a.mount",
                   SOURCE "Requires=systemd-fsck@dev-disk-by\\x2duuid-a\\x2db.service\n"
                          "After=systemd-fsck@dev-disk-by\\x2duuid-a\\x2db.service\n"
                          "[Mount]\nWhat=/dev/disk/by-uuid/a-b\nType=ext4\nOptions=defaults\n");
        assert_non_null(fstab_find(&files, "dev-disk-by\\x2duuid-s.swap"));
        make_with("UUID=a-b /a ext4 defaults 0 1\nUUID=s none swap\n", false, true);
        check_file("a.mount", SOURCE "[Mount]\nWhat=UUID=a-b\nType=ext4\nOptions=defaults\n");
        assert_int_equal(said.n, 1);
        assert_int_equal(said.entries[0].line, 2);
}

/* Left out in silence: "/", and what process 1 mounts. */
static void test_not_ours(void **unused) {
        make("/dev/a / ext4\nproc /proc proc\nx /sys/fs/cgroup cgroup2\n");
        assert_int_equal(said.n, 0);
        assert_int_equal(files.n, 0);
}

static void test_escapes(void **unused) {
        make("/dev/a\\040b /o\\040b ext4 user=x%y\n");
        check_file("o\\x20b.mount",
                   SOURCE "[Mount]\nWhat=/dev/a b\nType=ext4\nOptions=user=x%%y\n");
}

/* Each of them is said, and makes nothing. */
static void test_hostile_lines(void **unused) {
        static const char *const lines[] = {
                "/dev/a",
                "/dev/a /a",
                "/dev/a relative ext4",
                "/dev/a none ext4",
                "/dev/a /a/../etc ext4",
                "/dev/a\\012ExecStart=/x /a ext4",
                "/dev/a /a ext4 rw\\012[Service]",
                "/dev/a /a ext4 rw\\134",
                "/dev/a\\040 /a ext4",
                "/dev/a /a\\011 ext4",
                "/dev/\xff /a ext4",
                "relative x swap",
                "UUID=x none swap",
        };

        for (size_t i = 0; i < ARRAY_SIZE(lines); i++) {
                make(lines[i]);
                assert_int_equal(said.n, 1);
                assert_int_equal(said.entries[0].line, 1);
                assert_string_equal(said.entries[0].file, "/etc/fstab");
                assert_int_equal(files.n, 0);
        }
}

static void test_the_first_counts(void **unused) {
        make("/dev/a /a ext4\n/dev/b /a/ ext4\n/dev/c /a ext4 x-systemd.wanted-by=g.target\n");
        assert_int_equal(said.n, 2);
        assert_int_equal(said.entries[1].line, 3);
        assert_int_equal(files.n, 2);
        check_file("a.mount", SOURCE "[Mount]\nWhat=/dev/a\nType=ext4\nOptions=defaults\n");
}

static void test_wrong_options_are_passed_over(void **unused) {
        make("/dev/a /a ext4 x-systemd.after=,x-systemd.requires-mounts-for=b,"
             "x-systemd.wanted-by=@.target,noauto\n");
        assert_non_null(fstab_find(&files, "a.mount"));
        assert_true(said.n >= 1);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_a_mount),
                cmocka_unit_test(test_targets),
                cmocka_unit_test(test_options),
                cmocka_unit_test(test_more_options),
                cmocka_unit_test(test_tags),
                cmocka_unit_test(test_not_ours),
                cmocka_unit_test(test_escapes),
                cmocka_unit_test(test_hostile_lines),
                cmocka_unit_test(test_the_first_counts),
                cmocka_unit_test(test_wrong_options_are_passed_over),
        };

        return cmocka_run_group_tests(tests, NULL, tear_down);
}

/* Protects the checks of words: what systemd accepts passes, and what it refuses is refused with a
 * message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/text.h"
#include "units/check-network.h"
#include "units/check-path.h"
#include "units/check-resource.h"
#include "units/check.h"

typedef int Check(const char *word, Diag *diag);

/* Words end with NULL. */
typedef struct Case {
        const char *name;
        Check *check;
        const char *right[16];
        const char *wrong[16];
} Case;

#define CASE(function) .name = #function, .check = function

static const Case cases[] = {
        { CASE(check_unit_name),
          { "a.service", "a@b.socket", "a@.timer", "-.mount", "dev-x\\x2dy.device" },
          { "", "a", "a.unit", "a b.service", "a/b.service", ".service" } },
        { CASE(check_service_name), { "a.service" }, { "a.socket", "a" } },
        { CASE(check_slice_name), { "a.slice", "-.slice" }, { "a.service", "" } },
        { CASE(check_user_name),
          { "root", "_apt", "0", "1000", "sssd.user", "Jane Doe", "user@realm", "machine$" },
          { "", "65535", "4294967295", "99999999999", "-x", "a:b", "a/b", ".", "..", " x", "x ",
            "a\tb" } },
        { CASE(check_bus_name),
          { "org.example.Name", "a.b", "org.x-y._z9" },
          { "", "org", "org.", ".org", "org..x", "org.9x", "org.ex ample" } },
        { CASE(check_fd_name), { "x", "my socket" }, { "", "a:b", "\x80", "a\n" } },
        { CASE(check_variable_name), { "PATH", "_x1" }, { "", "1x", "A B", "A=b", "A-B" } },
        { CASE(check_variable), { "PATH", "A=", "A=b c" }, { "", "1=2", "=x" } },
        { CASE(check_journal_field),
          { "FIELD=x", "A_1=" },
          { "", "field=x", "FIELD", "_F=x", "=x", "1A=x" } },
        { CASE(check_secure_bit), { "noroot", "keep-caps-locked" }, { "", "root", "NOROOT" } },
        { CASE(check_syscall_architecture),
          { "native", "x86-64", "arm64" },
          { "", "amd64", "x86_64" } },
        { CASE(check_coredump_filter),
          { "all", "private-dax", "33", "0x33", "ff" },
          { "", "none", "0x" } },
        { CASE(check_capability),
          { "CAP_SYS_ADMIN", "cap_chown", "5" },
          { "", "SYS_ADMINS", "64" } },
        { CASE(check_boolean), { "yes", "0", "on", "False" }, { "", "maybe" } },
        { CASE(check_credential_name), { "a", "a.b-c" }, { "", ".", "..", "a/b", "a:b" } },
        { CASE(check_credential_pattern), { "a*", "*" }, { "", "a/*" } },
        { CASE(check_credential_source),
          { "a", "a:/b", "a:b" },
          { "", ":/b", "a:b/c", "a/b:/c", "a:" } },
        { CASE(check_credential_value), { "a:b", "a:", "a:b:c d" }, { "", "a", ":b" } },
        { CASE(check_documentation),
          { "man:x(1)", "https://x", "file:/x", "info:x" },
          { "", "x", "man:", "ftp://x", "file:x" } },
        { CASE(check_base64),
          { "", "aGVsbG8=", "aGVs bG8=", "aA==" },
          { "a", "aGVsbG8", "a===", "aG!s" } },
        { CASE(check_time_span), { "5", "1h 30min", "infinity" }, { "", "x", "-5" } },
        { CASE(check_calendar), { "daily", "Mon 06:00", "*-*-01" }, { "", "never", "25:00" } },
        { CASE(check_file_system),
          { "ext4", "~tmpfs", "@basic-api", "fuse.sshfs" },
          { "", "~", "@", "ext 4", "a/b" } },
        { CASE(check_log_namespace), { "x", "a-b" }, { "", "a/b", "a b" } },
        { CASE(check_instance_name), { "x", "a@b" }, { "", "a/b" } },
        { CASE(check_path_absolute), { "/", "/a b" }, { "", "a", "/a\nb" } },
        { CASE(check_path_needs_update),
          { "/etc", "/var/" },
          { "", "/usr", "/etc/x", "/variable" } },
        { CASE(check_path_image), { "/a", "-/a:root:ro" }, { "", "a", "-", "-a" } },
        { CASE(check_path_image_mount),
          { "/a:/b", "-/a\\:b:/c:ro" },
          { "", "/a", "/a:b", "a:/b" } },
        { CASE(check_path_image_options), { "ro,noatime", "root:ro" }, { "boot:ro", "r\x01o" } },
        { CASE(check_path_open_file),
          { "/a", "/a:name", "/a:name:read-only,graceful", "/a::append" },
          { "", "a", "/a:b:readonly", "/a:b:append:c" } },
        { CASE(check_path_root_hash),
          { "/a", "0123456789abcdef0123456789ABCDEF" },
          { "", "a", "0123456789abcdef0123456789abcdefa", "0123456789abcdef",
            "0123456789abcdef0123456789abcdeg" } },
        { CASE(check_path_root_hash_signature),
          { "/a", "base64:aGVsbG8=" },
          { "", "a", "base64:a" } },
        { CASE(check_resource_cpu_set),
          { "0", "0-3", "0,2-3,8191", "1," },
          { "x", "3-1", "8192", "0-", "-1", "1-2-3", "99999999999", "1;2" } },
        { CASE(check_resource_cpu_affinity), { "numa", "0-3" }, { "all" } },
        { CASE(check_resource_node_mask), { "all", "0-3" }, { "numa" } },
        { CASE(check_resource_device_weight),
          { "/dev/sda 100" },
          { "", "/dev/sda", "/dev/sda 0", "/dev/sda 10001", "sda 5" } },
        { CASE(check_resource_device_rate),
          { "/dev/sda 5M", "/ 1", "/dev/sda infinity" },
          { "/dev/sda", "/dev/sda x", "/dev/sda 0" } },
        { CASE(check_resource_device_latency), { "/dev/sda 25ms" }, { "/dev/sda", "/dev/sda x" } },
        { CASE(check_resource_device),
          { "/dev/null", "/dev/null rw", "char-pts rwm", "block-* r" },
          { "", "null", "/dev/null x", "chars" } },
        { CASE(check_resource_controller), { "cpu", "memory" }, { "", "network" } },
        { CASE(check_resource_delegate), { "yes", "pids" }, { "", "network" } },
        { CASE(check_resource_bpf_program),
          { "egress:/x" },
          { "", "egress", "egress:x", "foo:/x" } },
        { CASE(check_network_prefix),
          { "any", "localhost", "10.0.0.0/8", "10.1.2.3", "::1", "fe80::/10", "::/0" },
          { "", "10.0.0.0/33", "10.0.0/8", "::1/129", "localhosts", "10.0.0.0/", "1.2.3.4/-1" } },
        { CASE(check_network_bind),
          { "any", "80", "80-90", "tcp:80", "ipv6:udp:53", "ipv4:any", "tcp" },
          { "", "0", "65536", "90-80", "sctp:80", "tcp:ipv4:80", "tcp:" } },
        { CASE(check_network_interface),
          { "eth0", "br-lan" },
          { "", "12", "a/b", "a:b", ".", "a b" } },
        { CASE(check_network_interfaces), { "~eth0", "eth0" }, { "~", "" } },
        { CASE(check_network_listen),
          { "/run/x", "@x", "80", "127.0.0.1:80", "[::1]:80", "[fe80::1]:80%eth0", "vsock:2:80",
            "vsock::80" },
          { "", "@", "0", "65536", "x", "127.0.0.1", "::1:80", "[::1]80", "[127.0.0.1]:80",
            "1.2.3.4:x", "vsock:2", "vsock:x:1" } },
        { CASE(check_network_netlink),
          { "route", "kobject-uevent 1", "15 1" },
          { "", "foo", "route x" } },
        { CASE(check_network_tos), { "low-cost", "16", "0x10" }, { "", "256", "high" } },
};

/* What the check says about WORD; a refusal says why. */
static int judge(const Case *c, const char *word) {
        _cleanup_(diag_done) Diag diag = { 0 };
        int r = c->check(word, &diag);

        if ((r < 0) != (diag_count(&diag, DIAG_ERROR) == 1))
                fail_msg("%s(\"%s\") returns %d and has %zu messages", c->name, word, r, diag.n);
        return r;
}

static void test_words(void **state) {
        unsigned faults = 0;

        for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
                for (const char *const *word = cases[i].right; *word; word++) {
                        faults += judge(&cases[i], *word) != 0;
                        if (judge(&cases[i], *word) != 0)
                                print_error("%s(\"%s\") refuses\n", cases[i].name, *word);
                }
                for (const char *const *word = cases[i].wrong; *word; word++) {
                        faults += judge(&cases[i], *word) >= 0;
                        if (judge(&cases[i], *word) >= 0)
                                print_error("%s(\"%s\") accepts\n", cases[i].name, *word);
                }
        }
        assert_int_equal(faults, 0);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_words),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}

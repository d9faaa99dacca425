/*
 * Conditions that look at the kernel and at the release of the system.
 */
#include <fnmatch.h>
#include <gnu/libc-version.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#include "base/dir.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/text.h"
#include "units/condition-tests.h"

#define TEXT_MAX       65536
#define SYSTEMD_LEVEL  "252" /* whose units and manual pages we follow */
#define SECURE_BOOT    "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define EFI_ATTRIBUTES 4 /* bytes in front of a variable */

/* In a container the kernel's words are the host's; process 1 has those that are meant. */
int condition_kernel_word(const char *argument, const ConditionFacts *facts) {
        bool container = getenv("container"), assignment = strchr(argument, '=');
        _cleanup_free_ char *text = calloc(1, TEXT_MAX);
        char *rest = text, *word;
        ssize_t n;

        if (!text)
                return -ENOMEM;
        n = file_read_start_at(AT_FDCWD, container ? "/proc/1/cmdline" : "/proc/cmdline", text,
                               TEXT_MAX);
        for (ssize_t i = 0; i < n - 1; i++)
                if (text[i] == '\0')
                        text[i] = ' ';
        while ((word = strsep(&rest, WHITESPACE))) {
                const char *after = text_after(word, argument);

                if (after && (*after == '\0' || (!assignment && *after == '=')))
                        return 1;
        }
        return n < 0 ? (int)n : 0;
}

/* Words that are patterns, or comparisons; all must fit. */
static int fits_all(const char *argument, const char *version) {
        _cleanup_free_ char *copy = strdup(argument);
        char *rest = copy, *word;

        if (!copy)
                return -ENOMEM;
        while ((word = strsep(&rest, WHITESPACE))) {
                const char *text = word, *op = condition_compare_operator(&text);

                if (!*word)
                        continue;
                if (op && !*text) /* white space behind the operator */
                        do
                                text = strsep(&rest, WHITESPACE);
                        while (text && !*text);
                if (!text)
                        return -EINVAL;
                if (op ? !condition_compare_fits(op, condition_compare_versions(version, text))
                       : fnmatch(text, version, 0) != 0)
                        return 0;
        }
        return 1;
}

int condition_kernel_version(const char *argument, const ConditionFacts *facts) {
        struct utsname u;

        return uname(&u) < 0 ? -errno : fits_all(argument, u.release);
}

int condition_kernel_any_version(const char *argument, const ConditionFacts *facts) {
        const char *after;

        after = text_after(argument, "systemd");
        if (after)
                return fits_all(after, SYSTEMD_LEVEL);
        after = text_after(argument, "glibc");
        if (after)
                return fits_all(after, gnu_get_libc_version());
        after = text_after(argument, "kernel");
        return condition_kernel_version(after ? after : argument, facts);
}

/* ---- security ---- */

static bool has(const char *path) {
        return access(path, F_OK) == 0;
}

static bool begins_with(const char *path, size_t offset, char wanted) {
        char text[16];
        ssize_t n = file_read_start_at(AT_FDCWD, path, text, sizeof(text));

        return n > (ssize_t)offset && text[offset] == wanted;
}

static bool has_audit(void) {
        int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_AUDIT);

        fd_close(fd);
        return fd >= 0;
}

int condition_kernel_security(const char *name, const ConditionFacts *facts) {
        if (text_eq(name, "selinux"))
                return has("/sys/fs/selinux/enforce");
        if (text_eq(name, "apparmor"))
                return begins_with("/sys/module/apparmor/parameters/enabled", 0, 'Y');
        if (text_eq(name, "tomoyo"))
                return has("/sys/kernel/security/tomoyo/version");
        if (text_eq(name, "smack"))
                return has("/sys/fs/smackfs/load2");
        if (text_eq(name, "ima"))
                return has("/sys/kernel/security/ima");
        if (text_eq(name, "audit"))
                return has_audit();
        if (text_eq(name, "uefi-secureboot"))
                return begins_with(SECURE_BOOT, EFI_ATTRIBUTES, 1);
        if (text_eq(name, "tpm2"))
                return condition_path_directory_full("/sys/class/tpmrm", facts);
        return 0;
}

int condition_kernel_controllers(const char *argument, const ConditionFacts *facts) {
        _cleanup_free_ char *copy = strdup(argument);
        char *rest = copy, *word;

        if (!copy)
                return -ENOMEM;
        if (text_eq(argument, "v1") || text_eq(argument, "v2"))
                return argument[1] == '2';
        while ((word = strsep(&rest, WHITESPACE))) {
                const char *at = facts->controllers ? facts->controllers : "";
                size_t n = strlen(word);
                bool found = n == 0;

                while (!found && *at) {
                        size_t one = strcspn(at, WHITESPACE);

                        found = one == n && strncmp(at, word, n) == 0;
                        at += one + strspn(at + one, WHITESPACE);
                }
                if (!found)
                        return 0;
        }
        return 1;
}

/* ---- os-release(5) ---- */

/* The value of KEY, without quotes, in TEXT, which gets cut; "" where there is none. */
static const char *find_value(char *text, const char *key) {
        char *line;

        while ((line = strsep(&text, "\n"))) {
                char *value = (char *)text_after(line, key);
                size_t n;

                if (!value || *value++ != '=')
                        continue;
                n = strlen(value);
                if (n >= 2 && (*value == '"' || *value == '\'') && value[n - 1] == *value) {
                        value[n - 1] = '\0';
                        value++;
                }
                return value;
        }
        return "";
}

int condition_kernel_os_release(const char *argument, const ConditionFacts *facts) {
        _cleanup_free_ char *copy = strdup(argument), *file = NULL;
        char *rest = copy, *word;
        int r = file_read_at(AT_FDCWD, "/etc/os-release", TEXT_MAX, &file, NULL);

        if (r == -ENOENT)
                r = file_read_at(AT_FDCWD, "/usr/lib/os-release", TEXT_MAX, &file, NULL);
        if (r < 0 || !copy)
                return copy ? r : -ENOMEM;
        while ((word = strsep(&rest, WHITESPACE))) {
                _cleanup_free_ char *text = strdup(file);
                size_t n = strcspn(word, "<>=!");
                const char *wanted = word + n, *op = condition_compare_operator(&wanted), *value;

                if (!*word)
                        continue;
                if (!op || !text)
                        return text ? -EINVAL : -ENOMEM;
                word[n] = '\0';
                value = find_value(text, word);
                /* "=" and "!=" are about text, the others about versions */
                if (text_eq(op, "=") || text_eq(op, "!=")
                            ? text_eq(value, wanted) != text_eq(op, "=")
                            : !condition_compare_fits(op,
                                                      condition_compare_versions(value, wanted)))
                        return 0;
        }
        return 1;
}

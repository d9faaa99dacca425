/*
 * Who the process is: ids, groups, capabilities, and what /etc/passwd and /etc/group inside the
 * sandbox say about names. The files are read here and not by a name service, since a static
 * program has to find a dynamic user too.
 */
#include <grp.h>
#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/host/probe/probe.h"

#define GROUPS_MAX 256
#define FILE_MAX   65536

static void say_three(const char *key, unsigned real, unsigned effective, unsigned saved) {
        if (real == effective && effective == saved)
                probe_say(key, NULL, "%u", real);
        else
                probe_say(key, NULL, "%u,%u,%u", real, effective, saved);
}

static void report_uid(const char *key, const char *unused _unused_) {
        uid_t r, e, s;

        getresuid(&r, &e, &s);
        say_three(key, r, e, s);
}

static void report_gid(const char *key, const char *unused _unused_) {
        gid_t r, e, s;

        getresgid(&r, &e, &s);
        say_three(key, r, e, s);
}

static int compare_gids(const void *a, const void *b) {
        const gid_t *x = a, *y = b;

        return (*x > *y) - (*x < *y);
}

static void report_groups(const char *key, const char *unused _unused_) {
        gid_t groups[GROUPS_MAX];
        char list[GROUPS_MAX * 11] = "";
        size_t length = 0;
        int n = getgroups(GROUPS_MAX, groups);

        if (n < 0) {
                probe_say_result(key, NULL, -errno);
                return;
        }
        qsort(groups, (size_t)n, sizeof(gid_t), compare_gids);
        for (int i = 0; i < n; i++)
                length += (size_t)snprintf(list + length, sizeof(list) - length, "%s%u",
                                           i ? "," : "", groups[i]);
        probe_say(key, NULL, "%s", list);
}

static void say_capabilities(const char *key, const char *part, uint64_t set) {
        probe_say(key, part, "%llx", (unsigned long long)set);
}

/* What the kernel knows, asked for directly: /proc may be hidden. */
static void report_caps(const char *key, const char *unused _unused_) {
        struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
        struct __user_cap_data_struct data[2] = { 0 };
        uint64_t bounding = 0, ambient = 0;

        for (unsigned c = 0; prctl(PR_CAPBSET_READ, c) >= 0; c++) {
                bounding |= (uint64_t)prctl(PR_CAPBSET_READ, c) << c;
                ambient |= (uint64_t)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, c, 0, 0) << c;
        }
        if (syscall(SYS_capget, &header, data) < 0) {
                probe_say_result(key, NULL, -errno);
                return;
        }
        say_capabilities(key, "bnd", bounding);
        say_capabilities(key, "eff", data[0].effective | (uint64_t)data[1].effective << 32);
        say_capabilities(key, "prm", data[0].permitted | (uint64_t)data[1].permitted << 32);
        say_capabilities(key, "inh", data[0].inheritable | (uint64_t)data[1].inheritable << 32);
        say_capabilities(key, "amb", ambient);
}

static void report_nnp(const char *key, const char *unused _unused_) {
        probe_say(key, NULL, "%d", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
}

static void report_securebits(const char *key, const char *unused _unused_) {
        probe_say(key, NULL, "%d", prctl(PR_GET_SECUREBITS));
}

static void report_seccomp(const char *key, const char *unused _unused_) {
        probe_say(key, NULL, "%d", prctl(PR_GET_SECCOMP));
}

/* Says the line of FILE whose field number FIELD is WANTED, or "(none)". */
static void report_line(const char *key, const char *file, unsigned field, const char *wanted) {
        static char text[FILE_MAX];
        int r = probe_read(file, text, sizeof(text));
        char *rest = text, *line;

        if (r < 0) {
                probe_say_result(key, NULL, r);
                return;
        }
        while ((line = strsep(&rest, "\n"))) {
                const char *p = line;

                for (unsigned i = 0; p && i < field; i++)
                        p = strchr(p, ':') ? strchr(p, ':') + 1 : NULL;
                if (p && strcspn(p, ":") == strlen(wanted) &&
                    strncmp(p, wanted, strlen(wanted)) == 0)
                        break;
        }
        probe_say(key, NULL, "%s", line ? line : "(none)");
}

static void report_getpwnam(const char *key, const char *name) {
        report_line(key, "/etc/passwd", 0, name);
}

static void report_getgrnam(const char *key, const char *name) {
        report_line(key, "/etc/group", 0, name);
}

static void report_pwuid(const char *key, const char *unused _unused_) {
        char id[16];

        snprintf(id, sizeof(id), "%u", getuid());
        report_line(key, "/etc/passwd", 2, id);
}

static void report_grgid(const char *key, const char *unused _unused_) {
        char id[16];

        snprintf(id, sizeof(id), "%u", getgid());
        report_line(key, "/etc/group", 2, id);
}

static int attempt_setuid(const char *uid) {
        return probe_result(syscall(SYS_setuid, probe_number(uid)));
}

const ProbeVerb probe_user_verbs[] = {
        { "uid", .report = report_uid, .help = "the user (real, effective, saved if they differ)" },
        { "gid", .report = report_gid, .help = "the group, likewise" },
        { "groups", .report = report_groups, .help = "supplementary groups, sorted" },
        { "caps", .report = report_caps, .help = "capability sets, in hex: bnd eff prm inh amb" },
        { "nnp", .report = report_nnp, .help = "no new privileges" },
        { "securebits", .report = report_securebits, .help = "the secure bits, as a number" },
        { "seccomp", .report = report_seccomp, .help = "0, or 2 with a system-call filter" },
        { "getpwnam", PROBE_NEEDS_ARGUMENT, .report = report_getpwnam, .help = "a user's line" },
        { "getgrnam", PROBE_NEEDS_ARGUMENT, .report = report_getgrnam, .help = "a group's line" },
        { "pwuid", .report = report_pwuid, .help = "the line of /etc/passwd with our uid" },
        { "grgid", .report = report_grgid, .help = "the line of /etc/group with our gid" },
        { "setuid", PROBE_NEEDS_ARGUMENT, attempt_setuid, .in_child = true,
          .help = "become another user" },
        { NULL },
};

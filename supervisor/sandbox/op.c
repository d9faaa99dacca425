/*
 * What each kind of operation is called, which exit status its failure has,
 * and how it reads in --explain.
 */
#include "supervisor/sandbox/op.h"

#include <inttypes.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>

#include "base/fd.h"
#include "base/text.h"
#include "supervisor/sandbox/exit-status.h"
#include "units/capability.h"
#include "units/names.h"

static const char *access_of(const Op *op) {
        if (op->set & MOUNT_ATTR_RDONLY)
                return " read-only";
        return op->kind == OP_DEVICES ? " read-only-itself" : " writable";
}

static const char *atime_of(const Op *op) {
        switch (op->set & MOUNT_ATTR__ATIME) {
        case MOUNT_ATTR_NOATIME:
                return " no-atime";
        case MOUNT_ATTR_STRICTATIME:
                return " strict-atime";
        default:
                return " rel-atime";
        }
}

static void add_attributes(const Op *op, StrBuf *to) {
        if (op->clear & MOUNT_ATTR_RDONLY)
                strbuf_add(to, access_of(op));
        if (op->clear & MOUNT_ATTR_NOEXEC)
                strbuf_add(to, op->set & MOUNT_ATTR_NOEXEC ? " no-exec" : " exec");
        if (op->set & MOUNT_ATTR_NOSUID)
                strbuf_add(to, " no-suid");
        if (op->set & MOUNT_ATTR_NODEV)
                strbuf_add(to, " no-dev");
        if (op->set & MOUNT_ATTR_NODIRATIME)
                strbuf_add(to, " no-dir-atime");
        if (op->clear & MOUNT_ATTR__ATIME)
                strbuf_add(to, atime_of(op));
}

static void add_flags(const Op *op, StrBuf *to) {
        if (op->flags & OP_NOT_RECURSIVE)
                strbuf_add(to, " not-recursive");
        if (op->flags & OP_ID_MAPPED)
                strbuf_addf(to, " id-mapped=%u:%u", op->uid, op->gid);
        if (op->flags & OP_IGNORE_MISSING)
                strbuf_add(to, " if-present");
        if (op->flags & OP_REMOVE_AFTERWARDS)
                strbuf_add(to, " remove-afterwards");
}

static void add_number(const char *label, uint64_t value, StrBuf *to) {
        if (value == UINT64_MAX)
                strbuf_addf(to, " %s=infinity", label);
        else
                strbuf_addf(to, " %s=%" PRIu64, label, value);
}

static void add_mount(const Op *op, StrBuf *to) {
        strbuf_addf(to, " %s", op->path);
        if (op->source)
                strbuf_addf(to, " from %s", op->source);
        if (op->text && op->kind != OP_FILE)
                strbuf_addf(to, " (%s)", op->text);
        add_attributes(op, to);
}

/* Whichever is shorter: the capabilities that are in, or those that are not. */
static void add_capabilities(const char *label, uint64_t mask, StrBuf *to) {
        uint64_t all = capability_named();
        bool most = __builtin_popcountll(mask & all) > 20;
        const char *between = label;

        if (most || (mask & all) == 0) {
                strbuf_addf(to, "%s%s", label, most ? "all" : "none");
                between = " -";
        }
        for (unsigned c = 0; c < 64; c++) {
                if (!capability_name(c) || (mask >> c & 1) == most)
                        continue;
                strbuf_addf(to, "%s%s", between, capability_name(c));
                between = most ? " -" : ",";
        }
}

static void add_groups(const Op *op, StrBuf *to) {
        strbuf_addf(to, " gid=%u", op->gid);
        for (int64_t i = 0; i < op->number; i++)
                strbuf_addf(to, "%s%u",
                            i ? "," : " supplementary=", ((const gid_t *)(void *)op->text)[i]);
}

static void add_directory(const Op *op, StrBuf *to) {
        strbuf_addf(to, " %s mode=%04o", op->path, op->mode);
        if (op->uid != (uid_t)-1)
                strbuf_addf(to, " uid=%u gid=%u", op->uid, op->gid);
}

static void add_owner(const Op *op, StrBuf *to) {
        strbuf_addf(to, " uid=%u", op->uid);
        if (op->gid != (gid_t)-1)
                strbuf_addf(to, " gid=%u", op->gid);
}

static void add_limit(const Op *op, StrBuf *to) {
        strbuf_addf(to, " %s", names_of(&names_rlimits, (int)op->number));
        add_number("soft", op->set, to);
        add_number("hard", op->clear, to);
}

static void add_plain_number(const Op *op, StrBuf *to) {
        strbuf_addf(to, " %" PRIi64, op->number);
}

static void add_scheduler(const Op *op, StrBuf *to) {
        strbuf_addf(to, " policy=%" PRIi64 " priority=%" PRIu64 "%s", op->number, op->set,
                    op->clear ? " reset-on-fork" : "");
}

static void add_processors(const Op *op, StrBuf *to) {
        for (int cpu = 0; cpu < op->number * 8; cpu++)
                if (op->text[cpu / 8] >> (cpu % 8) & 1)
                        strbuf_addf(to, " %d", cpu);
}

static void add_assignment(const Op *op, StrBuf *to) {
        strbuf_addf(to, " %s=%s", op->path, op->text);
}

static void add_nanoseconds(const Op *op, StrBuf *to) {
        strbuf_addf(to, " %" PRIu64 "ns", op->set);
}

static void add_bits(const Op *op, StrBuf *to) {
        strbuf_addf(to, " 0x%" PRIx64, op->set);
}

static void add_mode(const Op *op, StrBuf *to) {
        strbuf_addf(to, " %04o", op->mode);
}

static void add_devices(const Op *op, StrBuf *to) {
        const char *before = " ";

        strbuf_add(to, op->number ? " closed" : " strict");
        for (const char *line = op->text, *end; (end = strchr(line, '\n')); line = end + 1) {
                strbuf_add(to, before);
                strbuf_add_n(to, line, (size_t)(end - line));
                before = ", ";
        }
}

static void add_namespace(const Op *op, StrBuf *to) {
        strbuf_addf(to, " %s", names_of(&names_namespaces, (int)op->set));
}

static void add_text(const Op *op, StrBuf *to) {
        strbuf_addf(to, " %s", op->text);
}

static void add_path(const Op *op, StrBuf *to) {
        strbuf_addf(to, " %s", op->path);
}

static void add_propagation(const Op *op, StrBuf *to) {
        strbuf_add(to, op->set == MS_SHARED ? " shared" : " private");
}

static void add_users(const Op *op, StrBuf *to) {
        strbuf_addf(to, " %s uid=%u gid=%u", op->text, op->uid, op->gid);
}

static void add_capability_set(const Op *op, StrBuf *to) {
        add_capabilities(" ", op->set, to);
}

static void add_user(const Op *op, StrBuf *to) {
        strbuf_addf(to, " uid=%u%s", op->uid, op->number ? " keep-capabilities" : "");
}

typedef struct Kind {
        const char *name;
        int exit_status;
        void (*details)(const Op *op, StrBuf *to); /* NULL: there are none */
} Kind;

static const Kind kinds[OP_KIND_COUNT] = {
        [OP_DIRECTORY] = { "directory", EXIT_NAMESPACE, add_directory },
        [OP_REMOVE_IPC] = { "remove-ipc", EXIT_NAMESPACE, add_owner },
        [OP_NICE] = { "nice", EXIT_NICE, add_plain_number },
        [OP_SCHEDULER] = { "scheduler", EXIT_SETSCHEDULER, add_scheduler },
        [OP_AFFINITY] = { "affinity", EXIT_CPUAFFINITY, add_processors },
        [OP_IO_PRIORITY] = { "io-priority", EXIT_IOPRIO, add_plain_number },
        [OP_PROC_SELF] = { "proc-self", EXIT_OOM_ADJUST, add_assignment },
        [OP_TIMER_SLACK] = { "timer-slack", EXIT_TIMERSLACK, add_nanoseconds },
        [OP_PERSONALITY] = { "personality", EXIT_PERSONALITY, add_bits },
        [OP_KEYRING] = { "keyring", EXIT_KEYRING, add_plain_number },
        [OP_DEVICE_POLICY] = { "device-policy", EXIT_CGROUP, add_devices },
        [OP_UNSHARE] = { "unshare", EXIT_NAMESPACE, add_namespace },
        [OP_LOOPBACK] = { "loopback", EXIT_NETWORK, NULL },
        [OP_HOSTNAME] = { "hostname", EXIT_NAMESPACE, add_text },
        [OP_ROOT] = { "root", EXIT_CHROOT, add_mount },
        [OP_BIND] = { "bind", EXIT_NAMESPACE, add_mount },
        [OP_TMPFS] = { "tmpfs", EXIT_NAMESPACE, add_mount },
        [OP_INACCESSIBLE] = { "inaccessible", EXIT_NAMESPACE, add_mount },
        [OP_PROC] = { "proc", EXIT_NAMESPACE, add_mount },
        [OP_DEVICES] = { "devices", EXIT_NAMESPACE, add_mount },
        [OP_API] = { "api", EXIT_NAMESPACE, add_mount },
        [OP_FILE] = { "file", EXIT_NAMESPACE, add_mount },
        [OP_ATTRIBUTES] = { "attributes", EXIT_NAMESPACE, add_mount },
        [OP_PROPAGATION] = { "propagation", EXIT_NAMESPACE, add_propagation },
        [OP_UMASK] = { "umask", EXIT_NAMESPACE, add_mode },
        [OP_GROUPS] = { "groups", EXIT_GROUP, add_groups },
        [OP_USER_NAMESPACE] = { "user-namespace", EXIT_USER, add_users },
        [OP_BOUNDING_SET] = { "bounding-set", EXIT_CAPABILITIES, add_capability_set },
        [OP_USER] = { "user", EXIT_USER, add_user },
        [OP_AMBIENT] = { "ambient", EXIT_CAPABILITIES, add_capability_set },
        [OP_SECURE_BITS] = { "secure-bits", EXIT_SECUREBITS, add_bits },
        [OP_NO_NEW_PRIVILEGES] = { "no-new-privileges", EXIT_NO_NEW_PRIVILEGES, NULL },
        [OP_WORKING_DIRECTORY] = { "working-directory", EXIT_CHDIR, add_path },
        [OP_RLIMIT] = { "limit", EXIT_LIMITS, add_limit },
        [OP_SYSCALL_FILTER] = { "syscall-filter", EXIT_SECCOMP, add_path },
};

const char *op_kind_name(OpKind kind) {
        return kinds[kind].name;
}

int op_exit_status(const Op *op) {
        static const struct {
                const char *directive;
                int exit_status;
        } directories[] = {
                { "RuntimeDirectory", EXIT_RUNTIME_DIRECTORY },
                { "StateDirectory", EXIT_STATE_DIRECTORY },
                { "CacheDirectory", EXIT_CACHE_DIRECTORY },
                { "LogsDirectory", EXIT_LOGS_DIRECTORY },
                { "ConfigurationDirectory", EXIT_CONFIGURATION_DIRECTORY },
        };

        if (op->kind == OP_DIRECTORY)
                for (size_t i = 0; i < ARRAY_SIZE(directories); i++)
                        if (text_eq(op->directive, directories[i].directive))
                                return directories[i].exit_status;
        return kinds[op->kind].exit_status;
}

bool op_is_mount(const Op *op) {
        return op->kind >= OP_ROOT && op->kind <= OP_ATTRIBUTES;
}

bool op_is_content(const Op *op) {
        return op->kind >= OP_ROOT && op->kind < OP_ATTRIBUTES;
}

typedef struct Sorting {
        int (*compare)(const Op *a, const Op *b);
} Sorting;

static int compare_stable(const void *a, const void *b, void *sorting) {
        const Op *x = a, *y = b;
        int r = ((const Sorting *)sorting)->compare(x, y);

        return r != 0 ? r : x->order < y->order ? -1 : x->order > y->order;
}

void op_sort(Op *ops, size_t n, int (*compare)(const Op *a, const Op *b)) {
        Sorting sorting = { compare };

        if (n == 0)
                return;
        for (size_t i = 0; i < n; i++)
                ops[i].order = i;
        qsort_r(ops, n, sizeof(Op), compare_stable, &sorting);
}

void op_done(Op *op) {
        free(op->path);
        free(op->source);
        free(op->text);
        fd_close(op->fd);
        fd_close(op->place);
        *op = (Op){ OP_INIT };
}

void op_format(const Op *op, StrBuf *to) {
        strbuf_add(to, op_kind_name(op->kind));
        if (kinds[op->kind].details)
                kinds[op->kind].details(op, to);
        add_flags(op, to);
}

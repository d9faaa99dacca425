/*
 * A row an attribute: which directive, which controller, and how its value is written. Controllers
 * are enabled only where a unit wants something of them, since each costs.
 */
#include "supervisor/manager/group-attribute.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/number.h"
#include "base/text.h"
#include "supervisor/manager/group-controller.h"
#include "supervisor/manager/manager.h"
#include "units/time-span.h"

#define VALUE_MAX      4096
#define PERIOD_DEFAULT 100000 /* microseconds, of CPUQuota= */
#define BLOCK_USUAL    500    /* BlockIOWeight= */

/* All write to VALUE what the attribute is to be; an empty one: nothing. */
typedef void Format(const Config *c, const void *field, char value[static VALUE_MAX]);

/* What stands behind the device in a line. Returns 0 or negative errno. */
typedef int FormatDevice(const char *amount, char value[static VALUE_MAX]);

typedef struct Attribute {
        const char *directive;
        const char *controller;
        const char *name;
        Format *format;       /* NULL: there is a line a device */
        FormatDevice *device; /* both NULL: it need only be there */
        const char *key;      /* of lines for devices: "rbps="; "" for a bare value */
        const char *startup;  /* the directive that counts while the system boots */
        const char *today;    /* the directive that counts if it is there */
} Attribute;

static void format_integer(const Config *c, const void *field, char value[static VALUE_MAX]) {
        int64_t n;

        memcpy(&n, field, sizeof(n));
        snprintf(value, VALUE_MAX, "%" PRId64, n);
}

static int64_t integer(const void *field) {
        int64_t n;

        memcpy(&n, field, sizeof(n));
        return n;
}

/* CPUWeight=idle is another attribute. */
static void format_weight(const Config *c, const void *field, char value[static VALUE_MAX]) {
        if (integer(field) != 0)
                format_integer(c, field, value);
}

static void format_idle(const Config *c, const void *field, char value[static VALUE_MAX]) {
        snprintf(value, VALUE_MAX, "%d", integer(field) == 0);
}

/* Of another scale, where USUAL is what 100 is today. */
static void format_scaled(int64_t n, int64_t usual, char value[static VALUE_MAX]) {
        snprintf(value, VALUE_MAX, "%" PRId64, MIN_OF(MAX_OF(n * 100 / usual, 1), 10000));
}

static void format_shares(const Config *c, const void *field, char value[static VALUE_MAX]) {
        format_scaled(integer(field), 1024, value);
}

static void format_block(const Config *c, const void *field, char value[static VALUE_MAX]) {
        format_scaled(integer(field), BLOCK_USUAL, value);
}

static uint64_t memory_of_machine(void) {
        return (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void format_amount(const LimitSetting *l, uint64_t all, char value[static VALUE_MAX]) {
        if (!l->set)
                return;
        if (l->value == SETTING_INFINITY)
                snprintf(value, VALUE_MAX, "max");
        else
                snprintf(value, VALUE_MAX, "%" PRIu64,
                         l->relative ? all / 10000 * l->value : l->value);
}

static void format_memory(const Config *c, const void *field, char value[static VALUE_MAX]) {
        format_amount(field, memory_of_machine(), value);
}

static void format_tasks(const Config *c, const void *field, char value[static VALUE_MAX]) {
        uint64_t all = 4194304;
        char text[32];
        FILE *f = fopen("/proc/sys/kernel/pid_max", "re");

        if (f && fgets(text, sizeof(text), f))
                (void)number_parse_u64(text_strip(text), 10, &all);
        if (f)
                fclose(f);
        format_amount(field, all, value);
}

static void format_quota(const Config *c, const void *field, char value[static VALUE_MAX]) {
        const LimitSetting *l = field;
        uint64_t period = c->cpu_quota_period_sec == SETTING_INFINITY ? PERIOD_DEFAULT
                                                                      : c->cpu_quota_period_sec;

        /* what the kernel takes */
        period = MIN_OF(MAX_OF(period, UINT64_C(1000)), UINT64_C(1000000));
        if (l->set && l->value != SETTING_INFINITY)
                snprintf(value, VALUE_MAX, "%" PRIu64 " %" PRIu64,
                         MAX_OF(period * l->value / 10000, UINT64_C(1000)), period);
        else if (l->set)
                snprintf(value, VALUE_MAX, "max %" PRIu64, period);
}

static void format_set(const Config *c, const void *field, char value[static VALUE_MAX]) {
        char *const *words;
        size_t n = 0;

        memcpy(&words, field, sizeof(words));
        for (; words && *words && n < VALUE_MAX; words++)
                n += (size_t)snprintf(value + n, VALUE_MAX - n, "%s%s", n ? "," : "", *words);
}

static void format_oom(const Config *c, const void *field, char value[static VALUE_MAX]) {
        snprintf(value, VALUE_MAX, "%d", c->oom_policy == OOM_KILL);
}

static int device_amount(const char *amount, char value[static VALUE_MAX]) {
        uint64_t n;

        if (text_eq(amount, "infinity"))
                snprintf(value, VALUE_MAX, "max");
        else if (number_parse_size(amount, &n) < 0)
                return -EINVAL;
        else
                snprintf(value, VALUE_MAX, "%" PRIu64, n);
        return 0;
}

static int device_block_weight(const char *amount, char value[static VALUE_MAX]) {
        uint32_t n;
        int r = number_parse_u32(amount, 10, &n);

        if (r >= 0)
                format_scaled(n, BLOCK_USUAL, value);
        return r;
}

static int device_time(const char *amount, char value[static VALUE_MAX]) {
        uint64_t usec;
        int r = time_span_parse(amount, CLOCK_SECOND, &usec);

        if (r >= 0)
                snprintf(value, VALUE_MAX, "%" PRIu64, usec);
        return r;
}

#define PLAIN(what, of, file, how) \
        { .directive = what, .controller = of, .name = file, .format = how }
#define DEVICE(what, file, how, word) \
        { .directive = what, .controller = "io", .name = file, .device = how, .key = word }
#define COUNTS(what, of, file) \
        { .directive = what, .controller = of, .name = file }

/* clang-format off */
static const Attribute attributes[] = {
        COUNTS("MemoryAccounting", "memory", "memory.current"),
        COUNTS("TasksAccounting", "pids", "pids.current"),
        COUNTS("IOAccounting", "io", "io.stat"),
        { "CPUWeight", "cpu", "cpu.weight", format_weight, .startup = "StartupCPUWeight" },
        { "CPUWeight", "cpu", "cpu.idle", format_idle, .startup = "StartupCPUWeight" },
        { "CPUShares", "cpu", "cpu.weight", format_shares, .startup = "StartupCPUShares", .today = "CPUWeight" },
        PLAIN("CPUQuota", "cpu", "cpu.max", format_quota),
        { "AllowedCPUs", "cpuset", "cpuset.cpus", format_set, .startup = "StartupAllowedCPUs" },
        { "AllowedMemoryNodes", "cpuset", "cpuset.mems", format_set, .startup = "StartupAllowedMemoryNodes" },
        PLAIN("MemoryMin", "memory", "memory.min", format_memory),
        PLAIN("MemoryLow", "memory", "memory.low", format_memory),
        PLAIN("MemoryHigh", "memory", "memory.high", format_memory),
        PLAIN("MemoryMax", "memory", "memory.max", format_memory),
        PLAIN("MemorySwapMax", "memory", "memory.swap.max", format_memory),
        PLAIN("MemoryZSwapMax", "memory", "memory.zswap.max", format_memory),
        PLAIN("OOMPolicy", "memory", "memory.oom.group", format_oom),
        PLAIN("TasksMax", "pids", "pids.max", format_tasks),
        { "IOWeight", "io", "io.weight", format_integer, .startup = "StartupIOWeight" },
        { "BlockIOWeight", "io", "io.weight", format_block, .startup = "StartupBlockIOWeight", .today = "IOWeight" },
        DEVICE("IODeviceWeight", "io.weight", device_amount, ""),
        { "BlockIODeviceWeight", "io", "io.weight", .device = device_block_weight, .key = "", .today = "IODeviceWeight" },
        DEVICE("IOReadBandwidthMax", "io.max", device_amount, "rbps="),
        DEVICE("IOWriteBandwidthMax", "io.max", device_amount, "wbps="),
        { "BlockIOReadBandwidth", "io", "io.max", .device = device_amount, .key = "rbps=", .today = "IOReadBandwidthMax" },
        { "BlockIOWriteBandwidth", "io", "io.max", .device = device_amount, .key = "wbps=", .today = "IOWriteBandwidthMax" },
        DEVICE("IOReadIOPSMax", "io.max", device_amount, "riops="),
        DEVICE("IOWriteIOPSMax", "io.max", device_amount, "wiops="),
        DEVICE("IODeviceLatencyTargetSec", "io.latency", device_time, "target="),
};
/* clang-format on */

typedef struct Target {
        const GroupTree *tree;
        const char *path;
        const Attribute *attribute;
        const Unit *unit;
        Diag *diag;
} Target;

static bool is_there(const Target *to) {
        _cleanup_fd_ int dir = group_open(to->tree, to->path);

        return dir >= 0 && faccessat(dir, to->attribute->name, F_OK, 0) == 0;
}

static int write_value(const Target *to, const char *value) {
        const Attribute *a = to->attribute;
        int r = group_write(to->tree, to->path, a->name, value);

        if (r != -ENOENT)
                return r;
        if (group_controller_enable(to->tree, to->path, to->unit, a->controller, NULL) >= 0)
                r = group_write(to->tree, to->path, a->name, value);
        return r == -ENOENT && text_eq(value, "0") && text_eq(a->name, "cpu.idle") ? 0 : r;
}

/* "/dev/sda 5M": what the kernel knows by number. */
static int write_device(const Target *to, const char *line) {
        char copy[VALUE_MAX], value[VALUE_MAX], words[2 * VALUE_MAX], *amount;
        struct stat st;
        dev_t device;
        int r;

        snprintf(copy, sizeof(copy), "%s", line);
        amount = copy + strcspn(copy, WHITESPACE);
        if (*amount)
                *amount++ = '\0';
        if (stat(copy, &st) < 0)
                return -errno;
        device = S_ISBLK(st.st_mode) ? st.st_rdev : st.st_dev;
        r = to->attribute->device(text_strip(amount), value);
        if (r < 0)
                return r;
        snprintf(words, sizeof(words), "%u:%u %s%s", major(device), minor(device),
                 to->attribute->key, value);
        return write_value(to, words);
}

static int set(const Target *to, const Config *c, const Directive *d) {
        const Attribute *a = to->attribute;
        char value[VALUE_MAX] = "";
        char *const *lines;
        int r = 0;

        if (a->format) {
                a->format(c, config_field(c, d), value);
                return *value ? write_value(to, value) : 0;
        }
        memcpy(&lines, config_field(c, d), sizeof(lines));
        for (; lines && *lines && r >= 0; lines++)
                r = write_device(to, *lines);
        return r;
}

/* Counting goes without saying, so that its absence is said only to those who asked for it. */
static int count(const Target *to, const Config *c, const Directive *d) {
        bool wanted;

        memcpy(&wanted, config_field(c, d), sizeof(wanted));
        if (!wanted || is_there(to))
                return 0;
        (void)group_controller_enable(to->tree, to->path, to->unit, to->attribute->controller,
                                      NULL);
        return is_there(to) || !config_is_assigned(c, d) ? 0 : -ENOENT;
}

/* ---- all of them ---- */

static const Directive *find(const char *name) {
        return directive_find_any(SECTIONS_RESOURCE | SECTION_SERVICE, name);
}

/* The row whose value the attribute gets now; NULL: none was assigned. */
static const Directive *row_of(const Attribute *a, const Config *c, bool startup) {
        const Directive *now = startup && a->startup ? find(a->startup) : NULL,
                        *d = find(a->directive);

        if (a->today && config_is_assigned(c, find(a->today)))
                return NULL;
        if (now && config_is_assigned(c, now))
                return now;
        return d && config_is_assigned(c, d) ? d : NULL;
}

/* Says that ROW is not had, and why. */
static int miss(const Target *to, const Config *c, const Directive *row, int error) {
        bool strict = c->enforce == ENFORCE_STRICT;
        char reason[256];

        if (error != -ENOENT)
                snprintf(reason, sizeof(reason), "writing %s: %s", to->attribute->name,
                         strerror(-error));
        else if (group_controller_enable(to->tree, to->path, to->unit, to->attribute->controller,
                                         reason) >= 0)
                snprintf(reason, sizeof(reason), "this kernel has no %s", to->attribute->name);
        if (strict)
                return diag_error(to->diag, -EOPNOTSUPP, "%s= cannot be enforced: %s", row->name,
                                  reason);
        diag_warning(to->diag, "%s= not enforced: %s", row->name, reason);
        return 0;
}

static int apply(const Target *to, const Config *c) {
        const Attribute *a = to->attribute;
        const Directive *row = row_of(a, c, to->tree->startup);
        int r;

        if (!a->format && !a->device) {
                row = find(a->directive);
                r = count(to, c, row);
                return r < 0 ? miss(to, c, row, r) : 0;
        }
        if (!row)
                return 0;
        r = set(to, c, row);
        return r < 0 ? miss(to, c, row, r) : 1;
}

int group_attribute_apply(const GroupTree *t, const char *path, const Config *c, const Unit *u,
                          Diag *diag) {
        const char *last = "";
        int n = 0;

        for (size_t i = 0; i < ARRAY_SIZE(attributes); i++) {
                const Attribute *a = &attributes[i];
                int r = apply(&(Target){ t, path, a, u, diag }, c);

                if (r < 0)
                        return r;
                n += r > 0 && !text_eq(last, a->directive);
                last = r > 0 ? a->directive : last;
        }
        return group_controller_delegate(t, path, u, c, diag) < 0 ? -EOPNOTSUPP : n;
}

int group_attribute_set_all(const GroupTree *t, const char *path, const Config *c, const Unit *u) {
        _cleanup_(diag_done) Diag diag = { 0 };
        int r = c ? group_attribute_apply(t, path, c, u, &diag) : -EIO;

        for (size_t i = 0; i < diag.n; i++)
                manager_say(u, "%s", diag.entries[i].message);
        return MIN_OF(r, 0);
}

bool group_attribute_has_startup(const Config *c) {
        for (size_t i = 0; i < ARRAY_SIZE(attributes); i++)
                if (attributes[i].startup && config_is_assigned(c, find(attributes[i].startup)))
                        return true;
        return false;
}

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

#include "base/number.h"
#include "base/text.h"
#include "supervisor/manager/manager.h"

#define VALUE_MAX      4096
#define PERIOD_DEFAULT 100000 /* microseconds, of CPUQuota= */

/* All write to VALUE what the attribute is to be; an empty one: nothing. Those for devices are
 * written once for each line. */
typedef void Format(const Config *c, const void *field, char value[static VALUE_MAX]);

typedef struct Attribute {
        const char *directive;
        const char *controller; /* NULL: none is needed */
        const char *name;
        Format *format;  /* NULL: lines for devices */
        const char *key; /* of lines for devices: "rbps="; "" for a bare value */
} Attribute;

static void format_integer(const Config *c, const void *field, char value[static VALUE_MAX]) {
        int64_t n;

        memcpy(&n, field, sizeof(n));
        snprintf(value, VALUE_MAX, "%" PRId64, n);
}

/* CPUWeight=idle is another attribute. */
static void format_weight(const Config *c, const void *field, char value[static VALUE_MAX]) {
        if (c->cpu_weight != 0)
                format_integer(c, field, value);
}

static void format_idle(const Config *c, const void *field, char value[static VALUE_MAX]) {
        snprintf(value, VALUE_MAX, "%d", c->cpu_weight == 0);
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

static const Attribute attributes[] = {
        { "CPUWeight", "cpu", "cpu.weight", format_weight, NULL },
        { "CPUWeight", "cpu", "cpu.idle", format_idle, NULL },
        { "CPUQuota", "cpu", "cpu.max", format_quota, NULL },
        { "AllowedCPUs", "cpuset", "cpuset.cpus", format_set, NULL },
        { "AllowedMemoryNodes", "cpuset", "cpuset.mems", format_set, NULL },
        { "MemoryMin", "memory", "memory.min", format_memory, NULL },
        { "MemoryLow", "memory", "memory.low", format_memory, NULL },
        { "MemoryHigh", "memory", "memory.high", format_memory, NULL },
        { "MemoryMax", "memory", "memory.max", format_memory, NULL },
        { "MemorySwapMax", "memory", "memory.swap.max", format_memory, NULL },
        { "MemoryZSwapMax", "memory", "memory.zswap.max", format_memory, NULL },
        { "OOMPolicy", "memory", "memory.oom.group", format_oom, NULL },
        { "TasksMax", "pids", "pids.max", format_tasks, NULL },
        { "IOWeight", "io", "io.weight", format_integer, NULL },
        { "IODeviceWeight", "io", "io.weight", NULL, "" },
        { "IOReadBandwidthMax", "io", "io.max", NULL, "rbps=" },
        { "IOWriteBandwidthMax", "io", "io.max", NULL, "wbps=" },
        { "IOReadIOPSMax", "io", "io.max", NULL, "riops=" },
        { "IOWriteIOPSMax", "io", "io.max", NULL, "wiops=" },
};

typedef struct Target {
        const GroupTree *tree;
        const char *path;
        const Attribute *attribute;
} Target;

static int write_value(const Target *to, const char *value) {
        const Attribute *a = to->attribute;
        int r = group_write(to->tree, to->path, a->name, value);

        if (r != -ENOENT)
                return r;
        group_enable(to->tree, to->path, a->controller);
        return group_write(to->tree, to->path, a->name, value);
}

/* "/dev/sda 5M": what the kernel knows by number. */
static int write_device(const Target *to, const char *line) {
        char copy[VALUE_MAX], value[VALUE_MAX + 64], *amount;
        struct stat st;
        uint64_t n;
        dev_t device;

        snprintf(copy, sizeof(copy), "%s", line);
        amount = copy + strcspn(copy, WHITESPACE);
        if (*amount)
                *amount++ = '\0';
        amount = text_strip(amount);
        if (stat(copy, &st) < 0)
                return -errno;
        device = S_ISBLK(st.st_mode) ? st.st_rdev : st.st_dev;
        if (text_eq(amount, "infinity"))
                snprintf(value, sizeof(value), "%u:%u %smax", major(device), minor(device),
                         to->attribute->key);
        else if (number_parse_size(amount, &n) < 0)
                return -EINVAL;
        else
                snprintf(value, sizeof(value), "%u:%u %s%" PRIu64, major(device), minor(device),
                         to->attribute->key, n);
        return write_value(to, value);
}

static int set(const Target *to, const Config *c, const Directive *d) {
        char value[VALUE_MAX] = "";
        char *const *lines;
        int r = 0;

        if (to->attribute->format) {
                to->attribute->format(c, config_field(c, d), value);
                return *value ? write_value(to, value) : 0;
        }
        memcpy(&lines, config_field(c, d), sizeof(lines));
        for (; lines && *lines && r >= 0; lines++)
                r = write_device(to, *lines);
        return r;
}

int group_attribute_set_all(const GroupTree *t, const char *path, const Config *c, const Unit *u) {
        if (!c)
                return -EIO;
        for (size_t i = 0; i < ARRAY_SIZE(attributes); i++) {
                const Attribute *a = &attributes[i];
                const Directive *d = directive_find_any(SECTIONS_RESOURCE, a->directive);
                const Target to = { .tree = t, .path = path, .attribute = a };
                int r = d && config_is_assigned(c, d) ? set(&to, c, d) : 0;

                if (r >= 0)
                        continue;
                manager_say(u, "%s=: writing %s: %s", a->directive, a->name, strerror(-r));
                if (c->enforce == ENFORCE_STRICT)
                        return -EOPNOTSUPP;
        }
        return 0;
}

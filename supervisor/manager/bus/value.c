/*
 * One function a type. Rows whose property has another shape than their type stand in a table of
 * exceptions. A value that was never set is told as what the kernel then does.
 */
#include "supervisor/manager/bus/value.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/file.h"
#include "base/number.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/manager/bus/value-structure.h"
#include "units/names.h"
#include "units/param.h"
#include "units/setting.h"
#include "units/types.h"

typedef struct Shape {
        const Type *type;
        const char *signature;
        int (*append)(const Directive *d, const void *field, sd_bus_message *m);
} Shape;

/* ---- plain values ---- */

static int append_boolean(const Directive *d, const void *field, sd_bus_message *m) {
        return sd_bus_message_append(m, "b", (int)*(const bool *)field);
}

static int append_u64(const Directive *d, const void *field, sd_bus_message *m) {
        return sd_bus_message_append(m, "t", *(const uint64_t *)field);
}

static int append_u32(const Directive *d, const void *field, sd_bus_message *m) {
        return sd_bus_message_append(m, "u", *(const uint32_t *)field);
}

static int append_int(const Directive *d, const void *field, sd_bus_message *m) {
        return sd_bus_message_append(m, "i", *(const int *)field);
}

/* An enumeration, or what begins with one, of which the first is "no". */
static int append_truth(const Directive *d, const void *field, sd_bus_message *m) {
        return sd_bus_message_append(m, "b", *(const int *)field != 0);
}

static int append_string(const Directive *d, const void *field, sd_bus_message *m) {
        const char *text = *(char *const *)field;

        return sd_bus_message_append(m, "s", text ? text : "");
}

static int append_words(const Directive *d, const void *field, sd_bus_message *m) {
        return sd_bus_message_append_strv(m, *(char ***)field);
}

static int append_enumeration(const Directive *d, const void *field, sd_bus_message *m) {
        const EnumNames *names = d->param;
        int value = *(const int *)field;

        return sd_bus_message_append(
                m, "s", value >= 0 && (size_t)value < names->n ? names->names[value] : "");
}

/* The words of a setting as in a unit file. */
static int append_text(const Directive *d, const void *field, sd_bus_message *m) {
        _cleanup_(strbuf_done) StrBuf line = { 0 };
        size_t skip = strlen(d->name) + 1, to = 0;

        d->type->format(d, field, &line);
        if (line.error < 0)
                return line.error;
        if (line.length <= skip)
                return sd_bus_message_append(m, "s", "");
        line.text[strcspn(line.text, "\n")] = '\0';
        for (size_t i = skip; line.text[i]; i++) {
                i += line.text[i] == '%' && line.text[i + 1] == '%';
                line.text[to++] = line.text[i];
        }
        line.text[to] = '\0';
        return sd_bus_message_append(m, "s", line.text);
}

/* ---- integers, by their bounds ---- */

static const char *integer_signature(const Directive *d) {
        const IntegerParam *p = d->param;

        if (!p || p->min < 0)
                return "i";
        return d->sections & SECTION_SLICE ? "t" : "u";
}

static int append_integer(const Directive *d, const void *field, sd_bus_message *m) {
        int64_t value = *(const int64_t *)field;
        const char *signature = integer_signature(d);

        if (text_eq(signature, "t"))
                return sd_bus_message_append(m, "t", (uint64_t)value);
        if (text_eq(signature, "u"))
                return sd_bus_message_append(m, "u", (uint32_t)value);
        return sd_bus_message_append(m, "i", (int32_t)value);
}

/* ---- limits ---- */

static uint64_t all_of(const LimitParam *p) {
        char text[32];
        uint64_t n;

        if (!p || !p->count)
                return (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
        if (file_read_start_at(AT_FDCWD, "/proc/sys/kernel/pid_max", text, sizeof(text)) < 0)
                return SETTING_INFINITY;
        return number_parse_u64(text_strip(text), 10, &n) < 0 ? SETTING_INFINITY : n;
}

static int append_limit(const Directive *d, const void *field, sd_bus_message *m) {
        const LimitSetting *l = field;
        const LimitParam *p = d->param;
        bool floor = text_ends_with(d->name, "Min") || text_ends_with(d->name, "Low");
        uint64_t value = floor ? 0 : SETTING_INFINITY;

        if (l->set && p && p->share_only) /* of one second */
                value = l->value == SETTING_INFINITY ? l->value : l->value * 100;
        else if (l->set)
                value = l->relative ? (uint64_t)((double)all_of(p) * (double)l->value / 1e4)
                                    : l->value;
        return sd_bus_message_append(m, "t", value);
}

static int append_rlimit(const Directive *d, const void *field, sd_bus_message *m) {
        const RlimitSetting *l = field;

        return sd_bus_message_append(m, "t", l->set ? l->hard : SETTING_INFINITY);
}

/* ---- sets ---- */

static int append_capabilities(const Directive *d, const void *field, sd_bus_message *m) {
        const CapabilitySetting *s = field;
        uint64_t unset = text_eq(d->name, "AmbientCapabilities") ? 0 : UINT64_MAX;

        return sd_bus_message_append(m, "t", s->set ? s->mask : unset);
}

static int append_namespaces(const Directive *d, const void *field, sd_bus_message *m) {
        const NamespaceFilter *f = field;
        uint64_t all = 0;

        for (size_t i = 0; i < names_namespaces.n; i++)
                all |= (uint64_t)(unsigned)names_namespaces.rows[i].value;
        return sd_bus_message_append(m, "t", f->set ? f->allowed : all);
}

static int append_families(const Directive *d, const void *field, sd_bus_message *m) {
        const FamilyFilter *f = field;
        int r = sd_bus_message_open_container(m, 'r', "bas");

        if (r >= 0)
                r = sd_bus_message_append(m, "b", (int)f->allow_list);
        if (r >= 0)
                r = sd_bus_message_open_container(m, 'a', "s");
        for (size_t i = 0; i < f->n && r >= 0; i++) {
                const char *name = names_of(&names_families, f->items[i]);

                if (name)
                        r = sd_bus_message_append(m, "s", name);
        }
        if (r >= 0)
                r = sd_bus_message_close_container(m);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int append_syscalls(const Directive *d, const void *field, sd_bus_message *m) {
        const SyscallFilter *f = field;
        int r = sd_bus_message_open_container(m, 'r', "bas");

        if (r >= 0)
                r = sd_bus_message_append(m, "b", (int)f->allow_list);
        if (r >= 0)
                r = sd_bus_message_open_container(m, 'a', "s");
        for (size_t i = 0; i < f->n && r >= 0; i++)
                if (f->items[i].inverted != f->allow_list)
                        r = sd_bus_message_append(m, "s", f->items[i].name);
        if (r >= 0)
                r = sd_bus_message_close_container(m);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int append_bits(const uint64_t *bits, int first, int n, sd_bus_message *m) {
        int r = sd_bus_message_open_container(m, 'a', "i");

        for (int i = 0; i < n && r >= 0; i++)
                if (bits[i / 64] & (UINT64_C(1) << (i % 64)))
                        r = sd_bus_message_append(m, "i", first + i);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int append_exit_statuses(const Directive *d, const void *field, sd_bus_message *m) {
        const ExitStatusSet *s = field;
        int r = sd_bus_message_open_container(m, 'r', "aiai");

        if (r >= 0)
                r = append_bits(s->codes, 0, 256, m);
        if (r >= 0)
                r = append_bits(&s->signals, 1, 64, m);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

/* ---- lists of structures ---- */

static int append_item(const Directive *d, const void *field, size_t i, sd_bus_message *m) {
        if (d->type == &type_binds) {
                const BindSetting *b = &((const BindList *)field)->items[i];

                return sd_bus_message_append(m, "(ssbt)", b->source, b->destination,
                                             (int)b->ignore_missing,
                                             (uint64_t)(b->recursive ? MS_REC : 0));
        }
        if (d->type == &type_tmpfs) {
                const TmpfsSetting *t = &((const TmpfsList *)field)->items[i];

                return sd_bus_message_append(m, "(ss)", t->path, t->options ? t->options : "");
        }
        if (d->type == &type_environment_file) {
                const EnvironmentFileSetting *f = &((const EnvironmentFileList *)field)->items[i];

                return sd_bus_message_append(m, "(sb)", f->path, (int)f->ignore_missing);
        }
        if (d->type == &type_directories)
                return sd_bus_message_append(m, "s", ((const DirectoryList *)field)->items[i].path);
        return -EINVAL;
}

/* All lists are a pointer and a count, in this order. */
static int append_list(const Directive *d, const void *field, sd_bus_message *m) {
        size_t n = ((const BindList *)field)->n;
        int r = sd_bus_message_open_container(m, 'a', value_signature(d) + 1);

        for (size_t i = 0; i < n && r >= 0; i++)
                r = append_item(d, field, i, m);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int append_paths(const Directive *d, const void *field, sd_bus_message *m) {
        const PathList *l = field;
        int r = sd_bus_message_open_container(m, 'a', "s");

        for (size_t i = 0; i < l->n && r >= 0; i++) {
                _cleanup_free_ char *word = NULL;

                if (asprintf(&word, "%s%s%s", l->items[i].ignore_missing ? "-" : "",
                             l->items[i].in_root ? "+" : "", l->items[i].path) < 0)
                        return -ENOMEM;
                r = sd_bus_message_append(m, "s", word);
        }
        return r < 0 ? r : sd_bus_message_close_container(m);
}

/* ---- which is which ---- */

static const Shape shapes[] = {
        { &type_boolean, "b", append_boolean },
        { &type_enumeration, "s", append_enumeration },
        { &type_string, "s", append_string },
        { &type_words, "as", append_words },
        { &type_size, "t", append_u64 },
        { &type_limit, "t", append_limit },
        { &type_time_span, "t", append_u64 },
        { &type_mode, "u", append_u32 },
        { &type_signal, "i", append_int },
        { &type_path, "s", append_string },
        { &type_paths, "as", append_paths },
        { &type_binds, "a(ssbt)", append_list },
        { &type_tmpfs, "a(ss)", append_list },
        { &type_directories, "as", append_list },
        { &type_working_directory, "s", append_text },
        { &type_environment, "as", append_words },
        { &type_environment_file, "a(sb)", append_list },
        { &type_commands, "a(sasbttttuii)", NULL }, /* outcome.h */
        { &type_rlimit, "t", append_rlimit },
        { &type_capabilities, "t", append_capabilities },
        { &type_syscalls, "(bas)", append_syscalls },
        { &type_families, "(bas)", append_families },
        { &type_namespaces, "t", append_namespaces },
        { &type_exit_statuses, "(aiai)", append_exit_statuses },
        { &type_stream, "s", append_text },
        { &type_errno_number, "i", append_int },
        { &type_hostname, "b", append_truth },
        { &type_conditions, "a(sbbsi)", NULL },
};

static int append_propagation(const Directive *d, const void *field, sd_bus_message *m) {
        static const uint64_t flags[] = { [MOUNT_FLAGS_SHARED] = MS_SHARED,
                                          [MOUNT_FLAGS_SLAVE] = MS_SLAVE,
                                          [MOUNT_FLAGS_PRIVATE] = MS_PRIVATE };
        unsigned value = *(const unsigned *)field;

        return sd_bus_message_append(m, "t", value < ARRAY_SIZE(flags) ? flags[value] : 0);
}

/* What the kernel calls a policy; that of a service which sets none, where there is no such. */
static int append_policy(const Directive *d, const void *field, sd_bus_message *m) {
        static const int policies[] = {
                [CPU_SCHEDULING_UNSET] = SCHED_OTHER, [CPU_SCHEDULING_OTHER] = SCHED_OTHER,
                [CPU_SCHEDULING_BATCH] = SCHED_BATCH, [CPU_SCHEDULING_IDLE] = SCHED_IDLE,
                [CPU_SCHEDULING_FIFO] = SCHED_FIFO,   [CPU_SCHEDULING_RR] = SCHED_RR
        };
        unsigned value = *(const unsigned *)field;

        return sd_bus_message_append(m, "i", value < ARRAY_SIZE(policies) ? policies[value] : 0);
}

static int append_io_class(const Directive *d, const void *field, sd_bus_message *m) {
        int value = *(const int *)field;

        return sd_bus_message_append(
                m, "i", (value == IO_SCHEDULING_UNSET ? IO_SCHEDULING_BEST_EFFORT : value) - 1);
}

static int append_numa_policy(const Directive *d, const void *field, sd_bus_message *m) {
        return sd_bus_message_append(m, "i", *(const int *)field - 1); /* unset is -1 */
}

/* SELinuxContext= and its kin: "-" is told apart. */
static int append_label(const Directive *d, const void *field, sd_bus_message *m) {
        const char *label = *(char *const *)field;
        bool ignore = label && label[0] == '-';

        return sd_bus_message_append(m, "(bs)", (int)ignore, label ? label + ignore : "");
}

/* Enumerations that were something else in systemd before they became words. */
static const Shape truths = { NULL, "b", append_truth }, numbers = { NULL, "i", append_int },
                   propagation = { NULL, "t", append_propagation },
                   label = { NULL, "(bs)", append_label }, policy = { NULL, "i", append_policy },
                   io_class = { NULL, "i", append_io_class },
                   numa_policy = { NULL, "i", append_numa_policy };

static const struct {
        const char *name;
        const Shape *shape;
} exceptions[] = {
        { "PrivateTmp", &truths },
        { "PrivateUsers", &truths },
        { "ProtectControlGroups", &truths },
        { "CPUSchedulingPolicy", &policy },
        { "IOSchedulingClass", &io_class },
        { "NUMAPolicy", &numa_policy },
        { "SyslogLevel", &numbers },
        { "SyslogFacility", &numbers },
        { "MountFlags", &propagation },
        { "SELinuxContext", &label },
        { "AppArmorProfile", &label },
        { "SmackProcessLabel", &label },
        /* structures that our lists of words would be mistaken for */
        { "SecureBits", NULL },
        { "RootImageOptions", NULL },
        { "MountImages", NULL },
        { "ExtensionImages", NULL },
        { "CoredumpFilter", NULL },
        { "LogExtraFields", NULL },
        { "LoadCredential", NULL },
        { "LoadCredentialEncrypted", NULL },
        { "SetCredential", NULL },
        { "SetCredentialEncrypted", NULL },
        { "OpenFile", NULL },
        { "Delegate", NULL },
};

static const Shape *shape_of(const Directive *d) {
        for (size_t i = 0; i < ARRAY_SIZE(exceptions); i++)
                if (text_eq(exceptions[i].name, d->name))
                        return exceptions[i].shape;
        for (size_t i = 0; i < ARRAY_SIZE(shapes); i++)
                if (shapes[i].type == d->type)
                        return &shapes[i];
        return NULL;
}

const char *value_signature(const Directive *d) {
        const char *structure = value_structure_signature(d);
        const Shape *s = shape_of(d);

        if (d->type == &type_integer)
                return integer_signature(d);
        if (structure)
                return structure;
        return s ? s->signature : NULL;
}

int value_append(const Directive *d, const void *field, sd_bus_message *m) {
        const Shape *s = shape_of(d);

        if (d->type == &type_integer)
                return append_integer(d, field, m);
        if (value_structure_signature(d))
                return value_structure_append(d, *(char ***)field, m);
        return s && s->append ? s->append(d, field, m) : -EINVAL;
}

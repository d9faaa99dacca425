/*
 * Conditions that look at the machine: hardware, firmware, what it runs in, how busy it is.
 */
#include <fnmatch.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/clock.h"
#include "base/dir.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/kernel-word.h"
#include "base/machine-id.h"
#include "base/number.h"
#include "base/text.h"
#include "units/architecture.h"
#include "units/condition-tests.h"
#include "units/size.h"
#include "units/time-span.h"

#define TEXT_MAX   4096
#define CPU_INFO   65536
#define FIRST_BOOT "/run/systemd/first-boot"

static bool says_yes(const char *text) {
        return text_eq(text, "1") || text_eq(text, "yes") || text_eq(text, "y") ||
               text_eq(text, "true") || text_eq(text, "t") || text_eq(text, "on");
}

/* The first line of a file, "" where there is none. */
static const char *read_line(const char *path, char line[static TEXT_MAX]) {
        if (file_read_start_at(AT_FDCWD, path, line, TEXT_MAX) < 0)
                line[0] = '\0';
        line[strcspn(line, "\n")] = '\0';
        return line;
}

/* ---- the state of the machine ---- */

int condition_machine_first_boot(const char *argument, const ConditionFacts *facts) {
        char word[16];
        bool first = access(FIRST_BOOT, F_OK) == 0;

        if (!getenv("container") && kernel_word("systemd.condition-first-boot", word, sizeof(word)))
                first = says_yes(word);
        return first == says_yes(argument);
}

/* From the mains, unless the only supplies are others. */
int condition_machine_power(const char *argument, const ConditionFacts *facts) {
        _cleanup_(dir_closep) DIR *d = NULL;
        char line[TEXT_MAX], path[PATH_MAX];
        bool offline = false, online = false, battery = false;
        int r = dir_open_at(AT_FDCWD, "/sys/class/power_supply", &d);

        for (struct dirent *entry; r >= 0 && (entry = dir_next(d));) {
                bool mains;

                snprintf(path, sizeof(path), "/sys/class/power_supply/%s/type", entry->d_name);
                mains = !text_eq(read_line(path, line), "Battery");
                battery = battery || !mains;
                snprintf(path, sizeof(path), "/sys/class/power_supply/%s/online", entry->d_name);
                if (!mains || !*read_line(path, line))
                        continue;
                if (text_eq(line, "0"))
                        offline = true;
                else
                        online = true;
        }
        return (online || !(offline || battery)) == says_yes(argument);
}

int condition_machine_architecture(const char *argument, const ConditionFacts *facts) {
        struct utsname u;

        if (uname(&u) < 0)
                return -errno;
        /* programs of another architecture than the kernel's are not built for it */
        return text_eq(argument, "native") || text_eq(argument, architecture_name(u.machine));
}

/* "device-tree-compatible(NAME)", "smbios-field(FIELD OPERATOR VALUE)": what is in the brackets, in
 * TEXT. */
static bool in_brackets(const char *argument, const char *name, char text[static TEXT_MAX]) {
        const char *after = text_after(argument, name);
        size_t n = after ? strlen(after) : 0;

        if (n < 2 || after[0] != '(' || after[n - 1] != ')')
                return false;
        snprintf(text, TEXT_MAX, "%.*s", (int)(n - 2), after + 1);
        return true;
}

static int has_compatible(const char *name) {
        _cleanup_free_ char *list = NULL;
        size_t size, n;

        if (file_read_at(AT_FDCWD, "/proc/device-tree/compatible", TEXT_MAX, &list, &size) < 0)
                return 0;
        for (const char *at = list; at < list + size; at += n + 1) {
                n = strlen(at);
                if (text_eq(at, name))
                        return 1;
        }
        return 0;
}

static int smbios_fits(char *text) {
        char path[PATH_MAX], line[TEXT_MAX];
        size_t n = strcspn(text, " <>=!");
        const char *wanted = text + n + strspn(text + n, " "), *op;

        op = condition_compare_operator(&wanted);
        if (!op || n == 0 || memchr(text, '/', n))
                return -EINVAL;
        text[n] = '\0';
        snprintf(path, sizeof(path), "/sys/class/dmi/id/%.64s", text);
        if (access(path, R_OK) < 0)
                return 0;
        read_line(path, line);
        if (text_eq(op, "=") || text_eq(op, "!="))
                return (fnmatch(wanted, line, 0) == 0) == text_eq(op, "=");
        return condition_compare_fits(op, condition_compare_versions(line, wanted));
}

int condition_machine_firmware(const char *argument, const ConditionFacts *facts) {
        char text[TEXT_MAX];

        if (text_eq(argument, "uefi"))
                return access("/sys/firmware/efi", F_OK) == 0;
        if (text_eq(argument, "device-tree"))
                return access("/proc/device-tree", F_OK) == 0;
        if (text_eq(argument, "smbios"))
                return access("/sys/class/dmi/id", F_OK) == 0;
        if (in_brackets(argument, "device-tree-compatible", text))
                return has_compatible(text);
        if (in_brackets(argument, "smbios-field", text))
                return smbios_fits(text);
        return -EINVAL;
}

/* ---- what it runs in ---- */

static const char *find_vm(char line[static TEXT_MAX]) {
        static const struct {
                const char *says, *name;
        } vendors[] = {
                { "KVM", "kvm" },
                { "OpenStack", "kvm" },
                { "Amazon EC2", "amazon" },
                { "QEMU", "qemu" },
                { "VMware", "vmware" },
                { "VMW", "vmware" },
                { "innotek GmbH", "oracle" },
                { "VirtualBox", "oracle" },
                { "Xen", "xen" },
                { "Bochs", "bochs" },
                { "Parallels", "parallels" },
                { "BHYVE", "bhyve" },
                { "Hyper-V", "microsoft" },
                { "Google Compute Engine", "google" },
        };
        static const char *const files[] = { "product_name", "sys_vendor", "board_vendor",
                                             "bios_vendor" };
        _cleanup_free_ char *cpu = calloc(1, CPU_INFO);

        for (size_t f = 0; f < ARRAY_SIZE(files); f++) {
                char path[64];

                snprintf(path, sizeof(path), "/sys/class/dmi/id/%s", files[f]);
                read_line(path, line);
                for (size_t i = 0; i < ARRAY_SIZE(vendors); i++)
                        if (text_after(line, vendors[i].says))
                                return vendors[i].name;
        }
        if (text_eq(read_line("/sys/hypervisor/type", line), "xen"))
                return "xen";
        if (cpu && file_read_start_at(AT_FDCWD, "/proc/cpuinfo", cpu, CPU_INFO) > 0 &&
            strstr(cpu, " hypervisor"))
                return "vm-other";
        return NULL;
}

static bool has_own_users(char line[static TEXT_MAX]) {
        read_line("/proc/self/uid_map", line);
        return *line && strcmp(line, "         0          0 4294967295") != 0;
}

int condition_machine_virtual(const char *argument, const ConditionFacts *facts) {
        char line[TEXT_MAX];
        const char *container = getenv("container"), *vm;

        if (text_is_empty(container) && *read_line("/run/systemd/container", line))
                container = line;
        if (text_eq(argument, "private-users"))
                return has_own_users(line);
        if (!text_is_empty(container)) {
                if (text_eq(argument, "container") || text_eq(argument, container))
                        return 1;
                return says_yes(argument);
        }
        vm = find_vm(line);
        if (text_eq(argument, "no") || text_eq(argument, "false") || text_eq(argument, "0"))
                return !vm;
        return vm && (says_yes(argument) || text_eq(argument, "vm") || text_eq(argument, vm));
}

int condition_machine_host(const char *argument, const ConditionFacts *facts) {
        char line[TEXT_MAX], wanted[MACHINE_ID_SIZE], own[MACHINE_ID_SIZE];
        struct utsname u;

        if (machine_id_parse(argument, wanted))
                return machine_id_parse(read_line("/etc/machine-id", line), own) &&
                       text_eq(own, wanted);
        return uname(&u) < 0 ? -errno : fnmatch(argument, u.nodename, FNM_CASEFOLD) == 0;
}

/* ---- how much there is ---- */

static int compare(const char *argument, uint64_t n, bool size) {
        const char *op = condition_compare_operator(&argument);
        uint64_t wanted;
        int r = size ? size_parse(argument, &wanted) : number_parse_u64(argument, 10, &wanted);

        if (r < 0)
                return r;
        return condition_compare_fits(op ? op : ">=", (n > wanted) - (n < wanted));
}

int condition_machine_memory(const char *argument, const ConditionFacts *facts) {
        return compare(argument,
                       (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE), true);
}

int condition_machine_processors(const char *argument, const ConditionFacts *facts) {
        cpu_set_t set;

        if (sched_getaffinity(0, sizeof(set), &set) < 0)
                return -errno;
        return compare(argument, (uint64_t)CPU_COUNT(&set), false);
}

int condition_machine_feature(const char *name, const ConditionFacts *facts) {
        _cleanup_free_ char *text = calloc(1, CPU_INFO);
        char *line, *end;
        size_t n = strlen(name);

        if (!text)
                return -ENOMEM;
        (void)file_read_start_at(AT_FDCWD, "/proc/cpuinfo", text, CPU_INFO);
        line = strstr(text, "\nflags");
        if (!line)
                line = strstr(text, "\nFeatures");
        end = line ? strchr(line + 1, '\n') : NULL;
        if (!end)
                return 0;
        *end = '\0';
        for (char *at = line; n > 0 && (at = strstr(at, name)); at += n)
                if (at[-1] == ' ' && (at[n] == ' ' || at[n] == '\0'))
                        return 1;
        return 0;
}

/* ---- how busy it is ---- */

/* "some avg10=0.00 avg60=0.12 avg300=0.00 total=1" */
static int pressure(const char *path, const char *argument) {
        char line[TEXT_MAX], limit[32], *at;
        const char *key;
        size_t n = strcspn(argument, "/");
        unsigned most, now;
        uint64_t window = 5 * 60 * CLOCK_SECOND;
        int r;

        if (n >= sizeof(limit))
                return -EINVAL;
        snprintf(limit, sizeof(limit), "%.*s", (int)n, argument);
        r = number_parse_permyriad(text_strip(limit), &most);
        if (r >= 0 && argument[n])
                r = time_span_parse(argument + n + 1 + strspn(argument + n + 1, " "), TIME_SPAN_SEC,
                                    &window);
        if (r < 0)
                return r;
        key = window == 10 * CLOCK_SECOND    ? "avg10="
              : window == 60 * CLOCK_SECOND  ? "avg60="
              : window == 300 * CLOCK_SECOND ? "avg300="
                                             : NULL;
        if (!key)
                return -EINVAL;
        read_line(path, line);
        at = strstr(line, key);
        if (!at) /* the kernel does not count: as if there were none */
                return 1;
        at += strlen(key);
        at[strcspn(at, " ")] = '\0';
        snprintf(limit, sizeof(limit), "%.*s%%", 16, at);
        r = number_parse_permyriad(limit, &now);
        return r < 0 ? r : now <= most;
}

int condition_machine_memory_pressure(const char *argument, const ConditionFacts *facts) {
        return pressure("/proc/pressure/memory", argument);
}

int condition_machine_cpu_pressure(const char *argument, const ConditionFacts *facts) {
        return pressure("/proc/pressure/cpu", argument);
}

int condition_machine_io_pressure(const char *argument, const ConditionFacts *facts) {
        return pressure("/proc/pressure/io", argument);
}

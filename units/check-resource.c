/*
 * Checks of the words of systemd.resource-control(5). What they let pass can
 * be written to a control group file, as far as a text tells.
 */
#include "units/check-resource.h"

#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "units/check-path.h"
#include "units/check.h"
#include "units/time-span.h"
#include "units/type.h"

enum { CPU_MAX = 8191 }; /* CONFIG_NR_CPUS of the largest kernels, less one */

/* A number at the beginning of *P; moves behind it. */
static int take_number(const char **p, uint32_t *ret) {
        char digits[8] = "";
        size_t n = strspn(*p, "0123456789");

        if (n == 0 || n >= sizeof(digits))
                return -EINVAL;
        memcpy(digits, *p, n);
        *p += n;
        return number_parse_u32(digits, 10, ret);
}

/* "3" or "1-3", up to a comma. */
static int take_range(const char **p) {
        uint32_t first, last;
        int r = take_number(p, &first);

        if (r < 0)
                return r;
        last = first;
        if (**p == '-') {
                ++*p;
                r = take_number(p, &last);
        }
        if (r < 0)
                return r;
        return first <= last && last <= CPU_MAX && (**p == ',' || **p == '\0') ? 0 : -EINVAL;
}

int check_resource_cpu_set(const char *word, Diag *diag) {
        const char *p = word;

        while (*p) {
                if (*p == ',') {
                        p++;
                        continue;
                }
                if (take_range(&p) < 0)
                        return check_refuse(word, "list of numbers",
                                            "one such as \"0\", \"1-3\" or \"0,2-3\"", diag);
        }
        return 0;
}

int check_resource_cpu_affinity(const char *word, Diag *diag) {
        return text_eq(word, "numa") ? 0 : check_resource_cpu_set(word, diag);
}

int check_resource_node_mask(const char *word, Diag *diag) {
        return text_eq(word, "all") ? 0 : check_resource_cpu_set(word, diag);
}

/* The value behind the path, NULL where there is none. The path is checked. */
static int check_device_path(const char *word, const char **ret_value, Diag *diag) {
        size_t n = strcspn(word, WHITESPACE);
        char *path = strndup(word, n);
        int r = path ? check_path_absolute(path, diag) : -ENOMEM;

        free(path);
        if (r < 0)
                return r;
        *ret_value = word + n + strspn(word + n, WHITESPACE);
        return **ret_value
                       ? 0
                       : check_refuse(word, "path and value", "both, with a space between", diag);
}

int check_resource_device_weight(const char *word, Diag *diag) {
        const char *value;
        uint32_t weight;
        int r = check_device_path(word, &value, diag);

        if (r < 0)
                return r;
        return number_parse_u32(value, 10, &weight) >= 0 && weight >= 1 && weight <= 10000
                       ? 0
                       : check_refuse(value, "weight", "a number from 1 to 10000", diag);
}

int check_resource_device_rate(const char *word, Diag *diag) {
        const char *value;
        uint64_t rate;
        int r = check_device_path(word, &value, diag);

        if (r < 0 || text_eq(value, "infinity"))
                return r;
        return number_parse_size(value, &rate) >= 0 && rate > 0
                       ? 0
                       : check_refuse(value, "rate", "a number such as 5M, or infinity", diag);
}

int check_resource_device_latency(const char *word, Diag *diag) {
        const char *value;
        int r = check_device_path(word, &value, diag);

        return r < 0 ? r : check_time_span(value, diag);
}

int check_resource_device(const char *word, Diag *diag) {
        size_t n = strcspn(word, WHITESPACE);
        const char *letters = word + n + strspn(word + n, WHITESPACE);

        if (*word != '/' && !text_after(word, "char-") && !text_after(word, "block-"))
                return check_refuse(word, "device",
                                    "a path below /dev, or \"char-\" or \"block-\" and a name",
                                    diag);
        return letters[strspn(letters, "rwm")] == '\0'
                       ? 0
                       : check_refuse(letters, "kind of access", "the letters r, w and m", diag);
}

int check_resource_controller(const char *word, Diag *diag) {
        static const char *const names[] = {
                "cpu",
                "cpuacct",
                "cpuset",
                "io",
                "blkio",
                "memory",
                "devices",
                "pids",
                "bpf-firewall",
                "bpf-devices",
                "bpf-foreign",
                "bpf-socket-bind",
                "bpf-restrict-network-interfaces",
        };

        return check_listed(word, names, ARRAY_SIZE(names), "a controller", diag);
}

int check_resource_delegate(const char *word, Diag *diag) {
        return type_parse_boolean(word) >= 0 ? 0 : check_resource_controller(word, diag);
}

int check_resource_bpf_program(const char *word, Diag *diag) {
        static const char *const types[] = {
                "ingress",  "egress",   "sock_create", "sock_ops",   "device",     "bind4",
                "bind6",    "connect4", "connect6",    "post_bind4", "post_bind6", "sendmsg4",
                "sendmsg6", "sysctl",   "recvmsg4",    "recvmsg6",   "getsockopt", "setsockopt",
        };
        size_t n = strcspn(word, ":");
        char *type = strndup(word, n);
        int r = type ? check_listed(type, types, ARRAY_SIZE(types), "a type of BPF program", diag)
                     : -ENOMEM;

        free(type);
        if (r < 0)
                return r;
        return check_path_absolute(word[n] ? word + n + 1 : "", diag);
}

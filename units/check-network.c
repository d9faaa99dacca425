/*
 * Checks of addresses and ports. Numbers and literal addresses only: nothing
 * here asks a name server.
 */
#include "units/check-network.h"

#include <arpa/inet.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "units/check-path.h"
#include "units/check.h"

/* The first N bytes of TEXT as an address: its length in bits, or -EINVAL. */
static int address_bits(const char *text, size_t n) {
        char copy[INET6_ADDRSTRLEN] = "";
        struct in6_addr ignored;

        if (n >= sizeof(copy))
                return -EINVAL;
        memcpy(copy, text, n);
        if (inet_pton(AF_INET, copy, &ignored) == 1)
                return 32;
        return inet_pton(AF_INET6, copy, &ignored) == 1 ? 128 : -EINVAL;
}

static bool is_prefix(const char *word) {
        size_t n = strcspn(word, "/");
        int bits = address_bits(word, n);
        uint32_t length;

        if (bits < 0 || word[n] == '\0')
                return bits > 0;
        return number_parse_u32(word + n + 1, 10, &length) >= 0 && length <= (uint32_t)bits;
}

int check_network_prefix(const char *word, Diag *diag) {
        static const char *const names[] = { "any", "localhost", "link-local", "multicast" };

        for (size_t i = 0; i < ARRAY_SIZE(names); i++)
                if (text_eq(word, names[i]))
                        return 0;
        return is_prefix(word)
                       ? 0
                       : check_refuse(
                                 word, "network",
                                 "an address with or without \"/\" and a length, any, localhost, "
                                 "link-local or multicast",
                                 diag);
}

static bool take_port(const char *text, uint32_t *ret) {
        return number_parse_u32(text, 10, ret) >= 0 && *ret >= 1 && *ret <= 65535;
}

static bool is_port(const char *text) {
        uint32_t port;

        return take_port(text, &port);
}

static bool is_port_range(const char *text) {
        size_t n = strcspn(text, "-");
        char head[8] = "";
        uint32_t first, last;

        if (text[n] == '\0')
                return is_port(text);
        if (n >= sizeof(head))
                return false;
        memcpy(head, text, n);
        return take_port(head, &first) && take_port(text + n + 1, &last) && first <= last;
}

/* What follows one of the two prefixes, else WORD itself. */
static const char *skip_either(const char *word, const char *one, const char *other) {
        const char *rest = text_after(word, one);

        if (!rest)
                rest = text_after(word, other);
        return rest ? rest : word;
}

int check_network_bind(const char *word, Diag *diag) {
        const char *rest = skip_either(word, "ipv4:", "ipv6:");

        rest = skip_either(rest, "tcp:", "udp:");
        /* A family or a protocol may stand alone, for all of its ports. */
        if (text_eq(rest, "any") || is_port_range(rest) || text_eq(rest, "tcp") ||
            text_eq(rest, "udp") || text_eq(rest, "ipv4") || text_eq(rest, "ipv6"))
                return 0;
        return check_refuse(word, "pattern for sockets",
                            "any, or a port or range such as \"tcp:8000-8080\"", diag);
}

int check_network_interface(const char *word, Diag *diag) {
        bool digits = word[strspn(word, "0123456789")] == '\0';

        return *word && !digits && strlen(word) <= 127 && !strpbrk(word, ":/% \t") &&
                               !text_has_control(word) && !text_eq(word, ".") &&
                               !text_eq(word, "..")
                       ? 0
                       : check_refuse(word, "name of a network interface", "one such as \"eth0\"",
                                      diag);
}

int check_network_interfaces(const char *word, Diag *diag) {
        return check_network_interface(word + (*word == '~'), diag);
}

/* "vsock:[CID]:PORT"; the kind of socket may stand behind "vsock-". */
static bool is_vsock(const char *word) {
        const char *rest = text_after(word, "vsock:"), *colon = rest ? strchr(rest, ':') : NULL;
        char cid[16] = "";
        uint32_t number;

        if (!colon || (size_t)(colon - rest) >= sizeof(cid))
                return false;
        memcpy(cid, rest, (size_t)(colon - rest));
        return (*cid == '\0' || number_parse_u32(cid, 10, &number) >= 0) &&
               number_parse_u32(colon + 1, 10, &number) >= 0;
}

/* "127.0.0.1:80", "[::1]:80", "[fe80::1]:80%eth0" */
static bool is_inet(const char *word) {
        const char *colon = strrchr(word, ':');
        const char *scope = strchr(word, '%');
        char port[8] = "";
        size_t n;

        if (!colon)
                return false;
        n = scope && scope > colon ? (size_t)(scope - colon - 1) : strlen(colon + 1);
        if (n >= sizeof(port))
                return false;
        memcpy(port, colon + 1, n);
        if (!is_port(port))
                return false;
        if (*word == '[')
                return colon > word + 1 && colon[-1] == ']' &&
                       address_bits(word + 1, (size_t)(colon - word - 2)) == 128;
        return address_bits(word, (size_t)(colon - word)) == 32;
}

int check_network_listen(const char *word, Diag *diag) {
        if (*word == '/')
                return check_path_absolute(word, diag);
        if ((*word == '@' && word[1]) || is_port(word) || is_vsock(word) || is_inet(word))
                return 0;
        return check_refuse(word, "address to listen on",
                            "a path, \"@name\", a port, \"127.0.0.1:80\" or \"[::1]:80\"", diag);
}

int check_network_netlink(const char *word, Diag *diag) {
        static const char *const families[] = {
                "route",   "firewall",       "inet-diag",  "nflog",     "xfrm",          "selinux",
                "iscsi",   "audit",          "fib-lookup", "connector", "netfilter",     "ip6-fw",
                "dnrtmsg", "kobject-uevent", "generic",    "ecryptfs",  "scsitransport", "rdma",
        };
        size_t n = strcspn(word, WHITESPACE);
        const char *group = word + n + strspn(word + n, WHITESPACE);
        char *family = strndup(word, n);
        uint32_t number;
        int r = family ? 0 : -ENOMEM;

        if (family && number_parse_u32(family, 10, &number) < 0)
                r = check_listed(family, families, ARRAY_SIZE(families), "a netlink family", diag);
        free(family);
        if (r < 0 || *group == '\0' || number_parse_u32(group, 10, &number) >= 0)
                return r;
        return check_refuse(group, "multicast group", "a number", diag);
}

int check_network_tos(const char *word, Diag *diag) {
        static const char *const names[] = { "low-delay", "throughput", "reliability", "low-cost" };
        uint32_t number;

        if (number_parse_u32(word, 0, &number) >= 0 && number <= 255)
                return 0;
        return check_listed(word, names, ARRAY_SIZE(names), "a type of service", diag);
}

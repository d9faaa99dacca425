/*
 * A row a shape, with both directions beside each other. Words were checked when the unit was read;
 * what comes from a client is written as text, and then checked like any other.
 */
#include "supervisor/manager/bus/value-structure.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/time-span.h"
#include "units/types.h"

enum { SET_BYTES = 1024 }; /* 8,192 processors, as many as the kernel knows */

typedef struct Structure {
        const char *signature;
        int (*append)(char *const *words, sd_bus_message *m);
        int (*read)(sd_bus_message *m, char ***words); /* one item, within the array */
} Structure;

static int push(char ***words, StrBuf *b) {
        char *word;
        int r = strbuf_take(b, &word);

        return r < 0 ? r : strv_push(words, word);
}

/* Cuts a copy of WORD at the first of SEPARATORS; *RET_REST is what comes after them, or "". */
static char *cut(const char *word, const char *separators, const char **ret_rest) {
        size_t n = strcspn(word, separators);

        *ret_rest = word + n + strspn(word + n, separators);
        return strndup(word, n);
}

/* ---- two texts: a device and what may be done with it; a kind and a path ---- */

static int append_pair(const char *word, const char *separator, const char *otherwise,
                       sd_bus_message *m) {
        const char *rest;
        _cleanup_free_ char *first = cut(word, separator, &rest);

        return first ? sd_bus_message_append(m, "(ss)", first, *rest ? rest : otherwise) : -ENOMEM;
}

static int append_devices(char *const *words, sd_bus_message *m) {
        int r = 0;

        STRV_FOREACH(word, words)
                if (r >= 0)
                        r = append_pair(*word, WHITESPACE, "rwm", m);
        return r;
}

static int append_programs(char *const *words, sd_bus_message *m) {
        int r = 0;

        STRV_FOREACH(word, words)
                if (r >= 0)
                        r = append_pair(*word, ":", "", m);
        return r;
}

static int read_pair(sd_bus_message *m, char separator, char ***words) {
        StrBuf b = { 0 };
        const char *first, *second;
        int r = sd_bus_message_read(m, "(ss)", &first, &second);

        if (r < 0)
                return r;
        if (strpbrk(first, WHITESPACE))
                return -EINVAL;
        strbuf_add(&b, first);
        if (*second)
                strbuf_addf(&b, "%c%s", separator, second);
        return push(words, &b);
}

static int read_device(sd_bus_message *m, char ***words) {
        return read_pair(m, ' ', words);
}

static int read_program(sd_bus_message *m, char ***words) {
        return read_pair(m, ':', words);
}

/* ---- a device and a number ---- */

/* Unlike sizes, rates count in steps of 1000, systemd.resource-control(5). */
static int take_amount(const char *text, uint64_t *ret) {
        static const char suffixes[] = "KMGT";
        const char *suffix = *text ? strchr(suffixes, text[strlen(text) - 1]) : NULL;
        _cleanup_free_ char *digits = strndup(text, strlen(text) - (suffix != NULL));
        uint64_t amount;
        int r;

        if (!digits)
                return -ENOMEM;
        if (text_eq(text, "infinity")) {
                *ret = UINT64_MAX;
                return 0;
        }
        r = number_parse_u64(digits, 10, &amount);
        for (const char *step = suffixes; suffix && r >= 0 && step <= suffix; step++)
                r = __builtin_mul_overflow(amount, 1000, &amount) ? -ERANGE : 0;
        if (r >= 0)
                *ret = amount;
        return r;
}

static int append_amounts(char *const *words, sd_bus_message *m) {
        int r = 0;

        STRV_FOREACH(word, words) {
                const char *rest;
                _cleanup_free_ char *device = cut(*word, WHITESPACE, &rest);
                uint64_t amount;

                if (!device)
                        return -ENOMEM;
                if (r >= 0 && take_amount(rest, &amount) >= 0)
                        r = sd_bus_message_append(m, "(st)", device, amount);
        }
        return r;
}

static int append_times(char *const *words, sd_bus_message *m) {
        int r = 0;

        STRV_FOREACH(word, words) {
                const char *rest;
                _cleanup_free_ char *device = cut(*word, WHITESPACE, &rest);
                uint64_t usec;

                if (!device)
                        return -ENOMEM;
                if (r >= 0 && time_span_parse(rest, TIME_SPAN_SEC, &usec) >= 0)
                        r = sd_bus_message_append(m, "(st)", device, usec);
        }
        return r;
}

static int read_amount_in(sd_bus_message *m, const char *unit, char ***words) {
        StrBuf b = { 0 };
        const char *device;
        uint64_t amount;
        int r = sd_bus_message_read(m, "(st)", &device, &amount);

        if (r < 0)
                return r;
        if (strpbrk(device, WHITESPACE))
                return -EINVAL;
        strbuf_addf(&b, "%s ", device);
        if (amount == UINT64_MAX)
                strbuf_add(&b, "infinity");
        else
                strbuf_addf(&b, "%" PRIu64 "%s", amount, unit);
        return push(words, &b);
}

static int read_amount(sd_bus_message *m, char ***words) {
        return read_amount_in(m, "", words);
}

static int read_time(sd_bus_message *m, char ***words) {
        return read_amount_in(m, "us", words);
}

/* ---- networks ---- */

static const struct {
        const char *name, *networks[2];
} named_networks[] = {
        { "any", { "0.0.0.0/0", "::/0" } },
        { "localhost", { "127.0.0.0/8", "::1/128" } },
        { "link-local", { "169.254.0.0/16", "fe80::/64" } },
        { "multicast", { "224.0.0.0/4", "ff00::/8" } },
};

static int append_network(const char *word, sd_bus_message *m) {
        struct in6_addr address;
        const char *rest;
        _cleanup_free_ char *host = cut(word, "/", &rest);
        int family = strchr(word, ':') ? AF_INET6 : AF_INET, r;
        size_t size = family == AF_INET6 ? 16 : 4;
        uint32_t prefix = (uint32_t)size * 8;

        if (!host)
                return -ENOMEM;
        if (inet_pton(family, host, &address) != 1 ||
            (*rest && number_parse_u32(rest, 10, &prefix) < 0))
                return 0;
        r = sd_bus_message_open_container(m, 'r', "iayu");
        if (r >= 0)
                r = sd_bus_message_append(m, "i", family);
        if (r >= 0)
                r = sd_bus_message_append_array(m, 'y', &address, size);
        if (r >= 0)
                r = sd_bus_message_append(m, "u", prefix);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

/* A name stands for a network of each family. */
static int append_named(const char *word, sd_bus_message *m) {
        for (size_t i = 0; i < ARRAY_SIZE(named_networks); i++) {
                int r;

                if (!text_eq(named_networks[i].name, word))
                        continue;
                r = append_network(named_networks[i].networks[0], m);
                return r < 0 ? r : append_network(named_networks[i].networks[1], m);
        }
        return append_network(word, m);
}

static int append_networks(char *const *words, sd_bus_message *m) {
        int r = 0;

        STRV_FOREACH(word, words)
                if (r >= 0)
                        r = append_named(*word, m);
        return r;
}

static int read_network(sd_bus_message *m, char ***words) {
        char text[INET6_ADDRSTRLEN];
        const void *address;
        StrBuf b = { 0 };
        uint32_t prefix;
        int32_t family;
        size_t size;
        int r = sd_bus_message_enter_container(m, 'r', "iayu");

        if (r >= 0)
                r = sd_bus_message_read(m, "i", &family);
        if (r >= 0)
                r = sd_bus_message_read_array(m, 'y', &address, &size);
        if (r >= 0)
                r = sd_bus_message_read(m, "u", &prefix);
        if (r >= 0)
                r = sd_bus_message_exit_container(m);
        if (r < 0)
                return r;
        if (!(family == AF_INET && size == 4) && !(family == AF_INET6 && size == 16))
                return -EINVAL;
        if (!inet_ntop(family, address, text, sizeof(text)))
                return -EINVAL;
        strbuf_addf(&b, "%s/%" PRIu32, text, prefix);
        return push(words, &b);
}

/* ---- sockets ---- */

static int append_socket(const char *word, sd_bus_message *m) {
        const char *p = word, *rest;
        uint32_t first = 0, last = 0;
        int family = 0, protocol = 0;

        if (text_after(p, "ipv4") || text_after(p, "ipv6")) {
                family = p[3] == '4' ? AF_INET : AF_INET6;
                p += p[4] == ':' ? 5 : 4;
        }
        if (text_after(p, "tcp") || text_after(p, "udp")) {
                protocol = *p == 't' ? IPPROTO_TCP : IPPROTO_UDP;
                p += p[3] == ':' ? 4 : 3;
        }
        if (*p && !text_eq(p, "any")) {
                _cleanup_free_ char *begin = cut(p, "-", &rest);

                if (!begin)
                        return -ENOMEM;
                if (number_parse_u32(begin, 10, &first) < 0 || first == 0 || first > UINT16_MAX)
                        return 0;
                last = first;
                if (*rest && (number_parse_u32(rest, 10, &last) < 0 || last > UINT16_MAX))
                        return 0;
        }
        return sd_bus_message_append(m, "(iiqq)", family, protocol,
                                     first ? (uint16_t)(last - first + 1) : 0, (uint16_t)first);
}

static int append_sockets(char *const *words, sd_bus_message *m) {
        int r = 0;

        STRV_FOREACH(word, words)
                if (r >= 0)
                        r = append_socket(*word, m);
        return r;
}

static int read_socket(sd_bus_message *m, char ***words) {
        int32_t family, protocol;
        uint16_t n, first;
        StrBuf b = { 0 };
        int r = sd_bus_message_read(m, "(iiqq)", &family, &protocol, &n, &first);

        if (r < 0)
                return r;
        if ((family != 0 && family != AF_INET && family != AF_INET6) ||
            (protocol != 0 && protocol != IPPROTO_TCP && protocol != IPPROTO_UDP) ||
            (n > 0 && (first == 0 || first + (n - 1) > UINT16_MAX)))
                return -EINVAL;
        if (family != 0)
                strbuf_add(&b, family == AF_INET ? "ipv4:" : "ipv6:");
        if (protocol != 0)
                strbuf_add(&b, protocol == IPPROTO_TCP ? "tcp:" : "udp:");
        if (n == 0)
                strbuf_add(&b, "any");
        else if (n == 1)
                strbuf_addf(&b, "%u", (unsigned)first);
        else
                strbuf_addf(&b, "%u-%u", (unsigned)first, (unsigned)first + n - 1);
        return push(words, &b);
}

/* ---- sets of processors and memory nodes: a bit each, the lowest first ---- */

static void set_range(const char *text, uint8_t set[static SET_BYTES]) {
        const char *rest;
        _cleanup_free_ char *begin = cut(text, "-", &rest);
        uint32_t first, last;

        if (!begin || number_parse_u32(begin, 10, &first) < 0)
                return;
        last = first;
        if (*rest && number_parse_u32(rest, 10, &last) < 0)
                return;
        for (uint32_t i = first; i <= last && i < SET_BYTES * 8; i++)
                set[i / 8] |= (uint8_t)(1U << (i % 8));
}

static int append_set(char *const *words, sd_bus_message *m) {
        uint8_t set[SET_BYTES] = { 0 };
        size_t size = SET_BYTES;

        STRV_FOREACH(word, words)
                for (const char *p = *word; *p;) {
                        _cleanup_free_ char *range = cut(p, ",", &p);

                        if (!range)
                                return -ENOMEM;
                        set_range(range, set);
                }
        while (size > 0 && set[size - 1] == 0)
                size--;
        return sd_bus_message_append_array(m, 'y', set, size);
}

static bool has_bit(const uint8_t *set, size_t size, size_t i) {
        return i / 8 < size && (set[i / 8] & (1U << (i % 8)));
}

static int read_set(sd_bus_message *m, char ***words) {
        const void *set;
        size_t size;
        int r = sd_bus_message_read_array(m, 'y', &set, &size);

        if (r < 0)
                return r;
        if (size > SET_BYTES)
                return -EINVAL;
        for (size_t i = 0; i < size * 8 && r >= 0; i++) {
                StrBuf b = { 0 };
                size_t first = i;

                if (!has_bit(set, size, i))
                        continue;
                while (has_bit(set, size, i + 1))
                        i++;
                strbuf_addf(&b, i > first ? "%zu-%zu" : "%zu", first, i);
                r = push(words, &b);
        }
        return MIN_OF(r, 0);
}

/* ---- names that are allowed, or the only ones that are not ---- */

static int append_names(char *const *words, sd_bus_message *m) {
        bool deny = words && words[0] && words[0][0] == '~';
        int r = sd_bus_message_open_container(m, 'r', "bas");

        if (r >= 0)
                r = sd_bus_message_append(m, "b", (int)!deny);
        if (r >= 0)
                r = sd_bus_message_open_container(m, 'a', "s");
        STRV_FOREACH(word, words)
                if (r >= 0)
                        r = sd_bus_message_append(m, "s", *word + (**word == '~'));
        if (r >= 0)
                r = sd_bus_message_close_container(m);
        return r < 0 ? r : sd_bus_message_close_container(m);
}

static int read_names(sd_bus_message *m, char ***words) {
        _cleanup_strv_ char **names = NULL;
        int allow, r = sd_bus_message_enter_container(m, 'r', "bas");

        if (r >= 0)
                r = sd_bus_message_read(m, "b", &allow);
        if (r >= 0)
                r = sd_bus_message_read_strv(m, &names);
        if (r >= 0)
                r = sd_bus_message_exit_container(m);
        STRV_FOREACH(name, names) {
                StrBuf b = { 0 };

                if (r < 0)
                        break;
                strbuf_addf(&b, "%s%s", allow ? "" : "~", *name);
                r = push(words, &b);
        }
        return MIN_OF(r, 0);
}

/* ---- which is which ---- */

static const Structure devices = { "a(ss)", append_devices, read_device },
                       programs = { "a(ss)", append_programs, read_program },
                       amounts = { "a(st)", append_amounts, read_amount },
                       times = { "a(st)", append_times, read_time },
                       networks = { "a(iayu)", append_networks, read_network },
                       sockets = { "a(iiqq)", append_sockets, read_socket },
                       set = { "ay", append_set, read_set },
                       names = { "(bas)", append_names, read_names };

static const struct {
        const char *name;
        const Structure *structure;
} rows[] = {
        { "DeviceAllow", &devices },
        { "BPFProgram", &programs },
        { "IODeviceWeight", &amounts },
        { "IOReadBandwidthMax", &amounts },
        { "IOWriteBandwidthMax", &amounts },
        { "IOReadIOPSMax", &amounts },
        { "IOWriteIOPSMax", &amounts },
        { "IODeviceLatencyTargetSec", &times },
        { "BlockIODeviceWeight", &amounts },
        { "BlockIOReadBandwidth", &amounts },
        { "BlockIOWriteBandwidth", &amounts },
        { "IPAddressAllow", &networks },
        { "IPAddressDeny", &networks },
        { "SocketBindAllow", &sockets },
        { "SocketBindDeny", &sockets },
        { "AllowedCPUs", &set },
        { "StartupAllowedCPUs", &set },
        { "AllowedMemoryNodes", &set },
        { "StartupAllowedMemoryNodes", &set },
        { "CPUAffinity", &set },
        { "NUMAMask", &set },
        { "RestrictNetworkInterfaces", &names },
        { "RestrictFileSystems", &names },
};

static const Structure *structure_of(const Directive *d) {
        for (size_t i = 0; d->type == &type_words && i < ARRAY_SIZE(rows); i++)
                if (text_eq(rows[i].name, d->name))
                        return rows[i].structure;
        return NULL;
}

const char *value_structure_signature(const Directive *d) {
        const Structure *s = structure_of(d);

        return s ? s->signature : NULL;
}

static bool is_array(const Structure *s) {
        return s->signature[0] == 'a' && s->signature[1] == '(';
}

int value_structure_append(const Directive *d, char *const *words, sd_bus_message *m) {
        const Structure *s = structure_of(d);
        int r;

        if (!s)
                return -EINVAL;
        r = is_array(s) ? sd_bus_message_open_container(m, 'a', s->signature + 1) : 0;

        if (r >= 0)
                r = s->append(words, m);
        return r < 0 || !is_array(s) ? r : sd_bus_message_close_container(m);
}

int value_structure_read(const Directive *d, sd_bus_message *m, char ***ret) {
        _cleanup_strv_ char **words = NULL;
        const Structure *s = structure_of(d);
        int r;

        if (!s)
                return -EINVAL;
        r = is_array(s) ? sd_bus_message_enter_container(m, 'a', s->signature + 1) : 0;

        if (!is_array(s))
                r = s->read(m, &words);
        while (is_array(s) && r >= 0 && (r = sd_bus_message_at_end(m, false)) == 0)
                r = s->read(m, &words);
        if (r >= 0 && is_array(s))
                r = sd_bus_message_exit_container(m);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(words);
        return 0;
}

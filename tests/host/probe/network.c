/*
 * Sockets and interfaces: which families there are, whether the loopback works, what is reachable.
 */
#include <arpa/inet.h>
#include <linux/if_alg.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "tests/host/probe/probe.h"

static const ProbeWord families[] = {
        { "unix", AF_UNIX },     { "inet", AF_INET },           { "inet6", AF_INET6 },
        { "packet", AF_PACKET }, { "netlink", AF_NETLINK },     { "alg", AF_ALG },
        { "vsock", AF_VSOCK },   { "bluetooth", AF_BLUETOOTH }, { NULL, 0 },
};

/* Each family has types of its own; the first that it does not refuse as unknown counts. */
static int attempt_socket(const char *name) {
        static const int types[] = { SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_SEQPACKET };
        int family = probe_word(families, name), r = -EINVAL;

        for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
                _cleanup_fd_ int fd = socket(family, types[i] | SOCK_CLOEXEC, 0);

                if (fd >= 0)
                        return 0;
                r = -errno;
                if (r != -ESOCKTNOSUPPORT && r != -EPROTONOSUPPORT && r != -EPROTOTYPE)
                        return r;
        }
        return r;
}

static int attempt_socketpair(const char *name) {
        int fds[2];

        if (socketpair(name ? probe_word(families, name) : AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
                       fds) < 0)
                return -errno;
        close(fds[0]);
        close(fds[1]);
        return 0;
}

static int connect_tcp(uint16_t port) {
        struct sockaddr_in to = { .sin_family = AF_INET,
                                  .sin_port = htons(port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        _cleanup_fd_ int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
                return -errno;
        return 0;
}

static int attempt_tcp(const char *port) {
        return connect_tcp((uint16_t)probe_number(port));
}

/* Binds a port of 127.0.0.1, or any port with 0, and connects to it. */
static int attempt_listen(const char *port) {
        struct sockaddr_in at = { .sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)probe_number(port)),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
        socklen_t size = sizeof(at);
        _cleanup_fd_ int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) < 0 || listen(fd, 1) < 0 ||
            getsockname(fd, (struct sockaddr *)&at, &size) < 0)
                return -errno;
        return connect_tcp(ntohs(at.sin_port));
}

static void report_lo(const char *key, const char *unused _unused_) {
        struct ifreq request = { .ifr_name = "lo" };
        _cleanup_fd_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

        if (fd < 0 || ioctl(fd, SIOCGIFFLAGS, &request) < 0)
                probe_say_result(key, NULL, -errno);
        else
                probe_say(key, NULL, "%s", request.ifr_flags & IFF_UP ? "up" : "down");
        probe_say_result(key, "connect", attempt_listen("0"));
}

static void report_interfaces(const char *key, const char *unused _unused_) {
        struct if_nameindex *all = if_nameindex();
        char list[1024] = "";

        if (!all) {
                probe_say_result(key, NULL, -errno);
                return;
        }
        for (struct if_nameindex *i = all; i->if_index; i++)
                snprintf(list + strlen(list), sizeof(list) - strlen(list), "%s%s",
                         i == all ? "" : ",", i->if_name);
        if_freenameindex(all);
        probe_say(key, NULL, "%s", list);
}

/* A path, or "@name" for the abstract name space, which goes with the network namespace. */
static int attempt_unix(const char *name) {
        struct sockaddr_un to = { .sun_family = AF_UNIX };
        size_t length = strnlen(name, sizeof(to.sun_path) - 1);
        _cleanup_fd_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        if (fd < 0)
                return -errno;
        memcpy(to.sun_path, name, length);
        if (name[0] == '@')
                to.sun_path[0] = '\0';
        return probe_result(connect(
                fd, (struct sockaddr *)&to,
                (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + (name[0] != '@'))));
}

const ProbeVerb probe_network_verbs[] = {
        { "socket", PROBE_NEEDS_ARGUMENT, attempt_socket, .help = "make one: unix, inet, ..." },
        { "socketpair", PROBE_MAY_HAVE_ARGUMENT, attempt_socketpair, .help = "make a pair" },
        { "tcp", PROBE_NEEDS_ARGUMENT, attempt_tcp, .help = "connect to a port of 127.0.0.1" },
        { "listen", PROBE_NEEDS_ARGUMENT, attempt_listen, .help = "bind a port of 127.0.0.1" },
        { "unix", PROBE_NEEDS_ARGUMENT, attempt_unix, .help = "connect to a path, or @abstract" },
        { "lo", .report = report_lo, .help = "is the loopback up, and does it work" },
        { "interfaces", .report = report_interfaces, .help = "names of the network interfaces" },
        { NULL },
};

/*
 * Checks of addresses and ports, in the manner of units/check.h:
 * systemd.socket(5), systemd.resource-control(5).
 */
#pragma once

#include "base/diag.h"

/* "10.0.0.0/8", "::1", "any", "localhost", "link-local", "multicast" */
int check_network_prefix(const char *word, Diag *diag);

/* "any", "[ipv4:|ipv6:][tcp:|udp:]PORT[-PORT]" */
int check_network_bind(const char *word, Diag *diag);

int check_network_interface(const char *word, Diag *diag);
int check_network_interfaces(const char *word, Diag *diag); /* "~" may stand before */

/* "/path", "@name", "80", "127.0.0.1:80", "[::1]:80", "vsock:2:80" */
int check_network_listen(const char *word, Diag *diag);

/* "kobject-uevent 1" */
int check_network_netlink(const char *word, Diag *diag);

/* "low-delay", "16" */
int check_network_tos(const char *word, Diag *diag);

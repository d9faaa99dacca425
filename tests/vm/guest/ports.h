/*
 * The ways out of the machine: serial ports that the host listens on. Their device nodes are in
 * the image, below /vm, so that they are there before anybody mounts a /dev, and whoever does.
 *
 * The verdict port takes lines, the first of which that ends the machine counts:
 *
 *     exit N        the test is over, and this is its exit status; the host ends the machine
 *     stay N        the same, but the machine goes on until it ends by itself
 *     error TEXT    the test could not be run at all
 *     press KEYS    counts for nothing: the host presses them, such as "ctrl-alt-delete"
 */
#pragma once

#include "base/macro.h"

#define PORT_VERDICT "/vm/verdict"
#define PORT_STDOUT  "/vm/stdout"
#define PORT_STDERR  "/vm/stderr"

/* Opens a port for writing, and makes the terminal pass on bytes as they are. Returns the fd or
 * negative errno. */
int port_open(const char *path);

/* Waits until all that was written has left the machine. */
void port_drain(int fd);

/* Copies the directories that /vm/collect knows to the host, then sends the line. Returns 0
 * or negative errno; what could not be copied is an "error" line instead of this one. */
int port_send_verdict(const char *format, ...) _printf_(1, 2);

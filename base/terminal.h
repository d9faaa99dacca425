/*
 * What a stream can show. Asked once by whoever prints; nothing is remembered.
 */
#pragma once

#include "base/macro.h"

#define TERMINAL_BOLD   "\x1b[1m"
#define TERMINAL_NORMAL "\x1b[0m"

bool terminal_is(int fd);

/* A terminal, and neither NO_COLOR (any non-empty value, https://no-color.org) nor TERM=dumb
 * forbids it. */
bool terminal_has_colour(int fd);

/* How wide a terminal is, in characters; 0: it is none, or does not say. */
size_t terminal_columns(int fd);

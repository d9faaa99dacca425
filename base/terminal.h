/*
 * What a stream can show. Asked once by whoever prints; nothing is remembered.
 */
#pragma once

#include "base/macro.h"

#define TERMINAL_BOLD   "\x1b[1m"
#define TERMINAL_RED    "\x1b[31m"
#define TERMINAL_GREEN  "\x1b[32m"
#define TERMINAL_YELLOW "\x1b[33m"
#define TERMINAL_NORMAL "\x1b[0m"

bool terminal_is(int fd);

/* A terminal, and neither NO_COLOR (any non-empty value, https://no-color.org) nor TERM=dumb
 * forbids it. */
bool terminal_has_colour(int fd);

/* Columns: COLUMNS when that is a number, else what the terminal says, else 80. */
unsigned terminal_width(int fd);

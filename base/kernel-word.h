/*
 * The kernel's command line, which the person at the boot prompt writes. In a
 * container it is the host's and means nothing; that is for the caller to know.
 */
#pragma once

#include "base/macro.h"

#define KERNEL_WORD_MAX 4096 /* the kernel keeps no longer command line */

/* The text behind "KEY=", from its last occurrence; quotes around it are taken off. What is longer
 * than VALUE has room for counts as absent. */
bool kernel_word(const char *key, char *value, size_t size);

/* The same in TEXT, a command line, which gets changed. */
bool kernel_word_in(char *text, const char *key, char *value, size_t size);

/*
 * Sizes as unit files write them, in steps of 1024: "512M", "1.5G", and several
 * terms that add up, from large to small: "1G 512M".
 */
#pragma once

#include "base/macro.h"

/* Returns 0, -EINVAL (no size) or -ERANGE (does not fit). */
int size_parse(const char *value, uint64_t *ret);

/* With the largest suffix that loses nothing. Returns RET. */
#define SIZE_TEXT_MAX 24
char *size_format(uint64_t size, char ret[static SIZE_TEXT_MAX]);

/*
 * Arrays that grow one item at a time. The room of an array of N items is the
 * next power of two, so the count alone tells when it is used up.
 *
 * What holds: an array that grows here was allocated here. A copy that has
 * room for exactly N items must not grow on.
 */
#pragma once

#include "base/macro.h"

/* Makes room for one more of ITEMS, a pointer variable, which has N. 0, or -ENOMEM and nothing is
 * changed. */
#define ARRAY_GROW(items, n) array_grow(&(items), n, sizeof(*(items)))

/* The same with the address of the pointer, and the size of an item in bytes. */
int array_grow(void *items, size_t n, size_t item_size) _warn_unused_;

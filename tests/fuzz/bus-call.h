/*
 * Calls of a bus made from bytes: the object, the method and the arguments are chosen by them, so
 * that most calls get past the checks of form, which the raw half of the target tries.
 *
 * The form is that of the D-Bus specification, "Message Protocol"; all is little-endian.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef struct CallInput {
        const uint8_t *at;
        size_t left;
} CallInput;

enum { CALL_MAX = 16384 };

/* One message in RET; returns its size, or 0: it would be too long. */
size_t bus_call_make(CallInput *in, uint32_t serial, uint8_t ret[static CALL_MAX]);

/*
 * The native protocol of the journal: entries of fields, each either "NAME=VALUE\n" or, for values
 * that hold newlines, "NAME\n", the value's length in eight bytes, little endian, the value, "\n".
 * An empty line ends an entry. Only what a record has is taken; the rest is stepped over. Pure.
 */
#pragma once

#include "base/macro.h"
#include "supervisor/log/record.h"
#include "units/unit-name.h"

typedef struct NativeMessage {
        int priority; /* 6 (info) where none is said */
        char identifier[RECORD_IDENTIFIER_MAX + 1];
        char unit[UNIT_NAME_MAX]; /* UNIT=: what the sender claims, a valid name or "" */
        const char *text;         /* NULL: the entry has no message */
        size_t length;
} NativeMessage;

/* Reads the first entry of the N bytes at DATA; the message points into them. Returns how many
 * bytes it took, at least 1 where N is not 0. What breaks the rules ends the entry and the rest is
 * taken along: it cannot be told apart. */
size_t native_message_parse(const char *data, size_t n, NativeMessage *ret);

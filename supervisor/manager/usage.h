/*
 * What a control group has used, as the kernel counts it (cgroups(7), version 2), and the reading
 * of the kernel's texts. All amounts are UINT64_MAX where they are not known: the controller is
 * missing, or the kernel too old.
 *
 * A group may be delegated, and the texts are the kernel's all the same; a line that cannot be read
 * is passed over.
 */
#pragma once

#include "base/macro.h"

typedef struct Usage {
        uint64_t memory, memory_peak, memory_swap; /* bytes */
        uint64_t memory_available;                 /* what the limits leave to it */
        uint64_t cpu_ns, tasks;
        uint64_t io_read_bytes, io_read_operations, io_write_bytes, io_write_operations;
} Usage;

#define USAGE_UNKNOWN                                                                   \
        (Usage) {                                                                       \
                UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX, \
                        UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX                  \
        }

/* A file of one number; "max" is UINT64_MAX, too. */
uint64_t usage_parse_number(const char *text);

/* The number behind KEY in lines "KEY NUMBER". */
uint64_t usage_parse_key(const char *text, const char *key);

/* cpu.stat, as nanoseconds. */
uint64_t usage_parse_cpu(const char *text);

/* io.stat, which has a line a device: the sums. */
void usage_parse_io(const char *text, Usage *to);

/* What is left of a limit, in a group that uses MEMORY: the least of that and of AVAILABLE. */
uint64_t usage_left(uint64_t available, uint64_t limit, uint64_t memory);

/* What stays known of a group that is gone: what was counted, not what was the case. */
void usage_keep(Usage *u);

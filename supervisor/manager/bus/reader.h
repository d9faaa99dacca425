/*
 * Clients that may look and change nothing: the members of one group. They are nobody's friends:
 * together they have a bounded share of the manager's time and of its memory, and they are told
 * only what they ask for.
 */
#pragma once

#include "supervisor/manager/bus/bus-inside.h"

enum {
        READER_CLIENTS_MAX = 16, /* connections; the others are for root */
        READER_ANSWERS_MAX = 4,  /* that a client did not read */
        READER_LOADED_MAX = 512, /* units that are loaded for them in READER_SPAN */
};
#define READER_SPAN (10 * CLOCK_SECOND)

/* Is the other side of the socket FD a member of GROUP? */
bool reader_is_member(int fd, gid_t group);

/* Around the handling of a reader's call: reader_begin() returns 0, or a negative number with *E
 * set: they have used up their share. */
int reader_begin(Bus *b, sd_bus_error *e);
void reader_end(Bus *b);

/* Around the loading of a unit by whomever: 0, or a negative number with *E set: readers had enough
 * of them loaded. */
int reader_may_load(Bus *b, const char *name, sd_bus_error *e);
void reader_has_loaded(Bus *b, size_t before);

/* At the beginning and at the end of bus_turn(): "suspect" says whether memory grew by more than
 * READER_GROWTH_MAX in an event in which no message was complete: a huge one is on its way, for
 * which sd-bus makes room (up to 128 MiB) when it sees the head. Then all readers go. */
#define READER_GROWTH_MAX ((size_t)8 << 20)
void reader_check_growth(Bus *b);
void reader_note_growth(Bus *b);

/*
 * Small state files: one "Key=value" a line. Values have no line ends; whoever writes them sees to
 * that. Reading never fails: a file that is not ours to understand has no such keys.
 */
#pragma once

#include "base/strbuf.h"

typedef struct Record {
        char *text; /* cut into lines; owned */
        size_t size;
} Record;

/* Takes over TEXT. */
Record record_parse(char *text);
void record_done(Record *r);

/* The first value of KEY, or NULL. */
const char *record_get(const Record *r, const char *key);

/* The value of the next line with KEY; *AT is 0 at first. */
const char *record_next(const Record *r, const char *key, size_t *at);

/* 0 where there is no such number. */
uint64_t record_number(const Record *r, const char *key);

/* The next word of *REST as a number; 0 where there is none. */
uint64_t record_next_number(char **rest);

/* Lines are left out where they would say "0". */
void record_add(StrBuf *b, const char *key, const char *value);
void record_add_number(StrBuf *b, const char *key, uint64_t value);

/*
 * The torture of the supervisor: many services of all types, whose every step they note themselves,
 * while managers are killed and clients talk. Afterwards the notes are compared with what the
 * supervisor must have done. One program is the services, the clients and the judge:
 *
 *     torture prepare DIRECTORY SHARE     write the units
 *     torture run ROUNDS SHARE [KILL...]  kill (svmanager, svlogd, svinit), then judge
 *     torture service KIND NAME INDEX     what the units run
 *     torture note NAME WORD              and their other commands
 *
 * SHARE divides the number of services and slows them down, for machines that are slow themselves.
 */
#pragma once

#include <sys/types.h>

#include "base/macro.h"

#define TORTURE_DIRECTORY "/run/torture"
#define TORTURE_SELF      "/usr/bin/torture"

enum { TORTURE_MAX = 160, TORTURE_NAME_MAX = 48 };

/* A kind of service. What its runs note is a sequence of words, see judge.c. */
typedef struct TortureKind {
        const char *name;
        unsigned n; /* how many, before they are divided */
        bool restarts,
                judged_by_end; /* each end is followed by what ExecStopPost= was told of it */
        const char *settings;  /* of [Service] */
} TortureKind;

extern const TortureKind torture_kinds[];
extern const size_t torture_kinds_count;

/* Each service: INDEX counts through all. */
typedef struct TortureService {
        const TortureKind *kind;
        unsigned index;
        char name[TORTURE_NAME_MAX]; /* "t-crash-3" */
} TortureService;

size_t torture_list(unsigned share, TortureService ret[static TORTURE_MAX]);

/* What a service and the judge share, in memory. */
typedef struct TortureCounts {
        volatile uint32_t lines;    /* written to standard output */
        volatile uint32_t statuses; /* STATUS= that were sent */
        volatile uint32_t reloads;
} TortureCounts;

typedef struct TortureShared {
        volatile bool quiet; /* no more lines, no more statuses */
        volatile uint32_t share;
        TortureCounts of[TORTURE_MAX];
} TortureShared;

TortureShared *torture_share(bool make);

uint32_t torture_random(uint32_t below);
void torture_sleep(unsigned milliseconds);

/* Appends a line to the notes of NAME. */
void torture_note(const char *name, const char *format, ...) _printf_(2, 3);

int torture_prepare(const char *directory, unsigned share);
int torture_service(const char *kind, const char *name, unsigned index);

/* clients.c: processes that talk to the manager until they are killed. Their complaints are notes
 * of "clients". */
enum { TORTURE_CLIENTS = 4 };
void torture_clients(unsigned share, pid_t ret[static TORTURE_CLIENTS]);

/* Runs svctl; its first words on standard error come back. Returns its exit status. */
int torture_control(char *const arguments[], char *said, size_t size);

/* judge.c */
void torture_check(bool good, const char *what, const char *format, ...) _printf_(3, 4);
void torture_judge(const TortureService *services, size_t n, const TortureShared *shared);
int torture_failed(void);

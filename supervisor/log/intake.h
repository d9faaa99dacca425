/*
 * From the sockets into the store, by the cycles of the ledger: each call takes what one socket has
 * and writes it, so that whoever is killed in between leaves a state from which
 * intake_recover() goes on.
 */
#pragma once

#include "supervisor/log/ledger.h"
#include "supervisor/log/origin.h"
#include "supervisor/log/store.h"

/* A part is written when it has so many bytes, or the cycle ends. */
enum { INTAKE_PART = 32768 };

typedef struct Intake {
        Ledger *ledger;
        Store *store;
        char root[ORIGIN_ROOT_MAX];
        char boot[RECORD_BOOT_MAX];

        bool redo; /* the next part was being written when a predecessor was killed */
        bool urgent;
        uint64_t lost; /* records that could not be written and of which nothing was said yet */

        /* The part that is being put together. */
        LogFile *file; /* NULL: none was begun */
        char name[UNIT_NAME_MAX];
        uint32_t upto; /* of the cycle's bytes */
        uint32_t records;
        size_t length;
        char text[INTAKE_PART + 2 * RECORD_MAX];
} Intake;

/* Takes over both. */
int intake_open(Ledger *ledger, Store *store, Intake **ret);
void intake_free(Intake *in);
DEFINE_CLEANUP(Intake, intake_free)

/* Ends what a killed predecessor had begun. NATIVE_FD is the native socket. */
void intake_recover(Intake *in, int native_fd);

/* The stream of a slot. Returns 1 when something was taken, 0 when nothing is there yet, and -EPIPE
 * when nothing will come any more and all is written. */
int intake_stream(Intake *in, int fd, uint32_t slot);

/* One datagram of LEDGER_SYSLOG or LEDGER_NATIVE. Returns 1, or 0 when nothing is there. */
int intake_datagram(Intake *in, int fd, uint32_t source);

/* One message of the kernel, from /dev/kmsg. Returns 1, 0, or a negative errno of the device. */
int intake_kernel(Intake *in, int fd);

/* For the three above. A cycle begins, and intake_add() adds a record for UNIT ("" is none) that
 * covers the cycle's bytes up to UPTO; intake_flush() writes what was added. */
int intake_begin(Intake *in, uint32_t source);
void intake_add(Intake *in, const char *unit, const RecordEntry *entry, uint32_t upto);
void intake_flush(Intake *in);

/* What comes after the bytes have arrived; the same for a cycle that is done again. */
int intake_stream_write(Intake *in);
void intake_datagram_write(Intake *in);
void intake_kernel_write(Intake *in);

/* A predecessor was killed while it handled a message in a file. */
void intake_datagram_recover_file(Intake *in, int native_fd);

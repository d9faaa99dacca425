/*
 * Records are put together into parts, each for one unit's file, and a part is written by the
 * ledger's rules: first where it goes, then the write, then that it is done.
 */
#include "supervisor/log/intake.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/file.h"

enum { USEC_PER_SEC = 1000000, NSEC_PER_USEC = 1000, PRIORITY_CRITICAL = 2, PRIORITY_WARNING = 4 };

void intake_free(Intake *in) {
        if (!in)
                return;
        store_free(in->store);
        ledger_free(in->ledger);
        free(in);
}

static int read_boot(char ret[static RECORD_BOOT_MAX]) {
        _cleanup_free_ char *text = NULL;
        int r = file_read_at(AT_FDCWD, "/proc/sys/kernel/random/boot_id", 64, &text, NULL);

        if (r < 0)
                return r;
        snprintf(ret, RECORD_BOOT_MAX, "%.8s", text);
        return strlen(ret) == RECORD_BOOT_MAX - 1 ? 0 : -EBADMSG;
}

int intake_open(Ledger *ledger, Store *store, Intake **ret) {
        _cleanup_free_ Intake *in = calloc(1, sizeof(*in));
        int r;

        if (!in)
                return -ENOMEM;
        r = read_boot(in->boot);
        if (r < 0)
                return r;
        origin_find_root(in->root);
        in->ledger = ledger;
        in->store = store;
        *ret = TAKE_PTR(in);
        return 0;
}

static uint64_t now(clockid_t clock) {
        struct timespec t;

        clock_gettime(clock, &t);
        return (uint64_t)t.tv_sec * USEC_PER_SEC + (uint64_t)t.tv_nsec / NSEC_PER_USEC;
}

int intake_begin(Intake *in, uint32_t source) {
        RecordStamp stamp = { .realtime = now(CLOCK_REALTIME), .monotonic = now(CLOCK_MONOTONIC) };

        memcpy(stamp.boot, in->boot, sizeof(stamp.boot));
        return ledger_begin(in->ledger, source, &stamp);
}

/* The place where a part was being written, if that can be gone on with. */
static bool place_again(Intake *in, const LedgerCycle *c) {
        LogFile *f;

        if (!in->redo)
                return false;
        in->redo = false;
        if (store_file(in->store, c->file, &f) < 0)
                return false;
        in->file = f;
        return f->inode == c->inode && c->at <= f->size;
}

static void place_part(Intake *in, LedgerCycle *c) {
        if (place_again(in, c))
                return;
        c->at = store_place(in->store, in->file, in->length);
        c->inode = in->file->inode;
        memcpy(c->file, in->file->name, sizeof(c->file));
}

void intake_flush(Intake *in) {
        LedgerCycle *c = ledger_cycle(in->ledger);

        if (in->length > 0 && in->file) {
                place_part(in, c);
                c->done_next = in->upto;
                ledger_set_phase(in->ledger, LEDGER_WRITING);
                if (store_write(in->store, in->file, in->text, in->length, c->at) < 0) {
                        in->lost += in->records;
                        store_close(in->store, in->file->name);
                }
                ledger_set_phase(in->ledger, LEDGER_WRITTEN);
                c->done = c->done_next;
                if (c->source != LEDGER_NATIVE_FILE)
                        ledger_set_phase(in->ledger, LEDGER_READING);
        }
        if (in->urgent)
                store_sync(in->store);
        in->urgent = false;
        in->file = NULL;
        in->length = 0;
        in->records = 0;
}

static void add_text(Intake *in, const RecordEntry *entry) {
        in->length += record_format(&ledger_cycle(in->ledger)->stamp, entry, in->text + in->length);
        in->records++;
        in->urgent = in->urgent || entry->priority <= PRIORITY_CRITICAL;
}

/* What svlogd itself has to say. */
static void add_own(Intake *in, uint64_t n, const char *what) {
        char text[96];
        int length = snprintf(text, sizeof(text), "%llu messages %s", (unsigned long long)n, what);
        RecordEntry entry = { .priority = PRIORITY_WARNING,
                              .identifier = "svlogd",
                              .message = text,
                              .length = (size_t)length };

        add_text(in, &entry);
}

static bool begin_part(Intake *in, const char *unit) {
        if (store_file(in->store, unit, &in->file) < 0) {
                in->file = NULL;
                return false;
        }
        snprintf(in->name, sizeof(in->name), "%s", unit);
        if (in->lost > 0)
                add_own(in, in->lost, "could not be written and are lost");
        in->lost = 0;
        return true;
}

void intake_add(Intake *in, const char *unit, const RecordEntry *entry, uint32_t upto) {
        const LedgerCycle *c = ledger_cycle(in->ledger);
        uint32_t suppressed;

        if (upto <= c->done) /* a predecessor has written it */
                return;
        if (in->file && (in->length >= INTAKE_PART || strcmp(in->name, unit) != 0))
                intake_flush(in);
        if (!in->file && !begin_part(in, unit)) {
                in->lost++;
                return;
        }
        if (rate_limit_allows(&in->file->rate, c->stamp.monotonic, &suppressed)) {
                if (suppressed > 0)
                        add_own(in, suppressed, "suppressed");
                add_text(in, entry);
        }
        in->upto = upto;
}

/* Numbers that no cycle has: the file was damaged. */
static bool is_sound(const LedgerCycle *c, uint32_t received) {
        return c->source <= LEDGER_KERNEL && c->kept <= RECORD_MESSAGE_MAX &&
               (received == LEDGER_NOTHING || received <= LEDGER_BUFFER - c->kept) &&
               memchr(c->file, '\0', sizeof(c->file));
}

void intake_recover(Intake *in, int native_fd) {
        LedgerCycle *c = ledger_cycle(in->ledger);
        LedgerPhase phase = ledger_phase(in->ledger);
        uint32_t received = ledger_received(in->ledger);

        if (phase == LEDGER_CLOSING) {
                ledger_close(in->ledger);
                return;
        }
        if (phase == LEDGER_IDLE || !is_sound(c, received)) {
                ledger_set_phase(in->ledger, LEDGER_IDLE);
                return;
        }
        if (c->source == LEDGER_NATIVE_FILE) {
                intake_datagram_recover_file(in, native_fd);
                return;
        }
        in->redo = phase == LEDGER_WRITING;
        if (phase == LEDGER_WRITTEN)
                c->done = c->done_next;
        if (received == LEDGER_NOTHING)
                ledger_set_phase(in->ledger, LEDGER_IDLE);
        else if (c->source < LEDGER_STREAMS)
                (void)intake_stream_write(in);
        else if (c->source == LEDGER_KERNEL)
                intake_kernel_write(in);
        else
                intake_datagram_write(in);
        in->redo = false;
}

/*
 * Streams: what was received goes into lines, the header's first. A line that has no end yet stays
 * with the slot.
 */
#include <string.h>

#include "supervisor/log/forward.h"
#include "supervisor/log/intake.h"

/* Takes the header's lines off the beginning of the buffer. Returns how many bytes they had, or
 * -EBADMSG. */
static int take_header(LedgerSlot *slot, const char *buffer, uint32_t n) {
        uint32_t at = 0;

        while (slot->header.lines < STREAM_HEADER_LINES) {
                const char *newline = memchr(buffer + at, '\n', n - at);
                uint32_t length = newline ? (uint32_t)(newline - buffer) - at : n - at;
                int r;

                if (!newline && length < RECORD_MESSAGE_MAX / 2)
                        break;
                r = stream_header_take(&slot->header, buffer + at, length);
                if (r < 0)
                        return r;
                at += length + 1;
        }
        if (slot->may_claim && slot->header.unit[0] != '\0')
                memcpy(slot->unit, slot->header.unit, sizeof(slot->unit));
        return (int)at;
}

static void add_line(Intake *in, const LedgerSlot *slot, const char *line, size_t length,
                     uint32_t upto) {
        RecordEntry entry = { .pid = slot->pid, .identifier = slot->header.identifier };

        entry.priority = stream_header_priority(&slot->header, &line, &length);
        entry.message = line;
        entry.length = length;
        if (length == 0)
                return;
        intake_add(in, slot->unit, &entry, upto);
        if (slot->header.forward_console)
                forward_to_console(&entry);
        if (slot->header.forward_kmsg)
                forward_to_kernel(&entry);
}

/* Adds all whole lines behind AT. Returns where the last of them ends. */
static uint32_t add_lines(Intake *in, const LedgerSlot *slot, uint32_t at, uint32_t end) {
        const char *buffer = in->ledger->page->buffer;

        while (at < end) {
                size_t content, n = stream_header_line(buffer + at, end - at, &content);

                if (n == 0)
                        break;
                add_line(in, slot, buffer + at, content, at + (uint32_t)n);
                at += (uint32_t)n;
        }
        /* where there was no room for a tail once, it was written as a line */
        return MAX_OF(at, MIN_OF(ledger_cycle(in->ledger)->done, end));
}

int intake_stream_write(Intake *in) {
        LedgerCycle *c = ledger_cycle(in->ledger);
        const LedgerSlot *slot = ledger_slot(in->ledger, c->source);
        uint32_t received = ledger_received(in->ledger), end = c->kept + received, at;
        LedgerSlot next;
        int r;

        if (!slot || !slot->used) {
                ledger_set_phase(in->ledger, LEDGER_IDLE);
                return -EPIPE;
        }
        next = *slot;
        r = take_header(&next, in->ledger->page->buffer, end);
        if (r < 0) {
                ledger_set_phase(in->ledger, LEDGER_IDLE);
                return -EPIPE;
        }
        at = next.header.lines < STREAM_HEADER_LINES ? (uint32_t)r
                                                     : add_lines(in, &next, (uint32_t)r, end);
        if (at < end && (received == 0 || ledger_reserve(in->ledger, c->source, end - at) < 0)) {
                if (next.header.lines == STREAM_HEADER_LINES)
                        add_line(in, &next, in->ledger->page->buffer + at, end - at, end);
                at = end;
        }
        intake_flush(in);
        next.kept = end - at;
        c->next = next;
        c->tail = at;
        ledger_close(in->ledger);
        return received == 0 ? -EPIPE : 1;
}

int intake_stream(Intake *in, int fd, uint32_t slot) {
        LedgerCycle *c = ledger_cycle(in->ledger);
        int n;

        if (intake_begin(in, slot) < 0)
                return -EPIPE;
        n = recvmmsg(fd, &c->message, 1, MSG_DONTWAIT, NULL);
        if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
                ledger_set_phase(in->ledger, LEDGER_IDLE);
                return 0;
        }
        if (n < 0) /* broken: what was kept is all that there will be */
                c->message.msg_len = 0;
        return intake_stream_write(in);
}

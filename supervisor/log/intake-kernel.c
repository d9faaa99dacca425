/*
 * The kernel's own messages, in the format of /dev/kmsg (Documentation/ABI/testing/dev-kmsg):
 * "PRIORITY,NUMBER,USEC,FLAGS[,...];TEXT\n" and lines that begin with a space. Their numbers, the
 * next of which stands in the ledger, tell what was written already.
 */
#include <string.h>
#include <unistd.h>

#include "base/number.h"
#include "supervisor/log/intake.h"

enum { FACILITY_SHIFT = 3, FIELD_MAX = 24 };

/* The number up to the next "," or ";"; steps behind that. */
static int take_number(const char **p, const char *end, uint64_t *ret) {
        char field[FIELD_MAX];
        size_t n = 0;

        while (*p + n < end && (*p)[n] != ',' && (*p)[n] != ';')
                n++;
        if (n == 0 || n >= sizeof(field) || *p + n == end)
                return -EBADMSG;
        memcpy(field, *p, n);
        field[n] = '\0';
        *p += n + 1;
        return number_parse_u64(field, 10, ret);
}

void intake_kernel_write(Intake *in) {
        LedgerCycle *c = ledger_cycle(in->ledger);
        const char *p = in->ledger->page->buffer, *end = p + ledger_received(in->ledger);
        const char *text = memchr(p, ';', (size_t)(end - p));
        const char *newline = text ? memchr(text, '\n', (size_t)(end - text)) : NULL;
        uint64_t priority, number, usec;
        RecordEntry entry;

        if (!newline || take_number(&p, end, &priority) < 0 || take_number(&p, end, &number) < 0 ||
            take_number(&p, end, &usec) < 0) {
                ledger_close(in->ledger);
                return;
        }
        entry = (RecordEntry){ .priority = (int)(priority & 7),
                               .identifier = priority >> FACILITY_SHIFT ? "kmsg" : "kernel",
                               .message = text + 1,
                               .length = (size_t)(newline - text) - 1 };
        if (number >= in->ledger->page->kernel_next) {
                c->stamp.realtime -= c->stamp.monotonic - MIN_OF(usec, c->stamp.monotonic);
                c->stamp.monotonic = MIN_OF(usec, c->stamp.monotonic);
                intake_add(in, STORE_KERNEL, &entry, 1);
                intake_flush(in);
                in->ledger->page->kernel_next = number + 1;
        }
        ledger_close(in->ledger);
}

int intake_kernel(Intake *in, int fd) {
        LedgerCycle *c = ledger_cycle(in->ledger);
        ssize_t n;

        if (intake_begin(in, LEDGER_KERNEL) < 0)
                return 0;
        n = read(fd, in->ledger->page->buffer, LEDGER_BUFFER);
        if (n <= 0) {
                int r = n < 0 && errno != EAGAIN && errno != EINTR && errno != EPIPE ? -errno : 0;

                ledger_set_phase(in->ledger, LEDGER_IDLE);
                return r;
        }
        c->message.msg_len = (uint32_t)n;
        intake_kernel_write(in);
        return 1;
}

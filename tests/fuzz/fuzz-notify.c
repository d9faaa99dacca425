/*
 * Whatever a service sends to the manager's sd_notify(3) socket, in whatever state it is, it costs
 * the manager nothing: what is kept stays within its limits, and what is shown is printable. An
 * input is a state, and messages with a form feed between them; the first byte of each says who
 * sends it and with how many descriptors.
 */
#include <string.h>

#include "base/fd.h"
#include "base/text.h"
#include "supervisor/manager/notify-message.h"
#include "supervisor/manager/notify-socket.h"
#include "tests/fuzz/manager-world.h"
#include "tests/fuzz/scratch.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MAIN = 400, CONTROL = 401, OTHER = 402 };

int LLVMFuzzerInitialize(int *argc, char ***argv) {
        manager_world_prepare();
        return 0;
}

static void check_parsed(const char *text, size_t size) {
        _cleanup_free_ char *copy = malloc(size + 1);
        NotifyMessage m;

        if (!copy)
                abort();
        memcpy(copy, text, size + 1);
        notify_message_parse(copy, size, &m);
        manager_world_demand(!m.status || text_is_utf8(m.status, strlen(m.status)));
        manager_world_demand(!m.fd_name || notify_message_fd_name_is_valid(m.fd_name));
        manager_world_demand(m.main >= 0 && m.error >= -1 && m.error <= 4095);
}

static void tell(Service *s, const char *text, size_t size) {
        static NotifyDatagram d;
        uint8_t who = size > 0 ? (uint8_t)*text : 0;

        if (size > 0)
                size--, text++;
        d.size = MIN_OF(size, (size_t)NOTIFY_SIZE_MAX);
        memcpy(d.text, text, d.size);
        d.text[d.size] = '\0';
        d.pid = MAIN + who % 3;
        d.uid = 0;
        for (d.n_fds = 0; d.n_fds < (who >> 2) % 4U; d.n_fds++)
                d.fds[d.n_fds] = open("/dev/null", O_RDONLY | O_CLOEXEC);
        check_parsed(d.text, d.size);
        service_notify(s, &d);
        notify_socket_close_fds(&d);
        manager_world_turn(s->manager);
}

static void check(const Service *s) {
        manager_world_demand(s->n_fds <= s->settings.fds_max);
        for (size_t i = 0; i < s->n_fds; i++)
                manager_world_demand(notify_message_fd_name_is_valid(s->fds[i].name));
        for (const char *c = s->status_text; c && *c; c++)
                manager_world_demand((unsigned char)*c >= ' ' && *c != 127);
}

static Service *place(Manager *m, uint8_t unit, uint8_t state) {
        static const char *const names[] = { "notify.service", "a.service", "fork.service",
                                             "t@x.service" };
        _cleanup_(diag_done) Diag diag = { 0 };
        Service *s;
        Unit *u;

        manager_world_demand(
                registry_load(m->registry, names[unit % ARRAY_SIZE(names)], &diag, &u) >= 0);
        s = service_of(m, u);
        if (!s || service_need_settings(s) < 0)
                abort();
        s->state = 1 + state % (SUB_STATES - 1);
        s->acted = state & 64;
        s->main = MAIN;
        s->control = state & 128 ? CONTROL : 0;
        s->group = strdup("a");
        u->active = service_fsm_active((ServiceState)s->state);
        return s;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        const char *at = (const char *)data + 3;
        Manager *m;
        Service *s;

        if (size < 3)
                return 0;
        m = manager_world_begin(scratch_file("records"), data[2] * 0x0101010101010101ULL);
        s = place(m, data[0], data[1]);
        for (size -= 3; size > 0;) {
                const char *end = memchr(at, '\f', size);
                size_t n = end ? (size_t)(end - at) : size;

                tell(s, at, n);
                check(s);
                n += end != NULL;
                at += n;
                size -= n;
        }
        manager_world_end(m);
        return 0;
}

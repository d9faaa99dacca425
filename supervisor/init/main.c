/*
 * svinit: process 1, or a sub-reaper beside it. It keeps what the manager must not
 * lose and starts it anew whenever it ends. After its start it allocates nothing,
 * waits for nothing but events, and trusts nobody's numbers.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>

#include "base/fd.h"
#include "base/machine/machine.h"
#include "base/machine/watchdog.h"
#include "base/number.h"
#include "base/program.h"
#include "base/text.h"
#include "supervisor/init/init.h"

/* clang-format off */
enum { OPT_ADJACENT = 1, OPT_MANAGER, OPT_AFTER_CRASHES, OPT_CRASHES, OPT_HANG, OPT_WATCHDOG, OPT_RESUME };
enum { FILES_MAX = 4096, BURST = 8 };

static const Option options[] = {
        OPTION_STANDARD_ROWS,
        { "adjacent", 0, NULL, "work beside another process 1", OPT_ADJACENT },
        { "manager", 0, "PATH", "start this, not svmanager", OPT_MANAGER },
        { "after-crashes", 0, "ACTION", "reboot, poweroff, halt or shell", OPT_AFTER_CRASHES },
        { "crashes", 0, "N", "how many in a row are too many; 0: none", OPT_CRASHES },
        { "hang", 0, "SECONDS", "how long the manager may be silent", OPT_HANG },
        { "watchdog", 0, "SECONDS", "time-out of the hardware watchdog; 0: unused", OPT_WATCHDOG },
        { "resume", 0, "FD", "what svinit gives itself", OPT_RESUME },
};

static const char *const actions[] = {
        [INIT_REBOOT] = "reboot", [INIT_POWEROFF] = "poweroff", [INIT_HALT] = "halt", [INIT_SHELL] = "shell",
};
/* clang-format on */

static int take_option(int id, const char *value, void *context, Diag *diag) {
        State *s = context;
        int r;

        switch (id) {
        case OPT_ADJACENT:
                s->adjacent = true;
                return 0;
        case OPT_MANAGER:
                snprintf(s->manager, sizeof(s->manager), "%s", value);
                return 0;
        case OPT_CRASHES:
                return option_take_number(value, (OptionRange){ 0, 10000 }, &s->crashes_max, diag);
        case OPT_HANG:
                return option_take_number(value, (OptionRange){ 2, 3600 }, &s->hang, diag);
        case OPT_WATCHDOG:
                return option_take_number(value, (OptionRange){ 0, 3600 }, &s->timer, diag);
        case OPT_AFTER_CRASHES:
                r = option_take_choice(value, actions, ARRAY_SIZE(actions), diag);
                s->after_crashes = r < 0 ? s->after_crashes : (InitAction)r;
                return MIN_OF(r, 0);
        default:
                return diag_error(diag, -EINVAL, "--resume is of use to svinit itself only");
        }
}

static const Program program = {
        .name = "svinit",
        .usage = "[OPTION]...",
        .summary = "Keep what the manager must not lose, and start it anew whenever it ends",
        .manual = "svinit(8)",
        .options = { options, ARRAY_SIZE(options), take_option, false },
};

/* "svalinn.NAME=VALUE" of the kernel's command line is "--NAME=VALUE", and counts more. */
static void take_kernel_words(State *s) {
        _cleanup_(diag_done) Diag diag = { 0 };

        option_take_kernel_words(&program.options, "svalinn", s, &diag);
        for (size_t i = 0; i < diag.n; i++)
                init_say(s, "%s=: %s", diag.entries[i].directive, diag.entries[i].message);
}

/* What a new svinit begins with. Returns an exit status, or -1 to go on. */
static int set_up(State *s, int argc, char *argv[]) {
        Machine machine = { .program = program.name };
        bool first = getpid() == 1;
        char *slash;
        int r;

        if (first)
                machine_begin(&machine);
        s->machine = machine.ours;
        (void)!readlink("/proc/self/exe", s->manager, sizeof(s->manager) - sizeof("svmanager"));
        slash = strrchr(s->manager, '/');
        memcpy(slash ? slash + 1 : s->manager, "svmanager", sizeof("svmanager"));
        s->after_crashes = INIT_REBOOT;
        s->crashes_max = 10;
        s->hang = 30;
        s->timer = s->machine ? 60 : 0;
        r = program_options(&program, argc, argv, s);
        if (!first && r <= 0)
                return r < 0 ? PROGRAM_EXIT_USAGE : EXIT_SUCCESS;
        if (!first && (!s->adjacent || r < argc))
                return program_usage_error(&program,
                                           "beside process 1 it wants --adjacent, and no argument");
        s->adjacent = !first;
        if (s->machine)
                take_kernel_words(s);
        s->hello.number = INIT_PROTOCOL;
        s->hello.flags = (s->machine ? INIT_IS_MACHINE : 0) | (s->adjacent ? INIT_IS_ADJACENT : 0);
        s->watchdog = s->timer ? watchdog_open(s->timer) : -EBADF;
        s->self = open("/proc/self/exe", O_PATH | O_CLOEXEC);
        (void)prlimit(0, RLIMIT_NOFILE, &(struct rlimit){ FILES_MAX, FILES_MAX }, &s->files);
        return -1;
}

/* Pressed eight times within two seconds, ctrl-alt-del needs no manager. */
static bool is_burst(State *s) {
        uint64_t now = clock_now(), *oldest = &s->interrupts[++s->interrupts_n % BURST];

        s->interrupts[(s->interrupts_n - 1) % BURST] = now;
        return !s->adjacent && *oldest && now - *oldest < 2 * CLOCK_SECOND;
}

/* All signals but those of faults are blocked, and are news for the manager. */
static void on_signal(State *s, int number) {
        static const InitAction at_once[] = { INIT_HALT, INIT_POWEROFF, INIT_REBOOT, INIT_KEXEC };
        unsigned which = (unsigned)(number - SIGRTMIN - 13);

        if (number >= SIGRTMIN + 13 && which < ARRAY_SIZE(at_once))
                init_ask_final(s, at_once[which], EXIT_SUCCESS);
        else if (number == SIGINT && is_burst(s))
                init_ask_final(s, INIT_REBOOT, EXIT_SUCCESS);
        else if (number != SIGCHLD)
                s->signals |= 1ULL << (number - 1);
}

/* Those on which people wait for a manager that is not asked for signs of life else. */
static nfds_t add_sockets(const State *s, struct pollfd *fds) {
        nfds_t n = 2;

        for (uint32_t i = 0; i < s->fds_n && n < 2 + INIT_SOCKETS_MAX; i++)
                if (s->role == INIT_ROLE_MANAGER && s->fds[i].fd && s->fds[i].id < INIT_SOCKETS_MAX)
                        fds[n++] = (struct pollfd){ s->fds[i].fd, POLLIN, 0 };
        return n;
}

static void turn(State *s, int signals) {
        struct pollfd fds[2 + INIT_SOCKETS_MAX] = { { .fd = signals, .events = POLLIN } };
        struct signalfd_siginfo info;
        uint64_t until;
        nfds_t n;
        int r;

        init_reap(s);
        until = init_due(s);
        if (s->final.number != INIT_NONE)
                init_final(s);
        init_flush(s);
        fds[1] = (struct pollfd){ s->link, POLLIN | (init_unsent(s) ? POLLOUT : 0), 0 };
        n = until == CLOCK_FOREVER ? add_sockets(s, fds) : 2;
        (void)poll(fds, n, clock_poll_timeout(until));
        while (n-- > 2)
                s->talked |= fds[n].revents != 0;
        while (read(signals, &info, sizeof(info)) == sizeof(info))
                on_signal(s, (int)info.ssi_signo);
        r = fds[1].revents ? init_receive(s) : 0;
        if (r < 0)
                init_break(s, r);
}

int main(int argc, char *argv[]) {
        const char *memory = argc == 2 ? text_after(argv[1], "--resume=") : NULL;
        State *s = NULL;
        int r, fd, signals;
        sigset_t all;

        if (memory && number_parse_int(memory, &fd) >= 0) {
                s = init_resume(fd);
        } else if (fd_fill_stdio() >= 0) {
                s = init_new();
                r = s ? set_up(s, argc, argv) : EXIT_FAILURE;
                if (r >= 0)
                        return r;
        }
        sigfillset(&all);
        signals = signalfd(-1, &all, SFD_CLOEXEC | SFD_NONBLOCK);
        if (!s || signals < 0 || init_catch_faults(s) < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1) < 0)
                return EXIT_FAILURE;
        for (;;)
                turn(s, signals);
}

/*
 * The end of everything. It may be interrupted by a fatal signal and begun again
 * at any point. In a container, whose mounts go with it and whose devices are not
 * its own, only processes are ended; beside another process 1, only descendants.
 */
#include <linux/reboot.h>
#include <signal.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/machine/machine.h"
#include "base/machine/watchdog.h"
#include "supervisor/init/init.h"

enum { TERM_S = 10, KILL_S = 10, LAST_S = 600 };

void init_ask_final(State *s, InitAction action, int status) {
        s->final.status = status;
        init_fence();
        s->final.number = s->adjacent ? INIT_EXIT : action == INIT_SHELL ? INIT_REBOOT : action;
}

_noreturn_ void init_final(State *s) {
        static const int commands[] = { 0,        RB_AUTOBOOT, RB_POWER_OFF, RB_HALT_SYSTEM,
                                        RB_KEXEC, RB_POWER_OFF };
        bool stays = s->final.number == INIT_REBOOT || s->final.number == INIT_KEXEC;

        watchdog_feed(s->watchdog, LAST_S); /* the end may hang, too */
        if (s->role == INIT_ROLE_MANAGER)
                (void)kill(s->child, SIGKILL); /* it has said its last */
        machine_end_processes(!s->adjacent, SIGTERM, TERM_S);
        machine_end_processes(!s->adjacent, SIGKILL, KILL_S);
        if (s->machine)
                machine_end();
        watchdog_feed(s->watchdog, stays ? LAST_S : 0);
        if (s->final.number == INIT_EXIT && !s->machine)
                _exit(s->final.status);
        if (s->final.number == INIT_REBOOT && s->final.text[0])
                (void)syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
                              LINUX_REBOOT_CMD_RESTART2, s->final.text);
        (void)reboot(commands[s->final.number]);
        (void)reboot(RB_AUTOBOOT); /* as when no kernel is loaded for kexec */
        _exit(s->final.status);
}

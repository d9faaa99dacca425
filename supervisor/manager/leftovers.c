/*
 * It has a control group of its own, because processes stand in leaves only. Nothing waits for it,
 * and a manager that dies meanwhile is followed by one that does it again.
 */
#include "supervisor/manager/leftovers.h"

#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "supervisor/manager/spawn.h"
#include "supervisor/manager/talk.h"

#define GROUP "svexec.scope"

static int on_report(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        TalkMessage h;
        int r = talk_hear(fd, &h);

        if (r == -EAGAIN)
                return 0;
        if (r > 0) {
                for (size_t i = 0; i < h.n_fds; i++)
                        fd_close(h.fds[i]);
                for (char *rest = h.report.text, *line; (line = strsep(&rest, "\n"));)
                        if (*line)
                                manager_say(NULL, "%s", line);
        }
        sd_event_source_disable_unref(source);
        fd_close(fd);
        return 0;
}

void leftovers_begin(Manager *m) {
        _cleanup_fd_ int ours = -EBADF, theirs = -EBADF, group = group_make(&m->groups, GROUP);
        sd_event_source *source = NULL;
        int r = talk_pair(&ours, &theirs);

        if (r >= 0)
                r = sd_event_add_io(m->event, &source, ours, EPOLLIN, on_report, m);
        if (r >= 0)
                r = spawn(&(SpawnRequest){ .program = m->executor,
                                           .name = "svexec",
                                           .argument = "--finish",
                                           .text = "[X-Svexec]\nUnitName=" GROUP "\n",
                                           .socket = theirs,
                                           .group = group });
        if (r < 0) {
                sd_event_source_disable_unref(source);
                manager_say(NULL, "what dead runs have left cannot be looked for: %s",
                            strerror(-r));
                return;
        }
        m->sweeper = r;
        TAKE_FD(ours);
}

bool leftovers_ended(Manager *m, pid_t pid) {
        if (m->sweeper <= 0 || m->sweeper != pid)
                return false;
        m->sweeper = 0;
        (void)group_remove(&m->groups, GROUP);
        return true;
}

/*
 * Which process of a forking service is the main one: PIDFile=, or a guess, systemd.service(5).
 * Nothing outside of the unit's control group is believed, whoever wrote the file.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/pidfd.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/number.h"
#include "base/text.h"
#include "supervisor/manager/service.h"

#define PID_FILE_RETRY (CLOCK_SECOND / 10)
#define PID_FILE_MAX   64
#define STATUS_WAIT    (CLOCK_SECOND / 2)

static int read_pid_file(const Service *s, int *ret) {
        _cleanup_free_ char *text = NULL;
        int r = file_read_at(AT_FDCWD, s->settings.pid_file, PID_FILE_MAX, &text, NULL);

        if (r < 0)
                return r;
        r = number_parse_int(text_strip(text), ret);
        if (r < 0)
                return r;
        return *ret > 0 && s->group && group_has(&s->manager->groups, s->group, *ret) ? 0 : -ESRCH;
}

typedef struct Guess {
        pid_t parent; /* svinit */
        pid_t pid;
        unsigned n;
} Guess;

static pid_t parent_of(pid_t pid) {
        char name[32], text[512], *end;
        int parent = 0;

        snprintf(name, sizeof(name), "/proc/%d/stat", (int)pid);
        if (file_read_start_at(AT_FDCWD, name, text, sizeof(text)) <= 0)
                return 0;
        end = strrchr(text, ')');
        if (!end || strlen(end) < 5)
                return 0;
        end += 4; /* ") S 1 ..." */
        end[strcspn(end, " ")] = '\0';
        return number_parse_int(end, &parent) < 0 ? 0 : parent;
}

static void consider(pid_t pid, void *userdata) {
        Guess *g = userdata;

        if (parent_of(pid) != g->parent)
                return;
        g->pid = pid;
        g->n++;
}

/* The only one whose parent has ended. */
static pid_t guess(const Service *s) {
        Guess g = { .parent = getppid() };

        if (s->settings.guess_main_pid && s->group)
                group_each(&s->manager->groups, s->group, consider, &g);
        return g.n == 1 ? g.pid : 0;
}

ServiceEvent service_main_pid_find(Service *s) {
        int pid = 0;

        if (!s->settings.pid_file) {
                service_past_main(s, guess(s)); /* a child of svinit */
                service_mark(s);
                return EVENT_READY;
        }
        if (read_pid_file(s, &pid) >= 0) {
                service_past_main(s, pid);
                service_main_pid_watch(s);
                service_mark(s);
                return EVENT_READY;
        }
        if (!s->group || !group_is_populated(&s->manager->groups, s->group)) {
                service_past_blame(s, "no process is left, and none was named in %s",
                                   s->settings.pid_file);
                service_set_result(s, RESULT_PROTOCOL);
                return EVENT_FAILED;
        }
        s->pid_file_at = clock_now() + PID_FILE_RETRY;
        return EVENT_NONE;
}

/* ---- a main process that is somebody else's child ---- */

/* Nobody tells us how it ended. */
static int is_over(sd_event_source *source, uint64_t usec, void *userdata) {
        Service *s = userdata;
        const LinkStatus status = { .pid = s->main, .code = CLD_EXITED };

        (void)service_process_ended(s, &status);
        return 0;
}

/* Its parent may have died meanwhile: then svinit is about to tell its status. */
static int on_end(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        Service *s = userdata;

        s->stranger = sd_event_source_disable_unref(s->stranger);
        (void)sd_event_add_time_relative(s->manager->event, &s->stranger, CLOCK_MONOTONIC,
                                         STATUS_WAIT, 0, is_over, s);
        return 0;
}

void service_main_pid_watch(Service *s) {
        _cleanup_fd_ int fd = -EBADF;

        s->stranger = sd_event_source_disable_unref(s->stranger);
        if (s->main <= 0 || parent_of(s->main) == getppid())
                return;
        fd = pidfd_open(s->main, 0);
        if (fd < 0 && errno == ESRCH) { /* if svinit knows more, it says so by then */
                (void)sd_event_add_time_relative(s->manager->event, &s->stranger, CLOCK_MONOTONIC,
                                                 STATUS_WAIT, 0, is_over, s);
                return;
        }
        if (fd < 0 || !s->group || !group_has(&s->manager->groups, s->group, s->main))
                return; /* it has ended, and its group or svinit says so */
        if (sd_event_add_io(s->manager->event, &s->stranger, fd, EPOLLIN, on_end, s) >= 0 &&
            sd_event_source_set_io_fd_own(s->stranger, true) >= 0)
                TAKE_FD(fd);
}

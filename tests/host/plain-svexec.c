/*
 * A stand-in for svexec in tests of the manager: it becomes the command without any sandbox, and
 * reports as supervisor/exec/protocol.h says. So the manager is tested by itself, and quickly.
 *
 * What the tests make it do: a unit with Environment=PLAIN_CRASH=yes ends it before it has said
 * anything, PLAIN_FAIL=yes makes it report a failure, PLAIN_KEEP=yes a run that keeps something.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/number.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/exec/protocol.h"
#include "units/command-line.h"
#include "units/config.h"

#define TEXT_MAX (1 << 20)
#define RUN_ID   "plain"

typedef struct Facts {
        char *list, *index, *notify, *fd_names, *invocation, *variables, *kept;
} Facts;

static void report(uint32_t type, int status, const char *run_id, const char *text, int kept) {
        ExecReport r = { .type = type, .exit_status = status, .kept = kept >= 0 };
        struct iovec part = { .iov_base = &r, .iov_len = sizeof(r) };
        struct msghdr h = { .msg_iov = &part, .msg_iovlen = 1 };
        union {
                struct cmsghdr header;
                char space[CMSG_SPACE(sizeof(int))];
        } control = { 0 };

        snprintf(r.run_id, sizeof(r.run_id), "%s", run_id);
        snprintf(r.text, sizeof(r.text), "%s", text);
        if (kept >= 0) {
                control.header = (struct cmsghdr){ .cmsg_len = CMSG_LEN(sizeof(int)),
                                                   .cmsg_level = SOL_SOCKET,
                                                   .cmsg_type = SCM_RIGHTS };
                memcpy(CMSG_DATA(&control.header), &kept, sizeof(int));
                h.msg_control = &control;
                h.msg_controllen = sizeof(control.space);
        }
        (void)sendmsg(EXEC_FD_SOCKET, &h, MSG_NOSIGNAL);
}

/* The facts stand behind the settings, which config_parse_text() reads. */
static void take_facts(char *text, Facts *f) {
        const struct {
                const char *key;
                char **field;
        } rows[] = { { "ExecList=", &f->list },
                     { "ExecIndex=", &f->index },
                     { "NotifySocket=", &f->notify },
                     { "FdNames=", &f->fd_names },
                     { "InvocationId=", &f->invocation },
                     { "Variables=", &f->variables },
                     { "Kept=", &f->kept } };
        char *line;

        while ((line = strsep(&text, "\n")))
                for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
                        const char *value = text_after(line, rows[i].key);

                        if (value)
                                *rows[i].field = (char *)value;
                }
}

static const CommandList *list_of(const Config *c, const char *name) {
        const Directive *d = directive_find(SECTION_SERVICE, name);

        return d ? config_field(c, d) : NULL;
}

static void add(char ***environment, const char *name, const char *value) {
        char *word;

        if (value && asprintf(&word, "%s=%s", name, value) >= 0)
                (void)!strv_push(environment, word);
}

static void add_listen(char ***environment, const Facts *f) {
        char number[16];
        int n = 1;

        if (!f->fd_names)
                return;
        for (char *c = f->fd_names; *c; c++)
                if (*c == ' ') {
                        *c = ':';
                        n++;
                }
        snprintf(number, sizeof(number), "%d", n);
        add(environment, "LISTEN_FDS", number);
        add(environment, "LISTEN_FDNAMES", f->fd_names);
        snprintf(number, sizeof(number), "%d", (int)getpid());
        add(environment, "LISTEN_PID", number);
        for (int i = 0; i < n; i++) {
                int from = EXEC_FD_FIRST + (f->kept != NULL) + i;

                (void)dup2(from, 3 + i);
        }
        (void)close_range(3U + (unsigned)n, UINT32_MAX, 0);
}

static char **make_environment(const Config *c, Facts *f) {
        char **environment = NULL, *word;
        char usec[32];

        add(&environment, "PATH", "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin");
        STRV_FOREACH(w, c->environment)
                (void)!strv_add(&environment, *w);
        add(&environment, "NOTIFY_SOCKET", f->notify);
        add(&environment, "INVOCATION_ID", f->invocation);
        if (c->watchdog_sec > 0 && c->watchdog_sec != SETTING_INFINITY) {
                snprintf(usec, sizeof(usec), "%llu", (unsigned long long)c->watchdog_sec);
                add(&environment, "WATCHDOG_USEC", usec);
        }
        while (f->variables && (word = strsep(&f->variables, " ")))
                if (*word)
                        (void)!strv_add(&environment, word);
        return environment;
}

static bool has(const Config *c, const char *word) {
        return strv_contains(c->environment, word);
}

static _noreturn_ void become(const Config *c, const Command *command, Facts *f) {
        char **environment = make_environment(c, f), **argv = NULL;
        sigset_t none;

        (void)setsid();
        sigemptyset(&none);
        (void)sigprocmask(SIG_SETMASK, &none, NULL);
        if (command_line_substitute(command, environment, NULL, &argv) < 0)
                _exit(200);
        (void)fcntl(EXEC_FD_SOCKET, F_SETFD, FD_CLOEXEC);
        report(EXEC_READY, 0, has(c, "PLAIN_KEEP=yes") ? RUN_ID : "", "",
               has(c, "PLAIN_KEEP=yes") && !f->kept ? EXEC_FD_TEXT : -EBADF);
        if (f->fd_names)
                (void)close(EXEC_FD_SOCKET);
        add_listen(&environment, f);
        if (!f->fd_names)
                (void)close_range(EXEC_FD_TEXT, UINT32_MAX, 0);
        (void)execvpe(command->path, argv, environment);
        _exit(203);
}

int main(int argc, char *argv[]) {
        _cleanup_(config_done) Config c;
        _cleanup_free_ char *text = NULL;
        Facts facts = { 0 };
        const CommandList *list;
        uint32_t index = 0;
        size_t size;

        if (argc > 1 && text_eq(argv[1], "--finish")) {
                report(EXEC_FINISHED, 0, "", "", -EBADF);
                return 0;
        }
        if (config_init(&c) < 0 || file_read_fd(EXEC_FD_TEXT, TEXT_MAX, &text, &size) < 0 ||
            config_parse_text(&c, "unit", text, size, &(ParseContext){ 0 }) < 0)
                return 200;
        if (has(&c, "PLAIN_CRASH=yes"))
                (void)raise(SIGKILL);
        take_facts(strstr(text, "\n[X-Svexec]\n"), &facts);
        list = facts.list ? list_of(&c, facts.list) : NULL;
        if (!list || number_parse_u32(facts.index ? facts.index : "0", 10, &index) < 0 ||
            index >= list->n)
                return 200;
        if (has(&c, "PLAIN_FAIL=yes")) {
                report(EXEC_FAILED, 226, "", "it was told to fail", -EBADF);
                return 226;
        }
        become(&c, &list->items[index], &facts);
}

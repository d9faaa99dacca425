/*
 * The end of a run, or, for a unit that starts again at once, of all that the next start is to have
 * anew. May be killed and done again: the record says what is left.
 */
#include <string.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/strv.h"
#include "supervisor/exec/caller.h"
#include "supervisor/exec/host.h"
#include "supervisor/exec/svexec/svexec.h"
#include "supervisor/exec/tty.h"
#include "supervisor/exec/user-directories.h"

enum { EXIT_FINISH = 1 };

/* The runtime directories, where they stay over a restart. */
static int list_spared(const Config *c, bool rootless, char ***ret) {
        _cleanup_(user_directories_done) UserDirectories directories = { 0 };
        _cleanup_strv_ char **spare = NULL;
        int r = 0;

        if (c->runtime_directory_preserve != DIRECTORY_PRESERVE_NO)
                r = user_directories_find(rootless, &directories);
        for (size_t i = 0;
             r >= 0 && directories.base[DIRECTORY_RUNTIME] && i < c->runtime_directory.n; i++) {
                char *path;

                r = path_join(directories.base[DIRECTORY_RUNTIME],
                              c->runtime_directory.items[i].path, &path);
                if (r >= 0)
                        r = strv_push(&spare, path);
        }
        if (r < 0)
                return r;
        *ret = TAKE_PTR(spare);
        return 0;
}

static int renew(Host *h, const Config *c, Diag *diag) {
        _cleanup_strv_ char **spare = NULL;
        int r = list_spared(c, h->rootless, &spare);

        if (r >= 0)
                host_renew(h, spare, diag);
        return r;
}

static int clean(const Facts *f, ExecReport *report, Diag *diag) {
        const Config *c = &f->config;
        _cleanup_(host_done) Host host = HOST_INIT;
        int r = host_init(&host, caller_is_rootless());

        if (r < 0)
                return r;
        if (!c->fact_run_id) {
                host_collect(&host, diag);
                return 0;
        }
        r = host_resume(&host, c->fact_run_id, f->kept[EXEC_KEPT_RECORD]);
        if (r < 0)
                return r;
        if (c->fact_restarting) {
                REPORT_SET(report->run_id, host.id);
                return renew(&host, c, diag);
        }
        if (f->kept[EXEC_KEPT_IDENTITY] >= 0)
                host.uid_lock_fd = fcntl(f->kept[EXEC_KEPT_IDENTITY], F_DUPFD_CLOEXEC, 0);
        host_cleanup(&host, diag);
        tty_leave(c);
        return 0;
}

int svexec_finish(void) {
        _cleanup_(facts_done) Facts facts = { 0 };
        _cleanup_(diag_done) Diag diag = { 0 };
        ExecReport report = { .type = EXEC_FINISHED };
        int r = facts_read(&diag, &facts);

        if (r >= 0)
                r = clean(&facts, &report, &diag);
        if (r < 0) {
                if (diag_count(&diag, DIAG_ERROR) == 0)
                        diag_error(&diag, r, "the run cannot be finished: %s", strerror(-r));
                svexec_fail(&report, EXIT_FINISH, r, &diag);
        } else
                SVEXEC_PUT_LINES(report.text, &diag);
        (void)report_send(EXEC_FD_SOCKET, &report, NULL);
        return r < 0 ? EXIT_FINISH : 0;
}

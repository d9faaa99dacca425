/*
 * One way for whoever starts commands: the settings decide, and not the
 * program that reads them.
 */
#include "supervisor/exec/preparation.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/strv.h"
#include "base/text.h"
#include "supervisor/sandbox/exit-status.h"
#include "units/command-line.h"
#include "units/types.h"

void preparation_done(Preparation *p) {
        plan_done(&p->plan);
        strv_free(p->environment);
        strv_free(p->argv);
        streams_done(&p->streams);
        *p = (Preparation){ .streams = STREAMS_INIT };
}

/* RootDirectoryStartOnly=: the other commands see the host. */
static bool sees_host_root(const PreparationRequest *q) {
        return q->config->root_directory_start_only && !text_eq(q->list, "ExecStart");
}

static PlanVariant variant_of(const PreparationRequest *q) {
        bool start = text_eq(q->list, "ExecStart");

        if (q->command->full_privileges)
                return PLAN_FULL_PRIVILEGES;
        if (q->command->no_setuid || (q->config->permissions_start_only && !start))
                return PLAN_NO_SETUID;
        return PLAN_FULL;
}

int preparation_plan(const PreparationRequest *q, Diag *diag, Plan *ret) {
        PlanContext x = q->context;

        x.host_root = sees_host_root(q);
        x.variant = variant_of(q);
        return plan_build(q->config, &x, diag, ret);
}

bool preparation_has_several(const Config *c) {
        size_t n = 0;

        DIRECTIVE_FOREACH(d) {
                const CommandList *l = config_field(c, d);

                if (d->type == &type_commands && !(d->flags & SHARED_FIELD))
                        n += l->n;
        }
        return n > 1;
}

static bool is_about_groups(const DiagEntry *e) {
        return e->directive &&
               (text_eq(e->directive, "Group") || text_eq(e->directive, "SupplementaryGroups"));
}

int preparation_identity_status(const Diag *d) {
        return d->n > 0 && is_about_groups(&d->entries[d->n - 1]) ? EXIT_GROUP : EXIT_USER;
}

static const char *search_path(char *const *environment) {
        STRV_FOREACH(e, environment) {
                const char *value = text_after(*e, "PATH=");

                if (value)
                        return value;
        }
        return NULL;
}

/* Device and inode of the connection to the log, that of errors first: systemd.exec(5). */
static const char *journal_stream(const Streams *s, char *room, size_t size) {
        int fd = s->logged[2] ? s->fds[2] : s->logged[1] ? s->fds[1] : -EBADF;
        struct stat st;

        if (fd < 0 || fstat(fd, &st) < 0)
                return NULL;
        snprintf(room, size, "%llu:%llu", (unsigned long long)st.st_dev,
                 (unsigned long long)st.st_ino);
        return room;
}

static int make_words(const PreparationRequest *q, Preparation *p, Diag *diag) {
        EnvironmentContext x = q->environment;
        char stream[48];
        int r;

        x.identity = q->context.identity;
        x.base = q->context.base;
        x.journal_stream = journal_stream(&p->streams, stream, sizeof(stream));
        r = environment_build(q->config, &x, diag, &p->environment);
        if (r < 0)
                return r;
        p->search = search_path(p->environment);
        return command_line_substitute(q->command, p->environment, diag, &p->argv);
}

int preparation_make(const PreparationRequest *q, Host *host, Diag *diag, int *ret_exit_status,
                     Preparation *ret) {
        _cleanup_(preparation_done) Preparation p = { .streams = STREAMS_INIT };
        const Op *failed = NULL;
        int r = preparation_plan(q, diag, &p.plan);

        *ret_exit_status = EXIT_NAMESPACE;
        if (r < 0)
                return r;
        r = host_prepare(host, &p.plan, diag, &failed);
        if (r < 0) {
                *ret_exit_status = failed ? op_exit_status(failed) : EXIT_NAMESPACE;
                return r;
        }
        r = streams_open(q->config, &q->streams, diag, &p.streams);
        if (r < 0) {
                *ret_exit_status = streams_exit_status(diag);
                return r;
        }
        r = make_words(q, &p, diag);
        if (r < 0) {
                *ret_exit_status = EXIT_MEMORY;
                return r;
        }
        p.steals_terminal = q->config->standard_input.kind == STREAM_TTY_FORCE;
        p.shares = !sees_host_root(q) && variant_of(q) != PLAN_FULL_PRIVILEGES;
        *ret = p;
        p = (Preparation){ .streams = STREAMS_INIT };
        return 0;
}

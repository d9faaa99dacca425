/*
 * The manager wrote the text with the same table, so a line that cannot be read
 * is a bug or an attack: nothing is started then.
 */
#include "supervisor/exec/svexec/facts.h"

#include <fcntl.h>
#include <string.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/types.h"

enum { TEXT_MAX = 16 << 20 };

static const char *const kept_names[EXEC_KEPT_COUNT] = EXEC_KEPT_NAMES;

void facts_done(Facts *f) {
        config_done(&f->config);
        free(f->passed);
        *f = (Facts){ 0 };
}

static int read_text(Config *c, Diag *diag) {
        const int seals = fcntl(EXEC_FD_TEXT, F_GET_SEALS);
        const ParseContext context = { .diag = diag, .internal = true };
        _cleanup_free_ char *text = NULL;
        size_t size = 0;
        int r;

        if (seals < 0 || !(seals & F_SEAL_WRITE))
                return diag_error(diag, -EPERM, "the settings are not sealed");
        r = lseek(EXEC_FD_TEXT, 0, SEEK_SET) < 0
                    ? -errno
                    : file_read_fd(EXEC_FD_TEXT, TEXT_MAX, &text, &size);
        if (r < 0)
                return diag_error(diag, r, "the settings cannot be read: %s", strerror(-r));
        r = config_parse_text(c, NULL, text, size, &context);
        return r > 0 ? -EBADMSG : r;
}

/* FD came through execve(). */
static int adopt(int fd, const char *what, Diag *diag) {
        if (fcntl(fd, F_SETFD, FD_CLOEXEC) == 0)
                return fd;
        return diag_error(diag, -EBADF, "descriptor %d (%s) is not there", fd, what);
}

static int find_kept(const char *name) {
        for (int i = 0; i < EXEC_KEPT_COUNT; i++)
                if (text_eq(kept_names[i], name))
                        return i;
        return -EINVAL;
}

static int adopt_all(Facts *f, Diag *diag) {
        int next = EXEC_FD_FIRST;

        STRV_FOREACH(name, f->config.fact_kept) {
                int kind = find_kept(*name), fd = adopt(next++, *name, diag);

                if (kind < 0)
                        return diag_error(diag, kind, "\"%s\" is nothing that is kept", *name);
                if (fd < 0)
                        return fd;
                f->kept[kind] = fd;
        }
        f->passed = calloc(strv_length(f->config.fact_fd_names) + 1, sizeof(int));
        if (!f->passed)
                return -ENOMEM;
        STRV_FOREACH(name, f->config.fact_fd_names) {
                int fd = adopt(next++, *name, diag);

                if (fd < 0)
                        return fd;
                f->passed[f->n_passed++] = fd;
        }
        return 0;
}

int facts_read(Diag *diag, Facts *ret) {
        _cleanup_(facts_done) Facts f = { 0 };
        int r = config_init(&f.config);

        for (size_t i = 0; i < EXEC_KEPT_COUNT; i++)
                f.kept[i] = -EBADF;
        if (r >= 0)
                r = adopt(EXEC_FD_TEXT, "the settings", diag);
        if (r >= 0)
                r = read_text(&f.config, diag);
        if (r >= 0)
                r = adopt_all(&f, diag);
        if (r >= 0 && !f.config.fact_unit_name)
                r = diag_error(diag, -EINVAL, "UnitName= is missing");
        if (r < 0)
                return r;
        *ret = f;
        f = (Facts){ 0 };
        return 0;
}

int facts_find_command(const Facts *f, Diag *diag, const Command **ret) {
        const Config *c = &f->config;

        DIRECTIVE_FOREACH(d) {
                const CommandList *l = config_field(c, d);

                if (d->type != &type_commands || !c->fact_exec_list ||
                    !text_eq(d->name, c->fact_exec_list) || (size_t)c->fact_exec_index >= l->n)
                        continue;
                *ret = &l->items[c->fact_exec_index];
                return 0;
        }
        return diag_error(diag, -ENOENT,
                          "the unit has no command %lld in %s=", (long long)c->fact_exec_index,
                          c->fact_exec_list ? c->fact_exec_list : "ExecList");
}

/*
 * Sources in the order of systemd.exec(5): each may replace what the ones
 * before it set.
 */
#include "supervisor/exec/environment.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/exec/path-pattern.h"
#include "units/environment-file.h"
#include "units/environment.h"

#define PATH_MERGED   "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"
#define PATH_UNMERGED PATH_MERGED ":/sbin:/bin"

enum { FILE_SIZE_MAX = 4 << 20 };

/* VALUE NULL: the variable is not set. */
static int set(char ***environment, const char *name, const char *value) {
        char *assignment;

        if (!value)
                return 0;
        if (asprintf(&assignment, "%s=%s", name, value) < 0)
                return -ENOMEM;
        return environment_put(environment, assignment);
}

static int put_all(char ***environment, char *const *assignments) {
        int r = 0;

        STRV_FOREACH(a, assignments) {
                char *copy = strdup(*a);

                r = copy ? environment_put(environment, copy) : -ENOMEM;
                if (r < 0)
                        break;
        }
        return r;
}

static int join(char *const *words, char **ret) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };

        STRV_FOREACH(w, words) {
                strbuf_add(&b, w == words ? "" : ":");
                strbuf_add(&b, *w);
        }
        return strbuf_take(&b, ret);
}

/* Are /bin and /sbin directories of their own, where the command will run? */
static bool is_unmerged(const Config *c) {
        _cleanup_free_ char *bin = NULL;
        struct stat st;

        return path_join(c->root_directory ? c->root_directory : "/", "bin", &bin) >= 0 &&
               lstat(bin, &st) == 0 && S_ISDIR(st.st_mode);
}

static int set_path(const Config *c, char ***environment) {
        _cleanup_free_ char *search = NULL;
        int r;

        if (!c->exec_search_path)
                return set(environment, "PATH", is_unmerged(c) ? PATH_UNMERGED : PATH_MERGED);
        r = join(c->exec_search_path, &search);
        return r < 0 ? r : set(environment, "PATH", search);
}

/* Room for the pid, which is not known yet. */
#define EXEC_PID_NAME "SYSTEMD_EXEC_PID"
#define EXEC_PID_ROOM "0000000000"

void environment_set_exec_pid(char *const *environment, pid_t pid) {
        STRV_FOREACH(e, environment)
                if (text_eq(*e, EXEC_PID_NAME "=" EXEC_PID_ROOM))
                        snprintf(*e, strlen(*e) + 1, EXEC_PID_NAME "=%d", (int)pid);
}

static int set_known(const Config *c, const EnvironmentContext *x, char ***environment) {
        char pid[24];
        const struct {
                const char *name;
                const char *value;
        } known[] = {
                { "INVOCATION_ID", x->invocation_id },       { "NOTIFY_SOCKET", x->notify_socket },
                { "MAINPID", x->main_pid > 0 ? pid : NULL }, { "TERM", x->terminal },
                { "SERVICE_RESULT", x->service_result },     { "EXIT_CODE", x->exit_code },
                { "EXIT_STATUS", x->exit_status },           { "PIDFILE", c->pid_file },
                { "JOURNAL_STREAM", x->journal_stream },     { EXEC_PID_NAME, EXEC_PID_ROOM },
        };
        int r = 0;

        snprintf(pid, sizeof(pid), "%d", (int)x->main_pid);
        for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(known); i++)
                r = set(environment, known[i].name, known[i].value);
        return r;
}

/* A home that is no place of the user's, and a shell that is none, are worse than nothing. */
static const char *meaningful_home(const char *home) {
        return home && path_is_absolute(home) && !text_eq(home, "/") ? home : NULL;
}

static const char *meaningful_shell(const char *shell) {
        const char *name = shell && path_is_absolute(shell) ? path_last(shell) : "";

        return !*name || text_eq(name, "nologin") || text_eq(name, "false") ? NULL : shell;
}

static int set_user(const Identity *i, char ***environment) {
        int r;

        if (!i || !i->changes || !i->user)
                return 0;
        r = set(environment, "USER", i->user);
        if (r >= 0)
                r = set(environment, "LOGNAME", i->user);
        if (r >= 0)
                r = set(environment, "HOME", meaningful_home(i->home));
        return r < 0 ? r : set(environment, "SHELL", meaningful_shell(i->shell));
}

static int set_directories(const char *name, const char *base, const DirectoryList *l,
                           char ***environment) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        _cleanup_free_ char *value = NULL;
        int r;

        if (l->n == 0 || !base)
                return 0;
        for (size_t i = 0; i < l->n; i++)
                strbuf_addf(&b, "%s%s/%s", i ? ":" : "", base, l->items[i].path);
        r = strbuf_take(&b, &value);
        return r < 0 ? r : set(environment, name, value);
}

static int set_all_directories(const Config *c, const char *const *base, char ***environment) {
        const struct {
                const char *name;
                const DirectoryList *list;
        } kinds[DIRECTORY_BASES] = {
                [DIRECTORY_RUNTIME] = { "RUNTIME_DIRECTORY", &c->runtime_directory },
                [DIRECTORY_STATE] = { "STATE_DIRECTORY", &c->state_directory },
                [DIRECTORY_CACHE] = { "CACHE_DIRECTORY", &c->cache_directory },
                [DIRECTORY_LOGS] = { "LOGS_DIRECTORY", &c->logs_directory },
                [DIRECTORY_CONFIGURATION] = { "CONFIGURATION_DIRECTORY",
                                              &c->configuration_directory },
        };
        int r = 0;

        for (size_t i = 0; base && r >= 0 && i < DIRECTORY_BASES; i++)
                r = set_directories(kinds[i].name, base[i], kinds[i].list, environment);
        return r;
}

static int pass(const Config *c, char *const *caller, char ***environment) {
        int r = 0;

        STRV_FOREACH(name, c->pass_environment)
                if (r >= 0)
                        r = set(environment, *name, environment_get(caller, *name, strlen(*name)));
        return r;
}

/* OPTIONAL: what cannot be read is passed over, silently if it is just missing. */
static int read_one(const char *path, bool optional, char ***environment, Diag *diag) {
        _cleanup_free_ char *text = NULL;
        size_t size;
        int r = file_read_at(AT_FDCWD, path, FILE_SIZE_MAX, &text, &size);

        if (r >= 0)
                r = environment_file_parse(path, text, size, environment, diag);
        if (r >= 0 || r == -ENOMEM || r == -EBADMSG)
                return r;
        if (optional && (r == -ENOENT || r == -ENOTDIR))
                return 0;
        if (optional) {
                diag_warning(diag, "%s cannot be read and is left out: %s", path, strerror(-r));
                return 0;
        }
        if (r == -ENOENT)
                return diag_error(diag, r,
                                  "%s does not exist; make it, or write \"-%s\" if it may be "
                                  "missing",
                                  path, path);
        return diag_error(diag, r, "%s cannot be read: %s", path,
                          r == -EBADF ? "it is no regular file" : strerror(-r));
}

static int read_files(const EnvironmentFileSetting *s, char ***environment, Diag *diag) {
        _cleanup_strv_ char **paths = NULL;
        int r = path_pattern_is(s->path) ? path_pattern_expand(s->path, &paths)
                                         : strv_add(&paths, s->path);

        if (r >= 0 && !paths && !s->ignore_missing)
                return diag_error(diag, -ENOENT,
                                  "no file matches %s; make one, or write \"-%s\" if there may be "
                                  "none",
                                  s->path, s->path);
        STRV_FOREACH(path, paths)
                if (r >= 0)
                        r = read_one(*path, s->ignore_missing, environment, diag);
        return r;
}

static int read_all_files(const Config *c, char ***environment, Diag *diag) {
        const char *before = diag ? diag->directive : NULL;
        int r = 0;

        if (diag)
                diag->directive = "EnvironmentFile";
        for (size_t i = 0; r >= 0 && i < c->environment_file.n; i++)
                r = read_files(&c->environment_file.items[i], environment, diag);
        if (diag)
                diag->directive = before;
        return r;
}

/* "NAME" removes the variable, "NAME=value" only that assignment. */
static bool is_unset(const char *assignment, char *const *names) {
        STRV_FOREACH(name, names) {
                const char *rest = text_after(assignment, *name);

                if (rest && (*rest == '\0' || (*rest == '=' && !strchr(*name, '='))))
                        return true;
        }
        return false;
}

static void unset(char **environment, char *const *names) {
        char **to = environment;

        for (char **from = environment; from && *from; from++) {
                if (is_unset(*from, names))
                        free(*from);
                else
                        *to++ = *from;
        }
        if (to)
                *to = NULL;
}

int environment_build(const Config *c, const EnvironmentContext *x, Diag *diag, char ***ret) {
        _cleanup_strv_ char **environment = NULL;
        int r = set_path(c, &environment);

        if (r >= 0)
                r = set_known(c, x, &environment);
        if (r >= 0)
                r = put_all(&environment, x->variables);
        if (r >= 0)
                r = set_user(x->identity, &environment);
        if (r >= 0)
                r = set_all_directories(c, x->base, &environment);
        if (r >= 0)
                r = pass(c, x->caller, &environment);
        if (r >= 0)
                r = put_all(&environment, c->environment);
        if (r >= 0)
                r = read_all_files(c, &environment, diag);
        if (r >= 0)
                r = put_all(&environment, x->extra);
        if (r < 0)
                return r;
        unset(environment, c->unset_environment);
        *ret = TAKE_PTR(environment);
        return 0;
}

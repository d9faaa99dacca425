/*
 * "svctl edit UNIT": a drop-in is changed in an editor. The editor gets a copy of its own, which
 * only its user can read, with the unit's files behind it as comments; the drop-in is replaced in
 * one step, when the editor succeeded and the text means something.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/tools/ctl/unit-tree.h"
#include "units/config.h"
#include "units/load.h"
#include "units/word.h"

#define MARK "### What follows is not kept; it shows what the unit's files say.\n"

/* The editor and its arguments, with room for the file. */
static int find_editor(char ***ret) {
        const char *text = getenv("VISUAL");

        if (text_is_empty(text))
                text = getenv("EDITOR");
        if (text_is_empty(text))
                text = access("/usr/bin/editor", X_OK) == 0 ? "editor" : "vi";
        if (word_split(text, NULL, WORD_UNQUOTE, ret) < 0 || !*ret) {
                ctl_complain("$EDITOR, \"%s\", is no command", text);
                return 2;
        }
        return 0;
}

static int run_editor(const char *file) {
        _cleanup_strv_ char **argv = NULL;
        int wait_status, status = find_editor(&argv);
        pid_t pid;

        if (status || strv_add(&argv, file) < 0)
                return status ? status : 1;
        fflush(NULL);
        pid = fork();
        if (pid == 0) {
                execvp(argv[0], argv);
                ctl_complain("%s: %s", argv[0], strerror(errno));
                _exit(127);
        }
        while (pid > 0 && waitpid(pid, &wait_status, 0) < 0 && errno == EINTR)
                ;
        if (pid > 0 && WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0)
                return 0;
        ctl_complain("the editor failed, so nothing is changed");
        return 1;
}

/* ---- texts ---- */

static void add_commented(StrBuf *to, const LoadedFile *file) {
        strbuf_addf(to, "\n# %s\n", file->path);
        for (const char *line = file->text; *line;) {
                size_t n = strcspn(line, "\n");

                strbuf_addf(to, "# %.*s\n", (int)n, line);
                line += n + (line[n] == '\n');
        }
}

/* What the editor shows. */
static int make_draft(UnitTree *t, const char *name, const char *old, char **ret) {
        _cleanup_(load_index_freep) LoadIndex *index = NULL;
        _cleanup_(load_done) LoadedUnit unit = { 0 };
        StrBuf b = { 0 };
        int r = load_index_new(&t->path, &t->diag, &index);

        if (r >= 0)
                r = load_unit(index, name, &t->diag, &unit);
        if (r < 0)
                return r;
        if (!unit.fragment)
                return diag_error(&t->diag, -ENOENT, "there is no unit %s", name);
        strbuf_addf(&b, "%s\n" MARK, old);
        for (size_t i = 0; i < unit.n; i++)
                add_commented(&b, &unit.files[i]);
        return strbuf_take(&b, ret);
}

/* Wrong lines are named; the person may want them all the same. */
static void check_text(UnitTree *t, const char *name, const char *text) {
        const ParseContext context = { .diag = &t->diag };
        _cleanup_(config_done) Config c;

        if (config_init(&c) >= 0)
                (void)config_parse_text(&c, name, text, strlen(text), &context);
}

static int edit_draft(const char *draft, char **ret) {
        char path[] = "/tmp/svctl-edit.XXXXXX.conf";
        _cleanup_fd_ int fd = mkostemps(path, (int)strlen(".conf"), O_CLOEXEC);
        char *mark;
        int r, status;

        if (fd < 0) {
                ctl_complain("/tmp: %s", strerror(errno));
                return 1;
        }
        r = fd_write_all(fd, draft, strlen(draft));
        status = r < 0 ? 1 : run_editor(path);
        if (status == 0) /* editors like to write a new file */
                r = file_read_at(AT_FDCWD, path, LOAD_FILE_MAX, ret, NULL);
        (void)unlink(path);
        if (r < 0)
                ctl_complain("%s: %s", path, strerror(-r));
        if (status || r < 0)
                return 1;
        mark = strstr(*ret, MARK);
        if (mark)
                *mark = '\0';
        return 0;
}

static int edit_one(UnitTree *t, const char *name) {
        _cleanup_free_ char *old = NULL, *draft = NULL, *text = NULL, *kept = NULL;
        int status, r = install_dropin_read(&t->install, name, &old);

        if (r >= 0)
                r = make_draft(t, name, old, &draft);
        if (r < 0)
                return unit_tree_judge(t, r);
        status = edit_draft(draft, &text);
        if (status)
                return status;
        if (asprintf(&kept, "%s\n", text_strip(text)) < 0)
                return 1;
        if (text_eq(kept, "\n") || text_eq(kept, old)) {
                ctl_complain("%s: nothing is changed", name);
                return 0;
        }
        check_text(t, name, kept);
        return unit_tree_judge(t, install_dropin_write(&t->install, name, kept));
}

int ctl_edit(int argc, char *argv[], void *context) {
        const CtlSettings *settings = context;
        _cleanup_(unit_tree_done) UnitTree t = { .path = LOAD_PATH_EMPTY };
        int status = unit_tree_open(settings, &t);

        for (int i = 1; i < argc && status == 0; i++) {
                _cleanup_free_ char *name = client_unit_name(argv[i]);

                status = name ? edit_one(&t, name) : 2;
        }
        if (status == 0 && t.bus && !settings->no_reload)
                status = client_call(t.bus, &(ClientCall){ "Reload", "read the files again" }, NULL,
                                     "");
        return status;
}

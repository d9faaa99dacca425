/*
 * Looks programs up as the kernel will: by path, or by name in the directories
 * of ExecSearchPath=, in the root directory that the unit gets.
 *
 * Nothing is executed and nothing is mounted; a program in an image cannot be
 * seen, and is not complained about.
 */
#include "supervisor/tools/analyze/programs.h"

#include <string.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/types.h"

static char *const default_search_path[] = { (char *)"/usr/local/sbin",
                                             (char *)"/usr/local/bin",
                                             (char *)"/usr/sbin",
                                             (char *)"/usr/bin",
                                             (char *)"/sbin",
                                             (char *)"/bin",
                                             NULL };

typedef struct Search {
        const Config *config;
        int system_fd; /* the root of the system */
        int unit_fd;   /* the root that the unit sees */
        Diag *diag;
} Search;

/* 0, or why PATH beneath ROOT_FD cannot be executed. */
static int look_at(int root_fd, const char *path) {
        _cleanup_fd_ int fd = fd_open_in_root(root_fd, path, O_PATH | O_CLOEXEC);
        struct stat st;

        if (fd < 0)
                return fd;
        if (fstat(fd, &st) < 0)
                return -errno;
        if (S_ISDIR(st.st_mode))
                return -EISDIR;
        return S_ISREG(st.st_mode) && (st.st_mode & 0111) ? 0 : -EACCES;
}

/* The mount of L that covers PATH most closely, if closer than *BEST. */
static void find_bind(const BindList *l, const char *path, const BindSetting **best) {
        for (size_t i = 0; i < l->n; i++) {
                const BindSetting *b = &l->items[i];

                if (path_after(path, b->destination) &&
                    (!*best || strlen(b->destination) >= strlen((*best)->destination)))
                        *best = b;
        }
}

static int look_in_unit(const Search *s, const char *path) {
        const BindSetting *bind = NULL;
        _cleanup_free_ char *source = NULL;
        int r;

        find_bind(&s->config->bind_paths, path, &bind);
        find_bind(&s->config->bind_read_only_paths, path, &bind);
        if (!bind)
                return look_at(s->unit_fd, path);
        r = path_join(bind->source, path_after(path, bind->destination), &source);
        return r < 0 ? r : look_at(s->system_fd, source);
}

static int look_up_name(const Search *s, const char *name) {
        char *const *directories =
                s->config->exec_search_path ? s->config->exec_search_path : default_search_path;
        int best = -ENOENT;

        STRV_FOREACH(directory, directories) {
                _cleanup_free_ char *path = NULL;
                int r = path_join(*directory, name, &path);

                if (r == 0)
                        r = look_in_unit(s, path);
                if (r == 0)
                        return 0;
                if (r != -ENOENT)
                        best = r;
        }
        return best;
}

/* The rest of DIAG's place is set. */
static void complain(const Command *c, int error, const char *what, Diag *diag) {
        const char *file = diag->file;

        diag->file = c->file ? c->file : file;
        diag->line = c->line;
        if (c->ignore_failure)
                diag_warning(diag, "%s %s; the \"-\" before it lets that pass", c->path, what);
        else
                diag_error(diag, error, "%s %s; correct the path or install the program", c->path,
                           what);
        diag->file = file;
        diag->line = 0;
}

static void check_command(const Search *s, const Command *c) {
        int r = path_is_absolute(c->path) ? look_in_unit(s, c->path) : look_up_name(s, c->path);
        const char *what = r == -EACCES   ? "is not executable"
                           : r == -EISDIR ? "is a directory"
                           : r == -ENOENT ? "does not exist"
                                          : strerror(-r);

        if (r < 0)
                complain(c, r, what, s->diag);
}

static void check_directive(const Search *s, const Directive *d) {
        const CommandList *list = config_field(s->config, d);

        s->diag->directive = d->name;
        for (size_t i = 0; i < list->n; i++)
                check_command(s, &list->items[i]);
        s->diag->directive = NULL;
}

/* The unit's own root directory, or -EBADF where it has none, or none that is there. */
static int open_unit_root(const Config *c, int root_fd, Diag *diag) {
        int fd;

        if (!c->root_directory)
                return -EBADF;
        fd = fd_open_in_root(root_fd, c->root_directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (fd < 0) {
                diag->directive = "RootDirectory";
                diag_error(diag, fd, "%s: %s; create the directory or correct the path",
                           c->root_directory, strerror(-fd));
                diag->directive = NULL;
        }
        return fd < 0 ? -EBADF : fd;
}

void programs_check(const Config *c, int root_fd, Diag *diag) {
        _cleanup_fd_ int unit_root = open_unit_root(c, root_fd, diag);
        Search s = { c, root_fd, root_fd, diag };

        DIRECTIVE_FOREACH(d) {
                bool own_root = !c->root_directory_start_only || text_eq(d->name, "ExecStart");

                if (d->type != &type_commands)
                        continue;
                if (own_root && (c->root_image || (c->root_directory && unit_root < 0)))
                        continue;
                s.unit_fd = own_root && unit_root >= 0 ? unit_root : root_fd;
                check_directive(&s, d);
        }
}

/*
 * Where unit files are looked for. The list is data; the environment can only put directories
 * before it or in its place.
 */
#include "units/load-path.h"

#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/path.h"
#include "base/strv.h"
#include "base/text.h"

static const char *const ordinary[] = {
        "/run/svalinn/transient",
        "/run/systemd/transient",
        "/run/svalinn/generator.early",
        "/run/systemd/generator.early",
        "/etc/svalinn/system",
        "/etc/systemd/system",
        "/run/svalinn/system",
        "/run/systemd/system",
        "/run/svalinn/generator",
        "/run/systemd/generator",
        SVALINN_UNITS, /* what this build has installed */
        "/usr/lib/svalinn/system",
        "/usr/local/lib/systemd/system",
        "/usr/lib/systemd/system",
        "/lib/systemd/system",
        "/run/svalinn/generator.late",
        "/run/systemd/generator.late",
};

static int add_once(char ***directories, const char *path) {
        return strv_contains(*directories, path) ? 0 : strv_add(directories, path);
}

/* Relative directories count from where the program stands, as they do for systemd. */
static int add_from_environment(char ***directories, const char *text, size_t length) {
        _cleanup_free_ char *here = NULL, *path = NULL;

        if (text[0] != '/')
                here = getcwd(NULL, 0);
        if (text[0] != '/' && !here)
                return -errno;
        if (asprintf(&path, "%s%s%.*s", here ? here : "", here ? "/" : "", (int)length, text) < 0)
                return -ENOMEM;
        return add_once(directories, path_simplify(path));
}

static int add_environment(char ***directories, const char *environment) {
        for (const char *p = environment; *p;) {
                size_t n = strcspn(p, ":");
                int r = n > 0 ? add_from_environment(directories, p, n) : 0;

                if (r < 0)
                        return r;
                p += n;
                p += strspn(p, ":");
        }
        return 0;
}

static int add_ordinary(char ***directories) {
        int r = 0;

        for (size_t i = 0; i < ARRAY_SIZE(ordinary) && r >= 0; i++)
                r = add_once(directories, ordinary[i]);
        return r;
}

static int open_root(LoadPath *p, const char *root, Diag *diag) {
        const char *place = text_is_empty(root) ? "/" : root;

        p->root = strdup(place);
        if (!p->root)
                return -ENOMEM;
        path_simplify(p->root);
        if (text_eq(p->root, "/"))
                p->root[0] = '\0';
        p->root_fd = open(place, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (p->root_fd < 0) {
                int r = -errno;

                return diag_error(diag, r, "the root directory \"%s\" cannot be opened: %s", place,
                                  strerror(-r));
        }
        return 0;
}

int load_path_init(LoadPath *ret, const char *root, const char *environment, Diag *diag) {
        _cleanup_(load_path_done) LoadPath p = LOAD_PATH_EMPTY;
        int r = open_root(&p, root, diag);

        if (r >= 0 && environment)
                r = add_environment(&p.directories, environment);
        if (r >= 0 && (!environment || text_ends_with(environment, ":")))
                r = add_ordinary(&p.directories);
        if (r < 0)
                return r;
        *ret = p;
        p = LOAD_PATH_EMPTY;
        return 0;
}

void load_path_done(LoadPath *p) {
        fd_close(p->root_fd);
        free(p->root);
        strv_free(p->directories);
        *p = LOAD_PATH_EMPTY;
}

int load_path_show(const LoadPath *p, const char *path, char **ret) {
        char *shown;

        if (asprintf(&shown, "%s%s", p->root, path) < 0)
                return -ENOMEM;
        *ret = shown;
        return 0;
}

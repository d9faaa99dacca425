/*
 * OP's text holds two lines a link: where it stands, and what it holds.
 */
#include "supervisor/exec/host-link.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/path.h"
#include "base/text.h"
#include "supervisor/exec/host-record.h"

#define PRIVATE "private/"

/* Takes the next line of *REST, in place; NULL at the end. */
static char *next_line(char **rest) {
        char *line = *rest, *end = line ? strchr(line, '\n') : NULL;

        if (!end)
                return NULL;
        *end = '\0';
        *rest = end + 1;
        return line;
}

/* What the link NAME holds, "" when it is none. */
static void read_link(int dir_fd, const char *name, char ret[static PATH_MAX]) {
        ssize_t n = readlinkat(dir_fd, name, ret, PATH_MAX - 1);

        ret[n < 0 ? 0 : n] = '\0';
}

/* Did the same unit make this link, before DynamicUser= was switched? */
static bool is_our_old_link(const char *found, const char *target) {
        const char *rest = text_after(found, PRIVATE), *other = text_after(target, PRIVATE);

        return (rest && text_eq(rest, target)) || (other && text_eq(other, found));
}

static int replace_link(const HostPath *p, const char *target) {
        char temporary[NAME_MAX];

        snprintf(temporary, sizeof(temporary), ".svalinn-link-%d", (int)getpid());
        (void)unlinkat(p->fd, temporary, 0);
        if (symlinkat(target, p->fd, temporary) < 0)
                return -errno;
        if (renameat(p->fd, temporary, p->fd, p->name) < 0) {
                int r = -errno;

                (void)unlinkat(p->fd, temporary, 0);
                return r;
        }
        return 0;
}

static int say_in_the_way(const HostPath *p, const char *found, const char *target, Diag *diag) {
        if (*found)
                return diag_error(diag, -EEXIST,
                                  "%s is a symbolic link to %s, but belongs to %s; remove it",
                                  p->path, found, target);
        return diag_error(diag, -EEXIST, "%s is in the way of a symbolic link to %s; move it away",
                          p->path, target);
}

/* With H, the link goes when the run is over. */
static int make_one(Host *h, const char *path, const char *target, Diag *diag) {
        _cleanup_(host_path_done) HostPath p = HOST_PATH_INIT;
        char found[PATH_MAX];
        int r = host_path_begin("/", path, &p);

        if (r >= 0)
                r = h ? host_record_make_parents(h, &p) : host_path_to_last(&p, true);
        if (r >= 0 && h)
                r = host_record_add_missing(h, &p);
        if (r >= 0 && symlinkat(target, p.fd, p.name) < 0)
                r = -errno;
        if (r == -EEXIST) {
                read_link(p.fd, p.name, found);
                if (text_eq(found, target))
                        return 0;
                if (!is_our_old_link(found, target))
                        return say_in_the_way(&p, found, target, diag);
                r = replace_link(&p, target);
        }
        if (r < 0)
                return diag_error(diag, r, "the symbolic link %s cannot be made: %s", path,
                                  strerror(-r));
        return 0;
}

int host_link_make(Host *h, const Op *op, Diag *diag) {
        _cleanup_free_ char *text = op->text ? strdup(op->text) : NULL;
        char *rest = text, *link, *target;
        int r = op->text && !text ? -ENOMEM : 0;

        while (r >= 0 && (link = next_line(&rest)) && (target = next_line(&rest)))
                r = make_one(op->flags & OP_REMOVE_AFTERWARDS ? h : NULL, link, target, diag);
        return r;
}

int host_link_move_in(const Op *op, const HostPath *p, Diag *diag) {
        _cleanup_(host_path_done) HostPath from = HOST_PATH_INIT;
        _cleanup_free_ char *text = op->text ? strdup(op->text) : NULL;
        char *rest = text, *link = next_line(&rest);
        struct stat st;
        int r;

        if (!link)
                return op->text && !text ? -ENOMEM : 0;
        r = host_path_begin("/", link, &from);
        if (r >= 0)
                r = host_path_to_last(&from, false);
        if (r < 0)
                return r == -ENOENT ? 0 : r;
        if (fstatat(from.fd, from.name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(st.st_mode))
                return 0; /* host_link_make() says what is wrong with anything else */
        if (fstatat(p->fd, p->name, &st, AT_SYMLINK_NOFOLLOW) == 0)
                return diag_error(diag, -EEXIST,
                                  "both %s and %s exist; move the one away that is not needed",
                                  link, op->path);
        if (renameat(from.fd, from.name, p->fd, p->name) < 0)
                return diag_error(diag, -errno, "%s cannot be moved to %s: %s", link, op->path,
                                  strerror(errno));
        return 0;
}

/* "private/a" for "/var/lib/a", "../private/a/b" for "/var/lib/a/b": where dynamic users have it.
 */
static bool leads_to_private(const char *path, const char *found) {
        size_t levels = 0, n = strlen(path), rest_length;
        const char *rest;

        for (; text_after(found, "../"); found += 3)
                levels++;
        rest = text_after(found, PRIVATE);
        if (!rest || !*rest || strstr(rest, "..") || path[0] != '/')
                return false;
        for (const char *c = rest; *c; c++)
                levels -= *c == '/';
        rest_length = strlen(rest);
        return levels == 0 && n > rest_length && path[n - rest_length - 1] == '/' &&
               text_eq(path + n - rest_length, rest);
}

static int swap(const HostPath *p, const char *target) {
        if (renameat2(p->fd, target, p->fd, p->name, RENAME_EXCHANGE) == 0)
                return unlinkat(p->fd, target, 0) < 0 ? -errno : 0;
        if (errno == EINVAL || errno == ENOSYS) { /* the file system cannot swap */
                if (unlinkat(p->fd, p->name, 0) < 0)
                        return -errno;
                return renameat(p->fd, target, p->fd, p->name) < 0 ? -errno : 0;
        }
        if (errno == ENOENT) /* the link dangles */
                return unlinkat(p->fd, p->name, 0) < 0 ? -errno : 0;
        return -errno;
}

int host_link_move_out(const Op *op, const HostPath *p, Diag *diag) {
        char found[PATH_MAX];
        int r;

        read_link(p->fd, p->name, found);
        if (!host_path_is_trusted(p->fd) || !leads_to_private(op->path, found))
                return 0;
        r = swap(p, found);
        if (r < 0)
                return diag_error(diag, r, "the directory behind %s cannot take its place: %s",
                                  op->path, strerror(-r));
        return 1;
}

/*
 * All is done by file descriptors below the subtree's root, and nothing follows symbolic links:
 * delegated groups belong to whoever they were delegated to.
 */
#include "supervisor/manager/group.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/pidfd.h>

#include "base/dir.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/number.h"
#include "base/path.h"
#include "base/remove-groups.h"
#include "base/strbuf.h"
#include "base/text.h"

#define SMALL_FILE  8192 /* more than the longest path, which the kernel refuses to tell */
#define PROCS_MAX   (4 << 20)
#define KILL_PASSES 16
#define COUNT_MAX   "10000" /* groups below one of a unit */
#define OWN_LEAF    "init.scope"
#define OWN_SUBTREE "/svalinn"

int group_open(const GroupTree *t, const char *path) {
        return t->root < 0
                       ? -ENOENT
                       : fd_open_nofollow(t->root, *path ? path : ".", O_RDONLY | O_DIRECTORY, 0);
}

/* ---- processes ---- */

/* The group of PID as /proc has it, in TEXT. */
static int read_group(pid_t pid, char text[static SMALL_FILE], const char **ret) {
        char name[32], *line, *rest = text;
        ssize_t n;

        snprintf(name, sizeof(name), "/proc/%d/cgroup", (int)pid);
        n = file_read_start_at(AT_FDCWD, name, text, SMALL_FILE);
        if (n < 0)
                return n == -ENOENT ? -ESRCH : (int)n;
        while ((line = strsep(&rest, "\n"))) {
                const char *path = text_after(line, "0::");

                if (!path)
                        continue;
                *ret = path;
                return 0;
        }
        return -ENXIO;
}

/* The same below the subtree; "" is its root. */
static int read_group_below(const GroupTree *t, pid_t pid, char text[static SMALL_FILE],
                            const char **ret) {
        const char *path = NULL;
        int r = read_group(pid, text, &path);

        if (r < 0)
                return r;
        path = *t->prefix ? path_after(path, t->prefix) : path + 1;
        if (!path)
                return -ENXIO;
        *ret = path;
        return 0;
}

int group_of(const GroupTree *t, pid_t pid, char **ret) {
        char text[SMALL_FILE];
        const char *path = NULL;
        int r = read_group_below(t, pid, text, &path);

        if (r < 0)
                return r;
        *ret = strdup(path);
        return *ret ? 0 : -ENOMEM;
}

/* An ended process that nobody has waited for yet is in its group, too. */
static bool is_zombie(pid_t pid) {
        char name[32], text[512], *end;
        ssize_t n;

        snprintf(name, sizeof(name), "/proc/%d/stat", (int)pid);
        n = file_read_start_at(AT_FDCWD, name, text, sizeof(text));
        end = n > 0 ? strrchr(text, ')') : NULL;
        return end && (end[2] == 'Z' || end[2] == 'X');
}

bool group_has(const GroupTree *t, const char *path, pid_t pid) {
        char text[SMALL_FILE];
        const char *group;

        return read_group_below(t, pid, text, &group) >= 0 && path_after(group, path) &&
               !is_zombie(pid);
}

int group_signal(const GroupTree *t, const char *path, pid_t pid, int signal) {
        _cleanup_fd_ int fd = pidfd_open(pid, 0);

        if (fd < 0)
                return -errno;
        /* what has the number now is in the group, or it is not signalled */
        if (!group_has(t, path, pid))
                return -ESRCH;
        return pidfd_send_signal(fd, signal, NULL, 0) < 0 ? -errno : 0;
}

typedef struct Walk {
        void (*found)(pid_t pid, void *userdata);
        void *userdata;
} Walk;

static void each_in(int dir, const Walk *w) {
        _cleanup_free_ char *text = NULL;
        char *rest, *line;
        int pid;

        if (file_read_at(dir, "cgroup.procs", PROCS_MAX, &text, NULL) < 0)
                return;
        rest = text;
        while ((line = strsep(&rest, "\n")))
                if (number_parse_int(line, &pid) >= 0 && pid > 0)
                        w->found(pid, w->userdata);
}

static void walk(int dir, const Walk *w, unsigned depth) {
        _cleanup_(dir_closep) DIR *d = NULL;

        each_in(dir, w);
        if (depth == 0 || dir_open_at(dir, ".", &d) < 0)
                return;
        for (struct dirent *entry; (entry = dir_next(d));) {
                _cleanup_fd_ int below = -EBADF;

                if (entry->d_type != DT_DIR)
                        continue;
                below = fd_open_nofollow(dir, entry->d_name, O_RDONLY | O_DIRECTORY, 0);
                if (below >= 0)
                        walk(below, w, depth - 1);
        }
}

void group_each(const GroupTree *t, const char *path, void (*found)(pid_t pid, void *userdata),
                void *userdata) {
        const Walk w = { .found = found, .userdata = userdata };
        _cleanup_fd_ int dir = group_open(t, path);

        if (dir >= 0)
                walk(dir, &w, GROUP_DEPTH_MAX);
}

/* ---- attributes ---- */

int group_write(const GroupTree *t, const char *path, const char *attribute, const char *text) {
        _cleanup_fd_ int dir = group_open(t, path);

        return dir < 0 ? dir : file_write_kernel(dir, attribute, text);
}

int group_read(const GroupTree *t, const char *path, const char *attribute, char *text,
               size_t size) {
        _cleanup_fd_ int dir = group_open(t, path);
        ssize_t n = dir < 0 ? dir : file_read_start_at(dir, attribute, text, size);

        return (int)MIN_OF(n, 0);
}

int group_bound(const GroupTree *t, const char *path) {
        char depth[16];
        int r;

        snprintf(depth, sizeof(depth), "%d", GROUP_DEPTH_MAX);
        r = group_write(t, path, "cgroup.max.depth", depth);
        return r < 0 ? r : group_write(t, path, "cgroup.max.descendants", COUNT_MAX);
}

bool group_is_populated(const GroupTree *t, const char *path) {
        char text[SMALL_FILE];

        return group_read(t, path, "cgroup.events", text, sizeof(text)) >= 0 &&
               strstr(text, "populated 1");
}

bool group_is_ours(int fd) {
        struct stat st;

        return fstatat(fd, "cgroup.freeze", &st, AT_SYMLINK_NOFOLLOW) == 0 &&
               st.st_uid == geteuid();
}

/* Its own attribute is asked, as cgroup.events says nothing before all processes have stopped. */
bool group_is_frozen(const GroupTree *t, const char *path) {
        char name[PATH_MAX], text[8];

        for (const char *at = path; (at = strchrnul(at, '/')); at++) {
                snprintf(name, sizeof(name), "%.*s/cgroup.freeze", (int)(at - path), path);
                if (file_read_start_at(t->root, name, text, sizeof(text)) > 0 && text[0] == '1')
                        return true;
                if (!*at)
                        return false;
        }
        return false;
}

int group_thaw(const GroupTree *t, const char *path) {
        return group_write(t, path, "cgroup.freeze", "0");
}

void group_enable(const GroupTree *t, const char *path, const char *controller) {
        char part[PATH_MAX], text[64];

        snprintf(text, sizeof(text), "+%s", controller);
        for (const char *at = path;; at += strspn(at, "/")) {
                snprintf(part, sizeof(part), "%.*s", (int)(at - path), path);
                (void)group_write(t, path_simplify(part), "cgroup.subtree_control", text);
                at = strchr(at, '/');
                if (!at)
                        return;
        }
}

/* ---- making and removing ---- */

int group_make(const GroupTree *t, const char *path) {
        char part[PATH_MAX];

        if (t->root < 0)
                return -ENOENT;
        for (const char *at = path;; at++) {
                at = strchr(at, '/');
                snprintf(part, sizeof(part), "%.*s", (int)(at ? at - path : (int)strlen(path)),
                         path);
                if (mkdirat(t->root, part, 0755) < 0 && errno != EEXIST)
                        return -errno;
                if (!at)
                        return group_open(t, path);
        }
}

int group_renew(const GroupTree *t, const char *path) {
        (void)group_prune(t, path);
        if (unlinkat(t->root, path, AT_REMOVEDIR) < 0 && errno != ENOENT && errno != EBUSY)
                return -errno;
        return group_make(t, path);
}

int group_prune(const GroupTree *t, const char *path) {
        _cleanup_fd_ int dir = group_open(t, path);

        return dir < 0 ? dir : remove_groups_below(dir);
}

int group_remove(const GroupTree *t, const char *path) {
        int r = group_prune(t, path);

        if (r >= 0 && unlinkat(t->root, path, AT_REMOVEDIR) < 0)
                r = -errno;
        return r == -ENOENT ? 0 : r;
}

/* ---- killing all ---- */

typedef struct Kill {
        const GroupTree *tree;
        const char *path;
        unsigned n;
        bool unsure; /* where a process is, the kernel does not say */
} Kill;

static void kill_one(pid_t pid, void *userdata) {
        Kill *k = userdata;
        int r = group_signal(k->tree, k->path, pid, SIGKILL);

        k->n += r >= 0;
        k->unsure |= r == -ENAMETOOLONG;
}

static void kill_below(int dir) {
        _cleanup_(dir_closep) DIR *d = NULL;
        char name[NAME_MAX + sizeof("/cgroup.kill")];

        if (dir_open_at(dir, ".", &d) < 0)
                return;
        for (struct dirent *entry; (entry = dir_next(d));) {
                if (entry->d_type != DT_DIR)
                        continue;
                snprintf(name, sizeof(name), "%s/cgroup.kill", entry->d_name);
                (void)file_write_kernel(dir, name, "1");
        }
}

/* What is below the group goes by cgroup.kill, which reaches any depth. The group itself does not:
 * where that was written once, Linux from 6.14 on ends whatever is cloned into the group from then
 * on, such as ExecStopPost=. Who is frozen forks no more, and dies all the same. Processes whose
 * threads are in groups with too long a path are seen from here, and cannot be told from others;
 * a service that has such ones has no ExecStopPost=. */
int group_kill(const GroupTree *t, const char *path) {
        _cleanup_fd_ int dir = group_open(t, path);
        Kill k = { .tree = t, .path = path, .n = 1 };
        const Walk w = { .found = kill_one, .userdata = &k };
        int r;

        if (dir < 0)
                return dir == -ENOENT ? 0 : dir;
        r = file_write_kernel(dir, "cgroup.freeze", "1");
        for (unsigned i = 0; i < KILL_PASSES && k.n > 0; i++) {
                k.n = 0;
                kill_below(dir);
                each_in(dir, &w);
        }
        if (k.unsure)
                (void)file_write_kernel(dir, "cgroup.kill", "1");
        return r >= 0 ? file_write_kernel(dir, "cgroup.freeze", "0") : 0;
}

/* ---- watching ---- */

int group_watch(const GroupTree *t, const char *path, const char *attribute) {
        _cleanup_fd_ int dir = group_open(t, path);
        char proc[FD_PROC_PATH_MAX], name[FD_PROC_PATH_MAX + NAME_MAX + 1];
        int r;

        if (dir < 0)
                return dir;
        snprintf(name, sizeof(name), "%s/%s", fd_proc_path(dir, proc), attribute);
        r = inotify_add_watch(t->watch, name, IN_MODIFY);
        return r < 0 ? -errno : r;
}

int group_next_event(const GroupTree *t) {
        /* one event a call; those of files that are watched by themselves carry no name */
        struct inotify_event event;

        for (;;) {
                ssize_t n = read(t->watch, &event, sizeof(event));

                if (n < 0)
                        return errno == EINTR ? -EAGAIN : -errno;
                if (event.mask & IN_MODIFY)
                        return event.wd;
        }
}

/* ---- the subtree ---- */

/* Where the hierarchy is mounted, in a new string. */
static int find_mount(char **ret) {
        _cleanup_(file_closep) FILE *f = fopen("/proc/self/mountinfo", "re");
        char line[SMALL_FILE];

        while (f && fgets(line, sizeof(line), f)) {
                char *rest = line, *field = NULL;

                if (!strstr(line, " - cgroup2 "))
                        continue;
                for (unsigned i = 0; i < 5 && rest; i++)
                        field = strsep(&rest, " ");
                if (!field)
                        continue;
                *ret = strdup(field);
                return *ret ? 0 : -ENOMEM;
        }
        return -ENOENT;
}

static int join(const GroupTree *t, pid_t pid) {
        _cleanup_fd_ int own = group_make(t, OWN_LEAF);
        char text[32];

        if (own < 0)
                return own;
        snprintf(text, sizeof(text), "%d", (int)pid);
        return file_write_kernel(own, "cgroup.procs", text);
}

/* Takes off what an earlier manager put on. */
static void strip(char *path, const char *end) {
        if (text_ends_with(path, end))
                path[strlen(path) - strlen(end)] = '\0';
}

static int open_subtree(GroupTree *t, const char *mounted, char own[static SMALL_FILE],
                        bool adjacent) {
        _cleanup_fd_ int mount = open(mounted, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (mount < 0)
                return -errno;
        strip(own, "/" OWN_LEAF);
        strip(own, adjacent ? OWN_SUBTREE : "/");
        strip(own, "/");
        if (adjacent) {
                strncat(own, OWN_SUBTREE, SMALL_FILE - strlen(own) - 1);
                if (mkdirat(mount, own + 1, 0755) < 0 && errno != EEXIST)
                        return -errno;
        }
        t->prefix = strdup(own);
        if (!t->prefix)
                return -ENOMEM;
        t->root = fd_open_nofollow(mount, *own ? own + 1 : ".", O_RDONLY | O_DIRECTORY, 0);
        return t->root < 0 ? t->root : 0;
}

int group_tree_open(GroupTree *t, bool adjacent, Diag *diag) {
        _cleanup_free_ char *mounted = NULL;
        char text[SMALL_FILE], own[SMALL_FILE];
        const char *path = NULL;
        int r;

        *t = (GroupTree){ .root = -EBADF, .watch = inotify_init1(IN_CLOEXEC | IN_NONBLOCK) };
        if (t->watch < 0)
                return diag_error(diag, -errno, "inotify: %s", strerror(errno));
        r = find_mount(&mounted);
        if (r < 0)
                return diag_error(diag, r, "no control group hierarchy of version 2 is mounted");
        r = read_group(getpid(), text, &path);
        if (r < 0)
                return diag_error(diag, r, "which control group is this process in? %s",
                                  strerror(-r));
        snprintf(own, sizeof(own), "%s", path);
        r = open_subtree(t, mounted, own, adjacent);
        if (r >= 0)
                r = join(t, getppid());
        if (r >= 0)
                r = join(t, getpid());
        return r < 0 ? diag_error(diag, r, "making a control group below %s%s: %s", mounted, own,
                                  strerror(-r))
                     : 0;
}

void group_tree_close(GroupTree *t) {
        fd_close(t->root);
        fd_close(t->watch);
        free(t->prefix);
}

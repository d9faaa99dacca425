/*
 * The life of a run on the host, from choosing its id to removing its record.
 */
#include "supervisor/exec/host.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/number.h"
#include "base/path.h"
#include "base/remove-tree.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/exec/dynamic-uid.h"
#include "supervisor/exec/host-directory.h"
#include "supervisor/exec/host-record.h"
#include "supervisor/exec/host-target.h"

#define PRIVATE_TMP_PREFIX "svalinn-private-" /* as feature/private-tmp.c has it */

enum { BOOT_DIGITS = 6, ID_DIGITS = 16, UID_MAP_MAX = 64 * 1024 };

/* An ordinary user's own directory that vanishes at logout, if there is one. */
static bool is_own_directory(const char *path) {
        struct stat st;

        return path && path_is_absolute(path) && stat(path, &st) == 0 && S_ISDIR(st.st_mode) &&
               st.st_uid == geteuid();
}

/* Who we are outside of the user namespace that we are in; in the first one, who we are. What calls
 * itself root in one may own nothing of the host, and shares a directory with himself outside. */
static uid_t outer_uid(void) {
        _cleanup_free_ char *text = NULL;
        uint32_t numbers[3]; /* from here on inside, from here on outside, so many */
        size_t n = 0;

        if (file_read_at(AT_FDCWD, "/proc/self/uid_map", UID_MAP_MAX, &text, NULL) < 0)
                return geteuid();
        for (char *rest = text, *word; (word = strsep(&rest, " \n"));) {
                if (!*word || number_parse_u32(word, 10, &numbers[n]) < 0)
                        continue;
                if (n == 2 && geteuid() - numbers[0] < numbers[2])
                        return numbers[1] + (geteuid() - numbers[0]);
                n = (n + 1) % ARRAY_SIZE(numbers);
        }
        return geteuid();
}

static bool is_mapped(void) {
        return outer_uid() != geteuid();
}

static int runs_path(bool rootless, char **ret) {
        const char *runtime = getenv("XDG_RUNTIME_DIR");
        char *path;
        int r;

        if (!rootless && (is_own_directory("/run") || !is_mapped()))
                r = asprintf(&path, "/run/svalinn/runs");
        else if (is_own_directory(runtime))
                r = asprintf(&path, "%s/svalinn/runs", runtime);
        else
                r = asprintf(&path, "/tmp/svalinn-%u/runs", outer_uid());
        if (r < 0)
                return -ENOMEM;
        *ret = path_simplify(path);
        return 0;
}

/* What all ids of this boot begin with, so that what an earlier one left is known from what lives;
 * "" where the kernel does not say. */
static void boot_prefix(char ret[static BOOT_DIGITS + 1]) {
        _cleanup_free_ char *text = NULL;

        ret[0] = '\0';
        if (file_read_at(AT_FDCWD, "/proc/sys/kernel/random/boot_id", 64, &text, NULL) >= 0 &&
            strspn(text, "0123456789abcdef") >= BOOT_DIGITS)
                snprintf(ret, BOOT_DIGITS + 1, "%s", text);
}

int host_init(Host *h, bool rootless) {
        Host new = HOST_INIT;
        uint64_t random;
        int r;

        if (getrandom(&random, sizeof(random), 0) != sizeof(random))
                return -errno;
        boot_prefix(new.id);
        snprintf(new.id + strlen(new.id), sizeof(new.id) - strlen(new.id), "%016llx",
                 (unsigned long long)random);
        new.rootless = rootless;
        r = runs_path(rootless, &new.runs);
        if (r < 0)
                return r;
        *h = new;
        return 0;
}

int host_resume(Host *h, const char *id, int record_fd) {
        int r;

        if (!host_record_is_id(id))
                return -EINVAL;
        memcpy(h->id, id, sizeof(h->id));
        if (record_fd >= 0)
                r = h->record_fd = fcntl(record_fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        else
                r = h->record_fd = host_record_open_own(h);
        if (r < 0)
                return r == -ENOENT ? 0 : record_fd >= 0 ? -errno : r;
        r = host_record_open_runs(h, true);
        return r < 0 ? r : host_record_reread(h);
}

/* Of another boot? The lack of a record says nothing about this one's: it may be in another
 * mount namespace, or below another $XDG_RUNTIME_DIR. */
static bool is_stray(const char *name, const char *boot) {
        const char *id = text_after(name, PRIVATE_TMP_PREFIX);

        return id && strlen(id) == ID_DIGITS && strspn(id, "0123456789abcdef") == ID_DIGITS &&
               !text_after(id, boot);
}

static void collect_strays_in(const char *directory, const char *boot, Diag *diag) {
        _cleanup_(dir_closep) DIR *d = NULL;

        if (dir_open_at(AT_FDCWD, directory, &d) < 0)
                return;
        for (struct dirent *e; (e = dir_next(d));) {
                struct stat st;
                int r;

                if (!is_stray(e->d_name, boot) ||
                    fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
                    st.st_uid != geteuid())
                        continue;
                r = remove_tree_at(dirfd(d), e->d_name);
                if (r < 0)
                        diag_warning(diag, "%s/%s could not be removed: %s; remove it by hand",
                                     directory, e->d_name, strerror(-r));
        }
}

void host_collect(Host *h, Diag *diag) {
        char boot[BOOT_DIGITS + 1];
        int r = host_record_open_runs(h, false);

        if (r == -ENOENT) {
                boot_prefix(boot);
                if (!*boot)
                        return;
                collect_strays_in("/tmp", boot, diag);
                collect_strays_in("/var/tmp", boot, diag);
        } else if (r == -EPERM)
                diag_warning(diag,
                             "%s belongs to somebody else, or others can write to it; remove it",
                             h->runs);
        else if (r >= 0)
                host_record_finish_dead(h, diag);
}

int host_claim_uid(Host *h, Identity *i, Diag *diag) {
        uid_t uid = 0;
        int r;

        if (!i->dynamic || h->uid_lock_fd >= 0)
                return 0;
        r = dynamic_uid_claim(h, i->user, &uid);
        if (r == -EBUSY)
                return diag_error(diag, r,
                                  "all ids for dynamic users are taken; end other runs, or name a "
                                  "user of /etc/passwd with User=");
        if (r < 0)
                return diag_error(diag, r, "the id of the dynamic user \"%s\" cannot be locked: %s",
                                  i->user, strerror(-r));
        return uid == i->uid ? 0 : identity_set_dynamic_uid(i, uid);
}

static Op *find_bind(Plan *p, const Op *directory) {
        for (size_t i = 0; i < p->n; i++)
                if (p->ops[i].kind == OP_BIND && p->ops[i].flags & OP_ID_MAPPED &&
                    text_eq(p->ops[i].source, directory->path))
                        return &p->ops[i];
        return NULL;
}

static int prepare_directory(Host *h, Plan *p, const Op *op, Diag *diag) {
        _cleanup_fd_ int mount = -EBADF;
        int r = host_directory_make(h, op, diag, &mount);
        Op *bind = r >= 0 && mount >= 0 ? find_bind(p, op) : NULL;

        if (bind) {
                fd_close(bind->fd);
                bind->fd = TAKE_FD(mount);
        }
        return r;
}

static int record_ipc(Host *h, const Op *op, Diag *diag) {
        _cleanup_fd_ int lock = host_record_lock(h);
        char owner[32];
        int r;

        snprintf(owner, sizeof(owner), "%u:%u", op->uid, op->gid);
        r = lock < 0 ? lock : host_record_add(h, HOST_RECORD_IPC, owner);
        return r < 0 ? diag_error(diag, r, "%s=: recording the user %u: %s", op->directive, op->uid,
                                  strerror(-r))
                     : 0;
}

static int prepare_one(Host *h, Plan *p, const Op *op, Diag *diag) {
        if (op->kind == OP_DIRECTORY)
                return prepare_directory(h, p, op, diag);
        return op->kind == OP_REMOVE_IPC ? record_ipc(h, op, diag) : 0;
}

int host_prepare(Host *h, Plan *p, Diag *diag, const Op **ret_failed) {
        /* all directories first: they may be the sources of binds, whose type targets take */
        for (size_t i = 0; i < p->n; i++) {
                int r = prepare_one(h, p, &p->ops[i], diag);

                if (r < 0) {
                        *ret_failed = &p->ops[i];
                        return r;
                }
        }
        for (size_t i = 0; i < p->n; i++) {
                int r = op_is_content(&p->ops[i]) && p->ops[i].flags & OP_MAKE_TARGET
                                ? host_target_make(h, p->ops, p->n, i, diag)
                                : 0;

                if (r < 0) {
                        *ret_failed = &p->ops[i];
                        return r;
                }
        }
        return 0;
}

void host_cleanup(Host *h, Diag *diag) {
        fd_close(TAKE_FD(h->cgroup_fd));
        if (h->record_fd < 0)
                h->record_fd = host_record_open_own(h);
        if (h->record_fd >= 0)
                host_record_finish(h, h->id, h->record_fd, diag);
        fd_close(TAKE_FD(h->record_fd));
        fd_close(TAKE_FD(h->uid_lock_fd));
        strv_free(TAKE_PTR(h->remove));
}

void host_renew(Host *h, char *const *spare, Diag *diag) {
        if (h->record_fd >= 0)
                host_record_renew(h, spare, diag);
}

void host_done(Host *h) {
        fd_close(h->runs_fd);
        fd_close(h->record_fd);
        fd_close(h->cgroup_fd);
        fd_close(h->uid_lock_fd);
        strv_free(h->remove);
        free(h->runs);
        *h = (Host)HOST_INIT;
}

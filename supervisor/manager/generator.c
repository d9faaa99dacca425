/*
 * What is there and not wanted goes, what is wanted and not there comes; what is as it should be is
 * not touched, so that units do not look changed.
 */
#include "supervisor/manager/generator.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/dir.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/strv.h"
#include "base/text.h"
#include "supervisor/manager/fstab.h"

#define FSTAB     "/etc/fstab"
#define FSTAB_MAX (1U << 20)

/* ---- what the machine has ---- */

static bool has_udev(void) {
        static const char *const paths[] = { "/usr/lib/systemd/systemd-udevd",
                                             "/lib/systemd/systemd-udevd", "/sbin/udevd",
                                             "/usr/bin/udevadm" };

        for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
                if (access(paths[i], X_OK) == 0)
                        return true;
        return false;
}

static FstabMachine look(const Manager *m) {
        return (FstabMachine){ .links = has_udev(),
                               .fsck = registry_has(m->registry, "systemd-fsck@.service") };
}

/* ---- the directory ---- */

static bool differs(int directory, const FstabFile *f) {
        _cleanup_free_ char *text = NULL;

        return file_read_at(directory, f->name, FSTAB_MAX, &text, NULL) < 0 ||
               !text_eq(text, f->text);
}

static int write_one(int directory, const FstabFile *f) {
        const char *slash = strchr(f->name, '/');
        int r;

        if (!differs(directory, f))
                return 0;
        if (slash) {
                _cleanup_free_ char *parent = strndup(f->name, (size_t)(slash - f->name));

                if (!parent)
                        return -ENOMEM;
                if (mkdirat(directory, parent, 0755) < 0 && errno != EEXIST)
                        return -errno;
        }
        r = file_write_atomic_at(directory, f->name, f->text, 0644);
        return r < 0 ? r : 1;
}

/* Removes what FILES does not have in the directory BELOW ("" for the top). */
static int sweep(int directory, const char *below, const FstabFiles *files) {
        _cleanup_(dir_closep) DIR *d = NULL;
        int r = dir_open_at(directory, *below ? below : ".", &d), n = 0;

        if (r < 0)
                return r;
        for (struct dirent *entry; (entry = dir_next(d));) {
                _cleanup_free_ char *name = NULL;

                if (asprintf(&name, "%s%s%s", below, *below ? "/" : "", entry->d_name) < 0)
                        return -ENOMEM;
                if (!*below && entry->d_type == DT_DIR) {
                        r = sweep(directory, name, files);
                        n += MAX_OF(r, 0);
                        (void)unlinkat(directory, name, AT_REMOVEDIR); /* unless it is in use */
                } else if (!fstab_find(files, name) && unlinkat(directory, name, 0) == 0) {
                        n++;
                }
        }
        return n;
}

static int write_all(const FstabFiles *files) {
        _cleanup_fd_ int directory = -EBADF;
        int n = 0, r;

        if (mkdir(GENERATOR_DIRECTORY, 0755) < 0 && errno != EEXIST)
                return -errno;
        directory = fd_open_nofollow(AT_FDCWD, GENERATOR_DIRECTORY, O_RDONLY | O_DIRECTORY, 0);
        if (directory < 0)
                return directory;
        for (size_t i = 0; i < files->n; i++) {
                r = write_one(directory, &files->items[i]);
                if (r < 0)
                        return r;
                n += r;
        }
        r = sweep(directory, "", files);
        return r < 0 ? r : n + r;
}

int generator_run(Manager *m) {
        _cleanup_(fstab_done) FstabFiles files = { 0 };
        _cleanup_(diag_done) Diag diag = { 0 };
        _cleanup_free_ char *text = NULL;
        const FstabMachine machine = look(m);
        int r;

        if ((m->link.hello.flags & INIT_IS_ADJACENT) ||
            !strv_contains(m->path.directories, GENERATOR_DIRECTORY))
                return 0;
        r = file_read_at(AT_FDCWD, FSTAB, FSTAB_MAX, &text, NULL);
        if (r == -ENOENT)
                r = 0;
        else if (r >= 0)
                r = fstab_make(text, &machine, &diag, &files);
        diag_print(&diag, 0, "svmanager", stderr);
        if (r >= 0)
                r = write_all(&files);
        if (r < 0)
                manager_say(NULL, FSTAB " has no units: %s", strerror(-r));
        return r > 0 ? 1 : r;
}

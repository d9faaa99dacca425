/*
 * Looking at a device costs some system calls; there are as many as units wait for one, so after an
 * event all are looked at.
 */
#include "supervisor/manager/device.h"

#include <limits.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/clock.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "base/text.h"
#include "supervisor/manager/unit-notify.h"

#define GROUPS     3U /* the kernel's events, and udev's when it is through with them */
#define BUFFER     (1 << 20)
#define UDEV       "/run/udev/control"
#define LOOP_MAJOR 7
#define DATA_MAX   (1U << 16)

/* ---- one device ---- */

static bool exists(const char *path) {
        return faccessat(AT_FDCWD, path, F_OK, 0) == 0;
}

/* Is udev through with it, and does it not say that it is no device for others yet? */
static bool udev_is_ready(const char *id) {
        _cleanup_free_ char *text = NULL;
        char path[64];

        if (!exists(UDEV))
                return true;
        snprintf(path, sizeof(path), "/run/udev/data/%s", id);
        return file_read_at(AT_FDCWD, path, DATA_MAX, &text, NULL) >= 0 &&
               !strstr(text, "\nE:SYSTEMD_READY=0\n");
}

/* Where sysfs has the node; NULL: nowhere. */
static char *sysfs_of(const struct stat *st) {
        char path[64];

        snprintf(path, sizeof(path), "/sys/dev/%s/%u:%u", S_ISBLK(st->st_mode) ? "block" : "char",
                 major(st->st_rdev), minor(st->st_rdev));
        return realpath(path, NULL);
}

/* A loop device that nothing is attached to is none. */
static bool is_empty_loop(const struct stat *st, const char *sysfs) {
        char path[PATH_MAX];

        if (!S_ISBLK(st->st_mode) || major(st->st_rdev) != LOOP_MAJOR)
                return false;
        snprintf(path, sizeof(path), "%s/loop/backing_file", sysfs);
        return !exists(path);
}

static bool look_at_node(const char *path, char **ret_sysfs) {
        _cleanup_free_ char *sysfs = NULL;
        struct stat st;
        char id[32];

        if (stat(path, &st) < 0 || (!S_ISBLK(st.st_mode) && !S_ISCHR(st.st_mode)))
                return false;
        sysfs = sysfs_of(&st);
        if (!sysfs || is_empty_loop(&st, sysfs))
                return false;
        snprintf(id, sizeof(id), "%c%u:%u", S_ISBLK(st.st_mode) ? 'b' : 'c', major(st.st_rdev),
                 minor(st.st_rdev));
        if (!udev_is_ready(id))
                return false;
        *ret_sysfs = TAKE_PTR(sysfs);
        return true;
}

/* A directory of sysfs; network interfaces have a name there that sysfs does not know. */
static bool look_at_sysfs(const char *path, char **ret_sysfs) {
        const char *network = path_after(path, "/sys/subsystem/net/devices");
        _cleanup_free_ char *other = NULL, *sysfs = NULL;
        char uevent[PATH_MAX];

        if (network && path_join("/sys/class/net", network, &other) < 0)
                return false;
        sysfs = realpath(other ? other : path, NULL);
        if (!sysfs)
                return false;
        snprintf(uevent, sizeof(uevent), "%s/uevent", sysfs);
        if (!exists(uevent))
                return false;
        *ret_sysfs = TAKE_PTR(sysfs);
        return true;
}

static bool look_at_path(const char *path, char **ret_sysfs) {
        return path_after(path, "/sys") ? look_at_sysfs(path, ret_sysfs)
                                        : look_at_node(path, ret_sysfs);
}

/* ---- units ---- */

const Device *device_known(const Unit *u) {
        return u->type == UNIT_DEVICE ? u->data : NULL;
}

void device_forget(Unit *u) {
        Device *d = u->type == UNIT_DEVICE ? u->data : NULL;

        if (!d)
                return;
        free(d->sysfs);
        free(d->following);
        free(d);
        u->data = NULL;
}

static void take(const Unit *u, Device *d, char *sysfs) {
        free(d->sysfs);
        d->sysfs = sysfs;
        free(d->following);
        d->following = NULL;
        if (sysfs && unit_name_from_path(sysfs, UNIT_DEVICE, &d->following) >= 0 &&
            text_eq(d->following, u->id)) {
                free(d->following);
                d->following = NULL;
        }
}

static bool look(Manager *m, Unit *u) {
        _cleanup_free_ char *path = NULL;
        char *sysfs = NULL;
        bool there;

        if (!u->data)
                u->data = calloc(1, sizeof(Device));
        if (!u->data)
                return false;
        there = unit_name_to_path(u->id, &path) >= 0 && look_at_path(path, &sysfs);
        take(u, u->data, sysfs);
        if (there != (u->active == ACTIVE_ACTIVE))
                unit_notify(&m->engine, u, there ? ACTIVE_ACTIVE : ACTIVE_INACTIVE,
                            (NotifyFlags){ 0 });
        return there;
}

static int start(Unit *u, void *userdata) {
        return look(userdata, u) ? UNIT_BEGUN : UNIT_INAPPLICABLE;
}

const UnitOps device_ops = { .start = start, .collects_jobs = true };

void device_follow_new(Manager *m) {
        REGISTRY_FOREACH(u, m->registry)
        if (u->type == UNIT_DEVICE && u->load == LOAD_LOADED && !u->data)
                (void)look(m, u);
}

/* ---- events ---- */

static void look_at_all(Manager *m) {
        REGISTRY_FOREACH(u, m->registry)
        if (u->type == UNIT_DEVICE && u->data)
                (void)look(m, u);
}

static int on_event(sd_event_source *source, int fd, uint32_t events, void *userdata) {
        Manager *m = userdata;
        char byte;

        /* what they say does not matter; lost ones (ENOBUFS) count as well */
        while (recv(fd, &byte, sizeof(byte), MSG_DONTWAIT) >= 0 || errno == ENOBUFS ||
               errno == EINTR)
                continue;
        if (!m->begun)
                return 0;
        m->engine.now = clock_now();
        look_at_all(m);
        return 0;
}

int device_begin(Manager *m) {
        const struct sockaddr_nl address = { .nl_family = AF_NETLINK, .nl_groups = GROUPS };
        _cleanup_fd_ int fd =
                socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
        int r;

        if (fd < 0)
                return -errno;
        (void)setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &(int){ BUFFER }, sizeof(int));
        if (bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
                return -errno;
        r = sd_event_add_io(m->event, NULL, fd, EPOLLIN, on_event, m);
        if (r < 0)
                return r;
        TAKE_FD(fd);
        return 0;
}

/*
 * What process 1 does before anything else: the kernel's file systems, and what
 * the machine is called. What is there already is left alone, so that a container
 * manager may have done it; what fails is said and does not stop the boot.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/kd.h>
#include <net/if.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/kernel-word.h"
#include "base/machine-id.h"
#include "base/machine/machine.h"
#include "base/say.h"
#include "base/text.h"

#define FIRST_PID_NAMESPACE 0xEFFFFFFCU /* the inode that the kernel gives it */

enum { SAFE = MS_NOSUID | MS_NODEV | MS_NOEXEC };

/* clang-format off */
static const struct {
        const char *type, *where, *options;
        unsigned long flags;
        bool make; /* the directory; the others are there or the kernel lacks the thing */
} mounts[] = {
        { "proc", "/proc", NULL, SAFE, true },
        { "sysfs", "/sys", NULL, SAFE, true },
        { "devtmpfs", "/dev", "mode=755", MS_NOSUID, true },
        { "devpts", "/dev/pts", "mode=620,gid=5,ptmxmode=666", MS_NOSUID | MS_NOEXEC, true },
        { "tmpfs", "/dev/shm", "mode=1777", MS_NOSUID | MS_NODEV, true },
        { "tmpfs", "/run", "mode=755,size=20%", MS_NOSUID | MS_NODEV, true },
        { "securityfs", "/sys/kernel/security", NULL, SAFE, false },
        { "cgroup2", "/sys/fs/cgroup", "nsdelegate,memory_recursiveprot", SAFE, false },
        { "pstore", "/sys/fs/pstore", NULL, SAFE, false },
        { "efivarfs", "/sys/firmware/efi/efivars", NULL, SAFE, false },
        { "bpf", "/sys/fs/bpf", "mode=700", SAFE, false },
};
/* clang-format on */

static void mount_all(const Machine *m) {
        for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
                const char *where = mounts[i].where;
                struct statx st = { 0 };

                if (mounts[i].make)
                        (void)mkdir(where, 0755);
                if (statx(AT_FDCWD, where, 0, 0, &st) < 0 ||
                    (st.stx_attributes & STATX_ATTR_MOUNT_ROOT))
                        continue;
                if (mount(mounts[i].type, where, mounts[i].type, mounts[i].flags,
                          mounts[i].options) < 0)
                        say(m->ours, m->program, "cannot mount %s on %s: %m", mounts[i].type,
                            where);
        }
}

static bool kernel_text(const Machine *m, const char *key, char *value, size_t size) {
        return m->ours && kernel_word(key, value, size);
}

/* What a device manager would make; many programs rely on it. */
static void link_streams(const Machine *m) {
        static const char *const links[][2] = {
                { "/proc/self/fd", "/dev/fd" },
                { "/proc/self/fd/0", "/dev/stdin" },
                { "/proc/self/fd/1", "/dev/stdout" },
                { "/proc/self/fd/2", "/dev/stderr" },
        };

        for (size_t i = 0; i < ARRAY_SIZE(links); i++)
                if (symlink(links[i][0], links[i][1]) < 0 && errno != EEXIST)
                        say(m->ours, m->program, "cannot make %s: %m", links[i][1]);
}

/* A name of the kernel's command line counts more than that of the image. */
static void set_hostname(const Machine *m) {
        char name[HOST_NAME_MAX + 2];

        if (!kernel_text(m, "systemd.hostname", name, sizeof(name)) &&
            file_read_start_at(AT_FDCWD, "/etc/hostname", name, sizeof(name)) < 0)
                return;
        name[strcspn(name, WHITESPACE)] = '\0';
        if (*name && *name != '#' && sethostname(name, strlen(name)) < 0)
                say(m->ours, m->program, "cannot set the host name to %s: %m", name);
}

/* machine-id(5). Where /etc cannot be written, the id lasts until the machine goes down. */
static void set_machine_id(const Machine *m) {
        char text[64], id[MACHINE_ID_SIZE + 1];
        const char *container = getenv("container_uuid");
        int r;

        if (file_read_start_at(AT_FDCWD, "/etc/machine-id", text, sizeof(text)) >= 0 &&
            machine_id_parse(text, id))
                return;
        if (!(kernel_text(m, "systemd.machine_id", text, sizeof(text)) &&
              machine_id_parse(text, id)) &&
            !(container && machine_id_parse(container, id)) && machine_id_new(id) < 0)
                return;
        id[MACHINE_ID_SIZE - 1] = '\n';
        id[MACHINE_ID_SIZE] = '\0';
        if (file_write_atomic_at(AT_FDCWD, "/etc/machine-id", id, 0444) >= 0)
                return;
        r = file_write_atomic_at(AT_FDCWD, "/run/machine-id", id, 0444);
        if (r < 0 || mount("/run/machine-id", "/etc/machine-id", NULL, MS_BIND, NULL) < 0 ||
            mount(NULL, "/etc/machine-id", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | SAFE, NULL) < 0)
                say(m->ours, m->program, "cannot set the machine id: %s",
                    strerror(r < 0 ? -r : errno));
}

/* The image was not made in the future. */
static void set_clock(const Machine *m) {
        static const char *const made[] = { "/usr/lib/clock-epoch", "/proc/self/exe" };
        struct timespec now = { 0 };
        struct stat st;

        for (size_t i = 0; i < ARRAY_SIZE(made); i++) {
                clock_gettime(CLOCK_REALTIME, &now);
                if (stat(made[i], &st) == 0 && now.tv_sec < st.st_mtim.tv_sec &&
                    clock_settime(CLOCK_REALTIME, &st.st_mtim) < 0)
                        say(m->ours, m->program, "cannot set the clock: %m");
        }
}

static void bring_loopback_up(const Machine *m) {
        _cleanup_fd_ int net = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };

        if (net < 0 || ioctl(net, SIOCSIFFLAGS, &lo) < 0)
                say(m->ours, m->program, "cannot bring the loopback interface up: %m");
}

/* Ctrl-alt-del becomes SIGINT, and alt-up SIGWINCH. */
static void take_keyboard(void) {
        _cleanup_fd_ int tty = open("/dev/tty0", O_RDWR | O_NOCTTY | O_CLOEXEC);

        (void)reboot(RB_DISABLE_CAD);
        if (tty >= 0)
                (void)ioctl(tty, KDSIGACCEPT, SIGWINCH);
}

void machine_begin(Machine *m) {
        struct stat st;

        mount_all(m);
        link_streams(m);
        m->ours = stat("/proc/self/ns/pid", &st) == 0 && st.st_ino == FIRST_PID_NAMESPACE &&
                  !getenv("container");
        set_hostname(m);
        set_machine_id(m);
        bring_loopback_up(m);
        if (!m->ours)
                return;
        /* what is mounted later is seen by services with a view of their own */
        if (mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL) < 0)
                say(m->ours, m->program, "mounts are not shared: %m");
        set_clock(m);
        take_keyboard();
}

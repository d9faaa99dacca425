/*
 * What the agent and vm-verdict share: the serial ports, and the disk on which directories travel
 * to the host as a tar archive. A serial port is too slow for them, and a disk needs no driver that
 * the kernel lacks. Which disk it is tells its serial number in /sys.
 */
#include <errno.h>
#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>

#include "base/fd.h"
#include "base/file.h"
#include "tests/vm/guest/ports.h"

#define COLLECT_SCRIPT "/vm/collect"
#define COLLECT_SERIAL "svalinn-collect"
#define BUSYBOX        "/usr/bin/busybox"

int port_open(const char *path) {
        _cleanup_fd_ int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
        struct termios t;

        if (fd < 0 || tcgetattr(fd, &t) < 0)
                return -errno;
        cfmakeraw(&t);
        cfsetspeed(&t, B115200);
        if (tcsetattr(fd, TCSANOW, &t) < 0)
                return -errno;
        return TAKE_FD(fd);
}

void port_drain(int fd) {
        while (tcdrain(fd) < 0 && errno == EINTR)
                ;
}

/* Finds the device node of the disk for collected files: "/dev/nvme0n1". */
static int collect_disk(char *ret, size_t size) {
        glob_t found = { 0 };
        int r = -ENODEV;

        if (glob("/sys/block/*/device/serial", 0, NULL, &found) != 0)
                return -ENODEV;
        for (size_t i = 0; i < found.gl_pathc; i++) {
                _cleanup_free_ char *serial = NULL;
                const char *name = found.gl_pathv[i] + strlen("/sys/block/");

                if (file_read_at(AT_FDCWD, found.gl_pathv[i], 4096, &serial, NULL) < 0 ||
                    strncmp(serial, COLLECT_SERIAL, strlen(COLLECT_SERIAL)) != 0)
                        continue;
                snprintf(ret, size, "/dev/%.*s", (int)strcspn(name, "/"), name);
                r = 0;
        }
        globfree(&found);
        return r;
}

static int write_archive(const char *disk) {
        int status;
        pid_t pid = fork();

        if (pid < 0)
                return -errno;
        if (pid == 0) {
                execl(BUSYBOX, "sh", COLLECT_SCRIPT, disk, NULL);
                _exit(127);
        }
        while (waitpid(pid, &status, 0) < 0)
                if (errno != EINTR)
                        return -errno;
        return status == 0 ? 0 : -EIO;
}

static int collect(void) {
        char disk[64];
        int r;

        if (access(COLLECT_SCRIPT, F_OK) < 0)
                return 0;
        r = collect_disk(disk, sizeof(disk));
        return r < 0 ? r : write_archive(disk);
}

int port_send_verdict(const char *format, ...) {
        _cleanup_fd_ int fd = port_open(PORT_VERDICT);
        char line[512];
        va_list ap;
        int r;

        if (fd < 0)
                return fd;
        va_start(ap, format);
        vsnprintf(line, sizeof(line) - 1, format, ap);
        va_end(ap);
        r = collect();
        if (r < 0)
                snprintf(line, sizeof(line) - 1, "error collecting files: %s", strerror(-r));
        sync();
        line[strcspn(line, "\n")] = '\0';
        memcpy(line + strlen(line), "\n", 2);
        r = fd_write_all(fd, line, strlen(line));
        port_drain(fd);
        return r;
}

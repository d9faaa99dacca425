/*
 * What can be seen, read, written, made and run in the file system of the sandbox.
 */
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/host/probe/probe.h"

#define NAMES_MAX 1024

static int try_open(const char *path, int flags) {
        int fd = open(path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);

        if (fd < 0)
                return -errno;
        close(fd);
        return 0;
}

static void report_read(const char *key, const char *path) {
        char c[2];
        int r = probe_read(path, c, sizeof(c));

        if (r == 0)
                probe_say(key, NULL, "empty");
        else
                probe_say_result(key, NULL, r);
}

static void report_cat(const char *key, const char *path) {
        char text[4096];
        int r = probe_read(path, text, sizeof(text));

        if (r < 0)
                probe_say_result(key, NULL, r);
        else
                probe_say(key, NULL, "%s", text);
}

static int attempt_write(const char *path) {
        return try_open(path, O_WRONLY | O_APPEND);
}

static int attempt_create(const char *path) {
        return try_open(path, O_WRONLY | O_CREAT | O_EXCL);
}

/* Also needs room: a file system may be writable and full. */
static int attempt_put(const char *path) {
        int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        int r;

        if (fd < 0)
                return -errno;
        r = write(fd, "probe\n", 6) < 0 ? -errno : 0;
        close(fd);
        return r;
}

static int attempt_writable(const char *directory) {
        char path[4096];
        int r;

        snprintf(path, sizeof(path), "%s/.probe-%d", directory, getpid());
        r = attempt_create(path);
        if (r == 0)
                unlink(path);
        return r;
}

static int attempt_unlink(const char *path) {
        return probe_result(unlink(path));
}

static int attempt_mkdir(const char *path) {
        return probe_result(mkdir(path, 0700));
}

static int attempt_rmdir(const char *path) {
        return probe_result(rmdir(path));
}

static int attempt_chmod(const char *path) {
        struct stat st;

        return probe_result(stat(path, &st) < 0 ? -1 : chmod(path, st.st_mode & 07777));
}

static int attempt_chown(const char *path) {
        return probe_result(chown(path, getuid(), getgid()));
}

static int compare_names(const void *a, const void *b) {
        return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Reads the names of a directory into new strings. Returns how many, or negative errno. */
static int read_names(const char *path, char *names[static NAMES_MAX]) {
        DIR *dir = opendir(path);
        struct dirent *e;
        int n = 0;

        if (!dir)
                return -errno;
        while (n < NAMES_MAX && (e = readdir(dir)))
                if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
                        names[n++] = strdup(e->d_name);
        closedir(dir);
        qsort(names, (size_t)n, sizeof(char *), compare_names);
        return n;
}

static void report_names(const char *key, const char *path) {
        static char *names[NAMES_MAX];
        char list[8000] = "";
        size_t length = 0;
        int n = read_names(path, names);

        if (n < 0) {
                probe_say_result(key, NULL, n);
                return;
        }
        for (int i = 0; i < n; i++) {
                if (length < sizeof(list))
                        length += (size_t)snprintf(list + length, sizeof(list) - length, "%s%s",
                                                   i ? "," : "", names[i]);
                free(names[i]);
        }
        probe_say(key, NULL, "%s", list);
}

static void report_list(const char *key, const char *path) {
        static char *names[NAMES_MAX];
        int n = read_names(path, names);

        if (n < 0)
                probe_say_result(key, NULL, n);
        else
                probe_say(key, NULL, "%d", n);
        for (int i = 0; i < n; i++)
                free(names[i]);
}

static void report_stat(const char *key, const char *path) {
        static const char kinds[] = "?pc?d?b?-?l?s???";
        struct stat st;

        if (lstat(path, &st) < 0) {
                probe_say_result(key, NULL, -errno);
                return;
        }
        probe_say(key, NULL, "%c%04o %u %u", kinds[(st.st_mode & S_IFMT) >> 12], st.st_mode & 07777,
                  st.st_uid, st.st_gid);
        if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode))
                probe_say(key, "device", "%u:%u", major(st.st_rdev), minor(st.st_rdev));
}

static void report_link(const char *key, const char *path) {
        char target[4096] = "";

        if (readlink(path, target, sizeof(target) - 1) < 0)
                probe_say_result(key, NULL, -errno);
        else
                probe_say(key, NULL, "%s", target);
}

/* The child says through the pipe why it could not execute; success closes the pipe. */
static int run_program(const char *path, int *status) {
        int failure = 0, p[2];
        pid_t pid;

        if (pipe2(p, O_CLOEXEC) < 0)
                return -errno;
        pid = fork();
        if (pid == 0) {
                execl(path, path, NULL);
                failure = errno;
                _exit(write(p[1], &failure, sizeof(failure)) < 0 ? 1 : 127);
        }
        close(p[1]);
        if (pid > 0 && read(p[0], &failure, sizeof(failure)) < 0)
                failure = errno;
        close(p[0]);
        if (pid < 0 || waitpid(pid, status, 0) < 0)
                return -errno;
        return -failure;
}

static void report_exec(const char *key, const char *path) {
        int status = 0, r = run_program(path, &status);

        if (r == 0 && WIFSIGNALED(status))
                probe_say(key, NULL, "signal %d", WTERMSIG(status));
        else if (r == 0 && WEXITSTATUS(status))
                probe_say(key, NULL, "exit %d", WEXITSTATUS(status));
        else
                probe_say_result(key, NULL, r);
}

static int attempt_mknod(const char *path) {
        int r = probe_result(mknod(path, S_IFCHR | 0600, makedev(1, 3)));

        if (r == 0)
                unlink(path);
        return r;
}

static int attempt_mkfifo(const char *path) {
        int r = probe_result(mkfifo(path, 0600));

        if (r == 0)
                unlink(path);
        return r;
}

/* A file that is made with the set-user-id bit, and one that is given it later. */
static void report_suid(const char *key, const char *path) {
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);

        if (fd < 0) {
                probe_say_result(key, NULL, -errno);
                return;
        }
        probe_say_result(key, "fchmod", probe_result(fchmod(fd, 04755)));
        close(fd);
        probe_say_result(key, "chmod-suid", probe_result(chmod(path, 04755)));
        probe_say_result(key, "chmod-sgid", probe_result(chmod(path, 02755)));
        probe_say_result(key, "chmod-plain", probe_result(chmod(path, 0755)));
        unlink(path);
        probe_say_result(key, "mknod", probe_result(mknod(path, S_IFREG | 04755, 0)));
        unlink(path);
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 04755);
        probe_say_result(key, "open", probe_result(fd));
        if (fd >= 0)
                close(fd);
        unlink(path);
}

static void report_dev(const char *key, const char *unused _unused_) {
        static const char *const nodes[] = { "null", "zero", "full", "random", "urandom",
                                             "tty",  "ptmx", "mem",  "port",   "kmsg",
                                             "kvm",  "vda",  "sda",  "rtc0",   "fuse" };
        char path[32];

        report_names(key, "/dev");
        for (size_t i = 0; i < ARRAY_SIZE(nodes); i++) {
                snprintf(path, sizeof(path), "/dev/%s", nodes[i]);
                probe_say_result(key, nodes[i], try_open(path, O_RDWR));
        }
}

static int attempt_device(const char *path) {
        return try_open(path, O_RDWR);
}

const ProbeVerb probe_file_verbs[] = {
        { "read", PROBE_NEEDS_ARGUMENT, .report = report_read,
          .help = "read a byte, or \"empty\"" },
        { "cat", PROBE_NEEDS_ARGUMENT, .report = report_cat, .help = "the first 4 kB of a file" },
        { "write", PROBE_NEEDS_ARGUMENT, attempt_write, .help = "open for writing, write nothing" },
        { "create", PROBE_NEEDS_ARGUMENT, attempt_create, .help = "make a new file, and leave it" },
        { "put", PROBE_NEEDS_ARGUMENT, attempt_put, .help = "write a line to a file" },
        { "writable", PROBE_NEEDS_ARGUMENT, attempt_writable, .help = "new files in a directory" },
        { "unlink", PROBE_NEEDS_ARGUMENT, attempt_unlink, .help = "remove a file" },
        { "mkdir", PROBE_NEEDS_ARGUMENT, attempt_mkdir, .help = "make a directory" },
        { "rmdir", PROBE_NEEDS_ARGUMENT, attempt_rmdir, .help = "remove a directory" },
        { "chmod", PROBE_NEEDS_ARGUMENT, attempt_chmod, .help = "set the mode that it has" },
        { "chown", PROBE_NEEDS_ARGUMENT, attempt_chown, .help = "make it one's own" },
        { "list", PROBE_NEEDS_ARGUMENT, .report = report_list, .help = "number of entries" },
        { "names", PROBE_NEEDS_ARGUMENT, .report = report_names, .help = "their names" },
        { "stat", PROBE_NEEDS_ARGUMENT, .report = report_stat, .help = "kind and mode, uid, gid" },
        { "link", PROBE_NEEDS_ARGUMENT, .report = report_link, .help = "where a link leads" },
        { "exec", PROBE_NEEDS_ARGUMENT, .report = report_exec, .help = "run a program" },
        { "mknod", PROBE_NEEDS_ARGUMENT, attempt_mknod, .help = "make a device node" },
        { "mkfifo", PROBE_NEEDS_ARGUMENT, attempt_mkfifo, .help = "make a fifo" },
        { "suid", PROBE_NEEDS_ARGUMENT, .report = report_suid, .help = "make a set-user-id file" },
        { "device", PROBE_NEEDS_ARGUMENT, attempt_device, .help = "open for reading and writing" },
        { "dev", .report = report_dev, .help = "names in /dev, and which can be opened" },
        { NULL },
};

/*
 * Protects the promise that a crash of svlogd costs nothing: this program plays the manager, which
 * keeps descriptors, and kills svlogd with SIGKILL at random instants while processes write. Each
 * line is in the log exactly once and in order, and no writer gets an error.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/number.h"
#include "base/remove-tree.h"
#include "base/text.h"
#include "supervisor/log/record.h"

enum {
        KILLS = 200,
        KILL_EVERY_USEC = 30000,
        STORED_MAX = 512,
        WRITERS = 6,
        MANY_STREAMS = 3, /* the writer that connects anew again and again */
        LINES_MAX = 200000,
        FDS_FLAT = 24,
        LOG_MAX = 1 << 28,
};

typedef struct Stored {
        char name[64];
        int fd;
} Stored;

typedef struct Manager {
        char dir[64];
        char runtime[80];
        char notify_path[96];
        char config[96];
        int notify;
        pid_t svlogd;
        unsigned starts;
        Stored stored[STORED_MAX];
        size_t n;
        pid_t writers[WRITERS];
} Manager;

/* What the writers tell: how many lines each has written, and when to stop. */
typedef struct Shared {
        volatile bool stop;
        volatile unsigned lines[WRITERS];
} Shared;

static Shared *shared;

static uint64_t now_usec(void) {
        struct timespec t;

        clock_gettime(CLOCK_MONOTONIC, &t);
        return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

/* ---- the manager's part */

static void keep(Manager *m, const char *name, int fd) {
        assert_true(fd >= 0);
        assert_true(m->n < STORED_MAX);
        snprintf(m->stored[m->n].name, sizeof(m->stored[0].name), "%s", name);
        m->stored[m->n++].fd = fd;
}

static void forget(Manager *m, const char *name) {
        for (size_t i = m->n; i-- > 0;)
                if (text_eq(m->stored[i].name, name)) {
                        close(m->stored[i].fd);
                        m->stored[i] = m->stored[--m->n];
                }
}

/* One message of svlogd, if there is any. */
static bool take_message(Manager *m) {
        char text[1025], name[64] = "";
        union {
                struct cmsghdr header;
                char space[CMSG_SPACE(sizeof(int))];
        } control;
        struct iovec iov = { text, sizeof(text) - 1 };
        struct msghdr message = { .msg_iov = &iov,
                                  .msg_iovlen = 1,
                                  .msg_control = &control,
                                  .msg_controllen = sizeof(control) };
        ssize_t n = recvmsg(m->notify, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        bool store = false, remove = false;
        int fd = -1;

        if (n < 0)
                return false;
        text[n] = '\0';
        if (CMSG_FIRSTHDR(&message))
                memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
        for (char *left = text, *line; (line = strsep(&left, "\n"));) {
                store = store || text_eq(line, "FDSTORE=1");
                remove = remove || text_eq(line, "FDSTOREREMOVE=1");
                if (text_after(line, "FDNAME="))
                        snprintf(name, sizeof(name), "%s", text_after(line, "FDNAME="));
        }
        if (store)
                keep(m, name, fd);
        else if (fd >= 0)
                close(fd); /* BARRIER=1 */
        if (remove)
                forget(m, name);
        return true;
}

static void take_messages(Manager *m, uint64_t until) {
        for (;;) {
                struct pollfd p = { .fd = m->notify, .events = POLLIN };
                uint64_t t = now_usec();
                struct timespec wait = { 0 };

                while (take_message(m))
                        ;
                if (t >= until)
                        return;
                wait.tv_nsec = (long)MIN_OF(until - t, (uint64_t)999999) * 1000;
                ppoll(&p, 1, &wait, NULL);
        }
}

/* In the child. The descriptors go to 3 and on, which some of them have now. */
static _noreturn_ void become_svlogd(Manager *m, const char *program) {
        char pid[16], count[16], names[STORED_MAX * 24] = "", runtime[128], config[128];
        int high[STORED_MAX];

        for (size_t i = 0; i < m->n; i++) {
                high[i] = fcntl(m->stored[i].fd, F_DUPFD_CLOEXEC, 3 + STORED_MAX);
                strcat(names, i > 0 ? ":" : "");
                strcat(names, m->stored[i].name);
        }
        for (size_t i = 0; i < m->n; i++)
                dup2(high[i], 3 + (int)i);
        snprintf(pid, sizeof(pid), "%d", (int)getpid());
        snprintf(count, sizeof(count), "%zu", m->n);
        snprintf(runtime, sizeof(runtime), "--runtime=%s", m->runtime);
        snprintf(config, sizeof(config), "--config=%s", m->config);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        setenv("LISTEN_PID", pid, 1);
        setenv("LISTEN_FDS", count, 1);
        setenv("LISTEN_FDNAMES", names, 1);
        setenv("NOTIFY_SOCKET", m->notify_path, 1);
        execl(program, program, runtime, config, NULL);
        _exit(127);
}

static void start(Manager *m) {
        const char *program = getenv("SVLOGD");

        assert_non_null(program);
        m->starts++;
        m->svlogd = fork();
        assert_true(m->svlogd >= 0);
        if (m->svlogd == 0)
                become_svlogd(m, program);
}

static void kill_svlogd(Manager *m) {
        kill(m->svlogd, SIGKILL);
        waitpid(m->svlogd, NULL, 0);
        take_messages(m, 0);
}

/* It ends by itself when a connection came too late for it. */
static void restart_if_ended(Manager *m) {
        int status;

        if (waitpid(m->svlogd, &status, WNOHANG) != m->svlogd)
                return;
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == EXIT_FAILURE);
        take_messages(m, 0);
        start(m);
}

static void run_until(Manager *m, uint64_t until) {
        while (now_usec() < until) {
                take_messages(m, MIN_OF(until, now_usec() + 1000));
                restart_if_ended(m);
        }
}

static Manager manager;

static int set_up(void **state) {
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        Manager *m = &manager;

        *m = (Manager){ .notify = -EBADF };
        *state = m;
        strcpy(m->dir, "/tmp/svlogd-crash.XXXXXX");
        assert_non_null(mkdtemp(m->dir));
        snprintf(m->runtime, sizeof(m->runtime), "%s/run", m->dir);
        snprintf(m->notify_path, sizeof(m->notify_path), "%s/notify", m->dir);
        snprintf(m->config, sizeof(m->config), "%s/log.conf", m->dir);
        assert_int_equal(file_write_atomic_at(AT_FDCWD, m->config,
                                              "[Log]\nReadKMsg=no\nRateLimitBurst=0\n"
                                              "RuntimeUnitMaxSize=1G\nRuntimeMaxSize=4G\n",
                                              0600),
                         0);
        strcpy(address.sun_path, m->notify_path);
        m->notify = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        assert_true(m->notify >= 0);
        assert_int_equal(bind(m->notify, (struct sockaddr *)&address, sizeof(address)), 0);
        shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
                      0);
        assert_true(shared != MAP_FAILED);
        start(m);
        /* all three sockets are there and in the store */
        for (uint64_t end = now_usec() + 5000000; m->n < 3 && now_usec() < end;)
                run_until(m, now_usec() + 1000);
        assert_int_equal(m->n, 3);
        return 0;
}

static int tear_down(void **state) {
        Manager *m = *state;

        for (int i = 0; i < WRITERS; i++)
                if (m->writers[i] > 0) {
                        kill(m->writers[i], SIGKILL);
                        waitpid(m->writers[i], NULL, 0);
                }
        if (m->svlogd > 0)
                kill_svlogd(m);
        while (m->n > 0)
                close(m->stored[--m->n].fd);
        close(m->notify);
        munmap(shared, sizeof(*shared));
        return remove_tree_at(AT_FDCWD, m->dir);
}

/* ---- the writers */

static int connect_to(const Manager *m, const char *name, int type) {
        struct sockaddr_un address = { .sun_family = AF_UNIX };
        int fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);

        snprintf(address.sun_path, sizeof(address.sun_path), "%s/systemd/journal/%s", m->runtime,
                 name);
        if (fd < 0 || connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
                _exit(2);
        return fd;
}

static int open_stream(const Manager *m, int writer) {
        int fd = connect_to(m, "stdout", SOCK_STREAM);

        dprintf(fd, "w%d\n\n6\n1\n0\n0\n0\n", writer);
        return fd;
}

/* A line of a length that its number gives; some are long, some hold what needs an escape. */
static size_t make_line(unsigned number, char *to) {
        size_t n = (size_t)sprintf(to, "%u ", number), more = number % 97 == 0 ? 9000 : number % 61;

        memset(to + n, number % 7 == 0 ? '\\' : 'x', more);
        to[n + more] = '\n';
        return n + more + 1;
}

/* In pieces, so that lines arrive in halves. */
static void write_pieces(int fd, const char *text, size_t n, unsigned piece) {
        for (size_t at = 0; at < n;) {
                size_t length = MIN_OF(piece, n - at);
                ssize_t written = write(fd, text + at, length);

                if (written <= 0)
                        _exit(3);
                at += (size_t)written;
        }
}

static void write_stream(const Manager *m, int writer, unsigned piece, unsigned lines_a_stream) {
        int fd = open_stream(m, writer);
        char line[10240];

        for (unsigned i = 0; !shared->stop && i < LINES_MAX; i++) {
                if (i > 0 && i % lines_a_stream == 0) {
                        close(fd);
                        usleep(2000);
                        fd = open_stream(m, writer);
                }
                write_pieces(fd, line, make_line(i, line), piece);
                shared->lines[writer] = i + 1;
                if (i % 16 == 0)
                        usleep(1000);
        }
        close(fd);
}

static void write_syslog(const Manager *m, int writer) {
        int fd = connect_to(m, "dev-log", SOCK_DGRAM);
        char line[512];

        for (unsigned i = 0; !shared->stop && i < LINES_MAX; i++) {
                int n = snprintf(line, sizeof(line), "<%d>Nov 24 11:22:33 w%d[7]: %u", LOG_USER | 5,
                                 writer, i);

                if (send(fd, line, (size_t)n, 0) != n)
                        _exit(3);
                shared->lines[writer] = i + 1;
                usleep(500);
        }
}

static void pass_file(int fd, const char *text, size_t n) {
        union {
                struct cmsghdr header;
                char space[CMSG_SPACE(sizeof(int))];
        } control = { .header = { .cmsg_level = SOL_SOCKET,
                                  .cmsg_type = SCM_RIGHTS,
                                  .cmsg_len = CMSG_LEN(sizeof(int)) } };
        struct msghdr message = { .msg_control = &control, .msg_controllen = sizeof(control) };
        int file = memfd_create("message", MFD_CLOEXEC | MFD_ALLOW_SEALING);

        if (file < 0 || fd_write_all(file, text, n) < 0 ||
            fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) < 0)
                _exit(4);
        memcpy(CMSG_DATA(&control.header), &file, sizeof(file));
        if (sendmsg(fd, &message, 0) < 0)
                _exit(3);
        close(file);
}

/* Every third message in a file. */
static void write_native(const Manager *m, int writer) {
        int fd = connect_to(m, "socket", SOCK_DGRAM);
        char text[512];

        for (unsigned i = 0; !shared->stop && i < LINES_MAX; i++) {
                int n = snprintf(text, sizeof(text),
                                 "PRIORITY=4\nSYSLOG_IDENTIFIER=w%d\nMESSAGE=%u more\n", writer, i);

                if (i % 3 == 0)
                        pass_file(fd, text, (size_t)n);
                else if (send(fd, text, (size_t)n, 0) != n)
                        _exit(3);
                shared->lines[writer] = i + 1;
                usleep(500);
        }
}

static void write_until_stopped(const Manager *m, int writer) {
        signal(SIGPIPE, SIG_DFL);
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        switch (writer) {
        case 0:
                write_stream(m, writer, 100000, UINT32_MAX);
                break;
        case 1:
                write_stream(m, writer, 13, UINT32_MAX);
                break;
        case 2:
                write_stream(m, writer, 1, UINT32_MAX);
                break;
        case MANY_STREAMS:
                write_stream(m, writer, 4096, 2);
                break;
        case 4:
                write_syslog(m, writer);
                break;
        default:
                write_native(m, writer);
        }
        _exit(0);
}

/* ---- the log */

static bool seen[WRITERS][LINES_MAX];

static unsigned check_record(const Record *r, unsigned next[WRITERS]) {
        char text[32] = "";
        uint64_t number;
        unsigned writer;

        if (r->identifier_length != 2 || r->identifier[0] != 'w')
                return 0;
        writer = (unsigned)(r->identifier[1] - '0');
        assert_true(writer < WRITERS);
        memcpy(text, r->message, MIN_OF(r->length, sizeof(text) - 1));
        text[strcspn(text, " ")] = '\0';
        assert_int_equal(number_parse_u64(text, 10, &number), 0);
        if (number >= LINES_MAX || seen[writer][number] ||
            (writer != MANY_STREAMS && number != next[writer]))
                print_error("writer %u: %llu where %u was due\n", writer,
                            (unsigned long long)number, next[writer]);
        assert_true(number < LINES_MAX);
        assert_false(seen[writer][number]); /* doubled */
        seen[writer][number] = true;
        if (writer != MANY_STREAMS) /* several connections have no order */
                assert_int_equal(number, next[writer]);
        if (writer < 4 && number % 97 == 0) /* whole */
                assert_true(r->length >= 9000);
        next[writer]++;
        return 1;
}

static unsigned check_file(int dir, const char *name, unsigned next[WRITERS]) {
        _cleanup_free_ char *text = NULL;
        unsigned n = 0;
        size_t size;

        assert_int_equal(file_read_at(dir, name, LOG_MAX, &text, &size), 0);
        for (char *line = text; line < text + size;) {
                char *newline = memchr(line, '\n', (size_t)(text + size - line));
                Record r;

                assert_non_null(newline);
                assert_int_equal(record_parse(line, (size_t)(newline - line), &r), 0);
                n += check_record(&r, next);
                line = newline + 1;
        }
        return n;
}

static void check_log(const Manager *m) {
        unsigned next[WRITERS] = { 0 }, n = 0;
        _cleanup_(dir_closep) DIR *d = NULL;
        struct dirent *e;
        char path[128];

        snprintf(path, sizeof(path), "%s/log/svalinn", m->runtime);
        assert_int_equal(dir_open_at(AT_FDCWD, path, &d), 0);
        while ((e = dir_next(d)))
                n += check_file(dirfd(d), e->d_name, next);
        for (int i = 0; i < WRITERS; i++) {
                print_message("writer %d: %u lines\n", i, shared->lines[i]);
                for (unsigned k = 0; k < shared->lines[i]; k++)
                        if (!seen[i][k])
                                print_message("writer %d: line %u is missing\n", i, k);
                assert_true(shared->lines[i] > 0);
                assert_int_equal(next[i], shared->lines[i]);
        }
        print_message("%u lines, %u starts of svlogd\n", n, m->starts);
}

static unsigned count_fds(pid_t pid) {
        _cleanup_(dir_closep) DIR *d = NULL;
        char path[64];
        unsigned n = 0;

        snprintf(path, sizeof(path), "/proc/%d/fd", (int)pid);
        assert_int_equal(dir_open_at(AT_FDCWD, path, &d), 0);
        while (dir_next(d))
                n++;
        return n;
}

static void test_nothing_is_lost_or_doubled(void **state) {
        Manager *m = *state;

        for (int i = 0; i < WRITERS; i++) {
                m->writers[i] = fork();
                if (m->writers[i] == 0)
                        write_until_stopped(m, i);
        }
        for (int i = 0; i < KILLS; i++) {
                uint32_t wait;

                assert_int_equal(getrandom(&wait, sizeof(wait), 0), sizeof(wait));
                run_until(m, now_usec() + wait % KILL_EVERY_USEC);
                kill_svlogd(m);
                start(m);
        }
        shared->stop = true;
        for (int i = 0; i < WRITERS; i++) {
                int status;

                while (waitpid(m->writers[i], &status, WNOHANG) == 0)
                        run_until(m, now_usec() + 10000);
                m->writers[i] = 0;
                assert_int_equal(status, 0); /* no SIGPIPE, no EPIPE */
        }
        /* all streams have ended, and all is read */
        for (uint64_t end = now_usec() + 10000000; m->n > 3 && now_usec() < end;)
                run_until(m, now_usec() + 10000);
        assert_int_equal(m->n, 3);
        run_until(m, now_usec() + 300000);
        check_log(m);
        assert_true(count_fds(m->svlogd) <= FDS_FLAT);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test_setup_teardown(test_nothing_is_lost_or_doubled, set_up, tear_down),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * The kernel lists System V objects in /proc/sysvipc, one a line below a heading
 * that names the columns. Meanwhile an object may be removed by somebody else, and that is fine.
 */
#include "supervisor/exec/remove-ipc.h"

#include <fcntl.h>
#include <string.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/dir.h"
#include "base/file.h"
#include "base/number.h"
#include "base/remove-tree.h"
#include "base/text.h"

enum { LIST_MAX = 64 << 20, NO_COLUMN = -1 };

typedef struct Owner {
        uid_t uid;
        gid_t gid;
} Owner;

static bool is_owned(const Owner *o, uid_t uid, gid_t gid) {
        if (uid == 0)
                return false;
        return (o->uid != (uid_t)-1 && uid == o->uid) || (o->gid != (gid_t)-1 && gid == o->gid);
}

typedef struct Kind {
        const char *list;
        const char *id; /* heading of its column */
        int (*remove)(int id);
} Kind;

static int remove_memory(int id) {
        return shmctl(id, IPC_RMID, NULL);
}

static int remove_queue(int id) {
        return msgctl(id, IPC_RMID, NULL);
}

static int remove_semaphores(int id) {
        return semctl(id, 0, IPC_RMID);
}

static const Kind kinds[] = {
        { "/proc/sysvipc/shm", "shmid", remove_memory },
        { "/proc/sysvipc/msg", "msqid", remove_queue },
        { "/proc/sysvipc/sem", "semid", remove_semaphores },
};

typedef struct Columns {
        int id, uid, gid;
} Columns;

static Columns find_columns(char *heading, const char *id) {
        Columns c = { NO_COLUMN, NO_COLUMN, NO_COLUMN };
        int i = 0;

        for (char *word; (word = strsep(&heading, " "));) {
                if (!*word)
                        continue;
                if (text_eq(word, id))
                        c.id = i;
                if (text_eq(word, "uid"))
                        c.uid = i;
                if (text_eq(word, "gid"))
                        c.gid = i;
                i++;
        }
        return c;
}

static int remove_one(const Kind *kind, char *line, const Columns *c, const Owner *owner) {
        uint32_t id = 0, uid = 0, gid = 0;
        int i = 0;

        for (char *word; (word = strsep(&line, " "));) {
                uint32_t *field = i == c->id ? &id : i == c->uid ? &uid : i == c->gid ? &gid : NULL;

                if (!*word)
                        continue;
                if (field && number_parse_u32(word, 10, field) < 0)
                        return -EBADMSG;
                i++;
        }
        if (i <= c->id || i <= c->uid || i <= c->gid || !is_owned(owner, uid, gid))
                return 0;
        return kind->remove((int)id) < 0 && errno != EINVAL && errno != EIDRM ? -errno : 0;
}

static int remove_kind(const Kind *kind, const Owner *owner) {
        _cleanup_free_ char *text = NULL;
        char *rest, *line;
        Columns columns;
        int first, r;

        r = file_read_at(AT_FDCWD, kind->list, LIST_MAX, &text, NULL);
        if (r < 0)
                return r == -ENOENT ? 0 : r; /* a kernel without them */
        rest = text;
        line = strsep(&rest, "\n");
        columns = find_columns(line, kind->id);
        if (columns.id < 0 || columns.uid < 0 || columns.gid < 0)
                return -EBADMSG;
        for (first = 0; (line = strsep(&rest, "\n"));) {
                r = *line ? remove_one(kind, line, &columns, owner) : 0;
                first = first < 0 ? first : r;
        }
        return first;
}

static int remove_files(const char *directory, const Owner *owner) {
        _cleanup_(dir_closep) DIR *d = NULL;
        int first = 0, r = dir_open_at(AT_FDCWD, directory, &d);

        if (r < 0)
                return r == -ENOENT ? 0 : r;
        for (struct dirent *e; (e = dir_next(d));) {
                struct stat st;

                if (fstatat(dirfd(d), e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
                    !is_owned(owner, st.st_uid, st.st_gid))
                        continue;
                if (S_ISDIR(st.st_mode))
                        r = remove_tree_at(dirfd(d), e->d_name);
                else
                        r = unlinkat(dirfd(d), e->d_name, 0) < 0 && errno != ENOENT ? -errno : 0;
                first = first < 0 ? first : r;
        }
        return first;
}

int remove_ipc(uid_t uid, gid_t gid) {
        static const char *const directories[] = { "/dev/shm", "/dev/mqueue" };
        const Owner owner = { uid, gid };
        int first = 0, r;

        for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
                r = remove_kind(&kinds[i], &owner);
                first = first < 0 ? first : r;
        }
        for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
                r = remove_files(directories[i], &owner);
                first = first < 0 ? first : r;
        }
        return first;
}

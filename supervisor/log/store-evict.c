/*
 * Making room in the directory of the logs. What stands in it is looked at anew each time: that is
 * rare, and a person may have removed files meanwhile.
 *
 * What holds: only files that have the names of logs are counted and removed.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/dir.h"
#include "base/fd.h"
#include "base/text.h"
#include "supervisor/log/store.h"

typedef struct Candidate {
        char file[NAME_MAX + 1];
        bool current;
        struct timespec time;
        uint64_t size;
} Candidate;

/* NAME of "NAME.log" and "NAME.log.1". False: some other file. */
static bool log_name(const char *file, char ret[static NAME_MAX + 1], bool *ret_current) {
        size_t n = strlen(file);

        *ret_current = text_ends_with(file, STORE_SUFFIX);
        if (*ret_current)
                n -= strlen(STORE_SUFFIX);
        else if (text_ends_with(file, STORE_OLDER))
                n -= strlen(STORE_OLDER);
        else
                return false;
        memcpy(ret, file, n);
        ret[n] = '\0';
        return n > 0;
}

static bool goes_before(const Candidate *a, const Candidate *b) {
        if (a->current != b->current)
                return !a->current;
        if (a->time.tv_sec != b->time.tv_sec)
                return a->time.tv_sec < b->time.tv_sec;
        return a->time.tv_nsec < b->time.tv_nsec;
}

/* Sums all sizes, and finds what goes first. */
static uint64_t look(Store *s, const char *keep, bool older_only, Candidate *ret) {
        _cleanup_(dir_closep) DIR *d = NULL;
        struct dirent *e;
        uint64_t total = 0;

        ret->file[0] = '\0';
        if (dir_open_at(s->dir_fd, ".", &d) < 0)
                return 0;
        while ((e = dir_next(d))) {
                char name[NAME_MAX + 1];
                Candidate c;
                struct stat st;

                if (!log_name(e->d_name, name, &c.current) ||
                    fstatat(s->dir_fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0)
                        continue;
                total += (uint64_t)st.st_size;
                c.time = st.st_mtim;
                c.size = (uint64_t)st.st_size;
                snprintf(c.file, sizeof(c.file), "%s", e->d_name);
                if (c.current && (older_only || text_eq(name, keep)))
                        continue;
                if (ret->file[0] == '\0' || goes_before(&c, ret))
                        *ret = c;
        }
        return total;
}

bool store_evict(Store *s, size_t n, const char *keep, bool older_only) {
        bool any = false;

        for (;;) {
                char name[NAME_MAX + 1];
                Candidate first;
                bool current;

                s->total = look(s, keep, older_only, &first);
                if (first.file[0] == '\0' ||
                    (s->total + n <= s->limits.total_max && (any || !older_only)))
                        return any;
                if (log_name(first.file, name, &current) && current)
                        store_close(s, name);
                if (unlinkat(s->dir_fd, first.file, 0) < 0)
                        return any;
                any = true;
        }
}

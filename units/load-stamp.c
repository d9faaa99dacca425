/*
 * The same look-ups that loading makes, but with stat() where that reads. The time of a directory
 * stands for which links are in it.
 */
#include "units/load-stamp.h"

#include <string.h>

#include "base/fd.h"
#include "base/hash.h"
#include "base/path.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/load-dropin.h"

/* As the machine's own root is "/" for system calls, too, a path needs no opening there. */
static int look_at(const LoadPath *path, const char *name, struct stat *ret) {
        _cleanup_fd_ int fd = -EBADF;

        if (text_is_empty(path->root))
                return stat(name, ret) < 0 ? -errno : 0;
        fd = fd_open_in_root(path->root_fd, name, O_PATH);
        if (fd < 0)
                return fd;
        return fstat(fd, ret) < 0 ? -errno : 0;
}

static uint64_t add_path(const LoadPath *path, uint64_t hash, const char *name) {
        struct stat st;
        int r = look_at(path, name, &st);
        struct {
                dev_t device;
                ino_t inode;
                int64_t size, changed, changed_ns, modified, modified_ns, error;
        } seen;

        memset(&seen, 0, sizeof(seen));
        seen.error = r;
        if (r >= 0) {
                seen.device = st.st_dev;
                seen.inode = st.st_ino;
                seen.size = st.st_size;
                seen.changed = st.st_ctim.tv_sec;
                seen.changed_ns = st.st_ctim.tv_nsec;
                seen.modified = st.st_mtim.tv_sec;
                seen.modified_ns = st.st_mtim.tv_nsec;
        }
        return hash_bytes(hash_text(hash, name), &seen, sizeof(seen));
}

static int add_fragment(const LoadIndex *index, const char *name, uint64_t *hash) {
        _cleanup_(load_found_done) LoadFound found = { 0 };
        _cleanup_free_ char *path = NULL;
        int r = load_index_find(index, name, NULL, &found);

        if (r == -ENOMEM)
                return r;
        if (r <= 0) {
                *hash = hash_bytes(*hash, &r, sizeof(r));
                return 0;
        }
        if (path_join(found.directory, found.file, &path) < 0)
                return -ENOMEM;
        *hash = add_path(load_index_path(index), hash_text(*hash, found.id), path);
        return 0;
}

static int add_dropins(const LoadIndex *index, char *const *names, uint64_t *hash) {
        _cleanup_(load_dropin_done) LoadDropins dropins = { 0 };
        int r = load_dropin_list(index, names[0], names + 1, NULL, &dropins);

        if (r < 0) {
                *hash = hash_bytes(*hash, &r, sizeof(r));
                return r == -ENOMEM ? r : 0;
        }
        for (size_t i = 0; i < dropins.n; i++)
                *hash = add_path(load_index_path(index), *hash, dropins.files[i].path);
        return 0;
}

static int add_directories(const LoadIndex *index, char *const *directories, uint64_t *hash) {
        const LoadPath *path = load_index_path(index);

        for (size_t i = 0; path->directories && path->directories[i]; i++) {
                STRV_FOREACH(d, directories) {
                        _cleanup_free_ char *name = NULL;

                        if (!load_index_has_in(index, *d, i))
                                continue;
                        if (path_join(path->directories[i], *d, &name) < 0)
                                return -ENOMEM;
                        *hash = add_path(path, *hash, name);
                }
        }
        return 0;
}

int load_stamp(const LoadIndex *index, char *const *names, uint64_t *ret) {
        static const char *const suffixes[] = { LOAD_INDEX_SUFFIXES };
        uint64_t hash = HASH_EMPTY;
        int r = add_fragment(index, names[0], &hash);

        if (r >= 0)
                r = add_dropins(index, names, &hash);
        for (size_t i = 1; i < ARRAY_SIZE(suffixes) && r >= 0; i++) {
                _cleanup_strv_ char **directories = NULL;

                r = load_dropin_all_directories(index, names, suffixes[i], &directories);
                if (r >= 0)
                        r = add_directories(index, directories, &hash);
        }
        if (r < 0)
                return r;
        *ret = hash;
        return 0;
}

uint64_t load_stamp_path(const LoadPath *path) {
        uint64_t hash = HASH_EMPTY;

        STRV_FOREACH(directory, path->directories)
                hash = add_path(path, hash, *directory);
        return hash;
}

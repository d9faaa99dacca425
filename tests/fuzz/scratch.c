/*
 * One directory below /dev/shm: what is written atomically is flushed, which takes long on a disk.
 */
#include "tests/fuzz/scratch.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/remove-tree.h"

#define PARENT "/dev/shm"

static char scratch_name[] = "svalinn-fuzz-XXXXXX";
static char scratch_path[64];

static void scratch_remove(void) {
        _cleanup_fd_ int tmp = open(PARENT, O_PATH | O_DIRECTORY | O_CLOEXEC);

        (void)remove_tree_at(tmp, scratch_name);
}

void scratch_make(void) {
        snprintf(scratch_path, sizeof(scratch_path), PARENT "/%s", scratch_name);
        if (!mkdtemp(scratch_path))
                abort();
        memcpy(scratch_name, scratch_path + strlen(PARENT "/"), sizeof(scratch_name));
        if (atexit(scratch_remove) != 0)
                abort();
}

const char *scratch_file(const char *name) {
        static char paths[4][128];
        static unsigned at;
        char *path = paths[at++ % ARRAY_SIZE(paths)];

        snprintf(path, sizeof(paths[0]), "%s/%s", scratch_path, name);
        return path;
}

void scratch_write(const char *name, const char *text) {
        if (file_write_atomic_at(AT_FDCWD, scratch_file(name), text, 0600) < 0)
                abort();
}

void scratch_make_directory(const char *name) {
        if (mkdir(scratch_file(name), 0700) < 0)
                abort();
}

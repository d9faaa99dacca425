/*
 * The corpora of the fuzz targets as an ordinary test: feeds every file of the named directories to
 * the target that is linked in. Directories that do not exist are fine (there may be no crash to
 * remember), but a run without any input fails, as it would test nothing.
 *
 * Each input stands in memory of exactly its size, so that the address sanitizer sees a read of one
 * byte too many. Its name is printed before it is fed, so that the last name is the one that
 * crashed.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/strv.h"

#define INPUT_MAX (1U << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

static int compare(const void *a, const void *b) {
        return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names of the regular files in DIR, sorted, so that a run is like the last one. */
static int list_inputs(const char *path, char ***ret) {
        _cleanup_strv_ char **names = NULL;
        DIR *dir = opendir(path);
        struct dirent *e;
        int r = 0;

        if (!dir)
                return errno == ENOENT ? 0 : -errno;
        while (r >= 0 && (e = readdir(dir)))
                if (e->d_name[0] != '.')
                        r = strv_add(&names, e->d_name);
        closedir(dir);
        if (r < 0)
                return r;
        if (names)
                qsort(names, strv_length(names), sizeof(char *), compare);
        *ret = TAKE_PTR(names);
        return 0;
}

static int feed(int dir_fd, const char *dir, const char *name) {
        _cleanup_free_ char *text = NULL;
        _cleanup_free_ uint8_t *exact = NULL;
        size_t size;
        int r = file_read_at(dir_fd, name, INPUT_MAX, &text, &size);

        if (r < 0) {
                fprintf(stderr, "FAIL %s/%s: cannot be read: %s\n", dir, name, strerror(-r));
                return r;
        }
        exact = malloc(size ? size : 1);
        if (!exact)
                return -ENOMEM;
        memcpy(exact, text, size);
        printf("%s/%s\n", dir, name);
        fflush(stdout);
        LLVMFuzzerTestOneInput(exact, size);
        return 0;
}

static void feed_all(const char *dir, unsigned *passed, unsigned *failed) {
        _cleanup_strv_ char **names = NULL;
        _cleanup_fd_ int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        int r = list_inputs(dir, &names);

        if (r < 0) {
                fprintf(stderr, "FAIL %s: %s\n", dir, strerror(-r));
                ++*failed;
        }
        STRV_FOREACH(name, names)
                ++*(feed(fd, dir, *name) < 0 ? failed : passed);
}

int main(int argc, char *argv[]) {
        unsigned passed = 0, failed = 0;

        if (LLVMFuzzerInitialize)
                LLVMFuzzerInitialize(&argc, &argv);
        for (int i = 1; i < argc; i++)
                feed_all(argv[i], &passed, &failed);
        if (passed + failed == 0) {
                fprintf(stderr, "FAIL: no input in any of the directories\n");
                failed = 1;
        }
        printf("%u inputs\n", passed);
        return failed > 0;
}

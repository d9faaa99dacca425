/*
 * Looking a program up, as execvp(3) does, but without the environment.
 */
#include "supervisor/exec/find-program.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/macro.h"

static int check(const char *path) {
        struct stat st;

        if (stat(path, &st) < 0)
                return -errno;
        if (!S_ISREG(st.st_mode))
                return S_ISDIR(st.st_mode) ? -EISDIR : -EACCES;
        return access(path, X_OK) < 0 ? -errno : 0;
}

int find_program(const char *path, const char *search, char ret[static PATH_MAX]) {
        int result = -ENOENT;

        if (strchr(path, '/')) {
                if (snprintf(ret, PATH_MAX, "%s", path) >= PATH_MAX)
                        return -ENAMETOOLONG;
                return check(ret);
        }
        while (search && *search) {
                size_t n = strcspn(search, ":");
                int r = -ENOENT;

                if (n > 0 && snprintf(ret, PATH_MAX, "%.*s/%s", (int)n, search, path) < PATH_MAX)
                        r = check(ret);
                if (r == 0)
                        return 0;
                if (r == -EACCES)
                        result = r;
                search += n + (search[n] == ':');
        }
        return result;
}

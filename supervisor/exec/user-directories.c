/*
 * The XDG variables count when they are absolute paths; else the defaults of
 * the XDG Base Directory Specification below $HOME.
 */
#include "supervisor/exec/user-directories.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/path.h"

void user_directories_done(UserDirectories *d) {
        for (size_t i = 0; i < DIRECTORY_BASES; i++)
                free(d->base[i]);
        free(d->notify);
        *d = (UserDirectories){ 0 };
}

static const struct {
        const char *system, *variable, *below_variable, *below_home;
} rows[DIRECTORY_BASES] = {
        [DIRECTORY_RUNTIME] = { "/run", "XDG_RUNTIME_DIR", "", NULL },
        [DIRECTORY_STATE] = { "/var/lib", "XDG_STATE_HOME", "", "/.local/state" },
        [DIRECTORY_CACHE] = { "/var/cache", "XDG_CACHE_HOME", "", "/.cache" },
        [DIRECTORY_LOGS] = { "/var/log", "XDG_STATE_HOME", "/log", "/.local/state/log" },
        [DIRECTORY_CONFIGURATION] = { "/etc", "XDG_CONFIG_HOME", "", "/.config" },
};

static int find_one(size_t i, char **ret) {
        const char *value = getenv(rows[i].variable), *home = getenv("HOME");
        int n;

        if (value && path_is_absolute(value))
                n = asprintf(ret, "%s%s", value, rows[i].below_variable);
        else if (!rows[i].below_home)
                n = asprintf(ret, "/tmp/svalinn-%u", getuid());
        else
                n = asprintf(ret, "%s%s", home && path_is_absolute(home) ? home : "",
                             rows[i].below_home);
        return n < 0 ? -ENOMEM : 0;
}

int user_directories_find(bool rootless, UserDirectories *ret) {
        _cleanup_(user_directories_done) UserDirectories d = { 0 };

        for (size_t i = 0; i < DIRECTORY_BASES; i++) {
                int r = 0;

                if (rootless)
                        r = find_one(i, &d.base[i]);
                else if (!(d.base[i] = strdup(rows[i].system)))
                        r = -ENOMEM;
                if (r < 0)
                        return r;
        }
        *ret = d;
        d = (UserDirectories){ 0 };
        return 0;
}

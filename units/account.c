/*
 * The files are read anew for each question: who asks does so rarely, and they may have changed.
 */
#include "units/account.h"

#include <grp.h>
#include <pwd.h>

#include "base/file.h"
#include "base/text.h"

int account_find_user(const char *name, uid_t *ret) {
        _cleanup_(file_closep) FILE *f = fopen("/etc/passwd", "re");

        for (struct passwd *p; f && (p = fgetpwent(f));)
                if (text_eq(p->pw_name, name)) {
                        *ret = p->pw_uid;
                        return 0;
                }
        return -ESRCH;
}

int account_find_group(const char *name, gid_t *ret) {
        _cleanup_(file_closep) FILE *f = fopen("/etc/group", "re");

        for (struct group *g; f && (g = fgetgrent(f));)
                if (text_eq(g->gr_name, name)) {
                        *ret = g->gr_gid;
                        return 0;
                }
        return -ESRCH;
}

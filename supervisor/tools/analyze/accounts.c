/*
 * Looks names of users and groups up in the files of a system, which need not be
 * this one: so never through the name service switch. Numbers need no name.
 */
#include "supervisor/tools/analyze/accounts.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/number.h"
#include "base/strv.h"
#include "base/text.h"

static FILE *open_accounts(int root_fd, const char *path) {
        int fd = fd_open_in_root(root_fd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        FILE *f = fd >= 0 ? fdopen(fd, "re") : NULL;

        if (!f)
                fd_close(fd);
        return f;
}

static bool is_number(const char *name) {
        uid_t id;

        return number_parse_uid(name, &id) == 0;
}

static bool has_user(int root_fd, const char *name) {
        _cleanup_(file_closep) FILE *f = open_accounts(root_fd, "/etc/passwd");

        for (struct passwd *pw; f && (pw = fgetpwent(f));)
                if (text_eq(pw->pw_name, name))
                        return true;
        return is_number(name);
}

static bool has_group(int root_fd, const char *name) {
        _cleanup_(file_closep) FILE *f = open_accounts(root_fd, "/etc/group");

        for (struct group *g; f && (g = fgetgrent(f));)
                if (text_eq(g->gr_name, name))
                        return true;
        return is_number(name);
}

static void check_group(const char *directive, const char *name, int root_fd, Diag *diag) {
        if (has_group(root_fd, name))
                return;
        diag->directive = directive;
        diag_warning(diag,
                     "there is no group \"%s\" in /etc/group; make it before the unit is started",
                     name);
        diag->directive = NULL;
}

void accounts_check(const Config *c, int root_fd, Diag *diag) {
        if (c->user && !c->dynamic_user && !has_user(root_fd, c->user)) {
                diag->directive = "User";
                diag_warning(diag,
                             "there is no user \"%s\" in /etc/passwd; make it before the unit is "
                             "started, or use DynamicUser=yes",
                             c->user);
                diag->directive = NULL;
        }
        if (c->group && !c->dynamic_user)
                check_group("Group", c->group, root_fd, diag);
        STRV_FOREACH(group, c->supplementary_groups)
                check_group("SupplementaryGroups", *group, root_fd, diag);
}

/*
 * Users and groups from files. glibc's fgetpwent() reads the format and loads
 * nothing; so this works in a static program, too.
 */
#include "supervisor/sandbox/identity.h"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/number.h"
#include "base/strbuf.h"
#include "base/text.h"

enum { ACCOUNTS_MAX = 16 << 20, DYNAMIC_UID_MIN = 61184, DYNAMIC_UID_MAX = 65519 };

void identity_done(Identity *i) {
        free(i->user);
        free(i->group);
        free(i->home);
        free(i->shell);
        free(i->groups);
        free(i->passwd_text);
        free(i->group_text);
        *i = (Identity){ 0 };
}

static FILE *open_accounts(const char *path) {
        return fopen(path, "re");
}

static int copy_user(const struct passwd *pw, Identity *i) {
        i->user = strdup(pw->pw_name);
        i->home = strdup(pw->pw_dir);
        i->shell = strdup(pw->pw_shell);
        if (!i->user || !i->home || !i->shell)
                return -ENOMEM;
        i->uid = pw->pw_uid;
        i->gid = pw->pw_gid;
        return 0;
}

/* By UID where NAME is NULL. Returns 0, -ESRCH, or another negative errno. */
static int look_up_user(const char *name, uid_t uid, Identity *i) {
        _cleanup_(file_closep) FILE *f = open_accounts("/etc/passwd");

        if (f)
                for (struct passwd *pw; (pw = fgetpwent(f));)
                        if (name ? text_eq(pw->pw_name, name) : pw->pw_uid == uid)
                                return copy_user(pw, i);
        if (name)
                return -ESRCH;
        i->uid = uid; /* an id without a name is good enough to run as */
        i->gid = uid;
        return 0;
}

/* NAME may be a number. */
static int find_user(const char *name, Identity *i) {
        uid_t uid = 0;
        bool numeric = number_parse_uid(name, &uid) == 0;

        return look_up_user(numeric ? NULL : name, uid, i);
}

static int copy_group(const struct group *g, gid_t *ret, char **ret_name) {
        char *name = ret_name ? strdup(g->gr_name) : NULL;

        if (ret_name && !name)
                return -ENOMEM;
        *ret = g->gr_gid;
        if (ret_name)
                *ret_name = name;
        return 0;
}

static int find_group(const char *name, gid_t *ret, char **ret_name) {
        _cleanup_(file_closep) FILE *f = open_accounts("/etc/group");
        gid_t gid = 0;
        bool numeric = number_parse_uid(name, &gid) == 0;

        if (f)
                for (struct group *g; (g = fgetgrent(f));)
                        if (numeric ? g->gr_gid == gid : text_eq(g->gr_name, name))
                                return copy_group(g, ret, ret_name);
        if (!numeric)
                return -ESRCH;
        *ret = gid;
        return 0;
}

static int add_group(Identity *i, gid_t gid) {
        gid_t *more;

        for (size_t k = 0; k < i->n_groups; k++)
                if (i->groups[k] == gid)
                        return 0;
        more = reallocarray(i->groups, i->n_groups + 1, sizeof(gid_t));
        if (!more)
                return -ENOMEM;
        i->groups = more;
        i->groups[i->n_groups++] = gid;
        return 0;
}

/* The groups that list the user as a member, as initgroups(3) would find them. */
static int add_memberships(Identity *i) {
        _cleanup_(file_closep) FILE *f = open_accounts("/etc/group");
        int r = add_group(i, i->gid);

        if (!f || !i->user)
                return r;
        for (struct group *g; r >= 0 && (g = fgetgrent(f));)
                for (char **m = g->gr_mem; r >= 0 && *m; m++)
                        if (text_eq(*m, i->user))
                                r = add_group(i, g->gr_gid);
        return r;
}

/* May the first N bytes of NAME be the name of a user? */
static bool is_user_name(const char *name, size_t n) {
        static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_";
        static const char others[] = "0123456789-";

        if (n == 0 || n >= 31)
                return false;
        for (size_t i = 0; i < n; i++)
                if (!strchr(letters, name[i]) && (i == 0 || !strchr(others, name[i])))
                        return false;
        return true;
}

int identity_dynamic_name(const Config *config, const char *unit_name, char **ret) {
        size_t n = strcspn(unit_name, "@.");
        char *name;

        if (config->user)
                name = strdup(config->user);
        else if (is_user_name(unit_name, n) && !strchr(unit_name, '@'))
                name = strndup(unit_name, n);
        else if (asprintf(&name, "_sv%016llx", (unsigned long long)identity_hash(unit_name, 0)) < 0)
                name = NULL;
        if (!name)
                return -ENOMEM;
        *ret = name;
        return 0;
}

/* FNV-1a, 64 bits: spreads names well enough, and is the same on every machine and in every
 * release. */
uint64_t identity_hash(const char *name, unsigned n) {
        uint64_t hash = 0xcbf29ce484222325ULL + n;

        for (; *name; name++)
                hash = (hash ^ (unsigned char)*name) * 0x100000001b3ULL;
        return hash ^ hash >> 32;
}

uid_t identity_dynamic_uid(const char *name, unsigned n) {
        return (uid_t)(DYNAMIC_UID_MIN +
                       identity_hash(name, n) % (DYNAMIC_UID_MAX - DYNAMIC_UID_MIN + 1));
}

/* /etc/passwd or /etc/group with one more line. */
static int with_line(const char *path, const char *line, char **ret) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        _cleanup_free_ char *text = NULL;
        size_t size;
        int r = file_read_at(AT_FDCWD, path, ACCOUNTS_MAX, &text, &size);

        if (r < 0 && r != -ENOENT)
                return r;
        if (r >= 0) {
                strbuf_add_n(&b, text, size);
                if (size > 0 && text[size - 1] != '\n')
                        strbuf_add_char(&b, '\n');
        }
        strbuf_add(&b, line);
        return strbuf_take(&b, ret);
}

int identity_set_dynamic_uid(Identity *i, uid_t uid) {
        _cleanup_free_ char *passwd = NULL, *group = NULL;
        char *passwd_text, *group_text = NULL;
        gid_t gid = i->own_group ? uid : i->gid;
        int r;

        if (asprintf(&passwd, "%s:!*:%u:%u:Dynamic User:/:/usr/sbin/nologin\n", i->user, uid, gid) <
            0)
                return -ENOMEM;
        if (i->own_group && asprintf(&group, "%s:!*:%u:\n", i->user, gid) < 0)
                return -ENOMEM;
        r = with_line("/etc/passwd", passwd, &passwd_text);
        if (r < 0)
                return r;
        r = with_line("/etc/group", group ? group : "", &group_text);
        if (r < 0) {
                free(passwd_text);
                return r;
        }
        free(i->passwd_text);
        free(i->group_text);
        i->passwd_text = passwd_text;
        i->group_text = group_text;
        for (size_t k = 0; k < i->n_groups; k++)
                if (i->groups[k] == i->gid)
                        i->groups[k] = gid;
        i->uid = uid;
        i->gid = gid;
        return 0;
}

/* A user of that name in the files is taken as it is, systemd.exec(5), "DynamicUser=". */
static int resolve_dynamic(const Config *c, const char *unit_name, Diag *diag, Identity *i) {
        gid_t taken;
        int r = identity_dynamic_name(c, unit_name, &i->user);

        if (r < 0)
                return r;
        /* two groups of one name would be two answers to one question */
        if (find_group(i->user, &taken, NULL) == 0) {
                diag->directive = "DynamicUser";
                return diag_error(diag, -EEXIST,
                                  "there is a group \"%s\" in /etc/group, but no such user; name "
                                  "another user with User=",
                                  i->user);
        }
        i->dynamic = i->own_group = true;
        i->home = strdup("/");
        i->shell = strdup("/usr/sbin/nologin");
        i->group = strdup(i->user);
        if (!i->home || !i->shell || !i->group)
                return -ENOMEM;
        return identity_set_dynamic_uid(i, identity_dynamic_uid(i->user, 0));
}

static int resolve_user(const Config *c, const char *unit_name, Diag *diag, Identity *i) {
        int r = c->user ? find_user(c->user, i) : -ESRCH;

        if (r == 0 || r != -ESRCH)
                return r;
        if (c->dynamic_user)
                return resolve_dynamic(c, unit_name, diag, i);
        if (!c->user)
                return look_up_user(NULL, geteuid(), i); /* the caller's, with other groups */
        diag->directive = "User";
        return diag_error(diag, -ESRCH,
                          "there is no user \"%s\" in /etc/passwd; make it with useradd, "
                          "or use DynamicUser=yes",
                          c->user);
}

static int resolve_group(const char *directive, const char *name, Diag *diag, gid_t *ret,
                         char **ret_name) {
        int r = find_group(name, ret, ret_name);

        if (r != -ESRCH)
                return r;
        diag->directive = directive;
        return diag_error(diag, r, "there is no group \"%s\" in /etc/group; make it with groupadd",
                          name);
}

/* Group=, which must be there: only one with the user's name is made up with a dynamic user. */
static int set_group(const char *name, Diag *diag, Identity *i) {
        char *found = NULL;
        int r = resolve_group("Group", name, diag, &i->gid, &found);

        if (r < 0)
                return r;
        free(i->group);
        i->group = found;
        i->own_group = false;
        return i->dynamic ? identity_set_dynamic_uid(i, i->uid) : 0;
}

/* WorkingDirectory=~ without User=: the home of who runs us. */
static int find_own_home(Identity *i) {
        _cleanup_(identity_done) Identity own = { 0 };
        char number[16];
        int r;

        snprintf(number, sizeof(number), "%u", getuid());
        r = find_user(number, &own);
        i->home = TAKE_PTR(own.home);
        return r;
}

int identity_resolve(const Config *config, const char *unit_name, Diag *diag, Identity *ret) {
        _cleanup_(identity_done) Identity i = { 0 };
        Diag silent = { 0 };
        int r;

        diag = diag ? diag : &silent;
        i.changes = config->user || config->group || config->dynamic_user ||
                    config->supplementary_groups;
        r = i.changes ? resolve_user(config, unit_name, diag, &i) : 0;
        if (r >= 0 && config->group && !(i.dynamic && text_eq(config->group, i.user)))
                r = set_group(config->group, diag, &i);
        if (r >= 0 && i.changes)
                r = add_memberships(&i);
        if (r >= 0 && !i.changes && config->working_directory.home)
                r = find_own_home(&i);
        for (char **g = config->supplementary_groups; r >= 0 && g && *g; g++) {
                gid_t gid = 0;

                r = resolve_group("SupplementaryGroups", *g, diag, &gid, NULL);
                if (r >= 0)
                        r = add_group(&i, gid);
        }
        diag_done(&silent);
        if (r < 0)
                return r;
        *ret = i;
        i = (Identity){ 0 };
        return 0;
}

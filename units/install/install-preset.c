/*
 * "preset": units are enabled or disabled as the distribution's rules say.
 */
#include <string.h>

#include "base/dir.h"
#include "base/fd.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/install/install-inside.h"
#include "units/unit-name.h"

typedef struct Preset {
        Install *install;
        InstallRules *rules;
        InstallWork on, off;
} Preset;

static void preset_done(Preset *p) {
        install_unit_done(&p->on);
        install_unit_done(&p->off);
        if (p->rules)
                install_rules_free(p->rules);
}

static int switch_on(Preset *p, const char *name, char *const *instances) {
        InstallQuery q = { name, INSTALL_FOLLOW, false };
        InstallUnit *u;
        int r = 0;

        if (!instances)
                return install_unit_discover(p->install, &p->on, &q, &u);
        STRV_FOREACH(instance, instances) {
                q.name = *instance;
                if (r >= 0)
                        r = install_unit_discover(p->install, &p->on, &q, &u);
        }
        return r;
}

static int choose(Preset *p, const char *name) {
        _cleanup_(install_unit_done) InstallWork work = { 0 };
        _cleanup_strv_ char **instances = NULL;
        const InstallQuery q = { name, INSTALL_FOLLOW, true };
        InstallUnit *u;
        int r;

        if (install_unit_has(&p->on, name) || install_unit_has(&p->off, name))
                return 0;
        r = install_unit_discover(p->install, &work, &q, &u);
        if (r < 0)
                return r;
        if (!text_eq(name, u->name)) /* an alias: the unit has rules of its own */
                return 0;
        r = install_rules_query(p->rules, name, &instances);
        if (r < 0)
                return r;
        return r > 0 ? switch_on(p, name, instances)
                     : install_unit_discover(p->install, &p->off, &q, &u);
}

static int execute(Preset *p, InstallPresetMode mode) {
        _cleanup_strv_ char **doomed = NULL;
        Install *i = p->install;
        int r = 0, q = 0;

        if (mode != INSTALL_PRESET_ENABLE) {
                r = install_disable_mark(i, &p->off, &doomed);
                if (r >= 0)
                        r = install_disable_remove(i, &doomed, install_place(i));
        }
        if (mode != INSTALL_PRESET_DISABLE)
                q = install_enable_apply(i, &p->on, INSTALL_READ, true);
        if (r < 0)
                return r;
        return q < 0 ? q : r + q;
}

int install_preset(Install *i, InstallPresetMode mode, char *const *names) {
        _cleanup_(preset_done) Preset p = { .install = i };
        int r = install_rules_read(i, &p.rules);

        STRV_FOREACH(name, names)
                if (r >= 0)
                        r = choose(&p, *name);
        return r < 0 ? r : execute(&p, mode);
}

/* A unit that cannot be enabled is no reason to leave out the others. */
static int choose_each(Preset *p, const char *directory) {
        _cleanup_fd_ int fd = install_tree_open(p->install, directory);
        _cleanup_(dir_closep) DIR *dir = NULL;
        int r;

        if (fd < 0)
                return fd == -ENOENT ? 0 : fd;
        r = dir_open_at(fd, ".", &dir);
        for (struct dirent *e; r >= 0 && (e = dir_next(dir));) {
                struct stat st;

                if (!unit_name_is_valid(e->d_name) ||
                    fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) < 0 ||
                    (!S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode)))
                        continue;
                r = choose(p, e->d_name);
                if (r < 0 && r != -ENOMEM)
                        r = 0;
        }
        return r;
}

int install_preset_all(Install *i, InstallPresetMode mode) {
        _cleanup_(preset_done) Preset p = { .install = i };
        int r = install_rules_read(i, &p.rules);

        STRV_FOREACH(directory, i->path->directories)
                if (r >= 0)
                        r = choose_each(&p, *directory);
        return r < 0 ? r : execute(&p, mode);
}

/*
 * The rules of systemd.preset(5): files "*.preset", of which the first of a name counts and which
 * are read in the order of their names; the first rule that fits a unit decides. Without any rule a
 * unit is enabled.
 */
#include <fnmatch.h>
#include <string.h>

#include "base/array.h"
#include "base/dir.h"
#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/install/install-inside.h"
#include "units/load.h"
#include "units/unit-name.h"
#include "units/word.h"

typedef struct Rule {
        bool enable;
        char *pattern;
        char **instances;
} Rule;

struct InstallRules {
        Rule *rules;
        size_t n;
};

static const char *const directories[] = {
        "/etc/svalinn/system-preset",     "/etc/systemd/system-preset",
        "/run/svalinn/system-preset",     "/run/systemd/system-preset",
        "/usr/lib/svalinn/system-preset", "/usr/local/lib/systemd/system-preset",
        "/usr/lib/systemd/system-preset", "/lib/systemd/system-preset",
};

void install_rules_free(InstallRules *rules) {
        for (size_t k = 0; k < rules->n; k++) {
                free(rules->rules[k].pattern);
                strv_free(rules->rules[k].instances);
        }
        free(rules->rules);
        free(rules);
}

/* ---- reading ---- */

static int add_rule(InstallRules *rules, bool enable, char **words) {
        Rule rule = { .enable = enable };

        if (ARRAY_GROW(rules->rules, rules->n) < 0)
                return -ENOMEM;
        rule.pattern = strdup(words[0]);
        if (!rule.pattern || strv_copy(words + 1, &rule.instances) < 0) {
                free(rule.pattern);
                return -ENOMEM;
        }
        rules->rules[rules->n++] = rule;
        return 0;
}

static int read_line(InstallRules *rules, char *line, Diag *diag) {
        _cleanup_strv_ char **words = NULL;
        char *text = text_strip(line);
        bool enable;
        int r;

        if (!*text || strchr("#;", *text))
                return 0;
        r = word_split(text, NULL, 0, &words);
        if (r == -ENOMEM)
                return r;
        enable = r >= 0 && text_eq(words[0], "enable");
        if (r < 0 || !words[1] || (!enable && (!text_eq(words[0], "disable") || words[2]))) {
                diag_warning(diag,
                             "\"%s\" is no rule; write \"enable PATTERN [INSTANCE...]\" or "
                             "\"disable PATTERN\"; it is ignored",
                             text_mask_control(text));
                return 0;
        }
        return add_rule(rules, enable, words + 1);
}

static int read_file(Install *i, InstallRules *rules, const char *path) {
        _cleanup_fd_ int fd =
                fd_open_in_root(i->path->root_fd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
        _cleanup_free_ char *text = NULL;
        const char *outer = i->diag ? i->diag->file : NULL;
        int r = fd < 0 ? fd : file_read_fd(fd, LOAD_FILE_MAX, &text, NULL);
        unsigned number = 1;

        if (r < 0) {
                diag_warning(i->diag, "%s%s cannot be read, and is ignored: %s", i->path->root,
                             path, strerror(-r));
                return r == -ENOMEM ? r : 0;
        }
        for (char *line = text, *next; line && r >= 0; line = next, number++) {
                next = strchr(line, '\n');
                if (next)
                        *next++ = '\0';
                if (i->diag) {
                        i->diag->file = path;
                        i->diag->line = number;
                }
                r = read_line(rules, line, i->diag);
        }
        if (i->diag) {
                i->diag->file = outer;
                i->diag->line = 0;
        }
        return r;
}

static int list_files(Install *i, const char *directory, char ***paths) {
        _cleanup_fd_ int fd = install_tree_open(i, directory);
        _cleanup_(dir_closep) DIR *dir = NULL;
        int r;

        if (fd < 0)
                return 0;
        r = dir_open_at(fd, ".", &dir);
        for (struct dirent *e; r >= 0 && (e = dir_next(dir));) {
                _cleanup_free_ char *path = NULL;
                bool known = e->d_name[0] == '.' || !text_ends_with(e->d_name, ".preset");

                STRV_FOREACH(p, *paths)
                        known = known || text_eq(path_last(*p), e->d_name);
                if (known)
                        continue;
                r = path_join(directory, e->d_name, &path);
                if (r >= 0)
                        r = strv_push(paths, TAKE_PTR(path));
        }
        return r;
}

static int by_name(const void *a, const void *b) {
        return strcmp(path_last(*(char *const *)a), path_last(*(char *const *)b));
}

int install_rules_read(Install *i, InstallRules **ret) {
        _cleanup_(install_rules_freep) InstallRules *rules = calloc(1, sizeof(*rules));
        _cleanup_strv_ char **paths = NULL;
        int r = rules ? 0 : -ENOMEM;

        for (size_t k = 0; k < ARRAY_SIZE(directories) && r >= 0; k++)
                r = list_files(i, directories[k], &paths);
        if (r >= 0 && paths)
                qsort(paths, strv_length(paths), sizeof(char *), by_name);
        STRV_FOREACH(path, paths)
                if (r >= 0 && !install_tree_is_null(i, *path))
                        r = read_file(i, rules, *path);
        if (r < 0)
                return r;
        *ret = TAKE_PTR(rules);
        return 0;
}

/* ---- asking ---- */

static int list_instances(const Rule *rule, const char *template, char ***ret) {
        _cleanup_strv_ char **names = NULL;

        STRV_FOREACH(instance, rule->instances) {
                char *name = NULL;
                int r = unit_name_with_instance(template, *instance, &name);

                if (r == -EINVAL)
                        continue;
                if (r >= 0)
                        r = strv_push(&names, name);
                if (r < 0)
                        return r;
        }
        *ret = TAKE_PTR(names);
        return 1;
}

/* A rule with instances speaks of those alone, and of the template as all of them. */
static int fits_instances(const Rule *rule, const char *name, char ***ret_instances) {
        _cleanup_free_ char *template = NULL, *instance = NULL;

        if (!rule->instances || unit_name_template(name, &template) < 0 ||
            !text_eq(rule->pattern, template))
                return 0;
        if (unit_name_kind(name) == UNIT_NAME_TEMPLATE)
                return list_instances(rule, name, ret_instances);
        return unit_name_instance(name, &instance) < 0 ? -ENOMEM
                                                       : strv_contains(rule->instances, instance);
}

int install_rules_query(const InstallRules *rules, const char *name, char ***ret_instances) {
        for (size_t k = 0; k < rules->n; k++) {
                const Rule *rule = &rules->rules[k];
                int r = fits_instances(rule, name, ret_instances);

                if (r < 0)
                        return r;
                if (r > 0 || fnmatch(rule->pattern, name, FNM_NOESCAPE) == 0)
                        return rule->enable;
        }
        return 1;
}

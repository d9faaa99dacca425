/*
 * Conditions that look at the process that asks: its user, environment and capabilities.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/fd.h"
#include "base/number.h"
#include "base/text.h"
#include "units/account.h"
#include "units/capability.h"
#include "units/condition-tests.h"

#define SYSTEM_MAX 999 /* ids of users and groups of the system */
#define GROUPS_MAX 65536

extern char **environ;

int condition_self_credential(const char *name, const ConditionFacts *facts) {
        char path[PATH_MAX];

        if (!facts->credentials || strchr(name, '/'))
                return 0;
        snprintf(path, sizeof(path), "%s/%s", facts->credentials, name);
        return access(path, F_OK) == 0;
}

int condition_self_environment(const char *argument, const ConditionFacts *facts) {
        bool assignment = strchr(argument, '=');

        for (char **e = environ; e && *e; e++) {
                const char *after = text_after(*e, argument);

                if (after && (assignment ? *after == '\0' : *after == '='))
                        return 1;
        }
        return 0;
}

int condition_self_capability(const char *name, const ConditionFacts *facts) {
        int n = capability_find(name);

        return n < 0 ? n : prctl(PR_CAPBSET_READ, n, 0, 0, 0) == 1;
}

int condition_self_user(const char *name, const ConditionFacts *facts) {
        uid_t id;

        if (text_eq(name, "@system"))
                return getuid() <= SYSTEM_MAX;
        if (number_parse_uid(name, &id) < 0 && account_find_user(name, &id) < 0)
                return 0;
        return id == getuid() || id == geteuid();
}

int condition_self_group(const char *name, const ConditionFacts *facts) {
        _cleanup_free_ gid_t *groups = NULL;
        uid_t id;
        int n;

        if (text_eq(name, "@system"))
                return getgid() <= SYSTEM_MAX;
        if (number_parse_uid(name, &id) < 0 && account_find_group(name, &id) < 0)
                return 0;
        if (id == getgid() || id == getegid())
                return 1;
        groups = calloc(GROUPS_MAX, sizeof(gid_t));
        n = groups ? getgroups(GROUPS_MAX, groups) : 0;
        for (int i = 0; i < n; i++)
                if (groups[i] == id)
                        return 1;
        return groups ? 0 : -ENOMEM;
}

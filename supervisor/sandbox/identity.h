/*
 * Who a command will be: the ids behind User=, Group=, SupplementaryGroups=
 * and DynamicUser=, from /etc/passwd and /etc/group alone. NSS is left out on
 * purpose: it loads foreign code into a privileged process, and images have
 * their users in files.
 */
#pragma once

#include "base/diag.h"
#include "units/config.h"

/* The five *Directory= settings, in the order of their bases. */
typedef enum DirectoryBase {
        DIRECTORY_RUNTIME,
        DIRECTORY_STATE,
        DIRECTORY_CACHE,
        DIRECTORY_LOGS,
        DIRECTORY_CONFIGURATION,
        DIRECTORY_BASES,
} DirectoryBase;

typedef struct Identity {
        bool changes;   /* false: the command stays who the caller is */
        bool dynamic;   /* the ids are made up for this unit and are in no file */
        bool own_group; /* dynamic: the group is made up like the user, not one of /etc/group */
        char *user;     /* name; NULL where the id has none */
        char *group;
        char *home;
        char *shell;
        uid_t uid;
        gid_t gid;
        gid_t *groups; /* supplementary */
        size_t n_groups;
        char *passwd_text; /* dynamic: /etc/passwd and /etc/group as the sandbox shall see them */
        char *group_text;
} Identity;

void identity_done(Identity *i); /* for _cleanup_ */

/* Resolves what CONFIG asks for. UNIT_NAME gives a dynamic user its name. For dynamic users the ids
 * are those that the name hashes to; exec/dynamic-uid.h makes sure that nobody else has them.
 * -ESRCH with the reason in DIAG for users and groups that do not exist. */
int identity_resolve(const Config *config, const char *unit_name, Diag *diag, Identity *ret);

/* The name that a dynamic user gets: User=, or one made of the unit's name. */
int identity_dynamic_name(const Config *config, const char *unit_name, char **ret);

/* The N-th candidate for the uid of a dynamic user, within 61184 to 65519 (the range that
 * systemd.exec(5) documents); always the same for the same name. */
uid_t identity_dynamic_uid(const char *name, unsigned n);

/* Another uid for a dynamic identity, when the first candidate was taken. */
int identity_set_dynamic_uid(Identity *i, uid_t uid);

/* A hash of NAME that never changes between releases. */
uint64_t identity_hash(const char *name, unsigned n);

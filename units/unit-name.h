/*
 * Names of units, after systemd.unit(5) and systemd-escape(1): "prefix.type" is a plain unit,
 * "prefix@.type" a template, "prefix@instance.type" an instance of it. Nothing here looks at files.
 *
 * Functions that make a name check it: what they return is a valid name, or -EINVAL. Outputs are
 * new strings. All return 0 or, besides what they say, -ENOMEM.
 */
#pragma once

#include "base/diag.h"
#include "base/macro.h"

/* Bytes in a name, with the NUL: the kernel's limit for a file name. */
#define UNIT_NAME_MAX 256

typedef enum UnitType {
        UNIT_SERVICE,
        UNIT_SOCKET,
        UNIT_TARGET,
        UNIT_DEVICE,
        UNIT_MOUNT,
        UNIT_AUTOMOUNT,
        UNIT_SWAP,
        UNIT_TIMER,
        UNIT_PATH,
        UNIT_SLICE,
        UNIT_SCOPE,
} UnitType;

enum { UNIT_TYPES = UNIT_SCOPE + 1 };

typedef enum UnitNameKind {
        UNIT_NAME_PLAIN = 1,
        UNIT_NAME_TEMPLATE = 2,
        UNIT_NAME_INSTANCE = 3,
} UnitNameKind;

/* "service"; without dot. */
const char *unit_name_type_text(UnitType type);

/* The reverse: a UnitType, or -EINVAL. */
int unit_name_type_from_text(const char *text);

/* A UnitNameKind, or -EINVAL for what is no name of a unit. */
int unit_name_kind(const char *name);
static inline bool unit_name_is_valid(const char *name) {
        return unit_name_kind(name) > 0;
}

/* The same, and DIAG says what is wrong and what would be right. */
int unit_name_check(const char *name, Diag *diag);

/* A UnitType, or -EINVAL. */
int unit_name_type(const char *name);

bool unit_name_is_prefix(const char *text);
bool unit_name_is_instance(const char *text);

/* "foo" of "foo.service", "foo@.service" and "foo@x.service". */
int unit_name_prefix(const char *name, char **ret);

/* "x" of "foo@x.service", "" of a template, NULL of a plain name. */
int unit_name_instance(const char *name, char **ret);

/* "foo@.service" of "foo@x.service" and of itself; -EINVAL for plain names. */
int unit_name_template(const char *name, char **ret);

/* "foo@x.service" of "foo@.service" or "foo@y.service". */
int unit_name_with_instance(const char *name, const char *instance, char **ret);

/* "foo.socket" of "foo.service". */
int unit_name_with_type(const char *name, UnitType type, char **ret);

/* INSTANCE may be NULL. */
int unit_name_build(const char *prefix, const char *instance, UnitType type, char **ret);

/* "home-lost\x2bfound.mount" of "/home/lost+found"; -ENAMETOOLONG where no such name fits. */
int unit_name_from_path(const char *path, UnitType type, char **ret);

/* "/home" of "home.mount"; -ENAMETOOLONG for names that systemd shortened with a hash, which hold
 * no path. */
int unit_name_to_path(const char *name, char **ret);

/* What people type: a valid name stays, "/dev/sda" and "/home" become a device and a mount unit, in
 * anything else characters are escaped and the suffix of TYPE is added where none is. */
int unit_name_complete(const char *text, UnitType type, char **ret);

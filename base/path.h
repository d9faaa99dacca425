/*
 * Paths as text. Nothing here touches the file system.
 */
#pragma once

#include "base/macro.h"

static inline bool path_is_absolute(const char *p) {
        return p[0] == '/';
}

/* Folds "//", "/./" and a trailing "/" in place. ".." stays: only the file system knows it. */
char *path_simplify(char *p);

/* No "." or ".." component, no "//", no trailing "/" (but "/" itself is normalised). */
bool path_is_normalised(const char *p);

/* Valid for use in the kernel: not empty, under PATH_MAX, each component under NAME_MAX. */
bool path_is_valid(const char *p);

/* P below or equal to PREFIX, by whole components: the rest without leading "/", else NULL. */
const char *path_after(const char *p, const char *prefix);

/* Directory order: a parent sorts just before its children ("/a", "/a/b", "/a-b"). */
int path_compare(const char *a, const char *b);

/* "A/B" in a new string, with one slash between. Returns 0 or -ENOMEM. */
int path_join(const char *a, const char *b, char **ret);

/* The last component, "" for "/". Points into P. */
const char *path_last(const char *p);

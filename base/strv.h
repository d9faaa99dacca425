/*
 * Lists of strings: "char **", ended by NULL, and NULL itself is the empty
 * list. The list owns its strings.
 */
#pragma once

#include "base/macro.h"

void strv_free(char **l);
DEFINE_CLEANUP(char *, strv_free)
#define _cleanup_strv_ _cleanup_(strv_freep)

size_t strv_length(char *const *l);
bool strv_contains(char *const *l, const char *s);
bool strv_equal(char *const *a, char *const *b);

/* Append to a list that grew here from NULL; one that was shortened has nothing but NULL behind its
 * new end. Return 0 or -ENOMEM; on failure the list is as before. strv_push() takes ownership of S
 * in both cases, strv_add() copies it. */
int strv_push(char ***l, char *s) _warn_unused_;
int strv_add(char ***l, const char *s) _warn_unused_;
int strv_add_all(char ***l, char *const *more) _warn_unused_;
int strv_copy(char *const *l, char ***ret) _warn_unused_;

void strv_reverse(char **l);

#define STRV_FOREACH(s, l) for (char *const *s = (char *const *)(l); s && *s; s++)

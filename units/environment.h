/*
 * Environment blocks as lists of "NAME=value": environ(7), and the names that
 * systemd.exec(5) allows. In a list, each name stands once.
 */
#pragma once

#include "base/diag.h"

/* Letters, digits and "_", not beginning with a digit. N is its length. */
bool environment_name_is_valid(const char *name, size_t n);

/* 0, or -EINVAL with a message, unless TEXT is "NAME=value" in valid UTF-8. */
int environment_check(const char *text, Diag *diag);

/* Adds ASSIGNMENT, or puts it in the place of the one with its name. Takes it over in any case.
 * Returns 0 or -ENOMEM. */
int environment_put(char ***environment, char *assignment) _warn_unused_;

/* Leaves each name once: the last assignment, in the place of the first. For lists that were made
 * by strv_push() alone, where environment_put() would take a step for each pair of them. */
int environment_unique(char **environment) _warn_unused_;

/* The value of the name of length N, borrowed from the list, or NULL. */
const char *environment_get(char *const *environment, const char *name, size_t n);

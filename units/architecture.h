/*
 * The names that systemd.unit(5) gives to machines, for "%a" and
 * ConditionArchitecture=.
 */
#pragma once

/* "x86-64" for "x86_64", as uname(2) has it in its machine field. What is not in the list is
 * its own name. */
const char *architecture_name(const char *machine);

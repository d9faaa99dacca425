/*
 * The directories "foo.service.wants/", ".requires/" and ".upholds/" of systemd.unit(5): a symbolic
 * link in one of them, named like a unit, is as good as a line Wants= in the unit itself. They are
 * looked for wherever drop-in directories are, under the same names. Only the link's name counts;
 * where it points to is looked at to warn of a mistake, and to see whether it hides.
 */
#pragma once

#include "units/load-index.h"

/* The names of units that the directories with SUFFIX (".wants") have for a unit with these NAMES
 * (its id and its aliases), once each. A link to /dev/null or to an empty file hides links of its
 * name in directories that come later in the path. What is no link, or has no unit's name, is named
 * in DIAG and passed over; so is a directory that cannot be read. Returns 0 or -ENOMEM. */
int load_links_list(const LoadIndex *index, char *const *names, const char *suffix, Diag *diag,
                    char ***ret);

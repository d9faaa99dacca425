/*
 * Dependencies that follow from two units together, so that they can be made only when both are
 * loaded: RequiresMountsFor= of systemd.unit(5), and that targets are ordered after what they pull
 * in (systemd.target(5)).
 */
#pragma once

#include "supervisor/manager/registry.h"

/* Each function takes a list of units that were just loaded, linked by load_next; both return 0 or
 * -ENOMEM. The first mentions the mount units that there are on the paths that these units need, so
 * that they are loaded, too; the second makes the dependencies. */
int registry_link_mention_mounts(Registry *r, Unit *fresh);
int registry_link_fresh(Registry *r, Unit *fresh);

/* Does U need something that lies on MOUNT? */
bool registry_link_needs_mount(const Unit *u, const Unit *mount);

/* Is TARGET ordered after OTHER, which it pulls in, because nothing objects? */
bool registry_link_orders(const Unit *target, const Unit *other);

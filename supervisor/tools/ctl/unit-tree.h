/*
 * The unit files that a verb is about: those below --root=, those that the running manager reads,
 * or, where there is no manager, those of this machine.
 */
#pragma once

#include "supervisor/tools/ctl/client.h"
#include "supervisor/tools/ctl/ctl.h"
#include "units/install/install.h"

typedef struct UnitTree {
        sd_bus *bus; /* NULL: none was reached, or it has nothing to do with the tree */
        LoadPath path;
        Diag diag;
        Install install;
} UnitTree;

/* Returns an exit status. What goes wrong later is in "diag". */
int unit_tree_open(const CtlSettings *settings, UnitTree *ret);
void unit_tree_done(UnitTree *t); /* for _cleanup_ */

/* Prints what stands in "diag"; R, of a function of install.h, becomes an exit status. */
int unit_tree_judge(UnitTree *t, int r);

/*
 * The options of svctl, and which verbs take them: names and letters are systemctl(1)'s, and for
 * "logs" journalctl(1)'s. CtlSettings is what they are taken into.
 */
#pragma once

#include "base/program.h"
#include "supervisor/tools/ctl/ctl.h"

extern const OptionTable option_table;

extern const OptionVerbs option_table_verbs[];
extern const size_t option_table_n_verbs;

/* Frees what the options left in S. */
void option_table_forget(CtlSettings *s);

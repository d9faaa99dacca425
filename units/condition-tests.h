/*
 * The questions behind conditions, by what they look at; for condition.c. Each takes the argument
 * as systemd.unit(5) describes it, and returns 1, 0, or negative errno where that cannot be found
 * out or the argument makes no sense.
 */
#pragma once

#include "units/condition.h"

typedef int ConditionTest(const char *argument, const ConditionFacts *facts);

/* condition-path.c */
ConditionTest condition_path_exists, condition_path_glob, condition_path_directory,
        condition_path_link, condition_path_mount, condition_path_writable,
        condition_path_encrypted, condition_path_directory_full, condition_path_file_full,
        condition_path_executable, condition_path_needs_update;

/* condition-machine.c */
ConditionTest condition_machine_first_boot, condition_machine_power, condition_machine_architecture,
        condition_machine_firmware, condition_machine_virtual, condition_machine_host,
        condition_machine_memory, condition_machine_processors, condition_machine_feature,
        condition_machine_memory_pressure, condition_machine_cpu_pressure,
        condition_machine_io_pressure;

/* condition-kernel.c */
ConditionTest condition_kernel_word, condition_kernel_version, condition_kernel_any_version,
        condition_kernel_security, condition_kernel_controllers, condition_kernel_os_release;

/* condition-self.c */
ConditionTest condition_self_credential, condition_self_environment, condition_self_capability,
        condition_self_user, condition_self_group;

/* condition-compare.c: "<", "<=", "=", "==", "!=", "<>", ">=", ">" at the beginning of *TEXT, which
 * is moved behind it and the white space there. NULL: there is none. Then, does the result of a
 * comparison (less than, equal to, more than 0) fit? */
const char *condition_compare_operator(const char **text);
bool condition_compare_fits(const char *op, int result);

/* Versions as uapi-group.org's "Version Format Specification" orders them. */
int condition_compare_versions(const char *a, const char *b);

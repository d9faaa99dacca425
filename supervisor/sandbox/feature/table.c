/*
 * All features. "namespaces" looks at what the others asked for, and
 * "notify" at what covers /run, so they come last.
 */
#include "supervisor/sandbox/feature.h"

const Feature *const features[] = {
        &feature_capabilities,   &feature_device_policy, &feature_directories,
        &feature_dynamic_user,   &feature_identity,      &feature_kernel,
        &feature_limits,         &feature_paths,         &feature_private_devices,
        &feature_private_tmp,    &feature_proc,          &feature_protect_home,
        &feature_protect_system, &feature_remove_ipc,    &feature_root_directory,
        &feature_scheduling,     &feature_syscalls,      &feature_working_directory,
        &feature_notify,         &feature_namespaces,
};
const size_t features_count = ARRAY_SIZE(features);

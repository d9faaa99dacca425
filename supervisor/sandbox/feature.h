/*
 * A feature turns the settings that it is about into operations. One file in
 * feature/ each, exporting one const struct, listed in feature/table.c. The
 * plan is sorted afterwards; only who looks at what others added comes later.
 */
#pragma once

#include "supervisor/sandbox/plan.h"

typedef struct Feature {
        const char *name;
        /* Adds operations to P. Reads C and X only. Returns 0 or negative errno, with the reason
         * in DIAG where it is about the settings. */
        int (*plan)(const Config *c, const PlanContext *x, Diag *diag, Plan *p);
} Feature;

extern const Feature *const features[];
extern const size_t features_count;

extern const Feature feature_capabilities;
extern const Feature feature_device_policy;
extern const Feature feature_directories;
extern const Feature feature_dynamic_user;
extern const Feature feature_identity;
extern const Feature feature_kernel;
extern const Feature feature_limits;
extern const Feature feature_namespaces;
extern const Feature feature_notify;
extern const Feature feature_paths;
extern const Feature feature_private_devices;
extern const Feature feature_private_tmp;
extern const Feature feature_proc;
extern const Feature feature_protect_home;
extern const Feature feature_protect_system;
extern const Feature feature_remove_ipc;
extern const Feature feature_root_directory;
extern const Feature feature_scheduling;
extern const Feature feature_syscalls;
extern const Feature feature_working_directory;

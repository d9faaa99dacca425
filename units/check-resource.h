/*
 * Checks of the words of systemd.resource-control(5), in the manner of
 * units/check.h: processors, devices with their limits, controllers.
 */
#pragma once

#include "base/diag.h"

/* "0", "1-3", "0,2-3"; the list as a whole is made of several such words. */
int check_resource_cpu_set(const char *word, Diag *diag);
int check_resource_cpu_affinity(const char *word, Diag *diag); /* or "numa" */
int check_resource_node_mask(const char *word, Diag *diag);    /* or "all" */

/* A path and a value, with white space between. */
int check_resource_device_weight(const char *word, Diag *diag);  /* "/dev/sda 100" */
int check_resource_device_rate(const char *word, Diag *diag);    /* "/dev/sda 5M" */
int check_resource_device_latency(const char *word, Diag *diag); /* "/dev/sda 25ms" */

/* "/dev/null rw", "char-pts", "block-loop rwm" */
int check_resource_device(const char *word, Diag *diag);

int check_resource_controller(const char *word, Diag *diag);
int check_resource_delegate(const char *word, Diag *diag);    /* or a boolean */
int check_resource_bpf_program(const char *word, Diag *diag); /* "TYPE:PATH" */

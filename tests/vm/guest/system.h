/*
 * The agent's life when it stays the first process: a small system around one command.
 */
#pragma once

/* Mounts /proc, /sys, /dev, /run, /tmp and the control groups with all their controllers, and
 * brings the loopback interface up. Returns 0, or negative errno and in *RET_WHAT what failed. */
int system_set_up(const char **ret_what);

/* Runs the command with /dev/null as its input, and copies its output to the ports, until it ends;
 * whatever else ends meanwhile is reaped. Returns its exit status, 128 + N for signal N, 127 when
 * there is no such program and 126 when it cannot be run, as a shell has it, or negative errno. */
int system_run(char *const *command);

/*
 * Which process a forking service is: systemd.service(5), "PIDFile=" and
 * "GuessMainPID=".
 */
#pragma once

#include "supervisor/tools/run/runner.h"

/* After the command of ExecStart= has ended. Returns the pid, 0 when it is not known (then the unit
 * runs as long as anything of it does), or -EAGAIN while the file is not there yet. */
pid_t main_pid_find(const Runner *r);

/* After the service has ended: removes the file, as systemd.service(5) promises. One that names a
 * living process is another instance's, and stays. */
void main_pid_forget(const Runner *r);

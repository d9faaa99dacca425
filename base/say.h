/*
 * One line about what a process does that has no terminal and must never wait:
 * process 1 says it to the kernel's log, others on their standard error. What
 * cannot be written at once is lost. Nothing is allocated, so that it may be
 * called anywhere.
 */
#pragma once

#include "base/macro.h"

void say(bool to_kernel, const char *program, const char *format, ...) _printf_(3, 4);

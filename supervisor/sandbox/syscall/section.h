/*
 * The part of a program that decides for one architecture.
 */
#pragma once

#include "supervisor/sandbox/syscall/code.h"
#include "supervisor/sandbox/syscall/rules.h"

/* Expects the call's number in the accumulator. */
int syscall_section_write(const SyscallRules *rules, SyscallArch arch, SyscallCode *c,
                          SyscallLabel *ret);

/* What a call gets that no rule names: the strictest of the layers' default actions. */
uint32_t syscall_section_default(const SyscallRules *rules);

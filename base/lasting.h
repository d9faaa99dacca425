/*
 * For a program that goes on after a fatal signal by executing itself anew: memory
 * that outlives the program in a descriptor, and a place to go when the signal
 * comes.
 */
#pragma once

#include <signal.h>
#include <sys/types.h>

#include "base/macro.h"

/* SIZE bytes of zeros that can be mapped again from *RET_FD. NULL, with errno. */
void *lasting_new(size_t size, int *ret_fd);

/* Maps FD again. NULL: it is no such memory, or of another size. */
void *lasting_map(int fd, size_t size);

/* From now on HANDLER gets every signal that the program raises by its own fault, on a stack of its
 * own; all other signals are blocked. Returns 0 or negative errno. Once in a program. */
int lasting_catch(void (*handler)(int));

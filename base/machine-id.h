/*
 * Machine ids as machine-id(5) has them: 32 lower-case hexadecimal digits.
 */
#pragma once

#include "base/macro.h"

#define MACHINE_ID_SIZE 33 /* with the NUL */

/* Reads the first line of TEXT, also with the dashes and capitals of a UUID. False when it is no
 * id; all zeros are none. */
bool machine_id_parse(const char *text, char ret[static MACHINE_ID_SIZE]);

/* A new one by chance, as a UUID of version 4. Waits at boot until the kernel can give one. Returns
 * 0 or negative errno. */
int machine_id_new(char ret[static MACHINE_ID_SIZE]);

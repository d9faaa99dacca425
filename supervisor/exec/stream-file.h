/*
 * What the standard streams can be connected to, opened: systemd.exec(5),
 * "StandardInput=" and "StandardOutput=".
 */
#pragma once

#include <sys/types.h>

#include "units/setting.h"

/* The file, fifo, device or socket PATH. ACCESS is O_RDONLY, O_WRONLY or O_RDWR, with O_APPEND or
 * O_TRUNC; what is written to is made if it is missing. Returns an fd or negative errno. */
int stream_file_open(const char *path, int access, mode_t umask_bits);

/* A read-only fd from which the N entries of StandardInputText= and StandardInputData= are read. */
int stream_file_data(const TaggedSetting *items, size_t n);

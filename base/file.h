/*
 * Whole files: read with a bound, write so that a power cut leaves the old or
 * the new content and nothing between.
 */
#pragma once

#include <stdio.h>
#include <sys/types.h>

#include "base/macro.h"

/* For _cleanup_: closes a stream that was only read. */
static inline void file_closep(FILE **f) {
        if (*f)
                fclose(*f);
}

/* Reads all that FD still gives, at most MAX bytes (else -EFBIG), into a new string. A NUL stands
 * behind the content and is not counted in *RET_SIZE (which may be NULL). */
int file_read_fd(int fd, size_t max, char **ret, size_t *ret_size);

/* The same for a regular file named PATH below DIR_FD; symbolic links are followed. What is no
 * regular file is refused without waiting: -EISDIR for directories, -EBADF for fifos, devices and
 * sockets. */
int file_read_at(int dir_fd, const char *path, size_t max, char **ret, size_t *ret_size);

/* The first SIZE - 1 bytes of PATH, with a NUL behind them; for what is short, or of interest at
 * its beginning only. Allocates nothing. Returns their number or negative errno. */
ssize_t file_read_start_at(int dir_fd, const char *path, char *text, size_t size);

/* Replaces PATH (relative to DIR_FD) atomically: temporary file, fsync, rename, fsync of the
 * directory. */
int file_write_atomic_at(int dir_fd, const char *path, const char *text, mode_t mode);

/* The same without flushing: for what is to outlive this process, but not the kernel. */
int file_replace_at(int dir_fd, const char *path, const char *text, mode_t mode);

/* Writes TEXT with one write() to an existing file, as the kernel's own files in /proc and /sys
 * want. */
int file_write_kernel(int dir_fd, const char *path, const char *text);

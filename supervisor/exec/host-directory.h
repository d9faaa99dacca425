/*
 * OP_DIRECTORY: directories with owner, mode and links, systemd.exec(5),
 * "RuntimeDirectory=" and "PrivateTmp=".
 */
#pragma once

#include "supervisor/exec/host.h"

/* Makes or mends the directory of OP. Where it is to be id-mapped, *RET_MOUNT is a detached mount
 * of it, or -EBADF if that cannot be had and the files belong to the user on disk, too; else it is
 * left alone. Errors are in DIAG. */
int host_directory_make(Host *h, const Op *op, Diag *diag, int *ret_mount);

/*
 * fstab(5) as unit files: what systemd-fstab-generator(8) makes of it, without a program for that.
 * Pure: text in, files out; generator.h writes them.
 *
 * A line that is wrong is named, with its number, and passed over. Left out: "/", which is mounted
 * already, and the kernel's own file systems. x-systemd.automount and x-systemd.makefs are said to
 * be without effect.
 */
#pragma once

#include "base/diag.h"

typedef struct FstabFile {
        char *name; /* "var.mount", or "local-fs.target.d/50-fstab.conf" */
        char *text;
} FstabFile;

typedef struct FstabFiles {
        FstabFile *items;
        size_t n;
} FstabFiles;

/* What the machine has. */
typedef struct FstabMachine {
        bool links; /* udev makes /dev/disk/by-uuid/ and its kin, so UUID= can be waited for */
        bool fsck;  /* there are units systemd-fsck@.service */
} FstabMachine;

/* TEXT is changed. Returns 0 or -ENOMEM. */
int fstab_make(char *text, const FstabMachine *machine, Diag *diag, FstabFiles *ret);
void fstab_done(FstabFiles *f); /* for _cleanup_ */

/* The file of that name, or NULL. */
const FstabFile *fstab_find(const FstabFiles *f, const char *name);

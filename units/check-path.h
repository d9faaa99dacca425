/*
 * Checks of words that are, or begin with, a path, in the manner of
 * units/check.h. None of these looks at the file system.
 */
#pragma once

#include "base/diag.h"

int check_path_absolute(const char *word, Diag *diag);
int check_path_needs_update(const char *word, Diag *diag);  /* "/etc" or "/var" */
int check_path_image(const char *word, Diag *diag);         /* "[-]path[:options...]" */
int check_path_image_mount(const char *word, Diag *diag);   /* "[-]path:directory[:options...]" */
int check_path_image_options(const char *word, Diag *diag); /* "[partition:]options" */
int check_path_open_file(const char *word, Diag *diag);     /* "path[:name[:options]]" */
int check_path_root_hash(const char *word, Diag *diag);     /* hex digits or a path */
int check_path_root_hash_signature(const char *word, Diag *diag); /* "base64:..." or a path */

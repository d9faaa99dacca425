/*
 * The file system view as data: mount operations sorted, merged and freed of
 * what has no effect, so that the order in which directives were written never
 * matters.
 *
 * The rules:
 * - the operation with the longest path decides; each of "read-only" and "no-exec" is decided on
 * its own, and what is undecided comes from the operation above;
 * - on the same path: inaccessible wins over any content, an explicit path over one that follows
 *   from a broader directive, and the stricter attribute over the laxer;
 * - below an inaccessible path nothing is left;
 * - new content (a bind, a tmpfs) is writable unless it says otherwise, but inherits "no-exec".
 */
#pragma once

#include "supervisor/sandbox/op.h"

/* Sorts OPS, which are mounts all, drops the superfluous and resolves inherited attributes: in the
 * result, "set" is what the subtree gets, and a content operation and an OP_ATTRIBUTES on one path
 * are one. *N is the new count; dropped operations are freed. FOUND: all paths of the host are
 * known to exist. What has no effect is kept where it may still have to complain about a missing
 * path: until then, and in content that the view brings itself, which is looked at when it is
 * there. */
void mounts_merge(Op *ops, size_t *n, bool found);

/* The index of the operation that OPS[I] lies below, or -1. OPS are merged. */
ssize_t mounts_parent(const Op *ops, size_t i);

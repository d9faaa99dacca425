/*
 * Merging mounts. Parents sort before children, so one pass over the sorted
 * list with a look upwards is enough.
 */
#include "supervisor/sandbox/mounts.h"

#include <sys/mount.h>

#include "base/path.h"
#include "base/text.h"

/* Everything that a directory hands down to what is mounted below it. */
#define INHERITED_BY_CONTENT ((uint64_t)MOUNT_ATTR_NOEXEC)
#define DECIDABLE            ((uint64_t)(MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOEXEC))

/* Which of two operations on one path stands first, and so wins: the lower rank. */
static int rank(const Op *op) {
        if (op->kind == OP_INACCESSIBLE)
                return op->flags & OP_IMPLIED ? 1 : 0;
        if (op_is_content(op))
                return op->flags & OP_IMPLIED ? 3 : 2;
        return op->flags & OP_IMPLIED ? 5 : 4;
}

static int compare(const Op *a, const Op *b) {
        int r = path_compare(a->path, b->path);

        return r != 0 ? r : rank(a) - rank(b);
}

ssize_t mounts_parent(const Op *ops, size_t i) {
        return ops[i].above;
}

/* What lies between OPS[I] and its parent are the parent's other children, and what is below those:
 * going up from the one before meets it. */
static ssize_t find_parent(const Op *ops, size_t i) {
        ssize_t j = (ssize_t)i - 1;

        while (j >= 0 && !path_after(ops[i].path, ops[j].path))
                j = ops[j].above;
        return j;
}

/* Folds B, of the same path and lower standing, into A. */
static void fold(Op *a, const Op *b) {
        bool explicit_wins = b->flags & OP_IMPLIED && !(a->flags & OP_IMPLIED);
        uint64_t undecided = b->clear & ~a->clear;

        if (op_is_content(b))
                return; /* one content a path: the first */
        if (a->kind == OP_ATTRIBUTES && !explicit_wins)
                undecided |= b->set; /* of two equals the stricter */
        else if (op_is_content(a) && !(b->flags & OP_IMPLIED))
                undecided |= b->set; /* BindPaths= and ReadOnlyPaths= on one path */
        a->set |= b->set & undecided;
        a->clear |= undecided & b->clear;
        a->flags |= b->flags & OP_NO_DEVICES;
        if (!(b->flags & OP_IGNORE_MISSING))
                a->flags &= ~(unsigned)OP_IGNORE_MISSING;
}

static void fold_equals(Op *ops, size_t *n) {
        size_t kept = 0;

        for (size_t i = 0; i < *n; i++) {
                if (kept > 0 && text_eq(ops[kept - 1].path, ops[i].path)) {
                        fold(&ops[kept - 1], &ops[i]);
                        op_done(&ops[i]);
                } else
                        ops[kept++] = ops[i];
        }
        *n = kept;
}

static void inherit(Op *op, const Op *parent) {
        uint64_t wanted = op_is_content(op) ? INHERITED_BY_CONTENT : DECIDABLE;

        wanted &= parent->clear & ~op->clear;
        op->set |= parent->set & wanted;
        op->clear |= wanted;
        if (!(parent->flags & OP_NO_DEVICES) || op->kind == OP_DEVICES)
                return;
        op->flags |= OP_NO_DEVICES;
        op->set |= MOUNT_ATTR_NODEV;
        op->clear |= MOUNT_ATTR_NODEV;
}

/* Does OPS[I] lie in content that the view brings itself? Nobody looked into that yet. */
static bool is_in_content(const Op *ops, size_t i) {
        for (ssize_t j = ops[i].above; j >= 0; j = ops[j].above)
                if (op_is_content(&ops[j]) && ops[j].kind != OP_ROOT)
                        return true;
        return false;
}

/* Same attributes as above, and no content of its own: nothing would change. What must complain
 * about a missing path stays until that is known to be there. */
static bool is_without_effect(const Op *ops, size_t i, bool found) {
        const Op *op = &ops[i];
        const Op *parent = op->above >= 0 ? &ops[op->above] : NULL;
        uint64_t above = parent ? parent->set & DECIDABLE : 0;

        if (parent && parent->flags & OP_NO_DEVICES)
                above |= MOUNT_ATTR_NODEV;
        return op->kind == OP_ATTRIBUTES && op->set == above &&
               (op->flags & OP_IGNORE_MISSING || (found && !is_in_content(ops, i)));
}

void mounts_merge(Op *ops, size_t *n, bool found) {
        size_t kept = 0;

        op_sort(ops, *n, compare);
        fold_equals(ops, n);
        for (size_t i = 0; i < *n; i++) {
                ssize_t above;
                Op *parent, op = ops[i];

                /* ops[kept] is free: what stood there was moved down or dropped */
                ops[i] = (Op){ OP_INIT };
                ops[kept] = op;
                above = find_parent(ops, kept);
                ops[kept].above = above;
                parent = above < 0 ? NULL : &ops[above];
                if (parent)
                        inherit(&ops[kept], parent);
                if ((parent && parent->kind == OP_INACCESSIBLE) ||
                    is_without_effect(ops, kept, found))
                        op_done(&ops[kept]);
                else
                        kept++;
        }
        *n = kept;
}

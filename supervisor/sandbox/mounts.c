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

static int compare(const void *a, const void *b) {
        const Op *x = a, *y = b;
        int r = path_compare(x->path, y->path);

        return r != 0 ? r : rank(x) - rank(y);
}

/* Insertion keeps the written order among equals, which qsort() does not promise. */
static void sort(Op *ops, size_t n) {
        for (size_t i = 1; i < n; i++) {
                Op op = ops[i];
                size_t j = i;

                for (; j > 0 && compare(&ops[j - 1], &op) > 0; j--)
                        ops[j] = ops[j - 1];
                ops[j] = op;
        }
}

ssize_t mounts_parent(const Op *ops, size_t i) {
        for (size_t j = i; j-- > 0;)
                if (path_after(ops[i].path, ops[j].path))
                        return (ssize_t)j;
        return -1;
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
}

/* Same attributes as above, and no content of its own: nothing would change. */
static bool is_without_effect(const Op *op, const Op *parent, bool found) {
        uint64_t above = parent ? parent->set & DECIDABLE : 0;

        return op->kind == OP_ATTRIBUTES && op->set == above &&
               (found || op->flags & OP_IGNORE_MISSING);
}

void mounts_merge(Op *ops, size_t *n, bool found) {
        size_t kept = 0;

        sort(ops, *n);
        fold_equals(ops, n);
        for (size_t i = 0; i < *n; i++) {
                ssize_t above;
                Op *parent, op = ops[i];

                /* ops[kept] is free: what stood there was moved down or dropped */
                ops[i] = (Op){ OP_INIT };
                ops[kept] = op;
                above = mounts_parent(ops, kept);
                parent = above < 0 ? NULL : &ops[above];
                if (parent)
                        inherit(&ops[kept], parent);
                if ((parent && parent->kind == OP_INACCESSIBLE) ||
                    is_without_effect(&ops[kept], parent, found))
                        op_done(&ops[kept]);
                else
                        kept++;
        }
        *n = kept;
}

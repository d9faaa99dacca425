/*
 * What the C language lacks: values that clean up after themselves, and the
 * handful of attributes that we use. Nothing here has a run-time cost.
 *
 * The rule that the macros serve: build in a self-cleaning local, hand over to
 * the caller on the last lines with TAKE_PTR() or TAKE_FD().
 */
#pragma once

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#define _cleanup_(f)   __attribute__((cleanup(f)))
#define _printf_(a, b) __attribute__((format(printf, a, b)))
#define _unused_       __attribute__((unused))
#define _noreturn_     __attribute__((noreturn))
#define _warn_unused_  __attribute__((warn_unused_result))

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIN_OF(a, b)  ((a) < (b) ? (a) : (b))
#define MAX_OF(a, b)  ((a) > (b) ? (a) : (b))

/* Hands the pointer over and forgets it here, so that its cleanup does nothing. */
#define TAKE_PTR(p)                     \
        ({                              \
                __typeof__(p) _p = (p); \
                (p) = NULL;             \
                _p;                     \
        })

#define TAKE_FD(fd)             \
        ({                      \
                int _fd = (fd); \
                (fd) = -EBADF;  \
                _fd;            \
        })

/* For _cleanup_(freep): frees what a local pointer points to. */
static inline void freep(void *p) {
        free(*(void **)p);
}
#define _cleanup_free_ _cleanup_(freep)

/* Defines NAMEp(), the cleanup of a local "Type *", from the destructor NAME(). */
#define DEFINE_CLEANUP(type, destructor)             \
        static inline void destructor##p(type **p) { \
                if (*p)                              \
                        destructor(*p);              \
        }

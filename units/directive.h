/*
 * Directives are rows. This header gives the row its shape; directives.def
 * holds the rows; everything else that knows a directive's name is generated
 * from there: Config, the parser, "svrun -p", the documentation, the completion.
 */
#pragma once

#include "units/section.h"
#include "units/type.h"

typedef enum DirectiveFlag {
        /* Nobody acts on it yet: wherever it is used, that is said, and Enforce=strict refuses it.
         */
        NOT_ENFORCED = 1 << 0,
        /* The supervisor's business (dependencies, restarts, logs), not a wall of the sandbox: a
         * program that runs one command says that it leaves it out, and goes on. */
        SUPERVISION = 1 << 1,
        /* svmanager acts on it, and nobody else: a program that runs one command refuses it like
         * one that is NOT_ENFORCED, or leaves it out, if it is SUPERVISION. */
        MANAGED = 1 << 6,
        /* For people only; there is nothing to act on. */
        DESCRIPTIVE = 1 << 2,
        /* "%" stands for itself in the value. */
        LITERAL = 1 << 3,
        /* Set by our own programs only; refused in files, on command lines and on the bus. */
        INTERNAL = 1 << 4,
        /* The field belongs to an earlier row, which has the same offset: whoever walks over fields
         * passes over this row. */
        SHARED_FIELD = 1 << 5,
} DirectiveFlag;

struct Directive {
        unsigned sections; /* bits of Section */
        const char *name;
        const Type *type;
        const void *param;   /* see the type */
        size_t offset;       /* of the field in Config */
        const char *initial; /* as text; NULL: a field of zero bytes */
        unsigned flags;      /* bits of DirectiveFlag */
        unsigned weight;     /* what it adds to the exposure score when off; 0: not scored */
        const char *exposed; /* what a service can reach while it is off; NULL with weight 0 */
        const char *text;    /* one sentence of documentation */
};

/* An old spelling that people still write, or a short form for two directives. */
typedef struct DirectiveAlias {
        unsigned sections;
        const char *name;
        unsigned target_sections;
        const char *target;
        const char *other; /* "" where there is one target only */
} DirectiveAlias;

extern const Directive directives[];
extern const size_t directives_count;
extern const DirectiveAlias directive_aliases[];
extern const size_t directive_aliases_count;

#define DIRECTIVE_FOREACH(d) \
        for (const Directive *d = directives; d < directives + directives_count; d++)

/* The row for NAME in SECTION, old spellings included; NULL where there is none. */
const Directive *directive_find(unsigned section, const char *name);

/* The row for NAME in any of SECTIONS, the first that has it: for "svrun -p", which has no
 * sections. */
const Directive *directive_find_any(unsigned sections, const char *name);

/* All rows that NAME sets in SECTIONS: 0, 1, or 2 for a short form such as TimeoutSec=. */
size_t directive_resolve(unsigned sections, const char *name, const Directive *ret[static 2]);

/* What to use instead of NAME, which meant something once; NULL where it never did. */
const char *directive_retired(unsigned sections, const char *name);

/* The known name that NAME was probably meant to be, or NULL. */
const char *directive_nearest(unsigned sections, const char *name);

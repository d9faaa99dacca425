/*
 * The probe runs inside a sandbox, tries things and says how they went, one
 * "key=value" a line. It judges a sandbox by its effect, so it believes no
 * configuration and shares no code with what makes sandboxes. It is linked
 * statically and uses no name service, so that it works in an empty root too.
 *
 * A verb on the command line is "name" or "name:argument"; the key of its
 * answer is the verb as it was written, with ".part" behind it where one verb
 * gives several answers. "probe --help" lists the verbs.
 */
#pragma once

#include "base/macro.h"

typedef enum ProbeArgument {
        PROBE_NO_ARGUMENT,
        PROBE_MAY_HAVE_ARGUMENT,
        PROBE_NEEDS_ARGUMENT,
} ProbeArgument;

typedef struct ProbeVerb {
        const char *name; /* NULL ends a table */
        ProbeArgument argument;
        /* One of the two. An attempt returns 0 or negative errno, which is answered as "ok" or
         * "EPERM"; a report gives its answers itself, with probe_say(). ARGUMENT may be NULL where
         * the table says so. */
        int (*attempt)(const char *argument);
        void (*report)(const char *key, const char *argument);
        /* The attempt changes the process that makes it, so a child makes it. */
        bool in_child;
        const char *help;
} ProbeVerb;

extern const ProbeVerb probe_file_verbs[];
extern const ProbeVerb probe_mount_verbs[];
extern const ProbeVerb probe_network_verbs[];
extern const ProbeVerb probe_process_verbs[];
extern const ProbeVerb probe_system_verbs[];
extern const ProbeVerb probe_user_verbs[];

/* "KEY=..." or, with PART, "KEY.PART=...". Control characters and backslashes are shown as \xNN, so
 * that an answer is one line whatever it holds. */
void probe_say(const char *key, const char *part, const char *format, ...) _printf_(3, 4);

/* Says "ok", or the name of the error -R. */
void probe_say_result(const char *key, const char *part, int r);

/* Runs the attempt in a child. Returns what it returned, or PROBE_KILLED - signal. */
#define PROBE_KILLED (-1000)
int probe_in_child(int (*attempt)(const char *argument), const char *argument);

/* The result of a system call as 0 or negative errno. */
static inline int probe_result(long r) {
        return r < 0 ? -errno : 0;
}

/* A word of a table with a number: for families, namespaces, limits. An argument that is neither in
 * the table nor a number ends the program with status 2. */
typedef struct ProbeWord {
        const char *name; /* NULL ends a table */
        int value;
} ProbeWord;
int probe_word(const ProbeWord *table, const char *name);
int probe_number(const char *text);

/* Reads the start of a file into BUFFER, ends it with NUL. Returns the length or negative errno. */
int probe_read(const char *path, char *buffer, size_t size);

/*
 * All settings of one unit: a struct with a field for each row of
 * directives.def, and the functions that fill, print and free it through the
 * table alone.
 */
#pragma once

#include "units/directive.h"
#include "units/enums.h"
#include "units/setting.h"

/* How fields of each type are declared: FIELD_<type> in the .def file's third column. */
#define FIELD_boolean           bool
#define FIELD_enumeration       int
#define FIELD_string            char *
#define FIELD_words             char **
#define FIELD_integer           int64_t
#define FIELD_size              uint64_t
#define FIELD_limit             LimitSetting
#define FIELD_time_span         uint64_t
#define FIELD_mode              mode_t
#define FIELD_signal            int
#define FIELD_path              char *
#define FIELD_paths             PathList
#define FIELD_binds             BindList
#define FIELD_tmpfs             TmpfsList
#define FIELD_directories       DirectoryList
#define FIELD_environment       char **
#define FIELD_environment_file  EnvironmentFileList
#define FIELD_commands          CommandList
#define FIELD_rlimit            RlimitSetting
#define FIELD_capabilities      CapabilitySetting
#define FIELD_syscalls          SyscallFilter
#define FIELD_families          FamilyFilter
#define FIELD_namespaces        NamespaceFilter
#define FIELD_exit_statuses     ExitStatusSet
#define FIELD_working_directory WorkingDirectory
#define FIELD_stream            StreamSetting
#define FIELD_conditions        ConditionList
#define FIELD_tagged            TaggedList
#define FIELD_errno_number      int
#define FIELD_hostname          HostnameSetting

/* Rows of DIRECTIVE_SHARED fill the field of an earlier row and declare nothing. */
#define DIRECTIVE(sections, name, type, param, field, initial, flags, weight, exposed, text) \
        FIELD_##type field;

enum { CONFIG_ROWS_MAX = 640 }; /* checked against the table at build time */

typedef struct Config {
#include "units/directives.def"
        /* Which rows were assigned by the unit (bit = index of the row), even if to their default.
         */
        uint64_t assigned[CONFIG_ROWS_MAX / 64];
        /* Bits of Section that something was assigned in: config_format() writes there what could
         * stand in several. */
        unsigned sections;
} Config;

/* Every field gets its initial value. Returns 0 or -ENOMEM. */
int config_init(Config *c);
void config_done(Config *c); /* for _cleanup_; also after a failed config_init() */

/* One assignment: NAME in SECTION (a bit of Section, or several where the place has none), VALUE
 * without surrounding white space. Unknown names: -ENOENT with the nearest known one in the Diag (a
 * name that begins with "X-" is passed over in silence). Wrong values: what the type says. One
 * wrong assignment leaves the others as they are. Rows that are INTERNAL: -EPERM, unless CONTEXT
 * allows them. */
int config_assign(Config *c, unsigned section, const char *name, const char *value,
                  const ParseContext *context);

/* All assignments of a unit file's text, in order. Wrong lines, and unknown sections, are named in
 * the Diag with FILE and their line, and passed over: the return value is the number of them, or
 * negative errno where the text as a whole is refused (then C is to be thrown away). Sections whose
 * names begin with "X-" are passed over in silence. */
int config_parse_text(Config *c, const char *file, const char *text, size_t size,
                      const ParseContext *context);

/* Was D assigned, to whatever value? The empty assignment takes that back. */
bool config_is_assigned(const Config *c, const Directive *d);

/* The same for the row NAME of systemd.exec(5) and systemd.service(5). */
bool config_has(const Config *c, const char *name);

static inline const void *config_field(const Config *c, const Directive *d) {
        return (const char *)c + d->offset;
}

/* The canonical text: what was assigned or differs from the initial values, section by section, in
 * table order. Parsed again (without specifiers) it gives an equal Config. Returns 0 or -ENOMEM. */
int config_format(const Config *c, char **ret);

/* The same value in every field; whether it was assigned does not count. */
bool config_equal(const Config *a, const Config *b);

/*
 * All types that a row of directives.def can name: type_<third column>. Each
 * fills the field that FIELD_<third column> of config.h declares.
 *
 * What a type makes of the row's param stands in param.h; the syntax of each
 * is that of the man page named behind it.
 */
#pragma once

#include "units/type.h"

/* Plain values: systemd.syntax(7) */
extern const Type type_boolean;
extern const Type type_enumeration; /* param: EnumNames */
extern const Type type_string;      /* param: WordsParam, or NULL */
extern const Type type_words;       /* param: WordsParam, or NULL */
extern const Type type_integer;     /* param: IntegerParam, or NULL */
extern const Type type_size;        /* param: IntegerParam (bounds and word), or NULL */
extern const Type type_limit;       /* param: LimitParam, or NULL */
extern const Type type_time_span;   /* param: TimeSpanParam, or NULL: seconds */
extern const Type type_mode;
extern const Type type_signal;

/* Paths: systemd.exec(5) */
extern const Type type_path;  /* param: PathParam, or NULL */
extern const Type type_paths; /* param: PathParam, or NULL */
extern const Type type_binds;
extern const Type type_tmpfs;
extern const Type type_directories; /* param: DirectoriesParam, or NULL */
extern const Type type_working_directory;

/* The rest of systemd.exec(5) and systemd.service(5) */
extern const Type type_environment;
extern const Type type_environment_file;
extern const Type type_commands;
extern const Type type_rlimit; /* param: RlimitParam */
extern const Type type_capabilities;
extern const Type type_syscalls;
extern const Type type_families;
extern const Type type_namespaces;
extern const Type type_exit_statuses;
extern const Type type_stream; /* param: StreamParam, or NULL: output */
extern const Type type_errno_number;
extern const Type type_hostname;

/* Lists that several directives share: systemd.unit(5), systemd.socket(5), systemd.timer(5) */
extern const Type type_conditions; /* param: WordsParam, or NULL */
extern const Type type_tagged;     /* param: WordsParam, or NULL */

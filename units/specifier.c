/*
 * The table of specifiers. Each row names the function that looks its value up,
 * with what the function needs to know beyond the letter.
 *
 * What is read from files is read in the root that the context names; what is
 * asked of the kernel is asked of the running one.
 */
#include "units/specifier.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/path.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/architecture.h"
#include "units/environment-file.h"
#include "units/environment.h"
#include "units/unit-escape.h"
#include "units/unit-name.h"

enum { FILE_SIZE_MAX = 64 * 1024 };

/* Why a value cannot be had, for the message; "%s" in front is the specifier. */
typedef struct Lookup {
        const SpecifierContext *context;
        const char *argument; /* of the row */
        Diag *diag;
        char letter;
} Lookup;

static int copy(const char *text, char **ret) {
        char *s = strdup(text);

        if (!s)
                return -ENOMEM;
        *ret = s;
        return 0;
}

static int copy_number(uint32_t n, char **ret) {
        return asprintf(ret, "%u", n) < 0 ? -ENOMEM : 0;
}

/* -- Names of the unit --------------------------------------------------------------------- */

static int need_unit(const Lookup *l) {
        return l->context->unit ? 0
                                : diag_error(l->diag, -ENXIO,
                                             "%%%c stands for a part of the unit's name, but "
                                             "there is no unit here; write \"%%%%\" for a percent "
                                             "sign",
                                             l->letter);
}

static int unit_part(const Lookup *l, char **ret) {
        const char *unit = l->context->unit;
        _cleanup_free_ char *part = NULL;
        const char *dash;
        int r = need_unit(l);

        if (r < 0)
                return r;
        switch (l->letter) {
        case 'n':
                return copy(unit, ret);
        case 'N':
                r = copy(unit, ret);
                if (r == 0 && strrchr(*ret, '.'))
                        *strrchr(*ret, '.') = '\0';
                return r;
        case 'i':
        case 'I':
                r = unit_name_instance(unit, &part);
                return r < 0 ? r : copy(part ? part : "", ret);
        case 'j':
        case 'J':
                r = unit_name_prefix(unit, &part);
                dash = part ? strrchr(part, '-') : NULL;
                return r < 0 ? r : copy(dash ? dash + 1 : part, ret);
        default:
                return unit_name_prefix(unit, ret);
        }
}

static int unit_part_unescaped(const Lookup *l, char **ret) {
        _cleanup_free_ char *part = NULL;
        int r = unit_part(l, &part);

        if (r < 0)
                return r;
        r = unit_escape_undo(part, ret);
        return r == -EINVAL ? diag_error(l->diag, r,
                                         "%%%c cannot be used here: \"%s\" in the unit's name is "
                                         "not escaped as systemd-escape(1) does it",
                                         l->letter, part)
                            : r;
}

static int unit_path(const Lookup *l, char **ret) {
        _cleanup_free_ char *instance = NULL;
        int r = need_unit(l);

        if (r < 0)
                return r;
        r = unit_name_instance(l->context->unit, &instance);
        if (r < 0)
                return r;
        r = instance ? unit_escape_undo_path(instance, ret)
                     : unit_name_to_path(l->context->unit, ret);
        return r == -EINVAL || r == -ENAMETOOLONG
                       ? diag_error(l->diag, r,
                                    "%%f cannot be used here: the name of the unit holds no path")
                       : r;
}

/* -- Files --------------------------------------------------------------------------------- */

static int open_in_root(const Lookup *l, const char *path, int flags) {
        int fd;

        if (l->context->root_fd > 0)
                return fd_open_in_root(l->context->root_fd, path, flags | O_CLOEXEC);
        fd = open(path, flags | O_CLOEXEC);
        return fd < 0 ? -errno : fd;
}

static int read_in_root(const Lookup *l, const char *path, char **ret, size_t *ret_size) {
        _cleanup_fd_ int fd = open_in_root(l, path, O_RDONLY | O_NOCTTY | O_NONBLOCK);

        return fd < 0 ? fd : file_read_fd(fd, FILE_SIZE_MAX, ret, ret_size);
}

static int say_unreadable(const Lookup *l, int error, const char *path) {
        return diag_error(l->diag, error, "%%%c needs %s: %s; write \"%%%%\" for a percent sign",
                          l->letter, path, strerror(-error));
}

/* "/a/b" of what FD stands for, with links resolved. */
static int real_path(int fd, char **ret) {
        char proc[FD_PROC_PATH_MAX], text[4096];
        ssize_t n = readlink(fd_proc_path(fd, proc), text, sizeof(text) - 1);

        if (n < 0)
                return -errno;
        text[n] = '\0';
        return copy(text, ret);
}

/* The path of the file, as seen from the root. */
static int fragment_path(const Lookup *l, char **ret) {
        const char *path = l->context->fragment_path, *inner;
        _cleanup_free_ char *full = NULL, *root = NULL;
        _cleanup_fd_ int fd = -EBADF;
        int r;

        if (!path)
                return diag_error(l->diag, -ENXIO,
                                  "%%%c stands for the unit's file, but the unit was not read from "
                                  "one; write \"%%%%\" for a percent sign",
                                  l->letter);
        fd = open_in_root(l, path, O_PATH);
        r = fd < 0 ? fd : real_path(fd, &full);
        if (r >= 0 && l->context->root_fd > 0)
                r = real_path(l->context->root_fd, &root);
        if (r < 0)
                return say_unreadable(l, r, path);
        inner = root ? path_after(full, root) : NULL;
        return inner ? path_join("/", inner, ret) : copy(full, ret);
}

static int fragment_directory(const Lookup *l, char **ret) {
        _cleanup_free_ char *path = NULL;
        int r = fragment_path(l, &path);
        char *slash;

        if (r < 0)
                return r;
        slash = strrchr(path, '/');
        slash[slash == path] = '\0';
        *ret = TAKE_PTR(path);
        return 0;
}

/* 32 hexadecimal digits, with or without dashes. */
static int take_id(const char *text, char **ret) {
        char id[33];
        size_t n = 0;

        for (; *text && *text != '\n'; text++) {
                if (*text == '-')
                        continue;
                if (n == 32 || !strchr("0123456789abcdef", *text))
                        return -EUCLEAN;
                id[n++] = *text;
        }
        if (n != 32)
                return -EUCLEAN;
        id[32] = '\0';
        return copy(id, ret);
}

static int machine_id(const Lookup *l, char **ret) {
        _cleanup_free_ char *text = NULL;
        int r = read_in_root(l, l->argument, &text, NULL);

        if (r >= 0)
                r = take_id(text, ret);
        if (r == -EUCLEAN)
                return diag_error(l->diag, r, "%%%c needs %s, which holds no valid id", l->letter,
                                  l->argument);
        return r < 0 ? say_unreadable(l, r, l->argument) : r;
}

static int boot_id(const Lookup *l, char **ret) {
        _cleanup_free_ char *text = NULL;
        int r = file_read_at(AT_FDCWD, l->argument, FILE_SIZE_MAX, &text, NULL);

        if (r >= 0)
                r = take_id(text, ret);
        return r < 0 ? say_unreadable(l, r, l->argument) : r;
}

/* The value of NAME in the file of assignments at PATH: a new string, NULL where it has none. */
static int read_variable(const Lookup *l, const char *path, const char *name, char **ret) {
        _cleanup_strv_ char **all = NULL;
        _cleanup_free_ char *text = NULL;
        const char *value;
        size_t size;
        int r = read_in_root(l, path, &text, &size);

        if (r < 0)
                return r;
        r = environment_file_parse(path, text, size, &all, NULL);
        if (r < 0)
                return r;
        value = environment_get(all, name, strlen(name));
        *ret = NULL;
        return value ? copy(value, ret) : 0;
}

static int os_release(const Lookup *l, char **ret) {
        _cleanup_free_ char *value = NULL;
        int r = read_variable(l, "/etc/os-release", l->argument, &value);

        if (r == -ENOENT)
                r = read_variable(l, "/usr/lib/os-release", l->argument, &value);
        if (r < 0)
                return say_unreadable(l, r, "/etc/os-release");
        return copy(value ? value : "", ret);
}

/* -- The system ---------------------------------------------------------------------------- */

static int system_name(const Lookup *l, char **ret) {
        struct utsname u;

        if (uname(&u) < 0)
                return -errno;
        if (l->letter == 'a')
                return copy(architecture_name(u.machine), ret);
        if (l->letter == 'v')
                return copy(u.release, ret);
        if (l->letter != 'H')
                u.nodename[strcspn(u.nodename, ".")] = '\0';
        return copy(u.nodename, ret);
}

/* Without one of its own, a machine's pretty name is its short one. */
static int pretty_hostname(const Lookup *l, char **ret) {
        _cleanup_free_ char *value = NULL;

        if (read_variable(l, "/etc/machine-info", "PRETTY_HOSTNAME", &value) == -ENOMEM)
                return -ENOMEM;
        if (text_is_empty(value))
                return system_name(l, ret);
        *ret = TAKE_PTR(value);
        return 0;
}

static int temporary_directory(const Lookup *l, char **ret) {
        static const char *const variables[] = { "TMPDIR", "TEMP", "TMP" };

        for (size_t i = 0; i < ARRAY_SIZE(variables); i++) {
                const char *value = secure_getenv(variables[i]);

                if (value && path_is_absolute(value) && path_is_normalised(value))
                        return copy(value, ret);
        }
        return copy(l->argument, ret);
}

/* -- Directories --------------------------------------------------------------------------- */

static int say_unknown_owner(const Lookup *l, const char *what) {
        return diag_error(l->diag, -ENXIO,
                          "%%%c needs %s, which is not known here; write the path itself",
                          l->letter, what);
}

static int home(const Lookup *l, char **ret) {
        const SpecifierContext *s = l->context;

        if (s->home)
                return copy(s->home, ret);
        return s->uid == 0 ? copy("/root", ret) : say_unknown_owner(l, "the user's home directory");
}

static int shell(const Lookup *l, char **ret) {
        const SpecifierContext *s = l->context;

        if (s->shell)
                return copy(s->shell, ret);
        return s->uid == 0 ? copy("/bin/sh", ret) : say_unknown_owner(l, "the user's shell");
}

/* Where each kind of directory lies, for the system and for a user. For users, %S and %L are those
 * of systemd 254 and later, as StateDirectory= and LogsDirectory= are here. */
typedef struct Base {
        char letter;
        const char *system;
        const char *variable;
        const char *below_home; /* when the variable is not set; NULL: an error */
        const char *suffix;
} Base;

static const Base bases[] = {
        { 'C', "/var/cache", "XDG_CACHE_HOME", ".cache", "" },
        { 'E', "/etc", "XDG_CONFIG_HOME", ".config", "" },
        { 'L', "/var/log", "XDG_STATE_HOME", ".local/state", "/log" },
        { 'S', "/var/lib", "XDG_STATE_HOME", ".local/state", "" },
        { 't', "/run", "XDG_RUNTIME_DIR", NULL, "" },
};

static int user_base(const Lookup *l, const Base *b, char **ret) {
        const char *set = secure_getenv(b->variable);
        _cleanup_free_ char *house = NULL, *path = NULL;
        int r;

        if (set && path_is_absolute(set))
                return asprintf(ret, "%s%s", set, b->suffix) < 0 ? -ENOMEM : 0;
        if (!b->below_home)
                return say_unknown_owner(l, "$XDG_RUNTIME_DIR");
        r = home(l, &house);
        if (r < 0)
                return r;
        r = path_join(house, b->below_home, &path);
        if (r < 0)
                return r;
        return asprintf(ret, "%s%s", path, b->suffix) < 0 ? -ENOMEM : 0;
}

static int base_directory(const Lookup *l, char **ret) {
        const Base *b = bases;

        while (b->letter != l->argument[0])
                b++;
        return l->context->user_instance ? user_base(l, b, ret) : copy(b->system, ret);
}

static int credentials(const Lookup *l, char **ret) {
        _cleanup_free_ char *run = NULL;
        int r = need_unit(l);

        if (r >= 0)
                r = base_directory(l, &run);
        if (r < 0)
                return r;
        return asprintf(ret, "%s/credentials/%s", run, l->context->unit) < 0 ? -ENOMEM : 0;
}

/* -- Who runs the supervisor --------------------------------------------------------------- */

static int owner(const Lookup *l, char **ret) {
        const SpecifierContext *s = l->context;
        bool group = l->letter == 'g' || l->letter == 'G';
        uint32_t id = group ? s->gid : s->uid;
        const char *name = group ? s->group_name : s->user_name;

        if (l->letter == 'U' || l->letter == 'G')
                return copy_number(id, ret);
        if (!name && id == 0)
                name = "root";
        return name ? copy(name, ret) : copy_number(id, ret);
}

/* -- The table ----------------------------------------------------------------------------- */

typedef struct Specifier {
        char letter;
        int (*look_up)(const Lookup *l, char **ret);
        const char *argument;
} Specifier;

static const Specifier specifiers[] = {
        { 'a', system_name, NULL },
        { 'A', os_release, "IMAGE_VERSION" },
        { 'b', boot_id, "/proc/sys/kernel/random/boot_id" },
        { 'B', os_release, "BUILD_ID" },
        { 'C', base_directory, "C" },
        { 'd', credentials, "t" },
        { 'E', base_directory, "E" },
        { 'f', unit_path, NULL },
        { 'g', owner, NULL },
        { 'G', owner, NULL },
        { 'h', home, NULL },
        { 'H', system_name, NULL },
        { 'i', unit_part, NULL },
        { 'I', unit_part_unescaped, NULL },
        { 'j', unit_part, NULL },
        { 'J', unit_part_unescaped, NULL },
        { 'l', system_name, NULL },
        { 'L', base_directory, "L" },
        { 'm', machine_id, "/etc/machine-id" },
        { 'M', os_release, "IMAGE_ID" },
        { 'n', unit_part, NULL },
        { 'N', unit_part, NULL },
        { 'o', os_release, "ID" },
        { 'p', unit_part, NULL },
        { 'P', unit_part_unescaped, NULL },
        { 'q', pretty_hostname, NULL },
        { 's', shell, NULL },
        { 'S', base_directory, "S" },
        { 't', base_directory, "t" },
        { 'T', temporary_directory, "/tmp" },
        { 'u', owner, NULL },
        { 'U', owner, NULL },
        { 'v', system_name, NULL },
        { 'V', temporary_directory, "/var/tmp" },
        { 'w', os_release, "VERSION_ID" },
        { 'W', os_release, "VARIANT_ID" },
        { 'y', fragment_path, NULL },
        { 'Y', fragment_directory, NULL },
};

static int look_up(const SpecifierContext *s, char letter, Diag *diag, char **ret) {
        Lookup l = { s, NULL, diag, letter };

        for (size_t i = 0; i < ARRAY_SIZE(specifiers); i++) {
                if (specifiers[i].letter != letter)
                        continue;
                l.argument = specifiers[i].argument;
                return specifiers[i].look_up(&l, ret);
        }
        return diag_error(diag, -EBADSLT,
                          "there is no specifier %%%c; write \"%%%%\" for a percent sign, and see "
                          "systemd.unit(5) for the specifiers",
                          letter);
}

static bool can_be_specifier(char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

int specifier_expand(const SpecifierContext *s, const char *text, Diag *diag, char **ret) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };

        for (; *text; text++) {
                _cleanup_free_ char *value = NULL;
                int r;

                if (s && text[0] == '%' && can_be_specifier(text[1])) {
                        r = look_up(s, *++text, diag, &value);
                        if (r < 0)
                                return r;
                        strbuf_add(&b, value);
                        continue;
                }
                strbuf_add_char(&b, *text);
                if (text[0] == '%' && text[1] == '%')
                        text++;
        }
        return strbuf_take(&b, ret);
}

int specifier_escape(const char *text, char **ret) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };

        for (; *text; text++) {
                strbuf_add_char(&b, *text);
                if (*text == '%')
                        strbuf_add_char(&b, '%');
        }
        return strbuf_take(&b, ret);
}

/*
 * Checks of words that are no paths: names, words of fixed lists, times.
 *
 * They are as strict as systemd 252 where that refuses a value, and no stricter: a unit that works
 * there loads here.
 */
#include "units/check.h"

#include <ctype.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "units/calendar.h"
#include "units/capability.h"
#include "units/check-path.h"
#include "units/environment.h"
#include "units/names.h"
#include "units/time-span.h"
#include "units/type.h"
#include "units/unit-name.h"

int check_refuse(const char *word, const char *what, const char *example, Diag *diag) {
        char excerpt[TEXT_EXCERPT_MAX];

        return diag_error(diag, -EINVAL, "\"%s\" is no %s; use %s", text_excerpt(word, excerpt),
                          what, example);
}

int check_listed(const char *word, const char *const *list, size_t n, const char *what,
                 Diag *diag) {
        const char *nearest;
        char excerpt[TEXT_EXCERPT_MAX];

        for (size_t i = 0; i < n; i++)
                if (text_eq(list[i], word))
                        return 0;
        nearest = names_nearest_of(list, n, word);
        text_excerpt(word, excerpt);
        if (nearest)
                return diag_error(diag, -EINVAL, "\"%s\" is not %s; did you mean %s?", excerpt,
                                  what, nearest);
        return diag_error(diag, -EINVAL, "\"%s\" is not %s; use one such as %s", excerpt, what,
                          list[0]);
}

int check_unit_name(const char *word, Diag *diag) {
        int r = unit_name_check(word, diag);

        return r < 0 ? r : 0;
}

static int check_unit_type(const char *word, UnitType type, const char *what, const char *example,
                           Diag *diag) {
        int r = unit_name_check(word, diag);

        if (r < 0)
                return r;
        return unit_name_type(word) == (int)type ? 0 : check_refuse(word, what, example, diag);
}

int check_service_name(const char *word, Diag *diag) {
        return check_unit_type(word, UNIT_SERVICE, "service", "a name that ends in \".service\"",
                               diag);
}

int check_slice_name(const char *word, Diag *diag) {
        return check_unit_type(word, UNIT_SLICE, "slice", "a name that ends in \".slice\"", diag);
}

int check_instance_name(const char *word, Diag *diag) {
        return unit_name_is_instance(word)
                       ? 0
                       : check_refuse(word, "instance name",
                                      "letters, digits and the characters \":-_.\\\"", diag);
}

int check_user_name(const char *word, Diag *diag) {
        uid_t uid;
        bool digits = word[strspn(word, "0123456789")] == '\0';

        if (digits && number_parse_uid(word, &uid) >= 0)
                return 0;
        if (digits || *word == '-' || text_eq(word, ".") || text_eq(word, "..") ||
            strpbrk(word, ":/") || text_has_control(word) || *word == ' ' ||
            text_ends_with(word, " "))
                return check_refuse(word, "name of a user or group",
                                    "a name without \":\" and \"/\", or a number", diag);
        return 0;
}

/* Two or more elements of letters, digits, "_" and "-", with dots between: the D-Bus
 * specification, "Bus names". */
int check_bus_name(const char *word, Diag *diag) {
        bool dot = false, begins = true, right = strlen(word) <= 255;

        for (const char *p = word; *p && right; p++) {
                if (*p == '.') {
                        right = !begins;
                        dot = begins = true;
                        continue;
                }
                right = isalpha((unsigned char)*p) || *p == '_' || *p == '-' ||
                        (isdigit((unsigned char)*p) && !begins);
                begins = false;
        }
        return right && dot && !begins
                       ? 0
                       : check_refuse(word, "bus name", "one such as \"org.example.Name\"", diag);
}

/* Printable ASCII, up to MAX bytes, without the characters of REFUSED. */
static bool is_plain(const char *word, size_t max, const char *refused) {
        if (!*word || strlen(word) > max || strpbrk(word, refused))
                return false;
        for (; *word; word++)
                if (*word < ' ' || *word > '~')
                        return false;
        return true;
}

int check_fd_name(const char *word, Diag *diag) {
        return is_plain(word, 255, ":")
                       ? 0
                       : check_refuse(word, "name for a file descriptor",
                                      "up to 255 ASCII characters without \":\"", diag);
}

int check_log_namespace(const char *word, Diag *diag) {
        return strlen(word) <= 200 && unit_name_is_instance(word)
                       ? 0
                       : check_refuse(word, "log namespace",
                                      "letters, digits and the characters \":-_.\\\"", diag);
}

int check_variable_name(const char *word, Diag *diag) {
        return environment_name_is_valid(word, strlen(word))
                       ? 0
                       : check_refuse(word, "name of a variable",
                                      "letters, digits and \"_\", not beginning with a digit",
                                      diag);
}

int check_variable(const char *word, Diag *diag) {
        return strchr(word, '=') ? environment_check(word, diag) : check_variable_name(word, diag);
}

int check_journal_field(const char *word, Diag *diag) {
        size_t n = strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_");

        return n > 0 && n <= 64 && word[n] == '=' && isupper((unsigned char)*word)
                       ? 0
                       : check_refuse(
                                 word, "journal field",
                                 "\"FIELD=value\" with a name of capital letters, digits and \"_\"",
                                 diag);
}

int check_file_system(const char *word, Diag *diag) {
        const char *name = word + (*word == '~');

        name += *name == '@';
        return *name && name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789_-.")] == '\0'
                       ? 0
                       : check_refuse(word, "type of a file system",
                                      "a name such as \"ext4\" or a group such as \"@basic-api\"",
                                      diag);
}

int check_secure_bit(const char *word, Diag *diag) {
        static const char *const bits[] = { "keep-caps",       "keep-caps-locked",
                                            "no-setuid-fixup", "no-setuid-fixup-locked",
                                            "noroot",          "noroot-locked" };

        return check_listed(word, bits, ARRAY_SIZE(bits), "a secure bit", diag);
}

int check_syscall_architecture(const char *word, Diag *diag) {
        static const char *const names[] = {
                "native", "x86",           "x86-64",      "x32",     "arm",  "arm64",
                "mips",   "mips64",        "mips64-n32",  "mips-le", "ppc",  "mips64-le",
                "ppc64",  "mips64-le-n32", "ppc64-le",    "riscv64", "s390", "s390x",
                "parisc", "parisc64",      "loongarch64",
        };

        return check_listed(word, names, ARRAY_SIZE(names), "an architecture", diag);
}

int check_coredump_filter(const char *word, Diag *diag) {
        static const char *const kinds[] = {
                "default",
                "all",
                "private-anonymous",
                "shared-anonymous",
                "private-file-backed",
                "shared-file-backed",
                "elf-headers",
                "private-huge",
                "shared-huge",
                "private-dax",
                "shared-dax",
        };
        uint64_t bits;

        if (number_parse_u64(text_after(word, "0x") ? text_after(word, "0x") : word, 16, &bits) >=
            0)
                return 0;
        return check_listed(word, kinds, ARRAY_SIZE(kinds), "a kind of memory", diag);
}

int check_capability(const char *word, Diag *diag) {
        return capability_find(word) >= 0
                       ? 0
                       : check_refuse(word, "capability", "a name such as CAP_NET_RAW", diag);
}

int check_boolean(const char *word, Diag *diag) {
        return type_parse_boolean(word) >= 0 ? 0 : check_refuse(word, "boolean", "yes or no", diag);
}

static bool is_credential_name(const char *word, const char *refused) {
        return is_plain(word, 255, refused) && !text_eq(word, ".") && !text_eq(word, "..");
}

int check_credential_name(const char *word, Diag *diag) {
        return is_credential_name(word, ":/")
                       ? 0
                       : check_refuse(word, "credential name",
                                      "ASCII characters without \":\" and \"/\"", diag);
}

int check_credential_pattern(const char *word, Diag *diag) {
        return is_credential_name(word, "/") ? 0
                                             : check_refuse(word, "pattern for credential names",
                                                            "one such as \"service.*\"", diag);
}

/* Checks what stands before the first ":" and returns what follows it, "" where there is none. */
static int check_credential_before(const char *word, const char **ret_rest, Diag *diag) {
        size_t n = strcspn(word, ":");
        char *name = strndup(word, n);
        int r = name ? check_credential_name(name, diag) : -ENOMEM;

        free(name);
        if (r >= 0)
                *ret_rest = word[n] ? word + n + 1 : NULL;
        return r;
}

int check_credential_source(const char *word, Diag *diag) {
        const char *rest;
        int r = check_credential_before(word, &rest, diag);

        if (r < 0 || !rest)
                return r;
        return *rest == '/' ? check_path_absolute(rest, diag) : check_credential_name(rest, diag);
}

int check_credential_value(const char *word, Diag *diag) {
        const char *rest;
        int r = check_credential_before(word, &rest, diag);

        if (r < 0)
                return r;
        return rest ? 0 : check_refuse(word, "credential", "\"NAME:VALUE\"", diag);
}

int check_documentation(const char *word, Diag *diag) {
        static const char *const schemes[] = { "http://", "https://", "file:/", "info:", "man:" };

        for (size_t i = 0; i < ARRAY_SIZE(schemes); i++) {
                const char *rest = text_after(word, schemes[i]);

                if (rest && *rest)
                        return 0;
        }
        return check_refuse(word, "URI of documentation",
                            "one that begins with http://, https://, file:/, info: or man:", diag);
}

int check_base64(const char *word, Diag *diag) {
        size_t n = 0, padding = 0;

        for (const char *p = word; *p; p++) {
                if (strchr(WHITESPACE, *p))
                        continue;
                n++;
                padding = *p == '=' ? padding + 1 : 0;
                if (!isalnum((unsigned char)*p) && !strchr("+/=", *p))
                        return check_refuse(word, "base64 text", "letters, digits, \"+\" and \"/\"",
                                            diag);
        }
        return n % 4 == 0 && padding <= 2
                       ? 0
                       : check_refuse(word, "base64 text",
                                      "groups of four characters, padded by \"=\"", diag);
}

int check_time_span(const char *word, Diag *diag) {
        uint64_t usec;

        return time_span_parse(word, TIME_SPAN_SEC, &usec) >= 0
                       ? 0
                       : check_refuse(word, "time span", "one such as \"90\" or \"1h 30min\"",
                                      diag);
}

int check_calendar(const char *word, Diag *diag) {
        _cleanup_calendar_ CalendarSpec *spec = NULL;
        int r = calendar_parse(word, &spec);

        if (r >= 0 || r == -ENOMEM)
                return r < 0 ? r : 0;
        return check_refuse(word, "calendar event", "one such as \"daily\" or \"Mon *-*-* 06:00\"",
                            diag);
}

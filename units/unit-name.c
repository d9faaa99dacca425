/*
 * Unit names are cut at two places: the first "@" and the last ".". Everything here follows from
 * these two and from the characters that may stand around them.
 */
#include "units/unit-name.h"

#include <stdio.h>
#include <string.h>

#include "base/path.h"
#include "base/strbuf.h"
#include "base/text.h"
#include "units/unit-escape.h"

#define PREFIX_CHARACTERS "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ:-_.\\"
#define NAME_CHARACTERS   PREFIX_CHARACTERS "@"

/* "_" and this many hexadecimal digits end a name that systemd shortened. */
#define HASH_DIGITS 16

static const char *const type_texts[UNIT_TYPES] = {
        [UNIT_SERVICE] = "service", [UNIT_SOCKET] = "socket", [UNIT_TARGET] = "target",
        [UNIT_DEVICE] = "device",   [UNIT_MOUNT] = "mount",   [UNIT_AUTOMOUNT] = "automount",
        [UNIT_SWAP] = "swap",       [UNIT_TIMER] = "timer",   [UNIT_PATH] = "path",
        [UNIT_SLICE] = "slice",     [UNIT_SCOPE] = "scope",
};

const char *unit_name_type_text(UnitType type) {
        return type_texts[type];
}

int unit_name_type_from_text(const char *text) {
        for (int i = 0; i < UNIT_TYPES; i++)
                if (text_eq(text, type_texts[i]))
                        return i;
        return -EINVAL;
}

/* Only valid names come here: both have their dot. */
static const char *find_dot(const char *name) {
        return strrchr(name, '.');
}

static const char *find_at(const char *name) {
        return strchr(name, '@');
}

static bool has_type(const char *name) {
        const char *dot = strrchr(name, '.');

        return dot && unit_name_type_from_text(dot + 1) >= 0;
}

int unit_name_kind(const char *name) {
        size_t length = strlen(name);
        const char *dot, *at;

        if (length >= UNIT_NAME_MAX || !has_type(name))
                return -EINVAL;
        dot = find_dot(name);
        at = find_at(name);
        if (dot == name || at == name || name + strspn(name, NAME_CHARACTERS) < dot)
                return -EINVAL;
        if (!at)
                return UNIT_NAME_PLAIN;
        return at + 1 == dot ? UNIT_NAME_TEMPLATE : UNIT_NAME_INSTANCE;
}

int unit_name_check(const char *name, Diag *diag) {
        char excerpt[TEXT_EXCERPT_MAX];
        int kind = unit_name_kind(name);
        size_t good = strspn(name, NAME_CHARACTERS);

        if (kind > 0)
                return kind;
        text_excerpt(name, excerpt);
        if (strlen(name) >= UNIT_NAME_MAX)
                return diag_error(diag, kind,
                                  "the unit name \"%s\" is too long; %d bytes are the limit",
                                  excerpt, UNIT_NAME_MAX - 1);
        if (name[good] != '\0')
                return diag_error(
                        diag, kind,
                        "\"%s\" is no unit name; letters, digits and \":-_.\\@\" may stand in "
                        "it, and everything else as \"\\x\" with two hexadecimal digits",
                        excerpt);
        if (!has_type(name))
                return diag_error(
                        diag, kind,
                        "\"%s\" is no unit name; it must end in a type, such as \".service\"",
                        excerpt);
        return diag_error(diag, kind,
                          "\"%s\" is no unit name; something must stand before the \"%c\"", excerpt,
                          *name);
}

int unit_name_type(const char *name) {
        return unit_name_is_valid(name) ? unit_name_type_from_text(find_dot(name) + 1) : -EINVAL;
}

static bool consists_of(const char *text, const char *characters) {
        return *text != '\0' && text[strspn(text, characters)] == '\0';
}

bool unit_name_is_prefix(const char *text) {
        return consists_of(text, PREFIX_CHARACTERS);
}

bool unit_name_is_instance(const char *text) {
        return consists_of(text, NAME_CHARACTERS);
}

static int copy_span(const char *begin, const char *end, char **ret) {
        char *s = strndup(begin, (size_t)(end - begin));

        if (!s)
                return -ENOMEM;
        *ret = s;
        return 0;
}

int unit_name_prefix(const char *name, char **ret) {
        int kind = unit_name_kind(name);

        if (kind < 0)
                return kind;
        return copy_span(name, kind == UNIT_NAME_PLAIN ? find_dot(name) : find_at(name), ret);
}

int unit_name_instance(const char *name, char **ret) {
        int kind = unit_name_kind(name);

        if (kind < 0)
                return kind;
        if (kind == UNIT_NAME_PLAIN) {
                *ret = NULL;
                return 0;
        }
        return copy_span(find_at(name) + 1, find_dot(name), ret);
}

/* Takes the text of B for a name of one of the two KINDS. */
static int take_name(StrBuf *b, UnitNameKind one, UnitNameKind other, char **ret) {
        _cleanup_free_ char *name = NULL;
        int r = strbuf_take(b, &name);

        if (r < 0)
                return r;
        r = unit_name_kind(name);
        if (r != (int)one && r != (int)other)
                return -EINVAL;
        *ret = TAKE_PTR(name);
        return 0;
}

static int replace_instance(const char *name, const char *instance, char **ret) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };

        if (unit_name_kind(name) < UNIT_NAME_TEMPLATE)
                return -EINVAL;
        strbuf_add_n(&b, name, (size_t)(find_at(name) - name) + 1);
        strbuf_add(&b, instance);
        strbuf_add(&b, find_dot(name));
        return take_name(&b, UNIT_NAME_TEMPLATE, UNIT_NAME_INSTANCE, ret);
}

int unit_name_template(const char *name, char **ret) {
        return replace_instance(name, "", ret);
}

int unit_name_with_instance(const char *name, const char *instance, char **ret) {
        return unit_name_is_instance(instance) ? replace_instance(name, instance, ret) : -EINVAL;
}

int unit_name_with_type(const char *name, UnitType type, char **ret) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        int kind = unit_name_kind(name);

        if (kind < 0)
                return kind;
        strbuf_add_n(&b, name, (size_t)(find_dot(name) - name) + 1);
        strbuf_add(&b, type_texts[type]);
        return take_name(&b, (UnitNameKind)kind, (UnitNameKind)kind, ret);
}

int unit_name_build(const char *prefix, const char *instance, UnitType type, char **ret) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        UnitNameKind kind = instance ? UNIT_NAME_INSTANCE : UNIT_NAME_PLAIN;

        if (!unit_name_is_prefix(prefix) || (instance && !unit_name_is_instance(instance)))
                return -EINVAL;
        strbuf_addf(&b, "%s%s%s.%s", prefix, instance ? "@" : "", instance ? instance : "",
                    type_texts[type]);
        return take_name(&b, kind, kind, ret);
}

int unit_name_from_path(const char *path, UnitType type, char **ret) {
        _cleanup_free_ char *escaped = NULL, *name = NULL;
        int r = unit_escape_path(path, &escaped);

        if (r < 0)
                return r;
        if (asprintf(&name, "%s.%s", escaped, unit_name_type_text(type)) < 0)
                return -ENOMEM;
        if (strlen(name) >= UNIT_NAME_MAX)
                return -ENAMETOOLONG;
        if (unit_name_kind(name) != UNIT_NAME_PLAIN)
                return -EINVAL;
        *ret = TAKE_PTR(name);
        return 0;
}

static bool ends_in_hash(const char *prefix) {
        size_t length = strlen(prefix);
        const char *digits = prefix + length - MIN_OF(length, (size_t)HASH_DIGITS);

        return digits > prefix && digits[-1] == '_' &&
               strspn(digits, "0123456789abcdef") == HASH_DIGITS;
}

int unit_name_to_path(const char *name, char **ret) {
        _cleanup_free_ char *prefix = NULL;
        int r = unit_name_prefix(name, &prefix);

        if (r < 0)
                return r;
        if (unit_name_kind(name) == UNIT_NAME_PLAIN && ends_in_hash(prefix))
                return -ENAMETOOLONG;
        return unit_escape_undo_path(prefix, ret);
}

/* What stands for a file becomes the unit for it. */
static int complete_path(const char *text, char **ret) {
        _cleanup_free_ char *path = strdup(text);
        bool device;

        if (!path)
                return -ENOMEM;
        path_simplify(path);
        device = text_after(path, "/dev/") || text_after(path, "/sys/");
        return unit_name_from_path(path, device ? UNIT_DEVICE : UNIT_MOUNT, ret);
}

/* What may not stand in a name is escaped; "@" and "\" keep their meaning. */
static void add_as_name(StrBuf *b, const char *text) {
        for (const char *p = text; *p; p++) {
                if (*p == '/')
                        strbuf_add_char(b, '-');
                else if (strchr(NAME_CHARACTERS, *p))
                        strbuf_add_char(b, *p);
                else
                        strbuf_addf(b, "\\x%02x", (unsigned char)*p);
        }
}

int unit_name_complete(const char *text, UnitType type, char **ret) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        _cleanup_free_ char *name = NULL;
        int r;

        if (unit_name_is_valid(text))
                return copy_span(text, text + strlen(text), ret);
        r = path_is_absolute(text) ? complete_path(text, ret) : -EINVAL;
        if (r != -EINVAL)
                return r;
        add_as_name(&b, text);
        if (!b.text || !unit_name_is_valid(b.text))
                strbuf_addf(&b, ".%s", unit_name_type_text(type));
        r = strbuf_take(&b, &name);
        if (r < 0)
                return r;
        if (!unit_name_is_valid(name))
                return -EINVAL;
        *ret = TAKE_PTR(name);
        return 0;
}

/*
 * Checks of words that are, or begin with, a path. Whether the path exists is
 * for the time of use: none of these looks at the file system.
 */
#include "units/check-path.h"

#include <ctype.h>
#include <string.h>

#include "base/path.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/check.h"
#include "units/word.h"

int check_path_absolute(const char *word, Diag *diag) {
        return path_is_absolute(word) && path_is_valid(word) && !text_has_control(word)
                       ? 0
                       : check_refuse(word, "absolute path", "one that begins with \"/\"", diag);
}

int check_path_needs_update(const char *word, Diag *diag) {
        size_t n = strlen("/etc");

        if (strncmp(word, "/etc", n) != 0 && strncmp(word, "/var", n) != 0)
                return check_refuse(word, "directory that updates look at", "/etc or /var", diag);
        return word[n + strspn(word + n, "/")] == '\0'
                       ? 0
                       : check_refuse(word, "directory that updates look at", "/etc or /var", diag);
}

/* The parts between colons; "\:" is a colon within one. */
static int split(const char *word, char ***ret, Diag *diag) {
        int r = word_split(word, ":", WORD_UNESCAPE_SEPARATORS | WORD_DONT_COALESCE_SEPARATORS,
                           ret);

        return r < 0 ? diag_error(diag, r,
                                  "this cannot be read; write \"\\:\" for a colon within a "
                                  "path and \"\\\\\" for a backslash")
                     : 0;
}

int check_path_image(const char *word, Diag *diag) {
        _cleanup_strv_ char **parts = NULL;
        int r = split(word + (*word == '-'), &parts, diag);

        return r < 0 ? r : check_path_absolute(parts ? parts[0] : "", diag);
}

int check_path_image_mount(const char *word, Diag *diag) {
        _cleanup_strv_ char **parts = NULL;
        int r = split(word + (*word == '-'), &parts, diag);

        if (r < 0)
                return r;
        if (strv_length(parts) < 2)
                return check_refuse(word, "image to mount", "\"IMAGE:DIRECTORY\"", diag);
        r = check_path_absolute(parts[0], diag);
        return r < 0 ? r : check_path_absolute(parts[1], diag);
}

int check_path_image_options(const char *word, Diag *diag) {
        static const char *const partitions[] = { "root", "usr",      "home", "srv",
                                                  "esp",  "xbootldr", "tmp",  "var" };
        const char *colon = strchr(word, ':');
        _cleanup_free_ char *partition = colon ? strndup(word, (size_t)(colon - word)) : NULL;

        if (text_has_control(word))
                return check_refuse(word, "list of mount options",
                                    "one such as \"root:ro,noatime\"", diag);
        return partition ? check_listed(partition, partitions, ARRAY_SIZE(partitions),
                                        "a partition of an image", diag)
                         : 0;
}

static int check_open_option(const char *option, Diag *diag) {
        static const char *const options[] = { "read-only", "append", "truncate", "graceful" };

        return check_listed(option, options, ARRAY_SIZE(options), "an option for a file", diag);
}

int check_path_open_file(const char *word, Diag *diag) {
        _cleanup_strv_ char **parts = NULL, **options = NULL;
        int r = split(word, &parts, diag);

        if (r < 0)
                return r;
        if (strv_length(parts) < 1 || strv_length(parts) > 3)
                return check_refuse(word, "file to open", "\"PATH:NAME:OPTIONS\"", diag);
        r = check_path_absolute(parts[0], diag);
        if (r >= 0 && parts[1] && *parts[1])
                r = check_fd_name(parts[1], diag);
        if (r < 0 || strv_length(parts) < 3)
                return r;
        r = word_split(parts[2], ",", 0, &options);
        STRV_FOREACH(option, options) {
                if (r >= 0)
                        r = check_open_option(*option, diag);
        }
        return r < 0 ? r : 0;
}

int check_path_root_hash(const char *word, Diag *diag) {
        size_t n = strlen(word);

        if (path_is_absolute(word))
                return check_path_absolute(word, diag);
        for (const char *p = word; *p; p++)
                if (!isxdigit((unsigned char)*p))
                        n = 1;
        return n >= 32 && n % 2 == 0
                       ? 0
                       : check_refuse(word, "root hash",
                                      "at least 32 hex digits, an even number, or a path", diag);
}

int check_path_root_hash_signature(const char *word, Diag *diag) {
        const char *data = text_after(word, "base64:");

        return data ? check_base64(data, diag) : check_path_absolute(word, diag);
}

/*
 * Both files are lines of words between blanks; the octal escapes in words are undone last.
 */
#include "supervisor/manager/mount-table.h"

#include <string.h>

#include "base/array.h"
#include "base/mount-info.h"
#include "base/path.h"
#include "base/text.h"

/* ID PARENT MAJOR:MINOR ROOT WHERE OPTIONS [TAG:VALUE]... - TYPE WHAT SUPER-OPTIONS */
enum { FIELD_WHERE = 4, FIELD_OPTIONS = 5, FIELDS_BEFORE = 6 };

static char *next_word(char **rest) {
        char *word;

        do
                word = strsep(rest, " \t");
        while (word && !*word);
        return word;
}

static bool parse_mount(char *line, MountEntry *ret) {
        char *word, *where = NULL, *options = NULL, *type, *what;

        for (int i = 0; i < FIELDS_BEFORE; i++) {
                word = next_word(&line);
                if (!word)
                        return false;
                if (i == FIELD_WHERE)
                        where = word;
                else if (i == FIELD_OPTIONS)
                        options = word;
        }
        do
                word = next_word(&line);
        while (word && !text_eq(word, "-"));
        type = next_word(&line);
        what = next_word(&line);
        if (!type || !what)
                return false;
        mount_info_unescape(where);
        mount_info_unescape(what);
        *ret = (MountEntry){ .where = where, .what = what, .type = type, .options = options };
        return path_is_absolute(where);
}

/* Filename Type Size Used Priority */
static bool parse_swap(char *line, MountEntry *ret) {
        char *where = next_word(&line), *type = next_word(&line);

        if (!where || !type || !path_is_absolute(where))
                return false;
        mount_info_unescape(where);
        *ret = (MountEntry){ .where = where, .what = where, .type = type, .options = "" };
        return true;
}

static int parse(char *text, bool (*line_parse)(char *line, MountEntry *ret), MountTable *ret) {
        _cleanup_(mount_table_done) MountTable t = { .text = text };
        char *rest = text, *line;

        while ((line = strsep(&rest, "\n"))) {
                MountEntry e;

                if (!line_parse(line, &e))
                        continue;
                if (ARRAY_GROW(t.items, t.n) < 0)
                        return -ENOMEM;
                t.items[t.n++] = e;
        }
        *ret = t;
        t = (MountTable){ 0 };
        return 0;
}

int mount_table_parse(char *text, MountTable *ret) {
        return parse(text, parse_mount, ret);
}

int mount_table_parse_swaps(char *text, MountTable *ret) {
        return parse(text, parse_swap, ret);
}

void mount_table_done(MountTable *t) {
        free(t->text);
        free(t->items);
        *t = (MountTable){ 0 };
}

const MountEntry *mount_table_find(const MountTable *t, const char *where) {
        for (size_t i = t->n; i > 0; i--)
                if (text_eq(t->items[i - 1].where, where))
                        return &t->items[i - 1];
        return NULL;
}

bool mount_table_is_api(const char *where) {
        static const char *const paths[] = {
                "/proc",          "/sys",
                "/dev",           "/run",
                "/dev/shm",       "/dev/pts",
                "/sys/fs/bpf",    "/sys/kernel/security",
                "/sys/fs/pstore", "/sys/firmware/efi/efivars",
        };

        for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
                if (text_eq(where, paths[i]))
                        return true;
        return path_after(where, "/sys/fs/cgroup") != NULL;
}

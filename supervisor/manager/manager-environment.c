/*
 * The list is in a file of its own, a quoted word a line, which is replaced as a whole: the next
 * manager finds the old list or the new one.
 */
#include "supervisor/manager/manager-environment.h"

#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/environment.h"
#include "units/word.h"

#define PATH MANAGER_RUN_DIRECTORY "/environment"

/* What cannot be read was not written by a manager; nothing is better than half of it. */
int manager_environment_restore(Manager *m) {
        _cleanup_strv_ char **list = NULL;
        _cleanup_free_ char *text = NULL;
        int r = file_read_at(AT_FDCWD, PATH, (size_t)4 * MANAGER_ENVIRONMENT_MAX, &text, NULL);

        if (r == -ENOENT)
                return 0;
        if (r >= 0)
                r = word_split(text, NULL, WORD_UNQUOTE | WORD_CUNESCAPE, &list);
        STRV_FOREACH(assignment, list)
                if (r >= 0)
                        r = environment_check(*assignment, NULL);
        if (r < 0)
                return r;
        m->environment = TAKE_PTR(list);
        return 0;
}

static int save(char *const *list) {
        _cleanup_free_ char *text = NULL;
        StrBuf b = { 0 };
        int r;

        STRV_FOREACH(assignment, list) {
                _cleanup_free_ char *word = NULL;

                if (word_quote(*assignment, &word) < 0)
                        b.error = -ENOMEM;
                else
                        strbuf_addf(&b, "%s\n", word);
        }
        r = strbuf_take(&b, &text);
        return r < 0 ? r : file_write_atomic_at(AT_FDCWD, PATH, text, 0600);
}

/* Is ASSIGNMENT one of those that UNSET means? */
static bool is_unset(const char *assignment, char *const *unset) {
        size_t n = strcspn(assignment, "=");

        STRV_FOREACH(u, unset)
                if (text_eq(*u, assignment) || (strlen(*u) == n && memcmp(*u, assignment, n) == 0))
                        return true;
        return false;
}

int manager_environment_change(Manager *m, char *const *unset, char *const *set) {
        _cleanup_strv_ char **list = NULL;
        size_t size = 0;
        int r = 0;

        STRV_FOREACH(old, m->environment)
                if (r >= 0 && !is_unset(*old, unset))
                        r = strv_add(&list, *old);
        STRV_FOREACH(new, set) {
                char *copy = r >= 0 ? strdup(*new) : NULL;

                r = r < 0 ? r : -ENOMEM;
                if (copy)
                        r = environment_put(&list, copy);
        }
        STRV_FOREACH(one, list)
                size += strlen(*one) + 1;
        if (r >= 0)
                r = size > MANAGER_ENVIRONMENT_MAX ? -E2BIG : save(list);
        if (r < 0)
                return r;
        strv_free(m->environment);
        m->environment = TAKE_PTR(list);
        return 0;
}

/*
 * What a service asks for and does not get under Enforce=warn, as the manager and svexec find out.
 * It is said when it is new, not at each restart, and kept to be shown.
 */
#include <string.h>

#include "base/strv.h"
#include "base/text.h"
#include "supervisor/manager/service.h"

static int take(Service *s, char *const *before, char *text, char ***ret) {
        _cleanup_strv_ char **lines = NULL;

        for (char *line; (line = strsep(&text, "\n"));) {
                int r = *line ? strv_add(&lines, text_mask_control(line)) : 0;

                if (r < 0)
                        return r;
                if (*line && !strv_contains(before, line))
                        manager_say(s->unit, "%s", line);
        }
        *ret = TAKE_PTR(lines);
        return 0;
}

void service_left_take(Service *s, ServiceLeft by, const char *text) {
        _cleanup_free_ char *copy = strdup(text);
        char **lines = NULL;

        service_mark(s);
        if (!copy || take(s, s->left[by], copy, &lines) < 0)
                return;
        strv_free(s->left[by]);
        s->left[by] = lines;
}

void service_left_free(Service *s) {
        for (size_t i = 0; i < SERVICE_LEFTS; i++)
                strv_free(s->left[i]);
}

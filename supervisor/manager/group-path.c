/*
 * The slice "a-b-c.slice" lies in "a-b.slice", and that in "a.slice".
 */
#include "supervisor/manager/group-path.h"

#include <string.h>

#include "base/strbuf.h"
#include "base/text.h"

#define SUFFIX ".slice"

static void add_slice(StrBuf *b, const char *id) {
        size_t n = strlen(id) - strlen(SUFFIX);

        if (text_eq(id, "-.slice"))
                return;
        for (size_t i = 1; i <= n; i++)
                if (i == n || id[i] == '-') {
                        strbuf_add_n(b, id, i);
                        strbuf_add(b, SUFFIX "/");
                }
}

int group_path_of(const Unit *u, char **ret) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        char *path;
        int r;

        if (u->type == UNIT_SLICE)
                add_slice(&b, u->id);
        else {
                add_slice(&b, u->slice ? u->slice->id : "system.slice");
                strbuf_add(&b, u->id);
        }
        r = strbuf_take(&b, &path);
        if (r < 0)
                return r;
        if (u->type == UNIT_SLICE && *path)
                path[strlen(path) - 1] = '\0';
        *ret = path;
        return 0;
}

/*
 * The file goes when the jobs are recorded: a manager that dies before is asked again.
 */
#include "supervisor/manager/request-file.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

#define NAME         "../requests"
#define REQUESTS_MAX 65536

void request_file_run(Manager *m) {
        _cleanup_free_ char *text = NULL;
        char *rest, *line;

        if (file_read_at(m->directory, NAME, REQUESTS_MAX, &text, NULL) < 0)
                return;
        rest = text;
        while ((line = strsep(&rest, "\n"))) {
                char *verb = strsep(&line, " ");
                int type = job_type_from_name(verb);

                if (type < 0 || text_is_empty(line) ||
                    manager_request(m, line, (JobType)type, JOB_MODE_REPLACE) < 0)
                        continue;
        }
        if (manager_flush(m) >= 0)
                (void)unlinkat(m->directory, NAME, 0);
}

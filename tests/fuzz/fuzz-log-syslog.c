/*
 * Any bytes are a syslog message, and any line is a record or refused: the message is a part of the
 * bytes, and a record that is read keeps its promises.
 */
#include <string.h>

#include "supervisor/log/origin.h"
#include "supervisor/log/syslog-message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool truth) {
        if (!truth)
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        const char *s = (const char *)data;
        char unit[UNIT_NAME_MAX], *path = strndup(s, size);
        SyslogMessage m;
        Record r;

        syslog_message_parse(s, size, &m);
        demand(m.priority >= 0 && m.priority <= 7);
        demand(memchr(m.identifier, '\0', sizeof(m.identifier)) != NULL);
        demand(m.length == 0 || (m.text >= s && m.text + m.length <= s + size));
        if (record_parse(s, size, &r) == 0) {
                demand(r.priority >= 0 && r.priority <= 7 && r.pid >= 0);
                demand(r.message + r.length == s + size);
                demand(r.identifier + r.identifier_length < r.message);
        }
        demand(path != NULL);
        origin_unit_of_path(path, "", unit);
        demand(unit[0] == '\0' || unit_name_is_valid(unit));
        free(path);
        return 0;
}

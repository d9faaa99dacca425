/*
 * Any bytes are native messages: reading them ends, stays within them, and gives no name of a unit
 * that is none.
 */
#include <string.h>

#include "supervisor/log/native-message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void demand(bool truth) {
        if (!truth)
                abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        const char *s = (const char *)data;

        for (size_t at = 0; at < size;) {
                NativeMessage m;
                size_t n = native_message_parse(s + at, size - at, &m);

                demand(n >= 1 && n <= size - at);
                demand(m.priority >= 0 && m.priority <= 7);
                demand(m.unit[0] == '\0' || unit_name_is_valid(m.unit));
                demand(memchr(m.identifier, '\0', sizeof(m.identifier)) != NULL);
                demand(!m.text || (m.text >= s + at && m.text + m.length <= s + at + n));
                at += n;
        }
        return 0;
}

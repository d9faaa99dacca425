/*
 * One section, one key so far. A file that cannot be trusted to be whole is left out as a whole.
 */
#include "supervisor/manager/manager-settings.h"

#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "base/number.h"
#include "base/text.h"
#include "units/account.h"
#include "units/unit-text.h"

enum { FILE_MAX = 65536 };

typedef struct Reading {
        ManagerSettings settings;
        Diag *diag;
} Reading;

static int take_group(const char *value, gid_t *ret, Diag *diag) {
        uid_t group = 0;

        if (number_parse_uid(value, &group) < 0 && account_find_group(value, &group) < 0)
                return diag_error(diag, -ESRCH,
                                  "there is no group \"%s\" in /etc/group; only root may look",
                                  value);
        if (group == 0)
                return diag_error(diag, -EINVAL, "the group of root is no group for others");
        *ret = group;
        return 0;
}

static int take(const UnitTextItem *item, void *userdata) {
        Reading *r = userdata;

        if (!text_eq(item->section, "Manager")) {
                if (!item->key)
                        diag_warning(r->diag,
                                     "[%s] is no section of this file, which has [Manager]",
                                     item->section);
                return 0;
        }
        if (!item->key)
                return 1;
        if (!text_eq(item->key, "BusReadGroup"))
                diag_warning(r->diag, "is no setting of [Manager] and is left out; there is "
                                      "BusReadGroup=");
        else if (text_is_empty(item->value))
                r->settings.readers = 0;
        else if (take_group(item->value, &r->settings.readers, r->diag) < 0)
                r->settings.readers = 0;
        return 0;
}

void manager_settings_read(const char *file, ManagerSettings *ret, Diag *diag) {
        Reading reading = { .diag = diag };
        _cleanup_free_ char *text = NULL;
        size_t size;
        int r = file_read_at(AT_FDCWD, file, FILE_MAX, &text, &size);

        *ret = (ManagerSettings){ 0 };
        if (r == -ENOENT)
                return;
        diag->file = file;
        if (r < 0)
                (void)diag_error(diag, r, "cannot be read: %s", strerror(-r));
        else if (unit_text_parse(text, size, take, &reading, diag) >= 0)
                *ret = reading.settings;
        diag->file = NULL;
}

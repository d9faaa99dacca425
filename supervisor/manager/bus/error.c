/*
 * What went wrong, in the names that systemd's clients know. systemctl(1) makes its exit status of
 * them.
 */
#include <string.h>

#include "supervisor/manager/bus/bus-inside.h"

static const struct {
        int error;
        const char *name, *text;
} errors[] = {
        { ENOENT, BUS_NAME ".NoSuchUnit", "there is no such unit" },
        { ERFKILL, BUS_NAME ".UnitMasked", "the unit is masked" },
        { EBADMSG, BUS_NAME ".LoadFailed", "the unit could not be loaded" },
        { EUCLEAN, BUS_NAME ".BadUnitSetting", "that makes no unit" },
        { EOPNOTSUPP, BUS_NAME ".JobTypeNotApplicable", "such a unit cannot do this" },
        { EINVAL, SD_BUS_ERROR_INVALID_ARGS, "that makes no sense" },
        { EPERM, BUS_NAME ".OnlyByDependency", "this may only be done because of another unit" },
        { ENOEXEC, BUS_NAME ".TransactionJobsConflicting", "the jobs exclude each other" },
        { EDEADLK, BUS_NAME ".TransactionOrderIsCyclic", "the order of the jobs is a circle" },
        { EBUSY, BUS_NAME ".TransactionIsDestructive", "another job is in the way" },
        { ESRCH, BUS_NAME ".NoSuchProcess", "there is no such process" },
        { ENOMEM, SD_BUS_ERROR_NO_MEMORY, "out of memory" },
};

static const char *first_error(const Diag *diag) {
        for (size_t i = 0; diag && i < diag->n; i++)
                if (diag->entries[i].level == DIAG_ERROR)
                        return diag->entries[i].message;
        return NULL;
}

int bus_error(sd_bus_error *e, int error, const Diag *diag) {
        const char *said = first_error(diag);

        for (size_t i = 0; i < ARRAY_SIZE(errors); i++)
                if (errors[i].error == -error)
                        return sd_bus_error_set(e, errors[i].name, said ? said : errors[i].text);
        return sd_bus_error_set(e, SD_BUS_ERROR_FAILED, said ? said : strerror(-error));
}

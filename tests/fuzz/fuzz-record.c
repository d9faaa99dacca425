/*
 * Whatever stands in the records, the next manager reads it, goes on, and writes something that is
 * read as the same. An input is the records of the units below, one after the other, with a form
 * feed between them.
 */
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/strbuf.h"
#include "supervisor/manager/unit-record.h"
#include "tests/fuzz/manager-world.h"
#include "tests/fuzz/scratch.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = { "a.service",      "once.service", "fork.service",
                                     "notify.service", "t@x.service",  "gone.service",
                                     "b.target",       "a.slice" };

int LLVMFuzzerInitialize(int *argc, char ***argv) {
        manager_world_prepare();
        return 0;
}

static void clear(void) {
        for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
                char name[64];

                snprintf(name, sizeof(name), "records/%s", names[i]);
                (void)unlink(scratch_file(name));
        }
}

static uint64_t write_records(const uint8_t *data, size_t size) {
        _cleanup_free_ char *text = strndup((const char *)data, size);
        char *rest = text, *record;
        uint64_t chance = 0x9e3779b97f4a7c15;

        for (size_t i = 0; i < ARRAY_SIZE(names) && (record = strsep(&rest, "\f")); i++) {
                char name[64];

                snprintf(name, sizeof(name), "records/%s", names[i]);
                scratch_write(name, record);
        }
        for (size_t i = 0; i < size; i++)
                chance = (chance ^ data[i]) * 0x100000001b3;
        return chance;
}

/* All records that are there, read by a new manager and written again. */
static char *read_and_write(uint64_t chance) {
        Manager *m = manager_world_begin(scratch_file("records"), chance);
        StrBuf b = { 0 };
        char *all = NULL;

        manager_world_demand(unit_record_load_all(m) >= 0);
        REGISTRY_FOREACH(u, m->registry)
        manager_mark(m, u);
        manager_world_demand(manager_flush(m) >= 0);
        for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
                _cleanup_free_ char *text = NULL;

                if (file_read_at(m->directory, names[i], 1 << 20, &text, NULL) >= 0)
                        strbuf_addf(&b, "%s\n%s", names[i], text);
        }
        manager_world_end(m);
        strbuf_add(&b, "end");
        manager_world_demand(strbuf_take(&b, &all) >= 0);
        return all;
}

static void end_processes(Manager *m, int code, int status) {
        REGISTRY_FOREACH(u, m->registry) {
                Service *s = service_known(u);
                const LinkStatus of[] = {
                        { .pid = s ? s->main : 0, .code = code, .status = status },
                        { .pid = s ? s->control : 0, .code = code, .status = status },
                };

                for (size_t i = 0; s && i < ARRAY_SIZE(of); i++)
                        (void)service_process_ended(s, &of[i]);
        }
        manager_world_turn(m);
}

static void go_on(uint64_t chance) {
        Manager *m = manager_world_begin(scratch_file("records"), chance);

        manager_world_demand(unit_record_load_all(m) >= 0);
        REGISTRY_FOREACH(u, m->registry)
        if (service_known(u))
                service_record_resume(service_known(u));
        manager_world_turn(m);
        end_processes(m, CLD_EXITED, 0);
        REGISTRY_FOREACH(u, m->registry)
        if (service_known(u) && service_deadline(service_known(u)) != CLOCK_FOREVER)
                service_expire(service_known(u), CLOCK_FOREVER - 1);
        manager_world_turn(m);
        end_processes(m, CLD_KILLED, SIGKILL);
        REGISTRY_FOREACH(u, m->registry)
        if (service_known(u))
                service_group_changed(service_known(u));
        manager_world_turn(m);
        manager_world_end(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
        _cleanup_free_ char *first = NULL, *second = NULL;
        uint64_t chance = write_records(data, size);

        first = read_and_write(chance);
        second = read_and_write(chance);
        manager_world_demand(strcmp(first, second) == 0);
        go_on(chance);
        clear();
        return 0;
}

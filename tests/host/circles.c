/*
 * Asks whether the order of units is a circle anywhere: the job engine is given a load path in a
 * root, starts default.target and then each unit that is named, as a machine would, with units that
 * do as they are told at once. What it says about circles is printed.
 *
 *     circles ROOT LOAD-PATH UNIT...
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "supervisor/manager/job-queue.h"
#include "supervisor/manager/transaction.h"
#include "supervisor/manager/unit-notify.h"

static Engine engine;
static unsigned circles;

static int start(Unit *u, void *userdata) {
        unit_notify(&engine, u, ACTIVE_ACTIVE, (NotifyFlags){ 0 });
        return UNIT_BEGUN;
}

static int stop(Unit *u, void *userdata) {
        unit_notify(&engine, u, ACTIVE_INACTIVE, (NotifyFlags){ 0 });
        return UNIT_BEGUN;
}

static void tell(const Diag *diag) {
        for (size_t i = 0; i < diag->n; i++)
                if (strstr(diag->entries[i].message, "circle")) {
                        printf("%s\n", diag->entries[i].message);
                        circles++;
                }
}

static void said(const Unit *u, const Diag *diag, void *userdata) {
        tell(diag);
}

static int go_to(Registry *r, const char *name, JobMode mode) {
        _cleanup_(diag_done) Diag diag = { 0 };
        Unit *u;
        int e = registry_load(r, name, &diag, &u);

        if (e >= 0)
                e = transaction_run(
                        &engine,
                        &(TransactionRequest){ .unit = u, .type = JOB_START, .mode = mode }, &diag,
                        NULL);
        tell(&diag);
        if (e < 0)
                fprintf(stderr, "%s: %s\n", name, strerror(-e));
        while (e >= 0 && job_queue_run(&engine))
                continue;
        return e;
}

static int try(const LoadPath *path, const char *name) {
        static const UnitOps op = { .start = start, .stop = stop };
        static const EngineHooks hooks = { .said = said };
        const UnitOps *ops[UNIT_TYPES];
        _cleanup_(registry_freep) Registry *r = NULL;
        _cleanup_(diag_done) Diag diag = { 0 };
        int e;

        for (size_t i = 0; i < UNIT_TYPES; i++)
                ops[i] = &op;
        e = registry_new(&(RegistrySetup){ .path = path, .ops = ops }, &diag, &r);
        if (e < 0)
                return e;
        engine_init(&engine, r, &hooks, NULL);
        e = go_to(r, "default.target", JOB_MODE_REPLACE);
        if (e >= 0)
                e = go_to(r, name, JOB_MODE_REPLACE);
        printf("%s: %zu units, %zu jobs wait\n", name, registry_size(r), engine.n_jobs);
        engine_done(&engine);
        return e;
}

int main(int argc, char **argv) {
        _cleanup_(diag_done) Diag diag = { 0 };
        LoadPath path;
        int r = argc > 3 ? load_path_init(&path, argv[1], argv[2], &diag) : -EINVAL;

        for (int i = 3; i < argc && r >= 0; i++)
                r = try(&path, argv[i]);
        return r < 0 ? 2 : circles > 0;
}

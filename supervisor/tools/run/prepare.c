/*
 * Settings, then who and where; then the plans can be made. Nothing is changed
 * on the host.
 */
#include "supervisor/tools/run/prepare.h"

#include <linux/capability.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/strv.h"
#include "base/text.h"
#include "supervisor/exec/caller.h"
#include "supervisor/exec/enforced.h"
#include "supervisor/exec/preparation.h"
#include "supervisor/sandbox/exit-status.h"
#include "supervisor/tools/run/notify.h"

static int make_invocation_id(char ret[static 33]) {
        unsigned char bytes[16];

        if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
                return -errno;
        for (size_t i = 0; i < sizeof(bytes); i++)
                snprintf(ret + 2 * i, 3, "%02x", bytes[i]);
        return 0;
}

static int fill_context(Runner *r) {
        UserDirectories *directories = &r->directories;
        PlanContext *x = &r->context;

        x->unit_name = r->settings.unit_name;
        x->run_id = r->request->explain ? "ID" : r->host.id;
        for (size_t i = 0; i < DIRECTORY_BASES; i++)
                x->base[i] = directories->base[i];
        if (!notify_is_wanted(&r->settings.config) || (r->request->command && r->request->unit))
                return 0;
        if (asprintf(&directories->notify, "%s/svalinn/notify-%s", x->base[DIRECTORY_RUNTIME],
                     x->run_id) < 0 ||
            asprintf(&r->notify_path, "%s/socket", directories->notify) < 0)
                return -ENOMEM;
        x->notify_directory = directories->notify;
        return 0;
}

/* Who, where, and with what power: the facts that plans are made of. */
static int find_facts(Runner *r) {
        int e = user_directories_find(r->context.rootless, &r->directories);

        if (e >= 0)
                e = host_init(&r->host, r->context.rootless);
        if (e >= 0)
                e = make_invocation_id(r->invocation_id);
        return e < 0 ? e : fill_context(r);
}

static int load(Runner *r, const SpecifierContext *caller) {
        int e = settings_load(r->request, caller, &r->diag, &r->settings);

        if (e < 0)
                return PROGRAM_EXIT_USAGE;
        settings_note_supervision(&r->settings, &r->diag);
        e = enforced_check(&r->settings.config, false, r->settings.strict, &r->diag);
        return e < 0 ? EXIT_NAMESPACE : 0;
}

void prepare_done(Runner *r) {
        settings_done(&r->settings);
        user_directories_done(&r->directories);
        identity_done(&r->identity);
        host_done(&r->host);
        free(r->notify_path);
        strv_free(r->said);
        diag_done(&r->diag);
}

/* The dynamic user of a unit is that of all its runs; one of a single command is nobody else's.
 * BY_DEFAULT, if not NULL, is who runs what names no user. */
static int resolve_identity(Runner *r, char *by_default) {
        char name[sizeof("run-.service") + sizeof(r->host.id)];
        bool own = !r->request->unit && !r->request->explain;
        Config c = r->settings.config;
        bool changes = c.user || c.group || c.dynamic_user || c.supplementary_groups;

        if (!c.user && !c.dynamic_user)
                c.user = by_default;
        snprintf(name, sizeof(name), "run-%s.service", r->host.id);
        if (identity_resolve(&c, own ? name : r->settings.unit_name, &r->diag, &r->identity) >= 0) {
                r->identity.changes = changes;
                return 0;
        }
        return preparation_identity_status(&r->diag);
}

static int prepare(Runner *r, const SpecifierContext *caller, char *user) {
        int status = load(r, caller);

        if (status != 0)
                return status;
        if (find_facts(r) < 0) {
                diag_error(&r->diag, -ENOMEM, "cannot prepare a sandbox: %s", strerror(ENOMEM));
                return EXIT_NAMESPACE;
        }
        return resolve_identity(r, user);
}

static void init(const Request *request, Runner *r) {
        *r = (Runner){
                .request = request, .host = HOST_INIT, .events = EVENTS_INIT, .terminal = -EBADF
        };
        for (size_t i = 0; i < EXEC_KEPT_COUNT; i++)
                r->kept[i] = -EBADF;
}

int prepare_runner(const Request *request, Runner *ret) {
        SpecifierContext caller = { .uid = getuid(), .gid = getgid() };

        init(request, ret);
        caller_fill(&ret->context);
        caller.user_instance = ret->context.rootless;
        caller.home = getenv("HOME");
        caller.user_name = getenv("USER");
        return prepare(ret, &caller, NULL);
}

int prepare_for_root(const Request *request, Runner *ret) {
        static char user[] = "0";
        const SpecifierContext caller = { .home = "/root", .user_name = "root" };

        init(request, ret);
        ret->context.caller_capabilities = UINT64_MAX >> (63 - CAP_LAST_CAP);
        return prepare(ret, &caller, user);
}

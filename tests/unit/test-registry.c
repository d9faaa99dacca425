/* Protects how units come from files into the graph: names and aliases, load states, settings, the
 * explicit, implicit and default dependencies, reloading only what changed, and forgetting. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <time.h>

#include "base/strbuf.h"
#include "supervisor/manager/registry.h"
#include "supervisor/manager/transaction.h"
#include "supervisor/manager/unit-load.h"
#include "tests/unit/tree.h"

static LoadPath path;
static Registry *registry;
static Diag diag;

static int setup(void **state) {
        if (make_root(state) < 0)
                return -1;
        path = LOAD_PATH_EMPTY;
        return load_path_init(&path, root, ETC ":" RUN ":" USR, NULL);
}

static int teardown(void **state) {
        if (registry)
                registry_free(registry);
        registry = NULL;
        diag_done(&diag);
        diag = (Diag){ 0 };
        load_path_done(&path);
        return remove_root(state);
}

static Unit *load(const char *name) {
        const RegistrySetup from = { .path = &path };
        Unit *u;

        if (!registry)
                assert_int_equal(registry_new(&from, &diag, &registry), 0);
        assert_int_equal(registry_load(registry, name, &diag, &u), 0);
        return u;
}

static Unit *known(const char *name) {
        Unit *u = registry_find(registry, name);

        if (!u)
                fail_msg("nobody knows %s", name);
        return u;
}

/* The kinds that U declared towards OTHER, as "Requires After". */
static void expect(const char *name, const char *other, const char *expected) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        _cleanup_free_ char *text = NULL;
        DependencySet set = dependency_between(known(name), known(other));

        for (int k = 0; k < DEPENDENCY_KINDS; k++)
                if (set & (UINT32_C(1) << k))
                        strbuf_addf(&b, "%s%s", b.length ? " " : "",
                                    dependency_name((DependencyKind)k));
        assert_int_equal(strbuf_take(&b, &text), 0);
        assert_string_equal(text, expected);
}

static void expect_unknown(const char *name) {
        assert_null(registry_find(registry, name));
}

static void expect_said(const char *part) {
        for (size_t i = 0; i < diag.n; i++)
                if (strstr(diag.entries[i].message, part))
                        return;
        fail_msg("nothing said \"%s\"; last: %s", part,
                 diag.n ? diag.entries[diag.n - 1].message : "");
}

#define SERVICE "[Service]\nExecStart=/bin/true\n"

static void test_load_states(void **state) {
        put(USR "/a.service", SERVICE);
        put_link(ETC "/m.service", "/dev/null");
        put(USR "/bad.service", "[Service]\nType=oneshot\nRestart=always\nExecStart=/bin/true\n");
        put(USR "/empty.service", "[Unit]\nDescription=x\n");
        put(USR "/two.service", SERVICE "ExecStart=/bin/false\n");
        put(USR "/dbus.service", SERVICE "Type=dbus\n");
        put(USR "/mnt.mount", "[Mount]\nWhat=/dev/x\nWhere=/srv\n");
        put(USR "/odd.service",
            SERVICE "Wants=x.service\n[Unit]\nWant=y.service\nAfter=z.service\n");
        put_link(ETC "/loop.service", "loop2.service");
        put_link(ETC "/loop2.service", "loop.service");
        assert_int_equal(load("a.service")->load, LOAD_LOADED);
        assert_int_equal(load("b.service")->load, LOAD_NOT_FOUND);
        assert_int_equal(load("m.service")->load, LOAD_MASKED);
        assert_int_equal(load("bad.service")->load, LOAD_BAD_SETTING);
        expect_said("would run for ever");
        assert_int_equal(load("empty.service")->load, LOAD_BAD_SETTING);
        assert_int_equal(load("two.service")->load, LOAD_BAD_SETTING);
        assert_int_equal(load("dbus.service")->load, LOAD_BAD_SETTING);
        assert_int_equal(load("mnt.mount")->load, LOAD_BAD_SETTING);
        expect_said("belongs into a unit named srv.mount");
        assert_int_equal(load("loop.service")->load, LOAD_ERROR);
        /* a wrong line is named and passed over */
        assert_int_equal(load("odd.service")->load, LOAD_LOADED);
        expect_said("Wants");
        expect("odd.service", "z.service", "After");
        expect_unknown("y.service");
        assert_int_equal(load("x.slice")->load, LOAD_LOADED);
        assert_int_equal(load("dev-x.device")->load, LOAD_LOADED);
        assert_int_equal(load("x.target")->load, LOAD_NOT_FOUND);
        assert_int_equal(known("-.slice")->active, ACTIVE_ACTIVE);
}

static void test_every_directive(void **state) {
        put(USR "/a.target",
            "[Unit]\nDefaultDependencies=no\nWants=1.target\nRequires=2.target\nRequisite=3."
            "target\n"
            "BindsTo=4.target\nPartOf=5.target\nUpholds=6.target\nConflicts=7.target\n"
            "Before=8.target\nAfter=9.target\nOnFailure=10.target\nOnSuccess=11.target\n"
            "PropagatesReloadTo=12.target\nReloadPropagatedFrom=13.target\n"
            "PropagatesStopTo=14.target\nStopPropagatedFrom=15.target\nJoinsNamespaceOf=16.target\n"
            "After=a.target\n");
        load("a.target");
        expect("a.target", "1.target", "Wants");
        expect("a.target", "2.target", "Requires");
        expect("a.target", "3.target", "Requisite");
        expect("a.target", "4.target", "BindsTo");
        expect("a.target", "5.target", "PartOf");
        expect("a.target", "6.target", "Upholds");
        expect("a.target", "7.target", "Conflicts");
        expect("a.target", "8.target", "Before");
        expect("a.target", "9.target", "After");
        expect("10.target", "a.target", "OnFailureOf");
        expect("11.target", "a.target", "OnSuccessOf");
        expect("a.target", "12.target", "PropagatesReloadTo");
        expect("a.target", "13.target", "ReloadPropagatedFrom");
        expect("a.target", "14.target", "PropagatesStopTo");
        expect("a.target", "15.target", "StopPropagatedFrom");
        expect("a.target", "16.target", "JoinsNamespaceOf");
        assert_int_equal(known("a.target")->dependencies.n, 16);
}

static void test_settings(void **state) {
        const UnitSettings *s;
        _cleanup_(config_done) Config c;

        put(USR "/a.service",
            "[Unit]\nJobTimeoutSec=5\nStartLimitIntervalSec=20\nStartLimitBurst=7\n"
            "StartLimitAction=reboot\nFailureAction=exit\nFailureActionExitStatus=3\n"
            "OnFailureJobMode=isolate\nRefuseManualStart=yes\nCollectMode=inactive-or-failed\n"
            "IgnoreOnIsolate=yes\nStopWhenUnneeded=yes\n" SERVICE "User=nobody\n");
        s = &load("a.service")->settings;
        assert_int_equal(s->job_timeout, 5000000);
        assert_true(s->job_running_timeout == UINT64_MAX);
        assert_int_equal(s->start_limit_interval, 20000000);
        assert_int_equal(s->start_limit_burst, 7);
        assert_int_equal(s->start_limit_action, EMERGENCY_REBOOT);
        assert_int_equal(s->failure_action, EMERGENCY_EXIT);
        assert_int_equal(s->failure_exit_status, 3);
        assert_int_equal(s->success_exit_status, -1);
        assert_int_equal(s->on_failure_job_mode, JOB_MODE_ISOLATE);
        assert_int_equal(s->on_success_job_mode, JOB_MODE_FAIL);
        assert_true(s->refuse_manual_start && !s->refuse_manual_stop && s->collect_failed &&
                    s->ignore_on_isolate && s->stop_when_unneeded && s->default_dependencies);
        assert_true(load("dev-x.device")->settings.job_running_timeout == 90000000);
        assert_true(known("dev-x.device")->settings.ignore_on_isolate);
        /* the rest is read when it is asked for */
        assert_int_equal(config_init(&c), 0);
        assert_int_equal(unit_load_config(registry, known("a.service"), &diag, &c), 0);
        assert_string_equal(c.user, "nobody");
}

static void test_names(void **state) {
        Unit *u;

        put(USR "/a.service", SERVICE);
        put_link(ETC "/b.service", USR "/a.service");
        put(USR "/t@.service", "[Unit]\nAfter=u@.service v@%i.service\n" SERVICE);
        put(USR "/c.service", "[Unit]\nWants=b.service t@x.service t@.service\n" SERVICE);
        u = load("c.service");
        assert_ptr_equal(known("a.service"), known("b.service"));
        assert_true(unit_has_name(known("b.service"), "a.service"));
        expect("c.service", "a.service", "Wants");
        expect("c.service", "t@x.service", "Wants");
        expect("c.service", "t@c.service", "Wants");
        expect("t@x.service", "u@x.service", "After");
        expect("t@x.service", "v@x.service", "After");
        assert_ptr_equal(known("t@x.service")->slice, known("system-t.slice"));
        expect("t@x.service", "system-t.slice", "Requires After InSlice");
        expect("system-t.slice", "system.slice", "Requires After InSlice");
        expect("system.slice", "-.slice", "Requires After InSlice");
        assert_ptr_equal(u->slice, known("system.slice"));
        assert_int_equal(registry_get(registry, "t@.service", &u), -EINVAL);
        assert_int_equal(registry_get(registry, "t", &u), -EINVAL);
}

static void test_links(void **state) {
        put(USR "/a.target", "[Unit]\nAllowIsolate=yes\n");
        put(USR "/w.service", SERVICE);
        put_link(USR "/a.target.wants/w.service", "../w.service");
        put_link(USR "/a.target.requires/r.service", "../r.service");
        put_link(USR "/a.target.upholds/u.service", "../u.service");
        load("a.target");
        /* a target is ordered after what it pulls in, as far as that exists */
        expect("a.target", "w.service", "Wants After");
        expect("a.target", "r.service", "Requires");
        expect("a.target", "u.service", "Upholds");
}

static void test_target_order(void **state) {
        put(USR "/a.target", "[Unit]\nWants=b.service c.service d.service\nBefore=d.service\n");
        put(USR "/b.service", SERVICE);
        put(USR "/c.service", "[Unit]\nDefaultDependencies=no\n" SERVICE);
        put(USR "/d.service", SERVICE);
        put(USR "/e.service", "[Unit]\nWants=a.target\n" SERVICE);
        put(USR "/n.target", "[Unit]\nDefaultDependencies=no\nWants=b.service\n");
        load("e.service");
        load("n.target");
        expect("a.target", "b.service", "Wants After");
        expect("a.target", "c.service", "Wants");
        expect("a.target", "d.service", "Wants Before");
        expect("e.service", "a.target", "Wants");
        expect("n.target", "b.service", "Wants");
        expect("a.target", "shutdown.target", "Conflicts Before");
}

static void test_service_defaults(void **state) {
        put(USR "/a.service", SERVICE "Type=dbus\nBusName=x.y\nSockets=s.socket\n"
                                      "StandardOutput=journal\nPrivateTmp=yes\n");
        put(USR "/b.service", "[Unit]\nDefaultDependencies=no\n" SERVICE);
        put(USR "/early.service", "[Unit]\nBefore=svlogd.service\n" SERVICE);
        put(USR "/quiet.service", SERVICE "StandardOutput=null\nStandardError=tty\n");
        put(USR "/svlogd.service", "[Unit]\nAfter=first.service\n" SERVICE "StandardError=kmsg\n");
        put(USR "/first.service", SERVICE);
        load("a.service");
        load("b.service");
        load("svlogd.service");
        load("early.service");
        put(USR "/getty.service", SERVICE "StandardInput=tty\n");
        load("quiet.service");
        load("getty.service");
        load("first.service");
        expect("a.service", "svlogd.service", "After");
        expect("b.service", "svlogd.service", "After");
        expect("early.service", "svlogd.service", "Before");
        expect("first.service", "svlogd.service", "Before");
        expect("quiet.service", "svlogd.service", "");
        expect("getty.service", "svlogd.service", "");
        expect("a.service", "sysinit.target", "Requires After");
        expect("a.service", "basic.target", "After");
        expect("a.service", "shutdown.target", "Conflicts Before");
        expect("a.service", "dbus.socket", "Requires After");
        expect("a.service", "s.socket", "Wants After TriggeredBy");
        expect("a.service", "systemd-journald.socket", "After");
        expect("a.service", "systemd-tmpfiles-setup.service", "After");
        expect("b.service", "sysinit.target", "");
        expect("b.service", "system.slice", "Requires After InSlice");
}

static void test_mounts(void **state) {
        put(USR "/srv.mount", "[Mount]\nWhat=/dev/sda1\nType=ext4\nOptions=rw,usrquota\n");
        put(USR "/srv-a-b.mount", "[Mount]\nWhat=server:/x\nType=nfs\nOptions=nofail\n");
        put(USR "/srv-bind.mount", "[Mount]\nWhat=/var/bind\nOptions=bind,_netdev\n");
        put(USR "/proc-x.mount", "[Mount]\nWhat=x\n");
        put(USR "/var.mount", "[Mount]\nWhat=tmpfs\nType=tmpfs\n");
        put(USR "/a.service", "[Unit]\nRequiresMountsFor=/srv/a/b/c /usr/x\n" SERVICE
                              "StateDirectory=a\nWorkingDirectory=/opt\n");
        put(USR "/swap.swap", "[Swap]\nWhat=/srv/file\n");
        load("a.service");
        load("proc-x.mount");
        load("srv-bind.mount");
        load("swap.swap");
        expect("a.service", "srv.mount", "Requires After");
        expect("a.service", "srv-a-b.mount", "Requires After");
        expect("a.service", "var.mount", "Requires After");
        expect_unknown("opt.mount");
        expect("srv.mount", "dev-sda1.device", "BindsTo After");
        expect("srv.mount", "local-fs.target", "Before");
        expect("srv.mount", "local-fs-pre.target", "After");
        expect("srv.mount", "umount.target", "Conflicts Before");
        expect("srv.mount", "quotaon.service", "Wants Before");
        expect("srv-a-b.mount", "srv.mount", "Requires After");
        expect("srv-a-b.mount", "network-online.target", "Wants After");
        expect_unknown("srv-a.mount");
        expect("srv-bind.mount", "var.mount", "Requires After");
        expect("srv-bind.mount", "remote-fs.target", "Before");
        expect("proc-x.mount", "umount.target", "");
        expect("swap.swap", "srv.mount", "Requires After");
        expect("swap.swap", "swap.target", "Before");
        expect("swap.swap", "umount.target", "Conflicts Before");
}

static void test_mount_at_run_time(void **state) {
        Unit *mount;

        put(USR "/a.service", "[Unit]\nRequiresMountsFor=/mnt/x\n" SERVICE);
        load("a.service");
        expect_unknown("mnt.mount");
        assert_int_equal(registry_add(registry, "mnt.mount", &diag, &mount), 0);
        assert_int_equal(mount->load, LOAD_LOADED);
        /* it is there, but nobody can start it */
        expect("a.service", "mnt.mount", "After");
        assert_int_equal(registry_add(registry, "a.service", &diag, &mount), -EEXIST);
}

static void test_triggers(void **state) {
        put(USR "/a.socket", "[Socket]\nListenStream=/run/a\n");
        put(USR "/b.timer", "[Timer]\nOnBootSec=1\nUnit=c.service\n");
        put(USR "/d.socket", "[Socket]\nListenStream=/run/d\nAccept=yes\n");
        load("a.socket");
        load("b.timer");
        load("d.socket");
        expect("a.socket", "a.service", "Before Triggers");
        expect("b.timer", "c.service", "Before Triggers");
        expect("a.socket", "sockets.target", "Before");
        expect_unknown("d.service");
}

/* Two writes within one tick of the file system's clock would look alike if they had one size. */
static int reload(void) {
        return registry_reload(registry, &diag);
}

static void test_reload(void **state) {
        Unit *a, *b;

        put(USR "/a.service", "[Unit]\nWants=b.service\n" SERVICE);
        put(USR "/b.service", "[Unit]\nBefore=a.service\n" SERVICE);
        put(USR "/t.target", "[Unit]\nWants=a.service n.service\n");
        load("t.target");
        a = known("a.service");
        b = known("b.service");
        a->active = ACTIVE_ACTIVE;
        assert_int_equal(reload(), 0);
        put(USR "/b.service", "[Unit]\nConflicts=c.service\n" SERVICE);
        assert_int_equal(reload(), 1);
        assert_true(b->marked && !a->marked);
        assert_ptr_equal(known("b.service"), b);
        expect("b.service", "a.service", "WantedBy");
        expect("b.service", "c.service", "Conflicts");
        /* the order of the target follows from both units */
        put(USR "/a.service.d/x.conf", "[Unit]\nDefaultDependencies=no\n");
        assert_int_equal(reload(), 2);
        expect("t.target", "a.service", "Wants");
        assert_int_equal(a->active, ACTIVE_ACTIVE);
        put(USR "/n.service", SERVICE);
        assert_int_equal(reload(), 1);
        expect("t.target", "n.service", "Wants After");
        put_link(ETC "/t.target.wants/m.service", "m.service");
        assert_int_equal(reload(), 1);
        expect("t.target", "m.service", "Wants");
        put_link(ETC "/a.service", "/dev/null");
        assert_int_equal(reload(), 1);
        assert_int_equal(a->load, LOAD_MASKED);
        assert_int_equal(a->active, ACTIVE_ACTIVE);
        expect("a.service", "b.service", "");
        assert_int_equal(reload(), 0);
}

static void test_new_files(void **state) {
        put(USR "/a.service", "[Unit]\nWants=b.service\n" SERVICE);
        load("a.service");
        assert_int_equal(load("c.service")->load, LOAD_NOT_FOUND);
        /* no reload is needed for what was not there */
        put(USR "/b.service", SERVICE);
        put(USR "/c.service", "[Unit]\nAfter=d.service\n" SERVICE);
        put_link(ETC "/e.service", USR "/a.service");
        assert_int_equal(load("c.service")->load, LOAD_LOADED);
        expect("c.service", "d.service", "After");
        assert_int_equal(known("b.service")->load, LOAD_LOADED);
        assert_ptr_equal(load("e.service"), known("a.service"));
        assert_int_equal(load("d.service")->load, LOAD_NOT_FOUND);
        /* the alias belongs to the unit from the next reload on */
        assert_false(unit_has_name(known("a.service"), "e.service"));
        assert_true(reload() > 0);
        assert_true(unit_has_name(known("a.service"), "e.service"));
}

static void test_reload_of_mounts(void **state) {
        put(USR "/a.service", "[Unit]\nRequiresMountsFor=/srv/x\n" SERVICE);
        load("a.service");
        put(USR "/srv.mount", "[Mount]\nWhat=/dev/x\n");
        load("srv.mount");
        assert_int_equal(reload(), 0);
        expect("a.service", "srv.mount", "Requires After");
        put_link(ETC "/srv.mount", "/dev/null");
        assert_int_equal(reload(), 2);
        expect("a.service", "srv.mount", "");
}

static void test_reload_of_aliases(void **state) {
        put(USR "/a.service", SERVICE);
        put(USR "/b.service", SERVICE);
        put(USR "/c.service", SERVICE);
        put(USR "/d.service", "[Unit]\nWants=a.service c.service\n" SERVICE);
        load("d.service");
        known("c.service")->active = ACTIVE_ACTIVE;
        put_link(ETC "/a.service", USR "/b.service");
        put_link(ETC "/c.service", USR "/b.service");
        assert_true(reload() > 0);
        assert_ptr_equal(known("a.service"), known("b.service"));
        expect("d.service", "b.service", "Wants");
        /* what is in use keeps its name until it has ended */
        assert_ptr_not_equal(known("c.service"), known("b.service"));
        expect_said("stays a unit of its own");
        known("c.service")->active = ACTIVE_INACTIVE;
        put_link(ETC "/e.service", USR "/b.service");
        assert_true(reload() > 0);
        assert_ptr_equal(known("c.service"), known("b.service"));
        assert_ptr_equal(known("e.service"), known("b.service"));
}

static void test_collect(void **state) {
        put(USR "/a.service", "[Unit]\nWants=b.service\n" SERVICE);
        put(USR "/b.service", "[Unit]\nAfter=a.service c.service\n" SERVICE);
        put(USR "/f.service", "[Unit]\nDefaultDependencies=no\n" SERVICE);
        load("a.service");
        load("f.service");
        known("a.service")->active = ACTIVE_ACTIVE;
        known("f.service")->active = ACTIVE_FAILED;
        registry_collect(registry);
        known("c.service");
        known("f.service");
        known("a.service")->active = ACTIVE_INACTIVE;
        known("f.service")->settings.collect_failed = true;
        known("b.service")->pins++;
        registry_collect(registry);
        known("c.service");
        known("a.service"); /* b mentions it */
        expect_unknown("f.service");
        known("b.service")->pins--;
        registry_collect(registry);
        expect_unknown("a.service");
        expect_unknown("b.service");
        expect_unknown("sysinit.target");
        assert_int_equal(load("a.service")->load, LOAD_LOADED);
        expect("a.service", "b.service", "Wants Before");
}

enum { MANY = 5000 };

static double milliseconds(void) {
        struct timespec t;

        clock_gettime(CLOCK_MONOTONIC, &t);
        return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* Prints what 5,000 units cost; the bounds only catch what grows with the square of them. */
static void test_many(void **state) {
        char name[100], text[200];
        double begin, loaded, same, changed, planned;
        TransactionRequest start = { .type = JOB_START, .mode = JOB_MODE_REPLACE };
        Engine engine;

        put(USR "/default.target", "[Unit]\nDescription=many\n");
        put(USR "/sysinit.target", "[Unit]\nDescription=early\n");
        for (int i = 0; i < MANY; i++) {
                snprintf(name, sizeof(name), USR "/s%d.service", i);
                snprintf(text, sizeof(text), "[Unit]\nAfter=s%d.service\n" SERVICE,
                         i ? i - 1 : MANY);
                put(name, text);
                snprintf(name, sizeof(name), USR "/default.target.wants/s%d.service", i);
                put_link(name, "x");
        }
        begin = milliseconds();
        load("default.target");
        loaded = milliseconds();
        assert_int_equal(reload(), 0);
        same = milliseconds();
        put(USR "/s7.service", "[Unit]\nDescription=new\n" SERVICE);
        assert_int_equal(reload(), 1);
        changed = milliseconds();
        engine_init(&engine, registry, NULL, NULL);
        start.unit = known("default.target");
        assert_int_equal(transaction_run(&engine, &start, &diag, NULL), 0);
        planned = milliseconds();
        assert_int_equal(engine.n_jobs, MANY + 2);
        engine_done(&engine);
        print_message("%zu units: load %.0f ms, reload of none %.0f ms, of one %.0f ms, "
                      "transaction %.0f ms\n",
                      registry_size(registry), loaded - begin, same - loaded, changed - same,
                      planned - changed);
        assert_true(registry_size(registry) > MANY);
        assert_true(loaded - begin < 20000 && same - loaded < 10000);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void) {
        const struct CMUnitTest tests[] = {
                TEST(test_load_states),
                TEST(test_every_directive),
                TEST(test_settings),
                TEST(test_names),
                TEST(test_links),
                TEST(test_target_order),
                TEST(test_service_defaults),
                TEST(test_mounts),
                TEST(test_mount_at_run_time),
                TEST(test_triggers),
                TEST(test_reload),
                TEST(test_new_files),
                TEST(test_reload_of_mounts),
                TEST(test_reload_of_aliases),
                TEST(test_collect),
                TEST(test_many),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}

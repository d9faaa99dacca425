/*
 * What would touch the machine is replaced by its name: the functions of spawn.h and group.h here
 * are those that get linked.
 */
#include "tests/fuzz/manager-world.h"

#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/fd.h"
#include "supervisor/manager/job-queue.h"
#include "supervisor/manager/spawn.h"
#include "supervisor/manager/unit-notify.h"
#include "supervisor/manager/unit-record.h"
#include "supervisor/manager/unit-simple.h"
#include "tests/fuzz/scratch.h"

static struct {
        Manager manager;
        int svinit;
        uint64_t chance;
        pid_t last_pid;
} world;

void manager_world_demand(bool truth) {
        if (!truth)
                abort();
}

static bool by_chance(void) {
        world.chance = world.chance >> 1 | world.chance << 63;
        return world.chance & 1;
}

static void empty_socket(void) {
        char byte;

        while (recv(world.svinit, &byte, 1, MSG_DONTWAIT) > 0)
                continue;
}

/* ---- instead of the machine ---- */

pid_t spawn(const SpawnRequest *request) {
        empty_socket();
        return by_chance() ? ++world.last_pid : -EAGAIN;
}

int group_tree_open(GroupTree *t, bool adjacent, Diag *diag) {
        return -ENOSYS;
}

void group_tree_close(GroupTree *t) {
}

int group_open(const GroupTree *t, const char *path) {
        return by_chance() ? open("/dev/null", O_RDONLY | O_CLOEXEC) : -ENOENT;
}

int group_make(const GroupTree *t, const char *path) {
        return by_chance() ? open("/dev/null", O_RDONLY | O_CLOEXEC) : -EIO;
}

int group_renew(const GroupTree *t, const char *path) {
        return group_make(t, path);
}

int group_prune(const GroupTree *t, const char *path) {
        return by_chance() ? 0 : -EBUSY;
}

int group_bound(const GroupTree *t, const char *path) {
        return 0;
}

int group_remove(const GroupTree *t, const char *path) {
        return by_chance() ? 0 : -EBUSY;
}

int group_watch(const GroupTree *t, const char *path, const char *attribute) {
        return 1;
}

int group_next_event(const GroupTree *t) {
        return -EAGAIN;
}

bool group_is_populated(const GroupTree *t, const char *path) {
        return by_chance();
}

bool group_is_ours(int fd) {
        return by_chance();
}

bool group_is_frozen(const GroupTree *t, const char *path) {
        return by_chance();
}

int group_thaw(const GroupTree *t, const char *path) {
        return 0;
}

void group_each(const GroupTree *t, const char *path, void (*found)(pid_t pid, void *userdata),
                void *userdata) {
        if (by_chance())
                found(world.last_pid, userdata);
}

int group_kill(const GroupTree *t, const char *path) {
        return by_chance() ? 0 : -ENOENT;
}

int group_of(const GroupTree *t, pid_t pid, char **ret) {
        return -ENXIO;
}

int group_signal(const GroupTree *t, const char *path, pid_t pid, int signal) {
        return by_chance() ? 0 : -ESRCH;
}

bool group_has(const GroupTree *t, const char *path, pid_t pid) {
        return by_chance();
}

int group_write(const GroupTree *t, const char *path, const char *attribute, const char *text) {
        return 0;
}

int group_read(const GroupTree *t, const char *path, const char *attribute, char *text,
               size_t size) {
        snprintf(text, size, "low 0\noom_kill %d\n", (int)by_chance());
        return 0;
}

void group_enable(const GroupTree *t, const char *path, const char *controller) {
}

/* ---- the manager ---- */

static void job_hook(const Job *j, void *userdata) {
        manager_mark(userdata, j->unit);
}

static void unit_hook(Unit *u, ActiveState before, void *userdata) {
        manager_mark(userdata, u);
        if (service_known(u))
                service_follow_unit(service_known(u));
}

static const EngineHooks hooks = { .job_new = job_hook,
                                   .job_changed = job_hook,
                                   .job_removed = job_hook,
                                   .unit_changed = unit_hook };

static const UnitOps *const ops[UNIT_TYPES] = { [UNIT_SERVICE] = &service_ops,
                                                [UNIT_TARGET] = &unit_simple_target_ops,
                                                [UNIT_SLICE] = &unit_simple_slice_ops };

static void forget(Unit *u, void *userdata) {
        if (service_known(u))
                service_free(service_known(u));
}

#define SERVICE "[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/true\n"

void manager_world_prepare(void) {
        scratch_make();
        scratch_make_directory("units");
        scratch_make_directory("records");
        scratch_write("units/a.service", SERVICE "Restart=always\nExecStopPost=/bin/x\n");
        scratch_write("units/once.service", SERVICE "ExecStart=/bin/y\nType=oneshot\n");
        scratch_write("units/fork.service", SERVICE "Type=forking\nExecStartPost=/bin/x\n");
        scratch_write("units/notify.service", SERVICE "Type=notify-reload\nNotifyAccess=all\n"
                                                      "FileDescriptorStoreMax=4\nWatchdogSec=10\n"
                                                      "ExecReload=/bin/r\nExecStop=/bin/s\n");
        scratch_write("units/t@.service", SERVICE "Type=idle\nExitType=cgroup\nOOMPolicy=kill\n");
        scratch_write("units/b.target", "[Unit]\nRequires=a.service\nAfter=a.service\n");
}

static void add_fds(Link *l) {
        l->fds = calloc(WORLD_FDS, sizeof(LinkFd));
        manager_world_demand(l->fds);
        for (size_t i = 0; i < WORLD_FDS; i++) {
                int ends[2];

                manager_world_demand(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) ==
                                     0);
                close(ends[1]);
                l->fds[l->n_fds++] = (LinkFd){ WORLD_FIRST_ID + i, ends[0] };
        }
        l->n_stored = WORLD_FDS;
        l->last_id = WORLD_FIRST_ID + WORLD_FDS;
}

Manager *manager_world_begin(const char *records, uint64_t chance) {
        _cleanup_(diag_done) Diag diag = { 0 };
        Manager *m = &world.manager;
        int ends[2];

        *m = (Manager){ .path.root_fd = -EBADF, .notify = -EBADF, .next_sweep = CLOCK_FOREVER };
        world.chance = chance;
        world.last_pid = 1000;
        m->groups = (GroupTree){ .root = 0, .prefix = (char *)"", .watch = -1 };
        m->executor = (char *)"/nonexistent";
        manager_world_demand(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
        world.svinit = ends[1];
        m->link = (Link){ .socket = ends[0], .synced = true };
        add_fds(&m->link);
        m->directory = open(records, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        manager_world_demand(m->directory >= 0 && sd_event_new(&m->event) >= 0);
        manager_world_demand(load_path_init(&m->path, NULL, scratch_file("units"), &diag) >= 0);
        manager_world_demand(registry_new(&(RegistrySetup){ .path = &m->path,
                                                            .ops = ops,
                                                            .forget = forget,
                                                            .userdata = m },
                                          &diag, &m->registry) >= 0);
        engine_init(&m->engine, m->registry, &hooks, m);
        m->engine.now = clock_now();
        return m;
}

void manager_world_turn(Manager *m) {
        for (unsigned i = 0; i < 50 && job_queue_run(&m->engine); i++)
                empty_socket();
        manager_world_demand(manager_flush(m) >= 0);
        empty_socket();
}

void manager_world_end(Manager *m) {
        engine_done(&m->engine);
        registry_free(m->registry);
        load_path_done(&m->path);
        sd_event_unref(m->event);
        link_drop_untaken(&m->link);
        close(m->link.socket);
        close(world.svinit);
        close(m->directory);
}

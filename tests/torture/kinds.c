/*
 * The units. All start with the log, so that no line is written before there is one.
 */
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/file.h"
#include "tests/torture/torture.h"

#define AGAIN "Restart=always\nRestartSec=50ms\n"
#define POST  "ExecStopPost=" TORTURE_SELF " note %2$s post\n"

/* In the settings %1$s is the command, %2$s the name. */
const TortureKind torture_kinds[] = {
        { "steady", 16, false, false, "ExecStart=%1$s\n" },
        { "crash", 12, true, true, "Type=exec\nExecStart=%1$s\n" AGAIN POST },
        { "forks", 10, true, true,
          "Type=forking\nPIDFile=" TORTURE_DIRECTORY "/%2$s.pid\nExecStart=%1$s\n" AGAIN POST },
        { "guess", 4, true, true, "Type=forking\nExecStart=%1$s\n" AGAIN POST },
        { "once", 10, false, false, "Type=oneshot\nRemainAfterExit=yes\nExecStart=%1$s\n" },
        { "notify", 10, true, true,
          "Type=notify\nTimeoutStartSec=300\nExecStart=%1$s\n" AGAIN POST },
        { "status", 6, false, false, "Type=notify\nTimeoutStartSec=300\nExecStart=%1$s\n" },
        { "reload", 6, false, false, "Type=notify-reload\nTimeoutStartSec=300\nExecStart=%1$s\n" },
        { "command", 4, false, false,
          "Type=exec\nExecStart=%1$s\nExecReload=" TORTURE_SELF " note %2$s reloaded\n" },
        { "idle", 6, true, true, "Type=idle\nExecStart=%1$s\n" AGAIN POST },
        { "dog", 4, false, false,
          "Type=notify\nTimeoutStartSec=300\nWatchdogSec=20\nExecStart=%1$s\n" },
        { "hang", 2, true, true,
          "Type=notify\nTimeoutStartSec=300\nWatchdogSec=3\nWatchdogSignal=KILL\nExecStart=%1$"
          "s\n" AGAIN POST },
        { "keeps", 4, true, true,
          "Type=notify\nTimeoutStartSec=300\nFileDescriptorStoreMax=4\nExecStart=%1$s\n" AGAIN
                  POST },
        { "order", 6, true, true,
          "ExecStartPre=" TORTURE_SELF
          " note %2$s pre\nExecStart=%1$s\nExecStartPost=/bin/true\n" AGAIN POST },
        { "toggle", 4, false, false, "Type=exec\nExecStart=%1$s\n" },
};
const size_t torture_kinds_count = ARRAY_SIZE(torture_kinds);

size_t torture_list(unsigned share, TortureService ret[static TORTURE_MAX]) {
        size_t n = 0;

        for (size_t k = 0; k < torture_kinds_count; k++)
                for (unsigned i = 0; i == 0 || i < torture_kinds[k].n / share; i++) {
                        TortureService *s = &ret[n];

                        *s = (TortureService){ .kind = &torture_kinds[k], .index = (unsigned)n++ };
                        snprintf(s->name, sizeof(s->name), "t-%s-%u", s->kind->name, i);
                }
        return n;
}

static int write_unit(int dir, const char *name, const char *text) {
        int r = file_write_atomic_at(dir, name, text, 0644);

        if (r < 0)
                fprintf(stderr, "torture: %s: %s\n", name, strerror(-r));
        return r;
}

static int write_service(int dir, const TortureService *s) {
        char name[TORTURE_NAME_MAX + 16], command[160], text[2048];
        int n;

        snprintf(name, sizeof(name), "%s.service", s->name);
        snprintf(command, sizeof(command), TORTURE_SELF " service %s %s %u", s->kind->name, s->name,
                 s->index);
        n = snprintf(text, sizeof(text),
                     "[Unit]\nDefaultDependencies=no\nAfter=svlogd.service\n"
                     "StartLimitIntervalSec=0\n[Service]\nStandardOutput=journal\n");
        /* the table above is the only source of formats */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(text + n, sizeof(text) - (size_t)n, s->kind->settings, command, s->name);
#pragma GCC diagnostic pop
        return write_unit(dir, name, text);
}

static const char log_unit[] =
        "[Unit]\nDefaultDependencies=no\nStartLimitIntervalSec=0\n"
        "[Service]\nType=notify\nNotifyAccess=all\nFileDescriptorStoreMax=1000\nRestart=always\n"
        "RestartSec=20ms\nTimeoutStartSec=300\nStandardOutput=null\n"
        "StandardError=null\n"
        "ExecStartPre=/bin/mkdir -p " TORTURE_DIRECTORY "\n"
        "ExecStart=/usr/lib/svalinn/svlogd --config=/etc/svalinn/torture-log.conf\n";

int torture_prepare(const char *directory, unsigned share) {
        static TortureService services[TORTURE_MAX];
        size_t n = torture_list(share, services);
        _cleanup_fd_ int dir = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        char target[TORTURE_MAX * 32];
        int at, r;

        if (dir < 0) {
                fprintf(stderr, "torture: %s: %m\n", directory);
                return EXIT_FAILURE;
        }
        at = snprintf(target, sizeof(target),
                      "[Unit]\nDefaultDependencies=no\nWants=svlogd.service");
        for (size_t i = 0; i < n; i++)
                at += snprintf(target + at, sizeof(target) - (size_t)at, " %s.service",
                               services[i].name);
        r = write_unit(dir, "torture.target", target);
        if (r >= 0)
                r = write_unit(dir, "svlogd.service", log_unit);
        for (size_t i = 0; r >= 0 && i < n; i++)
                r = write_service(dir, &services[i]);
        return r < 0;
}

/*
 * Protects that every type reads what systemd 252 reads, writes one canonical
 * form of it that reads back as equal, and says what is wrong with the rest.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>

#include "base/text.h"
#include "units/capability.h"
#include "units/config.h"
#include "units/names.h"
#include "units/signal-name.h"
#include "units/size.h"
#include "units/specifier.h"
#include "units/types.h"

/* Assignments, one a line, and what config_format() makes of them; or part of a message. */
typedef struct Case {
        const char *lines;
        const char *canonical; /* lines as well; "": equal to nothing assigned */
        const char *message;   /* NULL: nothing is said */
} Case;

static const SpecifierContext specifiers = { .unit = "foo@bar.service" };

static int assign_lines(Config *c, const char *lines, const SpecifierContext *s, Diag *diag) {
        ParseContext context = { diag, s };
        char *copy = strdup(lines), *rest = copy, *line;
        int first_error = 0;

        while ((line = strsep(&rest, "\n"))) {
                char *value = strchr(line, '=');
                int r;

                assert_non_null(value);
                *value = '\0';
                r = config_assign(c, ~0U, line, value + 1, &context);
                if (r < 0 && first_error == 0)
                        first_error = r;
        }
        free(copy);
        return first_error;
}

/* Without headers and empty lines. */
static char *format_lines(const Config *c) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        _cleanup_free_ char *text = NULL;
        char *rest, *line, *ret;

        assert_int_equal(config_format(c, &text), 0);
        rest = text;
        while ((line = strsep(&rest, "\n")))
                if (*line && *line != '[')
                        strbuf_addf(&b, "%s%s", b.length > 0 ? "\n" : "", line);
        assert_int_equal(strbuf_take(&b, &ret), 0);
        return ret;
}

static char *all_messages(const Diag *diag) {
        _cleanup_(strbuf_done) StrBuf b = { 0 };
        char *ret;

        for (size_t i = 0; i < diag->n; i++)
                strbuf_addf(&b, "%s\n", diag->entries[i].message);
        assert_int_equal(strbuf_take(&b, &ret), 0);
        return ret;
}

static bool reads_back(const Config *c, const Case *k) {
        _cleanup_(config_done) Config again;
        _cleanup_(diag_done) Diag diag = { 0 };
        _cleanup_free_ char *text = NULL;
        ParseContext context = { &diag, NULL };

        assert_int_equal(config_init(&again), 0);
        assert_int_equal(config_format(c, &text), 0);
        if (config_parse_text(&again, NULL, text, strlen(text), &context) == 0 &&
            config_equal(c, &again))
                return true;
        print_error("%s\nreads back as something else from:\n%s", k->lines, text);
        return false;
}

static bool fits(const Case *k) {
        _cleanup_(config_done) Config c;
        _cleanup_(diag_done) Diag diag = { 0 };
        _cleanup_free_ char *canonical = NULL, *messages = NULL;
        bool right;
        int r;

        assert_int_equal(config_init(&c), 0);
        r = assign_lines(&c, k->lines, &specifiers, &diag);
        canonical = format_lines(&c);
        messages = all_messages(&diag);
        right = text_eq(canonical, k->canonical) &&
                (k->message ? strstr(messages, k->message) != NULL : *messages == '\0') &&
                (r < 0) == (diag_count(&diag, DIAG_ERROR) > 0);
        if (!right)
                print_error("%s\ngives %d: %s\nbut is: %s\nsays: %s\n", k->lines, r, canonical,
                            k->canonical, messages);
        return reads_back(&c, k) && right;
}

static void check_all(const Case *cases, size_t n) {
        size_t wrong = 0;

        for (size_t i = 0; i < n; i++)
                wrong += !fits(&cases[i]);
        assert_int_equal(wrong, 0);
}

static void test_plain_values(void **state) {
        static const Case cases[] = {
                { "NoNewPrivileges=yes", "NoNewPrivileges=yes", NULL },
                { "NoNewPrivileges=TRUE", "NoNewPrivileges=yes", NULL },
                { "NoNewPrivileges=t", "NoNewPrivileges=yes", NULL },
                { "NoNewPrivileges=y", "NoNewPrivileges=yes", NULL },
                { "NoNewPrivileges=On", "NoNewPrivileges=yes", NULL },
                { "NoNewPrivileges=1\nNoNewPrivileges=0", "NoNewPrivileges=no", NULL },
                { "NoNewPrivileges=1\nNoNewPrivileges=", "", NULL },
                { "NoNewPrivileges=maybe", "", "\"maybe\" is no boolean; use yes or no" },
                { "NoNewPrivileges=1\nNoNewPrivileges=2", "NoNewPrivileges=yes", "no boolean" },
                { "ProtectSystem=true", "ProtectSystem=yes", NULL },
                { "ProtectSystem=off", "ProtectSystem=no", NULL },
                { "ProtectSystem=strict\nProtectSystem=", "", NULL },
                { "ProtectSystem=srtict", "", "did you mean strict?" },
                { "ProtectSystem=everything", "", "use no, yes, full or strict" },
                { "KeyringMode=shared", "KeyringMode=shared", NULL },
                { "KeyringMode=shared\nKeyringMode=", "", NULL },
                { "KeyringMode=yes", "", "\"yes\" is no" },
                { "PrivateUsers=yes", "PrivateUsers=self", NULL },
                { "PrivateUsers=true", "PrivateUsers=self", NULL },
                { "UMask=22", "UMask=0022", NULL },
                { "UMask=077", "UMask=0077", NULL },
                { "UMask=8", "", "octal" },
                { "UMask=17777", "", "octal" },
                { "Description=50%% of %p for %i", "Description=50%% of foo for bar", NULL },
                { "Description=100%", "Description=100%%", NULL },
                { "Description=a %Z", "", "no specifier %Z" },
                { "Description=a \"b\" \\x20", "Description=a \"b\" \\x20", NULL },
                { "Description=a\\", "", "backslash" },
                { "After=a.service b.service\nAfter=c.service",
                  "After=a.service b.service c.service", NULL },
                { "After=a.service\nAfter=", "", NULL },
        };

        check_all(cases, ARRAY_SIZE(cases));
}

static void test_numbers(void **state) {
        static const Case cases[] = {
                { "Nice=-20", "Nice=-20", NULL },
                { "Nice=+5", "Nice=5", NULL },
                { "Nice=20", "", "from -20 to 19" },
                { "Nice=x", "", "from -20 to 19" },
                { "Nice=5\nNice=", "", NULL },
                { "MemoryMax=1024", "MemoryMax=1K", NULL },
                { "MemoryMax=1.5G", "MemoryMax=1536M", NULL },
                { "MemoryMax=1 G 512 M", "MemoryMax=1536M", NULL },
                { "MemoryMax=1G512M", "MemoryMax=1536M", NULL },
                { "MemoryMax=1500", "MemoryMax=1500", NULL },
                { "MemoryMax=50%", "MemoryMax=50%", NULL },
                { "MemoryMax=12.5%", "MemoryMax=12.50%", NULL },
                { "MemoryMax=125\xe2\x80\xb0", "MemoryMax=12.50%", NULL },
                { "MemoryMax=12.5\xe2\x80\xb0", "MemoryMax=1.25%", NULL },
                { "MemoryMax=125\xe2\x80\xb1", "MemoryMax=1.25%", NULL },
                { "MemoryMax=infinity", "MemoryMax=infinity", NULL },
                { "MemoryMax=1G\nMemoryMax=", "", NULL },
                { "MemoryMax=101%", "", "is no limit" },
                { "MemoryMax=0", "", "more than 0" },
                { "MemoryMax=512M 1G", "", "is no limit" },
                { "MemoryMax=1GB", "", "is no limit" },
                { "MemoryMax=-1", "", "is no limit" },
                { "MemoryMax=16E", "", "is no limit" },
                { "MemorySwapMax=0", "MemorySwapMax=0", NULL },
                { "TasksMax=4096", "TasksMax=4096", NULL },
                { "TasksMax=4K", "", "use a number" },
                { "CPUQuota=250%", "CPUQuota=250%", NULL },
                { "CPUQuota=20.25%", "CPUQuota=20.25%", NULL },
                { "CPUQuota=2", "", "percentage" },
                { "CPUQuota=infinity", "", "percentage" },
                { "RestartSec=90", "RestartSec=1min 30s", NULL },
                { "RestartSec=1min 500ms", "RestartSec=1min 500ms", NULL },
                { "RestartSec=soon", "", "is no time span" },
                { "TimeoutStartSec=0", "TimeoutStartSec=infinity", NULL },
                { "TimerSlackNSec=1500", "TimerSlackNSec=1us 500ns", NULL },
                { "LimitNOFILE=1024", "LimitNOFILE=1024", NULL },
                { "LimitNOFILE=1024:524288", "LimitNOFILE=1024:524288", NULL },
                { "LimitNOFILE=1024:infinity", "LimitNOFILE=1024:infinity", NULL },
                { "LimitNOFILE=infinity", "LimitNOFILE=infinity", NULL },
                { "LimitNOFILE=2:1", "", "soft limit is above" },
                { "LimitNOFILE=1K", "", "use a number" },
                { "LimitNOFILE=1:", "", "is no limit" },
                { "LimitNOFILE=1\nLimitNOFILE=", "", NULL },
                { "LimitCORE=4M", "LimitCORE=4194304", NULL },
                { "LimitCPU=1500ms", "LimitCPU=2", NULL },
                { "LimitCPU=1min:1h", "LimitCPU=60:3600", NULL },
                { "LimitRTTIME=20", "LimitRTTIME=20", NULL },
                { "LimitRTTIME=1ms", "LimitRTTIME=1000", NULL },
                { "LimitNICE=+19", "LimitNICE=1", NULL },
                { "LimitNICE=-20", "LimitNICE=40", NULL },
                { "LimitNICE=0", "LimitNICE=0", NULL },
                { "LimitNICE=-21", "", "nice level" },
                { "LimitNICE=+20", "", "nice level" },
                { "LimitNICE=infinity", "", "nice level" },
        };

        check_all(cases, ARRAY_SIZE(cases));
}

static void test_paths(void **state) {
        static const Case cases[] = {
                { "RootDirectory=/srv//a/./b/", "RootDirectory=/srv/a/b", NULL },
                { "RootDirectory=/srv/a b", "RootDirectory=/srv/a b", NULL },
                { "RootDirectory=/srv/%i", "RootDirectory=/srv/bar", NULL },
                { "RootDirectory=srv", "", "begin it with \"/\"" },
                { "RootDirectory=/a/../b", "", "\"..\"" },
                { "RootDirectory=/a\nRootDirectory=b", "RootDirectory=/a", "absolute" },
                { "RootDirectory=/a\nRootDirectory=", "", NULL },
                { "ReadOnlyPaths=/a -/b +/c -+/d", "ReadOnlyPaths=/a -/b +/c -+/d", NULL },
                { "ReadOnlyPaths=\"/a b\" /c\\ d", "ReadOnlyPaths=\"/a b\" \"/c d\"", NULL },
                { "ReadOnlyPaths='/a\"b'", "ReadOnlyPaths=\"/a\\\"b\"", NULL },
                { "ReadOnlyPaths=/a\\\\b", "ReadOnlyPaths=\"/a\\\\b\"", NULL },
                { "ReadOnlyPaths=/a\nReadOnlyPaths=/b", "ReadOnlyPaths=/a /b", NULL },
                { "ReadOnlyPaths=/a\nReadOnlyPaths=\nReadOnlyPaths=/b", "ReadOnlyPaths=/b", NULL },
                { "ReadOnlyPaths=/a b /c", "ReadOnlyPaths=/a /c", "\"b\" is no absolute path" },
                { "ReadOnlyPaths=/100%%", "ReadOnlyPaths=/100%%", NULL },
                { "ReadOnlyPaths=/a \"/b", "ReadOnlyPaths=/a", "quote is not closed" },
                { "BindPaths=/a", "BindPaths=/a", NULL },
                { "BindPaths=/a:/b -/c:/d:norbind", "BindPaths=/a:/b -/c:/d:norbind", NULL },
                { "BindPaths=/a:/b:rbind", "BindPaths=/a:/b", NULL },
                { "BindPaths=/a:/a:norbind", "BindPaths=/a:/a:norbind", NULL },
                { "BindPaths=/a\\:b:\"/c d\"", "BindPaths=\"/a:b\":\"/c d\"", NULL },
                { "BindPaths=/a:b /c", "BindPaths=/c", "\"b\" is no absolute path" },
                { "BindPaths=/a:/b:bind /c", "BindPaths=/c", "use rbind or norbind" },
                { "BindPaths=/a:", "", "path is empty" },
                { "BindPaths=/a\nBindPaths=", "", NULL },
                { "TemporaryFileSystem=/a /b:ro,size=10%", "TemporaryFileSystem=/a /b:ro,size=10%",
                  NULL },
                { "TemporaryFileSystem=\"/a b:mode=0700\"",
                  "TemporaryFileSystem=\"/a b:mode=0700\"", NULL },
                { "TemporaryFileSystem=\"/a\\\\:b:ro\"", "TemporaryFileSystem=\"/a\\\\:b:ro\"",
                  NULL },
                { "TemporaryFileSystem=a", "", "absolute" },
                { "StateDirectory=a b/c", "StateDirectory=a b/c", NULL },
                { "StateDirectory=a:x a:y b", "StateDirectory=a:x a:y b", NULL },
                { "StateDirectory=\"a b\":c", "StateDirectory=a\\x20b:c", NULL },
                { "StateDirectory=a\\:b", "StateDirectory=a\\x3ab", NULL },
                { "StateDirectory=%N", "StateDirectory=foo@bar", NULL },
                { "StateDirectory=/a b", "StateDirectory=b", "absolute" },
                { "StateDirectory=../a", "", "\"..\"" },
                { "StateDirectory=private/a", "", "another name" },
                { "StateDirectory=a:b:c", "", "name:symlink" },
                { "ConfigurationDirectory=a:b", "", "no symbolic link" },
                { "WorkingDirectory=~", "WorkingDirectory=~", NULL },
                { "WorkingDirectory=-/a//b", "WorkingDirectory=-/a/b", NULL },
                { "WorkingDirectory=/a\nWorkingDirectory=", "", NULL },
                { "WorkingDirectory=a", "", "absolute" },
        };

        check_all(cases, ARRAY_SIZE(cases));
}

static void test_filters(void **state) {
        static const Case cases[] = {
                { "CapabilityBoundingSet=CAP_CHOWN cap_kill",
                  "CapabilityBoundingSet=CAP_CHOWN CAP_KILL", NULL },
                { "CapabilityBoundingSet=CAP_CHOWN\nCapabilityBoundingSet=CAP_KILL",
                  "CapabilityBoundingSet=CAP_CHOWN CAP_KILL", NULL },
                { "CapabilityBoundingSet=CAP_CHOWN CAP_KILL\nCapabilityBoundingSet=~CAP_KILL",
                  "CapabilityBoundingSet=CAP_CHOWN", NULL },
                { "CapabilityBoundingSet=~CAP_CHOWN\nCapabilityBoundingSet=~CAP_KILL",
                  "CapabilityBoundingSet=~CAP_CHOWN CAP_KILL", NULL },
                { "CapabilityBoundingSet=~CAP_CHOWN CAP_KILL\nCapabilityBoundingSet=CAP_KILL",
                  "CapabilityBoundingSet=~CAP_CHOWN", NULL },
                { "CapabilityBoundingSet=CAP_CHOWN\nCapabilityBoundingSet=",
                  "CapabilityBoundingSet=", NULL },
                { "CapabilityBoundingSet=\nCapabilityBoundingSet=CAP_KILL",
                  "CapabilityBoundingSet=CAP_KILL", NULL },
                { "CapabilityBoundingSet=CAP_CHOWN\nCapabilityBoundingSet=~",
                  "CapabilityBoundingSet=~", NULL },
                { "CapabilityBoundingSet=~\nCapabilityBoundingSet=CAP_KILL",
                  "CapabilityBoundingSet=CAP_KILL", NULL },
                { "CapabilityBoundingSet=0 62", "CapabilityBoundingSet=CAP_CHOWN 62", NULL },
                { "CapabilityBoundingSet=CAP_SYS_ADMN",
                  "CapabilityBoundingSet=", "did you mean CAP_SYS_ADMIN?" },
                { "CapabilityBoundingSet=CAP_KILL\nCapabilityBoundingSet=~CAP_KIL",
                  "CapabilityBoundingSet=CAP_KILL", "did you mean CAP_KILL?" },
                { "CapabilityBoundingSet=~everything", "", "use a name such as" },
                { "RestrictAddressFamilies=AF_UNIX AF_INET",
                  "RestrictAddressFamilies=AF_UNIX AF_INET", NULL },
                { "RestrictAddressFamilies=AF_INET AF_LOCAL AF_INET",
                  "RestrictAddressFamilies=AF_UNIX AF_INET", NULL },
                { "RestrictAddressFamilies=~AF_PACKET AF_NETLINK",
                  "RestrictAddressFamilies=~AF_NETLINK AF_PACKET", NULL },
                { "RestrictAddressFamilies=~AF_PACKET AF_NETLINK\n"
                  "RestrictAddressFamilies=AF_PACKET",
                  "RestrictAddressFamilies=~AF_NETLINK", NULL },
                { "RestrictAddressFamilies=AF_UNIX AF_INET\nRestrictAddressFamilies=~AF_INET",
                  "RestrictAddressFamilies=AF_UNIX", NULL },
                { "RestrictAddressFamilies=AF_UNIX\nRestrictAddressFamilies=none",
                  "RestrictAddressFamilies=none", NULL },
                { "RestrictAddressFamilies=none\nRestrictAddressFamilies=AF_UNIX",
                  "RestrictAddressFamilies=AF_UNIX", NULL },
                { "RestrictAddressFamilies=AF_UNIX\nRestrictAddressFamilies=", "", NULL },
                { "RestrictAddressFamilies=AF_INTE", "RestrictAddressFamilies=none",
                  "did you mean AF_INET?" },
                { "RestrictAddressFamilies=inet", "RestrictAddressFamilies=none",
                  "is not an address family" },
                { "RestrictNamespaces=yes", "RestrictNamespaces=yes", NULL },
                { "RestrictNamespaces=no", "RestrictNamespaces=no", NULL },
                { "RestrictNamespaces=net user", "RestrictNamespaces=net user", NULL },
                { "RestrictNamespaces=net\nRestrictNamespaces=user", "RestrictNamespaces=net user",
                  NULL },
                { "RestrictNamespaces=~user", "RestrictNamespaces=cgroup ipc net mnt pid uts time",
                  NULL },
                { "RestrictNamespaces=net user\nRestrictNamespaces=~net", "RestrictNamespaces=user",
                  NULL },
                { "RestrictNamespaces=net\nRestrictNamespaces=", "", NULL },
                { "RestrictNamespaces=usr", "RestrictNamespaces=yes", "did you mean user?" },
                { "RestrictNamespaces=~usr", "", "did you mean user?" },
                { "SystemCallFilter=read write", "SystemCallFilter=read write", NULL },
                { "SystemCallFilter=@system-service\nSystemCallFilter=~@privileged",
                  "SystemCallFilter=@system-service\nSystemCallFilter=~@privileged", NULL },
                { "SystemCallFilter=read\nSystemCallFilter=", "", NULL },
                { "SystemCallErrorNumber=EPERM", "SystemCallErrorNumber=EPERM", NULL },
                { "SystemCallErrorNumber=1", "SystemCallErrorNumber=EPERM", NULL },
                { "SystemCallErrorNumber=4095", "SystemCallErrorNumber=4095", NULL },
                { "SystemCallErrorNumber=EPERM\nSystemCallErrorNumber=kill",
                  "SystemCallErrorNumber=kill", NULL },
                { "SystemCallErrorNumber=EPERM\nSystemCallErrorNumber=", "", NULL },
                { "SystemCallErrorNumber=0", "", "is no error" },
                { "SystemCallErrorNumber=4096", "", "is no error" },
        };

        check_all(cases, ARRAY_SIZE(cases));
}

static void test_process(void **state) {
        static const Case cases[] = {
                { "KillSignal=INT", "KillSignal=SIGINT", NULL },
                { "KillSignal=SIGINT", "KillSignal=SIGINT", NULL },
                { "KillSignal=2", "KillSignal=SIGINT", NULL },
                { "KillSignal=RTMIN+3", "KillSignal=SIGRTMIN+3", NULL },
                { "KillSignal=SIGRTMAX-1", "KillSignal=SIGRTMIN+29", NULL },
                { "KillSignal=SIGINT\nKillSignal=", "", NULL },
                { "KillSignal=SIGITN", "", "did you mean SIGINT?" },
                { "KillSignal=RTMIN+31", "", "no signal" },
                { "KillSignal=0", "", "no signal" },
                { "KillSignal=65", "", "no signal" },
                { "SuccessExitStatus=TEMPFAIL 250 SIGKILL", "SuccessExitStatus=75 250 SIGKILL",
                  NULL },
                { "SuccessExitStatus=1\nSuccessExitStatus=2", "SuccessExitStatus=1 2", NULL },
                { "SuccessExitStatus=1\nSuccessExitStatus=", "", NULL },
                { "SuccessExitStatus=9 KILL", "SuccessExitStatus=9 SIGKILL", NULL },
                { "SuccessExitStatus=256 3", "SuccessExitStatus=3", "neither an exit status" },
                { "SuccessExitStatus=TEMPFIAL", "", "did you mean TEMPFAIL?" },
                { "Environment=A=1 \"B=x y\" 'C=%i'",
                  "Environment=A=1\nEnvironment=\"B=x y\"\nEnvironment=C=bar", NULL },
                { "Environment=A=1 B=2 A=3", "Environment=A=3\nEnvironment=B=2", NULL },
                { "Environment=A=1\nEnvironment=", "", NULL },
                { "Environment=A=", "Environment=A=", NULL },
                { "Environment=A=a\\nb", "Environment=\"A=a\\nb\"", NULL },
                { "Environment=A=1 1B=2 C", "Environment=A=1", "no digit at the beginning" },
                { "Environment=C", "", "use NAME=value" },
                { "Environment=A=\\xff", "", "UTF-8" },
                { "EnvironmentFile=-/etc/a b", "EnvironmentFile=-/etc/a b", NULL },
                { "EnvironmentFile=/a\nEnvironmentFile=/b*",
                  "EnvironmentFile=/a\nEnvironmentFile=/b*", NULL },
                { "EnvironmentFile=/a\nEnvironmentFile=", "", NULL },
                { "EnvironmentFile=a", "", "absolute" },
                { "StandardInput=null", "StandardInput=null", NULL },
                { "StandardInput=tty-force", "StandardInput=tty-force", NULL },
                { "StandardInput=file:/a//b", "StandardInput=file:/a/b", NULL },
                { "StandardInput=fd:", "StandardInput=fd", NULL },
                { "StandardInput=fd:stdin", "StandardInput=fd:stdin", NULL },
                { "StandardInput=fd:a:b", "", "no name of a file descriptor" },
                { "StandardInput=journal", "", "use null, tty" },
                { "StandardOutput=append:/log/%i", "StandardOutput=append:/log/bar", NULL },
                { "StandardOutput=truncate:/log", "StandardOutput=truncate:/log", NULL },
                { "StandardOutput=file:log", "", "absolute" },
                { "StandardOutput=syslog", "StandardOutput=journal", "old word" },
                { "StandardOutput=nul", "", "did you mean null?" },
                { "StandardOutput=tty-force", "", "nothing to connect to" },
                { "StandardError=kmsg+console\nStandardError=", "", NULL },
                { "ProtectHostname=yes", "ProtectHostname=yes", NULL },
                { "ProtectHostname=private", "ProtectHostname=private", NULL },
                { "ProtectHostname=private:box-%i.lan", "ProtectHostname=private:box-bar.lan",
                  NULL },
                { "ProtectHostname=private:a..b", "", "no host name" },
                { "ProtectHostname=private:", "", "no host name" },
                { "ProtectHostname=privat", "", "private:NAME" },
                { "ExecStart=/bin/true", "ExecStart=/bin/true", NULL },
                { "ExecStart=/bin/a ; /bin/b", "ExecStart=/bin/a\nExecStart=/bin/b", NULL },
                { "ExecStart=/bin/a\nExecStart=\nExecStart=/bin/b", "ExecStart=/bin/b", NULL },
                { "ExecStart=/bin/a %i 5%%", "ExecStart=/bin/a bar 5%%", NULL },
                { "ExecStart=bin/a", "", "is no program" },
        };

        check_all(cases, ARRAY_SIZE(cases));
}

static void test_shared_lists(void **state) {
        static const Case cases[] = {
                { "ConditionPathExists=|!/a\nConditionHost=%i",
                  "ConditionPathExists=|!/a\nConditionHost=bar", NULL },
                { "ConditionHost=| ! a", "ConditionHost=|!a", NULL },
                { "ConditionHost=a\nConditionPathExists=", "", NULL },
                { "ConditionPathExists=a", "", "absolute" },
                { "OnBootSec=5min\nOnCalendar=daily", "OnBootSec=5min\nOnCalendar=daily", NULL },
                { "OnBootSec=5min\nOnCalendar=", "", NULL },
        };

        check_all(cases, ARRAY_SIZE(cases));
}

/* "Parsed again without specifiers": only "%%" means something then. */
static void test_percent_without_specifiers(void **state) {
        _cleanup_(config_done) Config c;
        _cleanup_(diag_done) Diag diag = { 0 };
        _cleanup_free_ char *text = NULL;

        assert_int_equal(config_init(&c), 0);
        assert_int_equal(assign_lines(&c, "Description=%n %% %", NULL, &diag), 0);
        text = format_lines(&c);
        assert_string_equal(text, "Description=%%n %% %%");
}

static void test_names_both_ways(void **state) {
        static const NameTable *const tables[] = { &names_signals,    &names_families,
                                                   &names_namespaces, &names_exit_statuses,
                                                   &names_rlimits,    &names_capabilities };
        char name[SIGNAL_NAME_MAX];

        for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
                for (size_t j = 0; j < tables[i]->n; j++) {
                        const Name *row = &tables[i]->rows[j];

                        assert_int_equal(names_find(tables[i], row->name), row->value);
                        assert_non_null(names_of(tables[i], row->value));
                        assert_string_equal(names_nearest(tables[i], row->name), row->name);
                }
        for (int n = 1; n <= 64; n++)
                assert_int_equal(signal_name_find(signal_name_format(n, name)), n);
        assert_string_equal(names_of(&names_families, AF_UNIX), "AF_UNIX");
        assert_string_equal(names_of(&names_signals, SIGCHLD), "CHLD");
        assert_string_equal(names_of(&names_exit_statuses, 226), "NAMESPACE");
        assert_int_equal(names_find(&names_namespaces, "mnt"), CLONE_NEWNS);
        assert_int_equal(names_find(&names_signals, "nothing"), -ENOENT);
        assert_null(names_nearest(&names_signals, "nothing"));
        assert_int_equal(capability_find("cap_sys_admin"), 21);
        assert_int_equal(capability_find("62"), 62);
        assert_int_equal(capability_find("63"), -ENOENT);
        assert_string_equal(capability_name(40), "CAP_CHECKPOINT_RESTORE");
        assert_null(capability_name(62));
        assert_true(capability_named() == (CAPABILITY_BIT(41) - 1));
}

static void test_sizes(void **state) {
        char text[SIZE_TEXT_MAX];
        uint64_t size;

        assert_string_equal(size_format(0, text), "0");
        assert_string_equal(size_format(1025, text), "1025");
        assert_string_equal(size_format(UINT64_C(3) << 60, text), "3E");
        assert_int_equal(size_parse("3E", &size), 0);
        assert_true(size == UINT64_C(3) << 60);
        assert_int_equal(size_parse("", &size), -EINVAL);
        assert_int_equal(size_parse("1K 1K", &size), -EINVAL);
        assert_int_equal(size_parse("15E 1024P", &size), -ERANGE);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_plain_values),
                cmocka_unit_test(test_numbers),
                cmocka_unit_test(test_paths),
                cmocka_unit_test(test_filters),
                cmocka_unit_test(test_process),
                cmocka_unit_test(test_shared_lists),
                cmocka_unit_test(test_percent_without_specifiers),
                cmocka_unit_test(test_names_both_ways),
                cmocka_unit_test(test_sizes),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Protects the table of directives: rows are complete and consistent, none that people use is
 * missing, and whatever a row accepts survives being printed and read again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <fcntl.h>
#include <stdio.h>

#include "base/file.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/config.h"
#include "units/types.h"

/* Values of all kinds. Each row finds one or more that it accepts. */
static const char *const samples[] = {
        "yes",
        "no",
        "private",
        "strict",
        "private:inner",
        "42",
        "7",
        "infinity",
        "15%",
        "5M",
        "5s",
        "0750",
        "SIGUSR1",
        "/usr/lib/thing",
        "-/usr/lib/thing +/srv",
        "/srv:/mnt",
        "-/srv:/mnt:norbind /etc",
        "/var:size=10%,mode=0700",
        "one two/three",
        "one:two",
        "A=b \"C=d e\"",
        "/usr/bin/env \"a b\" $X",
        "-@/usr/bin/env -i",
        "1000:2000",
        "CAP_NET_RAW CAP_CHOWN",
        "~CAP_SYS_ADMIN",
        "@system-service",
        "~mount:EPERM @clock",
        "AF_INET AF_UNIX",
        "net user",
        "1 SIGTERM 3",
        "EPERM",
        "null",
        "file:/dev/null",
        "journal",
        "!/etc/thing",
        "|!x86-64",
        "daily",
        "foo.service",
        "foo.slice bar@x.socket",
        "foo.slice",
        "bar%%",
        "nobody",
        "noroot keep-caps",
        "native x86",
        "all",
        "id:/run/secret",
        "id:va lue",
        "/dev/sda 100",
        "/dev/sda 25ms",
        "char-pts rw",
        "10.0.0.0/8 ::1",
        "tcp:80-90",
        "eth0",
        "egress:/sys/fs/bpf/x",
        "cpu memory",
        "man:foo(1) https://example.org/",
        "org.example.Name",
        "aGVsbG8=",
        "FIELD=value",
        "0123456789abcdef0123456789abcdef",
        "kobject-uevent 1",
        "low-delay",
        "sctp",
        "both",
        "us",
        "shared",
        "fifo",
        "realtime",
        "bind",
        "x86",
        "invisible",
        "pid",
        "restart",
        "user",
        "cron",
        "warning",
        "main",
        "on-failure",
        "direct",
        "kill",
        "mixed",
        "reboot",
        "isolate",
        "inactive-or-failed",
        "avoid",
        "closed",
        "warn",
        "cgroup",
        "forking",
        "/etc",
        "0-3,7",
};

static bool is_sentence(const char *text) {
        return text && isupper((unsigned char)text[0]) && !text_has_control(text) &&
               strlen(text) > 10;
}

static void test_rows_are_complete(void **state) {
        DIRECTIVE_FOREACH(d) {
                assert_non_null(d->type);
                assert_true(d->sections != 0);
                assert_true(isupper((unsigned char)d->name[0]));
                if (!is_sentence(d->text) || !text_ends_with(d->text, "."))
                        fail_msg("%s= is not documented by a sentence", d->name);
                if ((d->weight > 0) != is_sentence(d->exposed))
                        fail_msg("%s= has a weight without a reason, or the reverse", d->name);
        }
}

static void test_flags_are_consistent(void **state) {
        DIRECTIVE_FOREACH(d) {
                if ((d->flags & SUPERVISION) && !(d->flags & (NOT_ENFORCED | MANAGED)))
                        fail_msg("%s= is SUPERVISION and enforced by the sandbox", d->name);
                if ((d->flags & NOT_ENFORCED) && (d->flags & MANAGED))
                        fail_msg("%s= is enforced by nobody and by svmanager", d->name);
                if ((d->flags & DESCRIPTIVE) && (d->flags & (NOT_ENFORCED | SUPERVISION | MANAGED)))
                        fail_msg("%s= is DESCRIPTIVE and something to act on", d->name);
                if ((d->flags & SUPERVISION) && d->weight > 0)
                        fail_msg("%s= is no wall of the sandbox, but scored", d->name);
        }
}

/* Two rows may have one name only in sections of their own, and one field only when they say so. */
static void test_rows_are_apart(void **state) {
        DIRECTIVE_FOREACH(d) {
                bool earlier = false;

                for (const Directive *e = directives; e < d; e++) {
                        earlier |= e->offset == d->offset;
                        if (text_eq(e->name, d->name) && (e->sections & d->sections))
                                fail_msg("%s= has two rows for one section", d->name);
                }
                if (earlier != !!(d->flags & SHARED_FIELD))
                        fail_msg("%s= shares a field without saying so, or the reverse", d->name);
        }
}

static void test_types_fit_their_fields(void **state) {
        static const struct {
                const char *name;
                const Type *type;
                size_t size;
        } fields[] = {
#define DIRECTIVE(in, id, kind, with, field, first, bits, points, why, says) \
        { #id, &type_##kind, sizeof(FIELD_##kind) },
#include "units/directives.def"
        };

        for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
                if (fields[i].type->size != fields[i].size)
                        fail_msg("the type of %s= has another size than its field", fields[i].name);
}

static void test_aliases_lead_somewhere(void **state) {
        for (size_t i = 0; i < directive_aliases_count; i++) {
                const DirectiveAlias *a = &directive_aliases[i];
                const Directive *found[2];
                size_t n = directive_resolve(a->sections, a->name, found);

                if (n != (*a->other ? 2U : 1U))
                        fail_msg("%s= leads to %zu rows", a->name, n);
                assert_string_equal(found[0]->name, a->target);
                if (n == 2)
                        assert_string_equal(found[1]->name, a->other);
        }
}

static void test_initial_values_are_valid(void **state) {
        static const ParseContext nobody = { 0 };
        Config c;

        assert_int_equal(config_init(&c), 0);
        DIRECTIVE_FOREACH(d) {
                char before[sizeof(Config)];

                if (!d->initial)
                        continue;
                /* Enumerations and numbers own nothing, and no others have an initial value. */
                assert_null(d->type->done);
                memcpy(before, config_field(&c, d), d->type->size);
                if (d->type->parse(d, "", &nobody, (char *)&c + d->offset) < 0 ||
                    !d->type->equal(before, config_field(&c, d)))
                        fail_msg("%s= is not reset to \"%s\"", d->name, d->initial);
        }
        config_done(&c);
}

/* Prints C, reads it again, and compares; VALUE is for the message. */
static void check_round_trip(const Config *c, const Directive *d, const char *value) {
        _cleanup_(diag_done) Diag diag = { 0 };
        const ParseContext context = { .diag = &diag, .internal = d->flags & INTERNAL };
        _cleanup_(config_done) Config again;
        _cleanup_free_ char *text = NULL, *text_again = NULL;

        assert_int_equal(config_init(&again), 0);
        assert_int_equal(config_format(c, &text), 0);
        if (config_parse_text(&again, "again", text, strlen(text), &context) != 0) {
                diag_print(&diag, 0, NULL, stderr);
                fail_msg("%s=%s prints as what is refused: %s", d->name, value, text);
        }
        assert_int_equal(config_format(&again, &text_again), 0);
        if (!config_equal(c, &again))
                fail_msg("%s=%s comes back as something else: %s%s", d->name, value, text,
                         text_again);
        assert_string_equal(text, text_again);
        assert_true(config_is_assigned(&again, d));
}

/* Returns whether D accepts VALUE. FRESH has the initial values. */
static bool try_value(const Directive *d, const char *value, const Config *fresh) {
        const ParseContext context = { .internal = d->flags & INTERNAL };
        _cleanup_(config_done) Config c;
        bool accepted;

        assert_int_equal(config_init(&c), 0);
        accepted = config_assign(&c, d->sections, d->name, value, &context) >= 0;
        assert_true(config_is_assigned(&c, d) == accepted);
        if (accepted)
                check_round_trip(&c, d, value);

        assert_int_equal(config_assign(&c, d->sections, d->name, "", &context), 0);
        assert_false(config_is_assigned(&c, d));
        /* The empty capability set is a value. */
        if (!d->type->equal(config_field(&c, d), config_field(fresh, d)) &&
            d->type != &type_capabilities)
                fail_msg("%s= leaves something of \"%s\"", d->name, value);
        return accepted;
}

static void test_values_survive_printing(void **state) {
        Config fresh;

        assert_int_equal(config_init(&fresh), 0);
        DIRECTIVE_FOREACH(d) {
                unsigned accepted = 0;

                for (size_t i = 0; i < ARRAY_SIZE(samples); i++)
                        accepted += try_value(d, samples[i], &fresh);
                if (accepted == 0)
                        fail_msg("%s= accepts none of the samples", d->name);
        }
        config_done(&fresh);
}

static void test_nonsense_is_refused(void **state) {
        Config fresh;

        assert_int_equal(config_init(&fresh), 0);
        DIRECTIVE_FOREACH(d) {
                if (try_value(d, "\001\002", &fresh))
                        fail_msg("%s= accepts control characters", d->name);
        }
        config_done(&fresh);
}

/* Section and name of each line of the list, up to the second comma. */
static unsigned count_missing(char *list) {
        unsigned missing = 0, lines = 0;
        char *line = strchr(list, '\n'); /* behind the heading */

        while (line && line[1]) {
                char *section = line + 1, *name = strchr(section, ','), *end;
                const Directive *found[2];

                assert_non_null(name);
                *name++ = '\0';
                end = name + strcspn(name, ",\n");
                line = strchr(name, '\n');
                *end = '\0';
                lines++;
                if (directive_resolve(section_from_name(section), name, found) == 0) {
                        print_error("[%s] %s= has no row\n", section, name);
                        missing++;
                }
        }
        assert_true(lines > 400);
        return missing;
}

/* $SVALINN_DIRECTIVES may name a longer list, of the same form. */
static void test_no_directive_is_missing(void **state) {
        const char *path = getenv("SVALINN_DIRECTIVES");
        _cleanup_free_ char *list = NULL;

        if (!path || !*path)
                path = DIRECTIVES_LIST;
        assert_int_equal(file_read_at(AT_FDCWD, path, 1024 * 1024, &list, NULL), 0);
        assert_int_equal(count_missing(list), 0);
}

static void test_names_are_found(void **state) {
        const Directive *found[2];

        assert_ptr_equal(directive_find(SECTION_SERVICE, "PrivateTmp"),
                         directive_find(SECTION_MOUNT, "PrivateTmp"));
        assert_null(directive_find(SECTION_UNIT, "PrivateTmp"));
        assert_null(directive_find(SECTION_SERVICE, "privatetmp"));
        assert_null(directive_find(SECTION_SERVICE, ""));
        assert_true(directive_find(SECTION_SERVICE, "Type")->type == &type_enumeration);
        assert_true(directive_find(SECTION_MOUNT, "Type")->type == &type_string);
        assert_string_equal(directive_find(SECTION_SERVICE, "ReadOnlyDirectories")->name,
                            "ReadOnlyPaths");
        assert_string_equal(directive_find(SECTION_SERVICE, "StartLimitInterval")->name,
                            "StartLimitIntervalSec");
        assert_int_equal(directive_resolve(SECTION_SERVICE, "TimeoutSec", found), 2);
        assert_int_equal(directive_resolve(SECTION_SOCKET, "TimeoutSec", found), 1);
        assert_string_equal(found[0]->name, "TimeoutSec");
        assert_ptr_equal(directive_find_any(SECTION_UNIT | SECTION_SERVICE, "Wants"),
                         directive_find(SECTION_UNIT, "Wants"));
}

static void test_nearest_name_is_near(void **state) {
        assert_string_equal(directive_nearest(SECTION_SERVICE, "PrivateTemp"), "PrivateTmp");
        assert_string_equal(directive_nearest(SECTION_SERVICE, "protectsystem"), "ProtectSystem");
        assert_string_equal(directive_nearest(SECTION_SERVICE, "ReadOnlyDirectory"),
                            "ReadOnlyDirectories");
        assert_string_equal(directive_nearest(SECTION_UNIT, "Aftre"), "After");
        assert_null(directive_nearest(SECTION_SERVICE, "Nonsense"));
        assert_null(directive_nearest(SECTION_UNIT, "PrivateTemp"));
        assert_null(directive_nearest(SECTION_SERVICE, ""));
}

static void test_sections_have_names(void **state) {
        for (unsigned bit = 1; bit <= SECTION_SCOPE; bit <<= 1)
                assert_int_equal(section_from_name(section_name((Section)bit)), bit);
        assert_int_equal(section_from_name("service"), 0);
        assert_int_equal(section_from_name("X-Service"), 0);
        assert_null(section_name((Section)(SECTION_UNIT | SECTION_SERVICE)));
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_rows_are_complete),
                cmocka_unit_test(test_flags_are_consistent),
                cmocka_unit_test(test_rows_are_apart),
                cmocka_unit_test(test_types_fit_their_fields),
                cmocka_unit_test(test_aliases_lead_somewhere),
                cmocka_unit_test(test_initial_values_are_valid),
                cmocka_unit_test(test_values_survive_printing),
                cmocka_unit_test(test_nonsense_is_refused),
                cmocka_unit_test(test_no_directive_is_missing),
                cmocka_unit_test(test_names_are_found),
                cmocka_unit_test(test_nearest_name_is_near),
                cmocka_unit_test(test_sections_have_names),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}

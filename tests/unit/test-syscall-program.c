/* Protects the compiler of system call filters: for each call the program says what the rules say.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <linux/audit.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <unistd.h>

#include "supervisor/sandbox/syscall/calls.h"
#include "supervisor/sandbox/syscall/number.h"
#include "supervisor/sandbox/syscall/program.h"
#include "tests/unit/bpf-interpreter.h"

enum { FULL_SWEEPS = 20, RANDOM_SETS = 2000, CALLS_MAX = 1024 };

/* The obvious reading of the rules, without any cleverness. */

static bool test_holds(const SyscallTest *t, const struct seccomp_data *d) {
        uint64_t bits = t->wide ? UINT64_MAX : UINT32_MAX;
        uint64_t a = d->args[t->argument] & t->mask & bits, v = t->value & bits;

        switch (t->compare) {
        case SYSCALL_EQUAL:
                return a == v;
        case SYSCALL_NOT_EQUAL:
                return a != v;
        case SYSCALL_GREATER:
                return a > v;
        case SYSCALL_GREATER_OR_EQUAL:
                return a >= v;
        case SYSCALL_LESS:
                return a < v;
        case SYSCALL_LESS_OR_EQUAL:
                return a <= v;
        }
        return false;
}

static bool rule_matches(const SyscallRules *rules, size_t i, SyscallArch arch,
                         const struct seccomp_data *d) {
        const SyscallKeptRule *rule = &rules->rules[i];
        unsigned index;
        SyscallId multiplexer;

        if (rule->archs && !(rule->archs & SYSCALL_ARCH_BIT(arch)))
                return false;
        if (syscall_number_of(rule->id, arch) == (uint32_t)d->nr) {
                for (unsigned t = 0; t < rule->n_tests; t++)
                        if (!test_holds(&rules->tests[rule->first_test + t], d))
                                return false;
                return true;
        }
        multiplexer = syscall_number_multiplexer(rule->id, &index);
        return arch == SYSCALL_ARCH_X86 && rule->n_tests == 0 && multiplexer != SYSCALL_NONE &&
               syscall_number_of(multiplexer, arch) == (uint32_t)d->nr &&
               (d->args[0] & 0xffff) == index;
}

static uint32_t layer_answer(const SyscallRules *rules, size_t layer, SyscallArch arch,
                             const struct seccomp_data *d) {
        uint32_t answer = rules->layers[layer].default_action;
        bool any = false;

        for (size_t i = rules->layers[layer].first; i < syscall_rules_end(rules, layer); i++) {
                uint32_t action = rules->rules[i].action;

                if (!rule_matches(rules, i, arch, d))
                        continue;
                if (!any || !syscall_rules_stricter(answer, action))
                        answer = action;
                any = true;
        }
        return answer;
}

static SyscallArch arch_of(const struct seccomp_data *d) {
        if (d->arch == AUDIT_ARCH_I386)
                return SYSCALL_ARCH_X86;
        if (d->arch == AUDIT_ARCH_AARCH64)
                return SYSCALL_ARCH_ARM64;
        if (d->arch == AUDIT_ARCH_ARM)
                return SYSCALL_ARCH_ARM;
        if (d->arch != AUDIT_ARCH_X86_64)
                return SYSCALL_ARCH_COUNT;
        return (uint32_t)d->nr >= SYSCALL_ARCH_X32_MARK && d->nr != -1 ? SYSCALL_ARCH_X32
                                                                       : SYSCALL_ARCH_X86_64;
}

static uint32_t answer(const SyscallRules *rules, const struct seccomp_data *d) {
        SyscallArch arch = arch_of(d);
        uint32_t result = SECCOMP_RET_ALLOW;

        if (arch == SYSCALL_ARCH_COUNT || !(rules->archs & SYSCALL_ARCH_BIT(arch)))
                return SECCOMP_RET_KILL_PROCESS;
        for (size_t layer = 0; layer < rules->n_layers; layer++) {
                uint32_t one = layer_answer(rules, layer, arch, d);

                if (!syscall_rules_stricter(result, one))
                        result = one;
        }
        return result;
}

static void check(const SyscallRules *rules, const SyscallProgram *p,
                  const struct seccomp_data *d) {
        uint32_t said = bpf_run(p->instructions, p->n, d).action, right = answer(rules, d);

        if (said != right)
                fail_msg("arch %#x call %d (%#llx %#llx %#llx): %#x instead of %#x", d->arch, d->nr,
                         d->args[0], d->args[1], d->args[2], said, right);
}

/* Random rules. The sequence is the same in each run. */

typedef struct Random {
        uint64_t state;
} Random;

static uint32_t draw(Random *r, uint32_t below) {
        r->state ^= r->state << 13;
        r->state ^= r->state >> 7;
        r->state ^= r->state << 17;
        return (uint32_t)(r->state >> 16) % below;
}

static uint64_t draw_value(Random *r) {
        static const uint64_t values[] = {
                0,
                1,
                2,
                3,
                0xff,
                0x7fffffff,
                0x80000000,
                0xffffffff,
                0x100000000,
                0x100000001,
                0xffffffff00000000,
                UINT64_MAX,
        };

        return values[draw(r, ARRAY_SIZE(values))];
}

static uint32_t draw_action(Random *r) {
        static const uint32_t actions[] = {
                SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_TRAP, SECCOMP_RET_ERRNO | 1,
                SECCOMP_RET_ERRNO | 2,    SECCOMP_RET_LOG,  SECCOMP_RET_ALLOW,
        };

        return actions[draw(r, ARRAY_SIZE(actions))];
}

/* Few calls, so that rules meet, with neighbours, multiplexers and what they carry. */
static SyscallId draw_call(Random *r) {
        static const SyscallId calls[] = {
                SYSCALL_read,       SYSCALL_write,   SYSCALL_open,
                SYSCALL_close,      SYSCALL_stat,    SYSCALL_socket,
                SYSCALL_shmat,      SYSCALL_ipc,     SYSCALL_mmap2,
                SYSCALL_socketcall, SYSCALL_bind,    SYSCALL_ioctl,
                SYSCALL_clone,      SYSCALL_set_tls, SYSCALL_restart_syscall,
        };

        return draw(r, 8) ? calls[draw(r, ARRAY_SIZE(calls))] : (SyscallId)draw(r, SYSCALL_COUNT);
}

static void add_random_rule(Random *r, SyscallRules *rules) {
        SyscallRule rule = { .id = draw_call(r), .action = draw_action(r) };

        if (draw(r, 8) == 0)
                rule.archs = draw(r, 1 << SYSCALL_ARCH_COUNT);
        rule.n_tests = draw(r, 2) ? draw(r, SYSCALL_RULE_TESTS + 1) : 0;
        for (unsigned i = 0; i < rule.n_tests; i++)
                rule.tests[i] = (SyscallTest){ .argument = draw(r, 3),
                                               .wide = draw(r, 2),
                                               .compare = (SyscallCompare)draw(r, 6),
                                               .mask = draw(r, 2) ? UINT64_MAX : draw_value(r),
                                               .value = draw_value(r) };
        assert_int_equal(syscall_rules_add(rules, &rule), 0);
}

static void fill_randomly(Random *r, SyscallRules *rules) {
        rules->archs = draw(r, 3)
                               ? syscall_arch_family(rules->native)
                               : draw(r, 1 << SYSCALL_ARCH_COUNT) | SYSCALL_ARCH_BIT(rules->native);
        rules->archs &= syscall_arch_family(rules->native);
        for (unsigned layers = draw(r, 4) + 1; layers-- > 0;) {
                uint32_t default_action = draw(r, 2) ? SECCOMP_RET_ALLOW : draw_action(r);

                assert_int_equal(syscall_rules_begin(rules, "Random", default_action), 0);
                for (unsigned n = draw(r, draw(r, 4) ? 12 : 60); n-- > 0;)
                        add_random_rule(r, rules);
        }
}

static uint64_t draw_argument(Random *r) {
        uint64_t v = draw_value(r) + (draw(r, 2) ? draw(r, 3) - 1U : 0);

        return draw(r, 6) ? v : draw(r, 25); /* the index of a multiplexer */
}

static void check_call(Random *r, const SyscallRules *rules, const SyscallProgram *p, uint32_t arch,
                       uint32_t number) {
        const struct seccomp_data d = {
                .nr = (int)number,
                .arch = arch,
                .args = { draw_argument(r), draw_argument(r), draw_argument(r) },
        };

        check(rules, p, &d);
}

static void check_all_numbers(Random *r, const SyscallRules *rules, const SyscallProgram *p) {
        static const uint32_t odd[] = { 0x3fffffff, 0x40000000 + CALLS_MAX,
                                        0x7fffffff, 0x80000000,
                                        0xfffffffe, 0xffffffff };
        static const uint32_t archs[] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386,  AUDIT_ARCH_AARCH64,
                                          AUDIT_ARCH_ARM,    AUDIT_ARCH_PPC64, 0 };

        for (unsigned arch = 0; arch < ARRAY_SIZE(archs); arch++) {
                for (uint32_t number = 0; number < CALLS_MAX; number++) {
                        check_call(r, rules, p, archs[arch], number);
                        check_call(r, rules, p, archs[arch], number | SYSCALL_ARCH_X32_MARK);
                }
                for (uint32_t number = 983040; number < 983050; number++)
                        check_call(r, rules, p, archs[arch], number);
                for (unsigned i = 0; i < ARRAY_SIZE(odd); i++)
                        check_call(r, rules, p, archs[arch], odd[i]);
        }
}

/* The numbers that rules are about, and their neighbours. */
static void check_rules_numbers(Random *r, const SyscallRules *rules, const SyscallProgram *p) {
        for (size_t i = 0; i < rules->n_rules * SYSCALL_ARCH_COUNT; i++) {
                SyscallArch arch = (SyscallArch)(i % SYSCALL_ARCH_COUNT);
                SyscallId id = rules->rules[i / SYSCALL_ARCH_COUNT].id;
                int64_t number = syscall_number_of(id, arch);

                for (int again = 0; number >= 0 && again < 12; again++)
                        check_call(r, rules, p, syscall_arch_facts(arch)->audit,
                                   (uint32_t)(number + again % 3 - 1));
        }
}

static void check_random(Random *r, SyscallArch native, bool all_numbers) {
        _cleanup_(syscall_rules_done) SyscallRules rules = SYSCALL_RULES_INIT(native);
        _cleanup_(syscall_program_done) SyscallProgram p = { 0 }, again = { 0 };

        fill_randomly(r, &rules);
        assert_int_equal(syscall_program_compile(&rules, NULL, &p), 0);
        if (all_numbers)
                check_all_numbers(r, &rules, &p);
        else
                check_rules_numbers(r, &rules, &p);
        assert_int_equal(syscall_program_compile(&rules, NULL, &again), 0);
        assert_int_equal(p.n, again.n);
        assert_memory_equal(p.instructions, again.instructions, p.n * sizeof(struct sock_filter));
}

static void test_random_rules(void **state) {
        Random r = { .state = 0x5eed5eed5eed };

        for (unsigned i = 0; i < RANDOM_SETS; i++)
                check_random(&r, i % 4 ? SYSCALL_ARCH_X86_64 : SYSCALL_ARCH_ARM64, false);
        for (unsigned i = 0; i < FULL_SWEEPS; i++)
                check_random(&r, i % 4 ? SYSCALL_ARCH_X86_64 : SYSCALL_ARCH_ARM64, true);
}

/* Far jumps: every call on three architectures with a chain of tests. */
static void test_long_programs(void **state) {
        _cleanup_(syscall_rules_done) SyscallRules rules = SYSCALL_RULES_INIT(SYSCALL_ARCH_X86_64);
        _cleanup_(syscall_program_done) SyscallProgram p = { 0 };
        _cleanup_(diag_done) Diag diag = { 0 };
        Random r = { .state = 4711 };

        assert_int_equal(syscall_rules_begin(&rules, "Long", SECCOMP_RET_ALLOW), 0);
        for (int i = 0; i < SYSCALL_COUNT; i += 3) {
                SyscallRule rule = { .id = (SyscallId)i,
                                     .action = syscall_rules_errno(i % 7),
                                     .n_tests = 1,
                                     .tests = { { .argument = 1, .mask = 0xf0, .value = 0x10 } } };

                assert_int_equal(syscall_rules_add(&rules, &rule), 0);
        }
        for (unsigned v = 0; v < 120; v++) {
                SyscallRule rule = { .id = SYSCALL_ioctl,
                                     .action = syscall_rules_errno((int)v + 1),
                                     .n_tests = 1,
                                     .tests = {
                                             { .argument = 0, .mask = UINT32_MAX, .value = v } } };

                assert_int_equal(syscall_rules_add(&rules, &rule), 0);
        }
        assert_int_equal(syscall_program_compile(&rules, &diag, &p), 0);
        assert_true(p.n > 2000 && p.n <= BPF_MAXINSNS);
        check_all_numbers(&r, &rules, &p);
        for (unsigned v = 0; v < 130; v++) {
                const struct seccomp_data d = { .nr = 16,
                                                .arch = AUDIT_ARCH_X86_64,
                                                .args = { v } };

                check(&rules, &p, &d);
        }
}

static void test_too_long(void **state) {
        _cleanup_(syscall_rules_done) SyscallRules rules = SYSCALL_RULES_INIT(SYSCALL_ARCH_X86_64);
        _cleanup_(diag_done) Diag diag = { 0 };
        SyscallProgram p = { .n = 77 };

        assert_int_equal(syscall_rules_begin(&rules, "Long", SECCOMP_RET_ALLOW), 0);
        for (unsigned v = 0; v < 2500; v++) {
                SyscallRule rule = { .id = SYSCALL_ioctl,
                                     .action = syscall_rules_errno(EPERM),
                                     .n_tests = 1,
                                     .tests = {
                                             { .argument = 0, .mask = UINT32_MAX, .value = v } } };

                assert_int_equal(syscall_rules_add(&rules, &rule), 0);
        }
        assert_int_equal(syscall_program_compile(&rules, &diag, &p), -E2BIG);
        assert_int_equal(p.n, 77);
        assert_int_equal(diag_count(&diag, DIAG_ERROR), 1);
}

static void test_nothing_to_enforce(void **state) {
        _cleanup_(syscall_rules_done) SyscallRules rules = SYSCALL_RULES_INIT(SYSCALL_ARCH_NATIVE);
        SyscallProgram p = { .n = 77 };

        assert_int_equal(syscall_program_compile(&rules, NULL, &p), 0);
        assert_int_equal(p.n, 0);
        assert_null(p.instructions);
}

static void test_unknown_names(void **state) {
        _cleanup_(syscall_rules_done) SyscallRules rules = SYSCALL_RULES_INIT(SYSCALL_ARCH_X86_64);
        _cleanup_(syscall_program_done) SyscallProgram p = { 0 };
        _cleanup_(diag_done) Diag diag = { 0 };
        const SyscallRule rule = { .id = SYSCALL_NONE,
                                   .name = "no_such",
                                   .action = SECCOMP_RET_ALLOW };
        struct seccomp_data d = { .arch = AUDIT_ARCH_X86_64 };

        assert_int_equal(syscall_rules_begin(&rules, "Names", SECCOMP_RET_KILL_PROCESS), 0);
        assert_int_equal(syscall_rules_add(&rules, &rule), 0);
        assert_int_equal(syscall_program_compile(&rules, &diag, &p), 0);
        assert_int_equal(diag.n, 0); /* who read the name has said it */
        for (d.nr = 0; d.nr < CALLS_MAX; d.nr++)
                assert_true(bpf_run(p.instructions, p.n, &d).action == SECCOMP_RET_KILL_PROCESS);
}

static void test_architectures(void **state) {
        static const char *const some[] = { "native", "x32", "mips64-le", "arm", NULL };
        static const char *const wrong[] = { "native", "i386", NULL };
        _cleanup_(diag_done) Diag diag = { 0 };
        unsigned bits = 0;

        assert_int_equal(syscall_arch_parse((char *const *)some, SYSCALL_ARCH_X86_64, &diag, &bits),
                         0);
        assert_int_equal(bits, SYSCALL_ARCH_BIT(SYSCALL_ARCH_X86_64) |
                                       SYSCALL_ARCH_BIT(SYSCALL_ARCH_X32));
        assert_int_equal(diag.n, 0);
        assert_int_equal(syscall_arch_parse((char *const *)some, SYSCALL_ARCH_ARM64, &diag, &bits),
                         0);
        assert_int_equal(bits,
                         SYSCALL_ARCH_BIT(SYSCALL_ARCH_ARM64) | SYSCALL_ARCH_BIT(SYSCALL_ARCH_ARM));
        assert_int_equal(syscall_arch_parse((char *const *)wrong, SYSCALL_ARCH_ARM64, &diag, &bits),
                         -EINVAL);
        assert_non_null(strstr(diag.entries[0].message, "\"i386\" is no architecture"));
}

/* A tracer that skips a call must not get the process killed, even where x32 is closed. */
static void test_skipped_call(void **state) {
        _cleanup_(syscall_rules_done) SyscallRules rules = SYSCALL_RULES_INIT(SYSCALL_ARCH_X86_64);
        _cleanup_(syscall_program_done) SyscallProgram p = { 0 };
        struct seccomp_data d = { .nr = -1, .arch = AUDIT_ARCH_X86_64 };

        rules.archs = SYSCALL_ARCH_BIT(SYSCALL_ARCH_X86_64);
        assert_int_equal(syscall_program_compile(&rules, NULL, &p), 0);
        assert_true(bpf_run(p.instructions, p.n, &d).action == SECCOMP_RET_ALLOW);
        d.nr = (int)SYSCALL_ARCH_X32_MARK;
        assert_true(bpf_run(p.instructions, p.n, &d).action == SECCOMP_RET_KILL_PROCESS);
        d = (struct seccomp_data){ .nr = 1, .arch = AUDIT_ARCH_I386 };
        assert_true(bpf_run(p.instructions, p.n, &d).action == SECCOMP_RET_KILL_PROCESS);
}

static const uint32_t library_archs[SYSCALL_ARCH_COUNT] = {
        [SYSCALL_ARCH_X86_64] = SCMP_ARCH_X86_64, [SYSCALL_ARCH_X86] = SCMP_ARCH_X86,
        [SYSCALL_ARCH_X32] = SCMP_ARCH_X32,       [SYSCALL_ARCH_ARM64] = SCMP_ARCH_AARCH64,
        [SYSCALL_ARCH_ARM] = SCMP_ARCH_ARM,
};

/* The same list as a program of libseccomp's, one filter for each architecture. */

static size_t library_program(const SyscallFilter *f, int action, uint32_t arch,
                              struct sock_filter *program, size_t room) {
        _cleanup_free_ SyscallChoice *choices = NULL;
        uint32_t refused = action == SYSCALL_ACTION_KILL ? SCMP_ACT_KILL_PROCESS
                                                         : SCMP_ACT_ERRNO((unsigned)action);
        scmp_filter_ctx context = seccomp_init(f->allow_list ? refused : SCMP_ACT_ALLOW);
        int fd = memfd_create("program", MFD_CLOEXEC);
        size_t n;
        ssize_t size;

        assert_int_equal(syscall_filter_expand(f, true, &choices, &n), 0);
        seccomp_arch_remove(context, SCMP_ARCH_NATIVE);
        assert_int_equal(seccomp_arch_add(context, arch), 0);
        for (size_t i = 0; i < n; i++) {
                int number = seccomp_syscall_resolve_name_arch(SCMP_ARCH_NATIVE, choices[i].name);
                uint32_t listed = f->allow_list ? SCMP_ACT_ALLOW : refused;

                if (choices[i].action >= 0)
                        listed = SCMP_ACT_ERRNO((unsigned)choices[i].action);
                if (number == __NR_SCMP_ERROR)
                        number = seccomp_syscall_resolve_name_arch(arch, choices[i].name);
                if (number != __NR_SCMP_ERROR &&
                    listed != (f->allow_list ? refused : SCMP_ACT_ALLOW))
                        seccomp_rule_add_exact(context, listed, number, 0);
        }
        assert_int_equal(seccomp_export_bpf(context, fd), 0);
        size = pread(fd, program, room * sizeof(*program), 0);
        assert_true(size > 0 && (size_t)size < room * sizeof(*program));
        close(fd);
        seccomp_release(context);
        return (size_t)size / sizeof(*program);
}

/* Calls that the library is too old for on this architecture; our groups name them. */
static bool is_new(SyscallArch arch, uint32_t number) {
        SyscallId id = syscall_number_find(arch, number);

        return id != SYSCALL_NONE &&
               seccomp_syscall_resolve_name_arch(library_archs[arch], syscall_name_of(id)) < 0 &&
               syscall_number_multiplexer(id, &(unsigned){ 0 }) == SYSCALL_NONE;
}

static void compare_programs(SyscallArch arch, const SyscallProgram *ours,
                             const SyscallProgram *librarys) {
        const SyscallArchFacts *facts = syscall_arch_facts(arch);

        for (uint32_t i = 0; i < CALLS_MAX * 25; i++) {
                struct seccomp_data d = { .nr = (int)(i / 25 + facts->first),
                                          .arch = facts->audit,
                                          .args = { i % 25 } };
                uint32_t said = bpf_run(ours->instructions, ours->n, &d).action;
                uint32_t right = bpf_run(librarys->instructions, librarys->n, &d).action;

                if (said != right && !is_new(arch, (uint32_t)d.nr))
                        fail_msg("%s %u(%u): the library says %#x, not %#x", facts->name, i / 25,
                                 i % 25, right, said);
        }
}

static void compare_with_library(const char *const *values, int action) {
        static struct sock_filter room[BPF_MAXINSNS];
        _cleanup_(syscall_filter_done) SyscallFilter f = { 0 };
        _cleanup_(syscall_rules_done) SyscallRules rules = SYSCALL_RULES_INIT(SYSCALL_ARCH_X86_64);
        _cleanup_(syscall_program_done) SyscallProgram p = { 0 };

        for (; *values; values++)
                assert_int_equal(syscall_filter_parse(&f, *values, NULL), 0);
        assert_int_equal(syscall_calls_filter(&rules, &f, action), 0);
        assert_int_equal(syscall_program_compile(&rules, NULL, &p), 0);
        for (unsigned a = 0; a < SYSCALL_ARCH_COUNT; a++)
                if (rules.archs & SYSCALL_ARCH_BIT(a)) {
                        const SyscallProgram librarys = {
                                .instructions = room,
                                .n = library_program(&f, action, library_archs[a], room,
                                                     ARRAY_SIZE(room)),
                        };

                        compare_programs((SyscallArch)a, &p, &librarys);
                }
}

#define VALUES(...) ((const char *const[]){ __VA_ARGS__, NULL })

static void test_like_libseccomp(void **state) {
        compare_with_library(VALUES("@system-service", "~@privileged @resources"), EPERM);
        compare_with_library(VALUES("@system-service"), SYSCALL_ACTION_KILL);
        compare_with_library(
                VALUES("~@clock @cpu-emulation @debug @keyring @module @mount @obsolete"
                       " @raw-io @reboot @swap"),
                EPERM);
        compare_with_library(VALUES("@basic-io @file-system @signal socket bind shmat"), ENOSYS);
        compare_with_library(VALUES("~socket semop msgget ptrace:EINVAL acct:0"), EPERM);
        compare_with_library(VALUES("@known", "~@network-io"), EPERM);
}

static void test_numbers_are_the_librarys(void **state) {
        for (int i = 0; i < SYSCALL_COUNT; i++)
                for (unsigned a = 0; a < SYSCALL_ARCH_COUNT; a++) {
                        const char *name = syscall_name_of((SyscallId)i);
                        int right = seccomp_syscall_resolve_name_arch(library_archs[a], name);

                        if (right >= 0)
                                assert_int_equal(syscall_number_of((SyscallId)i, (SyscallArch)a),
                                                 right);
                }
        assert_int_equal(syscall_number_of(SYSCALL_socket, SYSCALL_ARCH_X86), 359);
        assert_int_equal(syscall_number_of(SYSCALL_shmat, SYSCALL_ARCH_X86), 397);
        assert_int_equal(syscall_number_of(SYSCALL_read, SYSCALL_ARCH_X32), SYSCALL_ARCH_X32_MARK);
        assert_int_equal(syscall_number_find(SYSCALL_ARCH_X86, 359), SYSCALL_socket);
        assert_int_equal(syscall_number_find(SYSCALL_ARCH_X86_64, 9999), SYSCALL_NONE);
        assert_int_equal(syscall_number_of_name("read", SYSCALL_ARCH_ARM64), 63);
        assert_int_equal(syscall_number_of_name("no_such", SYSCALL_ARCH_ARM64), -1);
}

int main(void) {
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(test_numbers_are_the_librarys),
                cmocka_unit_test(test_architectures),
                cmocka_unit_test(test_nothing_to_enforce),
                cmocka_unit_test(test_unknown_names),
                cmocka_unit_test(test_skipped_call),
                cmocka_unit_test(test_random_rules),
                cmocka_unit_test(test_long_programs),
                cmocka_unit_test(test_too_long),
                cmocka_unit_test(test_like_libseccomp),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}

/*
 * A device policy is a program that the kernel runs for each opening and each
 * making of a device node by a process of the control group: see
 * BPF_PROG_TYPE_CGROUP_DEVICE in linux/bpf.h. It holds for all processes of the group, whatever
 * they mount, and ends with the group.
 */
#include "supervisor/sandbox/apply/device-policy.h"

#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/array.h"
#include "base/fd.h"
#include "supervisor/sandbox/apply/apply.h"
#include "supervisor/sandbox/apply/device-rule.h"

typedef struct Program {
        struct bpf_insn *items;
        size_t n;
} Program;

enum { TYPE = BPF_REG_2, ACCESS = BPF_REG_3, MAJOR = BPF_REG_4, MINOR = BPF_REG_5 };

enum { RULE_INSTRUCTIONS_MAX = 8, RULES_MAX = 400 };

static void program_done(Program *p) {
        free(p->items);
}

static int add(Program *p, struct bpf_insn instruction) {
        if (ARRAY_GROW(p->items, p->n) < 0)
                return -ENOMEM;
        p->items[p->n++] = instruction;
        return 0;
}

static struct bpf_insn load(int to, size_t offset) {
        return (struct bpf_insn){ .code = BPF_LDX | BPF_MEM | BPF_W,
                                  .dst_reg = to & 0xf,
                                  .src_reg = BPF_REG_1,
                                  .off = (int16_t)offset };
}

static struct bpf_insn compute(int code, int to, uint32_t value) {
        return (struct bpf_insn){ .code = (uint8_t)(BPF_ALU | BPF_K | code),
                                  .dst_reg = to & 0xf,
                                  .imm = (int32_t)value };
}

static struct bpf_insn copy(int to, int from) {
        return (struct bpf_insn){ .code = BPF_ALU | BPF_MOV | BPF_X,
                                  .dst_reg = to & 0xf,
                                  .src_reg = from & 0xf };
}

static struct bpf_insn jump_unless(int reg, uint32_t value, size_t over) {
        return (struct bpf_insn){ .code = BPF_JMP32 | BPF_JNE | BPF_K,
                                  .dst_reg = reg & 0xf,
                                  .off = (int16_t)over,
                                  .imm = (int32_t)value };
}

static int add_answer(Program *p, uint32_t allowed) {
        int r = add(p, compute(BPF_MOV, BPF_REG_0, allowed));

        return r < 0 ? r : add(p, (struct bpf_insn){ .code = BPF_JMP | BPF_EXIT });
}

static int add_start(Program *p) {
        const struct bpf_insn start[] = {
                load(TYPE, offsetof(struct bpf_cgroup_dev_ctx, access_type)),
                copy(ACCESS, TYPE),
                compute(BPF_AND, TYPE, 0xffff),
                compute(BPF_RSH, ACCESS, 16),
                load(MAJOR, offsetof(struct bpf_cgroup_dev_ctx, major)),
                load(MINOR, offsetof(struct bpf_cgroup_dev_ctx, minor)),
        };
        int r = 0;

        for (size_t i = 0; i < ARRAY_SIZE(start) && r >= 0; i++)
                r = add(p, start[i]);
        return r;
}

/* Each test that fails jumps behind the rule's answer. */
static int add_rule(Program *p, const DeviceRule *rule) {
        struct bpf_insn tests[RULE_INSTRUCTIONS_MAX];
        size_t n = 0;
        int r = 0;

        tests[n++] = jump_unless(TYPE, rule->type, 0);
        tests[n++] = copy(BPF_REG_1, ACCESS);
        tests[n++] = compute(BPF_AND, BPF_REG_1, ~rule->access);
        tests[n++] = jump_unless(BPF_REG_1, 0, 0);
        if (rule->major != DEVICE_ANY)
                tests[n++] = jump_unless(MAJOR, (uint32_t)rule->major, 0);
        if (rule->minor != DEVICE_ANY)
                tests[n++] = jump_unless(MINOR, (uint32_t)rule->minor, 0);
        for (size_t i = 0; i < n && r >= 0; i++) {
                if (BPF_CLASS(tests[i].code) == BPF_JMP32)
                        tests[i].off = (int16_t)(n - i - 1 + 2);
                r = add(p, tests[i]);
        }
        return r < 0 ? r : add_answer(p, 1);
}

static int compile(const DeviceRules *rules, Program *ret) {
        int r = add_start(ret);

        for (size_t i = 0; i < rules->n && r >= 0; i++)
                r = add_rule(ret, &rules->items[i]);
        return r < 0 ? r : add_answer(ret, 0);
}

static int bpf(int command, union bpf_attr *attr) {
        int r = (int)syscall(SYS_bpf, command, attr, sizeof(*attr));

        return r < 0 ? -errno : r;
}

static int load_program(const Program *p) {
        union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_CGROUP_DEVICE };

        attr.insns = (uintptr_t)p->items;
        attr.insn_cnt = (uint32_t)p->n;
        attr.license = (uintptr_t) "";
        memcpy(attr.prog_name, "device_policy", sizeof("device_policy"));
        return bpf(BPF_PROG_LOAD, &attr);
}

/* More than none: an earlier command of the unit has brought one. */
static int count_attached(int cgroup) {
        union bpf_attr attr = { 0 };
        int r;

        attr.query.target_fd = (uint32_t)cgroup;
        attr.query.attach_type = BPF_CGROUP_DEVICE;
        r = bpf(BPF_PROG_QUERY, &attr);
        return r < 0 ? r : (int)attr.query.prog_cnt;
}

/* Further programs, of groups above or below, count as well: all of them have to allow. */
static int attach(int cgroup, int program) {
        union bpf_attr attr = { 0 };

        attr.target_fd = (uint32_t)cgroup;
        attr.attach_bpf_fd = (uint32_t)program;
        attr.attach_type = BPF_CGROUP_DEVICE;
        attr.attach_flags = BPF_F_ALLOW_MULTI;
        return bpf(BPF_PROG_ATTACH, &attr);
}

static int collect_rules(const Op *op, DeviceRules *rules) {
        _cleanup_free_ char *text = strdup(op->text);
        int r = text ? 0 : -ENOMEM;

        if (r >= 0 && op->number)
                r = device_rules_add_pseudo(rules);
        for (char *rest = text, *line; r >= 0 && (line = strsep(&rest, "\n"));)
                if (*line)
                        r = device_rules_add_line(rules, line);
        return r >= 0 && rules->n > RULES_MAX ? -E2BIG : r;
}

int apply_device_policy(const Op *op, ApplyContext *x) {
        _cleanup_(device_rules_done) DeviceRules rules = { 0 };
        _cleanup_(program_done) Program program = { 0 };
        _cleanup_fd_ int fd = -EBADF;
        int r;

        if (x->cgroup_fd < 0)
                return apply_fail(x, x->cgroup_fd,
                                  "making a control group of its own, with a record in "
                                  "/run/svalinn/runs");
        r = count_attached(x->cgroup_fd);
        if (r < 0)
                return apply_fail(x, r, "looking for device programs");
        if (r > 0)
                return 0;
        r = collect_rules(op, &rules);
        if (r >= 0)
                r = compile(&rules, &program);
        if (r < 0)
                return apply_fail(x, r, "collecting the devices");
        fd = load_program(&program);
        if (fd < 0)
                return apply_fail(x, fd, "loading the device program");
        r = attach(x->cgroup_fd, fd);
        return r < 0 ? apply_fail(x, r, "attaching the device program") : 0;
}

bool device_policy_can_load(void) {
        _cleanup_(program_done) Program program = { 0 };
        _cleanup_fd_ int fd = -EBADF;

        fd = add_answer(&program, 1);
        if (fd >= 0)
                fd = load_program(&program);
        return fd >= 0;
}

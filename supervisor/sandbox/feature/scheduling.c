/*
 * What the kernel's schedulers and accounting are told about the process:
 * Nice=, CPUScheduling*=, CPUAffinity=, IOScheduling*=, OOMScoreAdjust=,
 * TimerSlackNSec=, CoredumpFilter=, Personality=, KeyringMode=, UMask=.
 */
#include <linux/ioprio.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/personality.h>

#include "base/number.h"
#include "base/text.h"
#include "supervisor/sandbox/feature.h"

static int add_number(Plan *p, OpKind kind, const char *directive, int64_t number) {
        Op *op = plan_add(p, kind, directive);

        if (!op)
                return -ENOMEM;
        op->number = number;
        return 0;
}

static int add_proc_self(Plan *p, const char *directive, const char *file, int value) {
        int r = plan_add_path(p, OP_PROC_SELF, directive, file, 0);

        if (r < 0)
                return r;
        if (asprintf(&p->ops[p->n - 1].text, "%d", value) < 0) {
                p->ops[p->n - 1].text = NULL;
                return -ENOMEM;
        }
        return 0;
}

static int plan_scheduler(const Config *c, Plan *p) {
        static const int policies[] = {
                [CPU_SCHEDULING_UNSET] = SCHED_OTHER, [CPU_SCHEDULING_OTHER] = SCHED_OTHER,
                [CPU_SCHEDULING_BATCH] = SCHED_BATCH, [CPU_SCHEDULING_IDLE] = SCHED_IDLE,
                [CPU_SCHEDULING_FIFO] = SCHED_FIFO,   [CPU_SCHEDULING_RR] = SCHED_RR,
        };
        bool realtime = c->cpu_scheduling_policy == CPU_SCHEDULING_FIFO ||
                        c->cpu_scheduling_policy == CPU_SCHEDULING_RR;
        Op *op;

        if (c->cpu_scheduling_policy == CPU_SCHEDULING_UNSET && !c->cpu_scheduling_reset_on_fork)
                return 0;
        op = plan_add(p, OP_SCHEDULER, "CPUSchedulingPolicy");
        if (!op)
                return -ENOMEM;
        op->number = policies[c->cpu_scheduling_policy];
        op->clear = c->cpu_scheduling_reset_on_fork;
        /* the real-time policies begin at priority 1; the others know none but 0 */
        op->set = realtime ? (uint64_t)(c->cpu_scheduling_priority ? c->cpu_scheduling_priority : 1)
                           : 0;
        return 0;
}

/* "0,2-3": the words are checked, but for numbers beyond what the kernel can hold. */
static int add_cpus(const char *list, cpu_set_t *cpus) {
        _cleanup_free_ char *copy = strdup(list);

        if (!copy)
                return -ENOMEM;
        for (char *left = copy, *range; (range = strsep(&left, ","));) {
                char *first = strsep(&range, "-");
                uint32_t from = 0, to;
                int r = *first ? number_parse_u32(first, 10, &from) : 0;

                if (!*first)
                        continue;
                to = from;
                if (r >= 0 && range)
                        r = number_parse_u32(range, 10, &to);
                if (r < 0 || to >= CPU_SETSIZE)
                        return -EINVAL;
                for (uint32_t cpu = from; cpu <= to; cpu++)
                        CPU_SET(cpu, cpus);
        }
        return 0;
}

static int plan_affinity(const Config *c, Diag *diag, Plan *p) {
        Op *op;
        cpu_set_t cpus;

        if (!c->cpu_affinity)
                return 0;
        CPU_ZERO(&cpus);
        for (char **w = c->cpu_affinity; *w; w++)
                if (add_cpus(*w, &cpus) < 0)
                        return diag_error(diag, -EINVAL,
                                          "CPUAffinity=%s cannot be had here; list processors by "
                                          "number, such as 0-3",
                                          *w);
        op = plan_add(p, OP_AFFINITY, "CPUAffinity");
        if (!op)
                return -ENOMEM;
        op->number = sizeof(cpus);
        op->text = malloc((size_t)op->number);
        if (!op->text)
                return -ENOMEM;
        memcpy(op->text, &cpus, sizeof(cpus));
        return 0;
}

static int plan_io_priority(const Config *c, Plan *p) {
        int class = c->io_scheduling_class - 1;

        if (c->io_scheduling_class == IO_SCHEDULING_UNSET && !config_has(c, "IOSchedulingPriority"))
                return 0;
        if (c->io_scheduling_class == IO_SCHEDULING_UNSET)
                class = IOPRIO_CLASS_BE;
        return add_number(
                p, OP_IO_PRIORITY, "IOSchedulingClass",
                IOPRIO_PRIO_VALUE(class, class == IOPRIO_CLASS_IDLE || class == IOPRIO_CLASS_NONE
                                                 ? 0
                                                 : c->io_scheduling_priority));
}

static int plan_personality(const Config *c, Plan *p) {
        unsigned long persona;
        Op *op;

        switch ((Personality)c->personality) {
        case PERSONALITY_UNSET:
                return 0;
        case PERSONALITY_X86:
        case PERSONALITY_ARM:
        case PERSONALITY_PPC:
        case PERSONALITY_PPC_LE:
        case PERSONALITY_S390:
                persona = PER_LINUX32;
                break;
        case PERSONALITY_X86_64:
        case PERSONALITY_ARM64:
        case PERSONALITY_PPC64:
        case PERSONALITY_PPC64_LE:
        case PERSONALITY_S390X:
        default:
                persona = PER_LINUX;
                break;
        }
        op = plan_add(p, OP_PERSONALITY, "Personality");
        if (!op)
                return -ENOMEM;
        op->set = persona;
        return 0;
}

/* core(5), "Controlling which mappings are written to the core dump". */
static unsigned coredump_filter(char *const *words) {
        static const struct {
                const char *word;
                unsigned bits;
        } kinds[] = {
                { "default", 0x33 },
                { "all", 0x1ff },
                { "private-anonymous", 1 },
                { "shared-anonymous", 1 << 1 },
                { "private-file-backed", 1 << 2 },
                { "shared-file-backed", 1 << 3 },
                { "elf-headers", 1 << 4 },
                { "private-huge", 1 << 5 },
                { "shared-huge", 1 << 6 },
                { "private-dax", 1 << 7 },
                { "shared-dax", 1 << 8 },
        };
        unsigned bits = 0;

        for (; *words; words++) {
                const char *hex = text_after(*words, "0x");
                uint32_t number;

                if (number_parse_u32(hex ? hex : *words, 16, &number) >= 0)
                        bits |= number;
                for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
                        if (text_eq(*words, kinds[i].word))
                                bits |= kinds[i].bits;
        }
        return bits;
}

static int plan_memory(const Config *c, Plan *p) {
        int r = 0;

        if (config_has(c, "OOMScoreAdjust"))
                r = add_proc_self(p, "OOMScoreAdjust", "oom_score_adj", (int)c->oom_score_adjust);
        if (r >= 0 && c->coredump_filter)
                r = add_proc_self(p, "CoredumpFilter", "coredump_filter",
                                  (int)coredump_filter(c->coredump_filter));
        return r;
}

static int plan_umask_and_keyring(const Config *c, Plan *p) {
        Op *op = plan_add(p, OP_UMASK, "UMask");

        if (!op)
                return -ENOMEM;
        op->mode = c->umask;
        if (c->keyring_mode == KEYRING_INHERIT)
                return 0;
        return add_number(p, OP_KEYRING, "KeyringMode", c->keyring_mode == KEYRING_SHARED ? 2 : 1);
}

static int plan(const Config *c, const PlanContext *x, Diag *diag, Plan *p) {
        int r = plan_umask_and_keyring(c, p);

        if (r >= 0 && config_has(c, "Nice"))
                r = add_number(p, OP_NICE, "Nice", c->nice);
        if (r >= 0)
                r = plan_scheduler(c, p);
        if (r >= 0)
                r = plan_affinity(c, diag, p);
        if (r >= 0)
                r = plan_io_priority(c, p);
        if (r >= 0)
                r = plan_personality(c, p);
        if (r >= 0 && config_has(c, "TimerSlackNSec")) {
                r = add_number(p, OP_TIMER_SLACK, "TimerSlackNSec", 0);
                if (r >= 0)
                        p->ops[p->n - 1].set = c->timer_slack_nsec;
        }
        return r < 0 ? r : plan_memory(c, p);
}

const Feature feature_scheduling = { .name = "scheduling", .plan = plan };

/*
 * All rules, seen by number: calls that get the same answer and lie side by
 * side become one range, and the ranges are searched by halving. Only where
 * arguments decide does a call get tests of its own.
 *
 * For such a call, everything that may give the answer (a rule, or a layer's
 * default) is a Claim. Claims are asked from the strictest down, and the first
 * that holds gives the answer; a claim that can never win is left out.
 */
#include "supervisor/sandbox/syscall/section.h"

#include "supervisor/sandbox/syscall/match.h"
#include "supervisor/sandbox/syscall/number.h"

/* One rule at one number. */
typedef struct Entry {
        uint32_t number;
        uint32_t rule;
        uint32_t layer;
        bool inside;   /* the number is a multiplexer's, */
        uint8_t index; /* and the call is what it does with this first argument */
} Entry;

typedef struct Claim {
        uint32_t action;
        uint32_t layer;
        const Entry *entry; /* NULL: the default of the layer, where none of its rules matches */
} Claim;

/* Calls from FROM to the next range's: the same ACTION or, with N > 0, what entries say. */
typedef struct Range {
        uint32_t from;
        uint32_t action;
        uint32_t first, n;
} Range;

typedef struct Section {
        const SyscallRules *rules;
        SyscallArch arch;
        Entry *entries; /* sorted by number, then by rule */
        size_t n_entries;
        Range *ranges;
        size_t n_ranges;
        Claim *claims; /* of one call; there is room for all */
        size_t n_claims;
        Claim best; /* of the claims that hold whatever the arguments */
} Section;

static void section_done(Section *s) {
        free(s->entries);
        free(s->ranges);
        free(s->claims);
}

static const SyscallKeptRule *rule_of(const Section *s, const Entry *e) {
        return &s->rules->rules[e->rule];
}

/* Of equal strictness, the later layer wins, and in a layer the later rule. */
static bool outranks(const Claim *a, const Claim *b) {
        if (syscall_rules_stricter(a->action, b->action) ||
            syscall_rules_stricter(b->action, a->action))
                return syscall_rules_stricter(a->action, b->action);
        if (a->layer != b->layer)
                return a->layer > b->layer;
        return a->entry && (!b->entry || a->entry->rule > b->entry->rule);
}

uint32_t syscall_section_default(const SyscallRules *rules) {
        Claim best = { .action = SECCOMP_RET_ALLOW };

        for (size_t i = 0; i < rules->n_layers; i++) {
                Claim claim = { .action = rules->layers[i].default_action, .layer = (uint32_t)i };

                if (outranks(&claim, &best))
                        best = claim;
        }
        return best.action;
}

static void add_entry(Section *s, Entry entry, int64_t number) {
        if (number < 0)
                return;
        entry.number = (uint32_t)number;
        s->entries[s->n_entries++] = entry;
}

static void add_rule(Section *s, uint32_t layer, uint32_t index) {
        const SyscallKeptRule *rule = &s->rules->rules[index];
        Entry entry = { .rule = index, .layer = layer };
        SyscallId multiplexer;
        unsigned call;

        if (rule->archs && !(rule->archs & SYSCALL_ARCH_BIT(s->arch)))
                return;
        if (rule->id == SYSCALL_NONE) {
                add_entry(s, entry, syscall_number_of_name(rule->name, s->arch));
                return;
        }
        add_entry(s, entry, syscall_number_of(rule->id, s->arch));
        if (!syscall_arch_facts(s->arch)->has_multiplexer || rule->n_tests > 0)
                return;
        multiplexer = syscall_number_multiplexer(rule->id, &call);
        if (multiplexer == SYSCALL_NONE)
                return;
        entry.inside = true;
        entry.index = (uint8_t)call;
        add_entry(s, entry, syscall_number_of(multiplexer, s->arch));
}

static int compare_entries(const void *a, const void *b) {
        const Entry *x = a, *y = b;

        if (x->number != y->number)
                return x->number < y->number ? -1 : 1;
        return x->rule < y->rule ? -1 : x->rule > y->rule;
}

/* Every rule gives at most two entries, and every number at most two ranges. */
static int collect(Section *s) {
        size_t n = s->rules->n_rules * 2;

        s->entries = reallocarray(NULL, n + 1, sizeof(Entry));
        s->ranges = reallocarray(NULL, n * 2 + 1, sizeof(Range));
        s->claims = reallocarray(NULL, n + s->rules->n_layers + 1, sizeof(Claim));
        if (!s->entries || !s->ranges || !s->claims)
                return -ENOMEM;
        for (size_t layer = 0; layer < s->rules->n_layers; layer++) {
                size_t end = syscall_rules_end(s->rules, layer);

                for (size_t i = s->rules->layers[layer].first; i < end; i++)
                        add_rule(s, (uint32_t)layer, (uint32_t)i);
        }
        qsort(s->entries, s->n_entries, sizeof(Entry), compare_entries);
        return 0;
}

static bool is_conditional(const Section *s, const Entry *e) {
        return e->inside || rule_of(s, e)->n_tests > 0;
}

/* Adds the claims that the entries from E on, as far as END, make for LAYER. Returns the first
 * entry of another layer. */
static const Entry *claim_layer(Section *s, uint32_t layer, const Entry *e, const Entry *end) {
        Claim rest = { .action = s->rules->layers[layer].default_action, .layer = layer };
        bool any = false, always = false;

        for (; e < end && e->layer == layer; e++) {
                Claim claim = { .action = rule_of(s, e)->action, .layer = layer, .entry = e };

                if (is_conditional(s, e)) {
                        s->claims[s->n_claims++] = claim;
                        any = true;
                } else if (!always || outranks(&claim, &rest)) {
                        rest = claim;
                        always = true;
                }
        }
        if (any && !always)
                s->claims[s->n_claims++] = rest;
        else if (outranks(&rest, &s->best))
                s->best = rest;
        return e;
}

/* Keeps what can win against the best, strictest first. */
static void sort_claims(Section *s) {
        size_t kept = 0;

        for (size_t i = 0; i < s->n_claims; i++) {
                Claim claim = s->claims[i];
                size_t at = kept;

                if (!outranks(&claim, &s->best))
                        continue;
                for (; at > 0 && outranks(&claim, &s->claims[at - 1]); at--)
                        s->claims[at] = s->claims[at - 1];
                s->claims[at] = claim;
                kept++;
        }
        while (kept > 0 && s->claims[kept - 1].action == s->best.action)
                kept--;
        s->n_claims = kept;
}

/* Fills s->claims for the N entries of one number; where none of them holds, s->best is the answer.
 */
static void decide(Section *s, const Entry *e, size_t n) {
        const Entry *end = e + n;

        s->best = (Claim){ .action = SECCOMP_RET_ALLOW };
        s->n_claims = 0;
        for (uint32_t layer = 0; layer < s->rules->n_layers; layer++)
                e = claim_layer(s, layer, e, end);
        sort_claims(s);
}

static void add_range(Section *s, Range range) {
        const Range *last;

        if (s->n_ranges > 0 && s->ranges[s->n_ranges - 1].from == range.from)
                s->n_ranges--; /* what began there has no calls */
        last = s->n_ranges > 0 ? &s->ranges[s->n_ranges - 1] : NULL;
        if (!last || last->n > 0 || range.n > 0 || last->action != range.action)
                s->ranges[s->n_ranges++] = range;
}

static void make_ranges(Section *s) {
        uint32_t rest = syscall_section_default(s->rules);
        size_t next;

        add_range(s, (Range){ .from = 0, .action = rest });
        for (size_t i = 0; i < s->n_entries; i = next) {
                Range range = { .from = s->entries[i].number, .first = (uint32_t)i };

                for (next = i; next < s->n_entries && s->entries[next].number == range.from;)
                        next++;
                decide(s, &s->entries[i], next - i);
                range.action = s->best.action;
                range.n = s->n_claims > 0 ? (uint32_t)(next - i) : 0;
                add_range(s, range);
                add_range(s, (Range){ .from = range.from + 1, .action = rest });
        }
}

static SyscallLabel write_entry(Section *s, SyscallCode *c, const Entry *e, SyscallLabel yes,
                                SyscallLabel no) {
        const SyscallKeptRule *rule = rule_of(s, e);
        /* Above 16 bits, ipc() takes a version, and socketcall() nothing that it accepts. */
        const SyscallTest inside = {
                .argument = 0, .compare = SYSCALL_EQUAL, .mask = UINT16_MAX, .value = e->index
        };

        if (e->inside)
                return syscall_match_test(c, &inside, yes, no);
        return syscall_match_all(c, s->rules->tests + rule->first_test, rule->n_tests, yes, no);
}

/* The layer's default holds where none of its rules does. Those that outrank it have been asked. */
static SyscallLabel write_default(Section *s, SyscallCode *c, const Range *range,
                                  const Claim *claim, SyscallLabel no) {
        SyscallLabel next = syscall_code_return(c, claim->action);

        for (size_t i = range->first + range->n; i-- > range->first;) {
                const Entry *e = &s->entries[i];
                Claim rule = { .action = rule_of(s, e)->action, .layer = e->layer, .entry = e };

                if (e->layer == claim->layer && !outranks(&rule, claim))
                        next = write_entry(s, c, e, no, next);
        }
        return next;
}

static SyscallLabel write_range(Section *s, SyscallCode *c, const Range *range) {
        SyscallLabel next = syscall_code_return(c, range->action);

        if (range->n == 0)
                return next;
        decide(s, &s->entries[range->first], range->n);
        for (size_t i = s->n_claims; i-- > 0;) {
                const Claim *claim = &s->claims[i];

                if (claim->entry)
                        next = write_entry(s, c, claim->entry,
                                           syscall_code_return(c, claim->action), next);
                else
                        next = write_default(s, c, range, claim, next);
        }
        return next;
}

/* Searches ranges FIRST to END - 1 by halving. */
static SyscallLabel write_ranges(Section *s, SyscallCode *c, size_t first, size_t end) {
        size_t middle = first + (end - first) / 2;
        SyscallLabel low, high;

        if (end - first == 1)
                return write_range(s, c, &s->ranges[first]);
        high = write_ranges(s, c, middle, end);
        low = write_ranges(s, c, first, middle);
        return syscall_code_branch(c, BPF_JGE, s->ranges[middle].from, high, low);
}

int syscall_section_write(const SyscallRules *rules, SyscallArch arch, SyscallCode *c,
                          SyscallLabel *ret) {
        _cleanup_(section_done) Section s = { .rules = rules, .arch = arch };
        int r = collect(&s);

        if (r < 0)
                return r;
        make_ranges(&s);
        *ret = write_ranges(&s, c, 0, s.n_ranges);
        return 0;
}

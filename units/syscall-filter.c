/*
 * Words to items and back, and the meaning of the list of items.
 */
#include "units/syscall-filter.h"

#include "base/array.h"
#include "base/number.h"
#include "base/strbuf.h"
#include "base/strv.h"
#include "base/text.h"
#include "units/syscall-group.h"

static void item_done(SyscallItem *item) {
        free(item->name);
        *item = (SyscallItem){ 0 };
}

void syscall_filter_done(SyscallFilter *f) {
        for (size_t i = 0; i < f->n; i++)
                item_done(&f->items[i]);
        free(f->items);
        *f = (SyscallFilter){ 0 };
}

/* Names that errno.h gives to a number that has another name already. */
static const struct {
        const char *name;
        int number;
} errno_aliases[] = {
        { "EWOULDBLOCK", EWOULDBLOCK },
        { "EDEADLOCK", EDEADLOCK },
        { "ENOTSUP", ENOTSUP },
};

static int errno_from_name(const char *text) {
        for (int i = 1; i <= SYSCALL_ERRNO_MAX; i++) {
                const char *name = strerrorname_np(i);

                if (name && text_eq(name, text))
                        return i;
        }
        for (size_t i = 0; i < ARRAY_SIZE(errno_aliases); i++)
                if (text_eq(errno_aliases[i].name, text))
                        return errno_aliases[i].number;
        return -EINVAL;
}

int syscall_filter_parse_action(const char *text, int *ret_action) {
        uint64_t number;
        int action;

        if (text_eq(text, "kill"))
                action = SYSCALL_ACTION_KILL;
        else if (number_parse_u64(text, 10, &number) >= 0)
                action = number <= SYSCALL_ERRNO_MAX ? (int)number : -EINVAL;
        else
                action = errno_from_name(text);
        if (action < 0)
                return -EINVAL;
        *ret_action = action;
        return 0;
}

static int check_name(const char *name, Diag *diag) {
        char excerpt[TEXT_EXCERPT_MAX];

        text_excerpt(name, excerpt);
        if (name[0] == '@') {
                const SyscallGroup *nearest;

                if (syscall_group_find(name))
                        return 0;
                nearest = syscall_group_nearest(name);
                if (nearest)
                        return diag_error(diag, -EINVAL,
                                          "there is no system call group \"%s\"; did you mean %s?",
                                          excerpt, nearest->name);
                return diag_error(diag, -EINVAL,
                                  "there is no system call group \"%s\"; "
                                  "@system-service is the usual one to begin with",
                                  excerpt);
        }
        if (text_is_empty(name) || text_has_control(name))
                return diag_error(
                        diag, -EINVAL,
                        "\"%s\" is no system call; write names, such as read or @file-system",
                        excerpt);
        if (syscall_name_find(name) == SYSCALL_NONE) {
                const char *nearest = syscall_name_nearest(name);

                diag_warning(diag, "the system call \"%s\" is not known%s%s%s", excerpt,
                             nearest ? "; did you mean " : "; it counts as not listed",
                             nearest ? nearest : "", nearest ? "?" : "");
        }
        return 0;
}

/* WORD is "name" or "name:errno", cut in place. */
static int parse_word(char *word, bool inverted, SyscallItem *ret, Diag *diag) {
        char excerpt[TEXT_EXCERPT_MAX], *colon = strchr(word, ':');
        SyscallItem item = { .action = SYSCALL_ACTION_DEFAULT, .inverted = inverted };
        int r;

        if (colon) {
                *colon = '\0';
                if (syscall_filter_parse_action(colon + 1, &item.action) < 0)
                        return diag_error(diag, -EINVAL,
                                          "\"%s\" is no error; use a name such as EPERM, a number "
                                          "from 0 to %d, or kill",
                                          text_excerpt(colon + 1, excerpt), SYSCALL_ERRNO_MAX);
                if (!inverted)
                        return diag_error(diag, -EINVAL,
                                          "an allowed system call has no error number; write "
                                          "\"~%s:%s\" to refuse it",
                                          text_excerpt(word, excerpt), colon + 1);
        }
        r = check_name(word, diag);
        if (r < 0)
                return r;
        item.name = strdup(word);
        if (!item.name)
                return -ENOMEM;
        *ret = item;
        return 0;
}

static int add_item(SyscallFilter *f, SyscallItem item) {
        if (ARRAY_GROW(f->items, f->n) < 0) {
                item_done(&item);
                return -ENOMEM;
        }
        f->items[f->n++] = item;
        return 0;
}

/* All words of VALUE, which gets cut. Returns -EINVAL after the last when any was wrong. */
static int parse_words(SyscallFilter *f, char *value, bool inverted, Diag *diag) {
        int result = 0;
        char *next, *word;

        for (word = strtok_r(value, WHITESPACE, &next); word;
             word = strtok_r(NULL, WHITESPACE, &next)) {
                SyscallItem item = { 0 };
                int r = parse_word(word, inverted, &item, diag);

                if (r >= 0)
                        r = add_item(f, item);
                if (r == -ENOMEM)
                        return r;
                if (r < 0)
                        result = r;
        }
        return result;
}

/* An allow list of which no word could be read stays an allow list, here and in its text. */
static int add_default(SyscallFilter *f) {
        SyscallItem item = { .name = strdup("@default"), .action = SYSCALL_ACTION_DEFAULT };

        return item.name ? add_item(f, item) : -ENOMEM;
}

/* Moves the items of FROM behind those of F. On failure both are as before. */
static int append(SyscallFilter *f, SyscallFilter *from) {
        const size_t before = f->n;

        for (size_t i = 0; i < from->n; i++) {
                if (ARRAY_GROW(f->items, f->n) < 0) {
                        f->n = before;
                        return -ENOMEM;
                }
                f->items[f->n++] = from->items[i];
        }
        from->n = 0;
        return 0;
}

int syscall_filter_parse(SyscallFilter *f, const char *value, Diag *diag) {
        _cleanup_(syscall_filter_done) SyscallFilter added = { 0 };
        _cleanup_free_ char *words = NULL;
        bool inverted = value[0] == '~', first = !f->set;
        int r;

        if (text_is_empty(value)) {
                syscall_filter_done(f);
                return 0;
        }
        words = strdup(value + inverted);
        if (!words)
                return -ENOMEM;
        r = parse_words(&added, words, inverted, diag);
        if (r == -ENOMEM)
                return r;
        if (first && !inverted && added.n == 0 && add_default(&added) < 0)
                return -ENOMEM;
        if (append(f, &added) < 0)
                return -ENOMEM;
        if (first) {
                f->set = true;
                f->allow_list = !inverted;
        }
        return r;
}

static void format_item(const SyscallItem *item, StrBuf *to) {
        const char *name;

        strbuf_add(to, item->name);
        if (item->action == SYSCALL_ACTION_DEFAULT)
                return;
        name = item->action == SYSCALL_ACTION_KILL ? "kill" : strerrorname_np(item->action);
        if (item->action > 0 && name)
                strbuf_addf(to, ":%s", name);
        else
                strbuf_addf(to, ":%d", item->action);
}

/* Items from index I on that stand on the same side of "~"; returns the index behind them. */
static size_t format_run(const SyscallFilter *f, size_t i, StrBuf *to) {
        bool inverted = f->items[i].inverted;

        if (inverted)
                strbuf_add_char(to, '~');
        for (size_t first = i; i < f->n && f->items[i].inverted == inverted; i++) {
                if (i > first)
                        strbuf_add_char(to, ' ');
                format_item(&f->items[i], to);
        }
        return i;
}

int syscall_filter_format(const SyscallFilter *f, char ***ret_values) {
        _cleanup_strv_ char **values = NULL;

        /* Where the first item does not tell the kind of the list, a line without effect does. */
        if (f->set && !f->allow_list && (f->n == 0 || !f->items[0].inverted) &&
            strv_add(&values, "~") < 0)
                return -ENOMEM;
        for (size_t i = 0; i < f->n;) {
                _cleanup_(strbuf_done) StrBuf b = { 0 };
                char *value;

                i = format_run(f, i, &b);
                if (strbuf_take(&b, &value) < 0 || strv_push(&values, value) < 0)
                        return -ENOMEM;
        }
        *ret_values = TAKE_PTR(values);
        return 0;
}

bool syscall_filter_equal(const SyscallFilter *a, const SyscallFilter *b) {
        if (a->set != b->set || a->allow_list != b->allow_list || a->n != b->n)
                return false;
        for (size_t i = 0; i < a->n; i++)
                if (!text_eq(a->items[i].name, b->items[i].name) ||
                    a->items[i].action != b->items[i].action ||
                    a->items[i].inverted != b->items[i].inverted)
                        return false;
        return true;
}

/* The list while it is read: what stands on it now. */
typedef struct Expansion {
        bool allow_list;
        SyscallSet listed;
        int actions[SYSCALL_COUNT]; /* of the listed calls */
        SyscallChoice *unknown;     /* calls without a known name, in order of appearance */
        size_t n_unknown;
} Expansion;

/* Does the item put calls on the list, or take them off? In an allow list, "~call:errno" leaves
 * the call on the list with an answer of its own. */
static bool item_lists(const SyscallItem *item, const Expansion *e) {
        return item->inverted != e->allow_list ||
               (item->inverted && item->action != SYSCALL_ACTION_DEFAULT);
}

static void expand_set(Expansion *e, const SyscallSet *set, const SyscallItem *item) {
        bool lists = item_lists(item, e);

        for (size_t i = 0; i < ARRAY_SIZE(set->words); i++) {
                if (lists)
                        e->listed.words[i] |= set->words[i];
                else
                        e->listed.words[i] &= ~set->words[i];
        }
        for (int i = 0; lists && i < SYSCALL_COUNT; i++)
                if (syscall_set_has(set, (SyscallId)i))
                        e->actions[i] = item->action;
}

static void expand_unknown(Expansion *e, const SyscallItem *item) {
        size_t kept = 0;

        for (size_t i = 0; i < e->n_unknown; i++)
                if (!text_eq(e->unknown[i].name, item->name))
                        e->unknown[kept++] = e->unknown[i];
        e->n_unknown = kept;
        if (item_lists(item, e))
                e->unknown[e->n_unknown++] = (SyscallChoice){ .name = item->name,
                                                              .id = SYSCALL_NONE,
                                                              .action = item->action };
}

static void expand_item(Expansion *e, const SyscallItem *item) {
        const SyscallGroup *group = item->name[0] == '@' ? syscall_group_find(item->name) : NULL;
        SyscallId id = group ? SYSCALL_NONE : syscall_name_find(item->name);
        SyscallSet set = { 0 };

        if (!group && id == SYSCALL_NONE) {
                expand_unknown(e, item);
                return;
        }
        if (group)
                syscall_group_collect(group, &set);
        else
                syscall_set_add(&set, id);
        expand_set(e, &set, item);
}

int syscall_filter_expand(const SyscallFilter *f, bool with_default, SyscallChoice **ret,
                          size_t *ret_n) {
        static const char default_group[] = "@default";
        const SyscallItem implied = { .name = (char *)default_group,
                                      .action = SYSCALL_ACTION_DEFAULT };
        _cleanup_free_ SyscallChoice *choices = NULL, *unknown = NULL;
        Expansion e = { .allow_list = f->allow_list };
        size_t n = 0;

        choices = calloc(SYSCALL_COUNT + f->n, sizeof(SyscallChoice));
        unknown = calloc(f->n + 1, sizeof(SyscallChoice));
        if (!choices || !unknown)
                return -ENOMEM;
        e.unknown = unknown;
        if (f->allow_list && with_default)
                expand_item(&e, &implied);
        for (size_t i = 0; i < f->n; i++)
                expand_item(&e, &f->items[i]);
        for (int i = 0; i < SYSCALL_COUNT; i++)
                if (syscall_set_has(&e.listed, (SyscallId)i))
                        choices[n++] = (SyscallChoice){ .name = syscall_name_of((SyscallId)i),
                                                        .id = (SyscallId)i,
                                                        .action = e.actions[i] };
        for (size_t i = 0; i < e.n_unknown; i++)
                choices[n++] = e.unknown[i];
        *ret = TAKE_PTR(choices);
        *ret_n = n;
        return 0;
}

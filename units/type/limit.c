/*
 * Limits of memory, tasks and processor time: an amount, a share of what there is,
 * or "infinity". systemd.resource-control(5).
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "base/text.h"
#include "units/directive.h"
#include "units/param.h"
#include "units/setting.h"
#include "units/size.h"
#include "units/types.h"

/* "12.5%", "125\u2030", "1250\u2031": hundredths of a percent. */
static int parse_share(const char *value, uint64_t *ret) {
        static const char per_mille[] = "\xe2\x80\xb0", per_myriad[] = "\xe2\x80\xb1";
        size_t length = strlen(value);
        char text[48];
        unsigned share, scale = 1;
        int r;

        if (text_ends_with(value, per_mille) || text_ends_with(value, per_myriad)) {
                scale = text_ends_with(value, per_mille) ? 10 : 100;
                length -= strlen(per_mille);
                if (length + 2 > sizeof(text))
                        return -EINVAL;
                memcpy(text, value, length);
                memcpy(text + length, "%", 2);
                value = text;
        }
        r = number_parse_permyriad(value, &share);
        if (r < 0)
                return r;
        if (share % scale != 0)
                return -EINVAL;
        *ret = share / scale;
        return 0;
}

static const LimitParam plain_limit = { 0 };

static int parse_limit(const LimitParam *p, const char *value, LimitSetting *ret) {
        LimitSetting l = { .set = true };
        int r;

        if (!p->share_only && text_eq(value, "infinity"))
                l.value = SETTING_INFINITY;
        else if (parse_share(value, &l.value) == 0) {
                l.relative = true;
                if (l.value > 10000 && !p->share_only)
                        return -ERANGE;
        } else if (p->share_only)
                return -EINVAL;
        else {
                r = p->count ? number_parse_u64(value, 10, &l.value) : size_parse(value, &l.value);
                if (r < 0)
                        return r;
                if (l.value == SETTING_INFINITY)
                        return -ERANGE;
        }
        if (l.value == 0 && !p->zero_ok)
                return -ERANGE;
        *ret = l;
        return 0;
}

static int limit_parse(const Directive *d, const char *value, const ParseContext *c, void *field) {
        const LimitParam *p = d->param ? d->param : &plain_limit;
        char excerpt[TEXT_EXCERPT_MAX];
        int r;

        if (!*value)
                return type_reset(d, field);
        r = parse_limit(p, value, field);
        if (r == 0)
                return 0;
        text_excerpt(value, excerpt);
        if (p->share_only)
                return diag_error(c->diag, r,
                                  "\"%s\" is no share of a processor; use a percentage above 0 "
                                  "(200%% are two processors)",
                                  excerpt);
        return diag_error(c->diag, r,
                          "\"%s\" is no limit; use %s, a percentage up to 100%%, or infinity%s",
                          excerpt, p->count ? "a number" : "a size such as 512M",
                          p->zero_ok ? "" : ", and more than 0");
}

static void limit_format(const Directive *d, const void *field, StrBuf *to) {
        const LimitParam *p = d->param ? d->param : &plain_limit;
        const LimitSetting *l = field;
        char text[48] = "";

        if (l->set && !l->relative && l->value == SETTING_INFINITY)
                snprintf(text, sizeof(text), "infinity");
        else if (l->relative && l->value % 100 == 0)
                snprintf(text, sizeof(text), "%" PRIu64 "%%", l->value / 100);
        else if (l->relative)
                snprintf(text, sizeof(text), "%" PRIu64 ".%02" PRIu64 "%%", l->value / 100,
                         l->value % 100);
        else if (p->count)
                snprintf(text, sizeof(text), "%" PRIu64, l->value);
        else
                size_format(l->value, text);
        type_format_line(d, text, to);
}

static bool limit_equal(const void *a, const void *b) {
        const LimitSetting *x = a, *y = b;

        return x->set == y->set && x->relative == y->relative && x->value == y->value;
}

const Type type_limit = {
        .name = "limit",
        .size = sizeof(LimitSetting),
        .parse = limit_parse,
        .format = limit_format,
        .equal = limit_equal,
};

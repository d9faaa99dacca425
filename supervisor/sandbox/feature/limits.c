/*
 * LimitCPU= to LimitRTTIME=: systemd.exec(5), getrlimit(2). The rows know which
 * limit they are about, so no list of them stands here.
 */
#include "supervisor/sandbox/feature.h"
#include "units/param.h"
#include "units/types.h"

static int plan(const Config *c, const PlanContext *x, Diag *diag, Plan *p) {
        DIRECTIVE_FOREACH(d) {
                const RlimitSetting *s = config_field(c, d);
                Op *op;

                if (d->type != &type_rlimit || !s->set)
                        continue;
                op = plan_add(p, OP_RLIMIT, d->name);
                if (!op)
                        return -ENOMEM;
                op->number = ((const RlimitParam *)d->param)->resource;
                op->set = s->soft;
                op->clear = s->hard;
        }
        return 0;
}

const Feature feature_limits = { .name = "limits", .plan = plan };

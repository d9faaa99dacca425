/*
 * What makes a service unit whole, beyond each line being right:
 * systemd.service(5).
 */
#pragma once

#include "units/config.h"

/* Can a service with these settings be started? 0, or -EINVAL with the reason in DIAG, whose "file"
 * is the caller's to set. A unit without commands is whole where it has SuccessAction=. */
int service_check(const Config *c, Diag *diag);

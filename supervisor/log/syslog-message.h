/*
 * What syslog(3) sends to /dev/log: "<PRI>Mmm dd hh:mm:ss TAG[PID]: MESSAGE", after RFC 3164 but
 * without a host name. Every part but the message may be missing. Pure.
 */
#pragma once

#include "base/macro.h"
#include "supervisor/log/record.h"

typedef struct SyslogMessage {
        int priority; /* 0 to 7; 5 (notice) where none is said, as syslogd has it */
        char identifier[RECORD_IDENTIFIER_MAX + 1]; /* "": none */
        const char *text;                           /* points into what was parsed */
        size_t length;
} SyslogMessage;

/* Any bytes are a message. The PID that a sender claims is stepped over: the kernel knows better.
 */
void syslog_message_parse(const char *data, size_t n, SyslogMessage *ret);

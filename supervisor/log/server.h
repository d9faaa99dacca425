/*
 * svlogd's loop: waits for the sockets, hands each to the intake, keeps the streams in step with
 * what the manager holds for us, and tells it that we are alive.
 */
#pragma once

#include "supervisor/log/guard.h"
#include "supervisor/log/intake.h"
#include "supervisor/log/service-notify.h"
#include "supervisor/log/sockets.h"

/* Streams of one ordinary user: beyond them connections are refused. */
enum { SERVER_STREAMS_OF_USER = 256 };

typedef enum ServerTell {
        SERVER_TOLD,   /* the manager knows all */
        SERVER_STORE,  /* it does not have this stream yet */
        SERVER_FORGET, /* it still has it, and the stream has ended */
} ServerTell;

typedef struct Server {
        Intake *intake;
        ServiceNotify notify;
        Guard guard;
        int epoll;
        int signals;
        int kernel; /* -EBADF: the kernel's messages are not read */
        int sockets[SOCKET_KINDS];
        bool accepting; /* the listening socket is waited for */
        bool unsettled; /* the manager has to be told something */
        bool told_ready;
        bool stopping;
        uint64_t watchdog;  /* microseconds between two signs of life; 0: none */
        uint64_t next_sync; /* of the monotonic clock; 0: nothing to sync */
        uint32_t streams;
        int stream_fds[LEDGER_STREAMS];
        uint8_t tell[LEDGER_STREAMS]; /* a ServerTell each */
} Server;

/* What epoll reports: a slot's number, one of LEDGER_SYSLOG and its kin, or one of these. */
enum {
        SERVER_LISTENER = 0x10000,
        SERVER_SIGNALS,
};

/* Takes the intake over, and what the manager passes. RUNTIME is "/run". Returns -EAGAIN when it is
 * to be started once more (see guard.h); a DIAG entry says what else is wrong. */
int server_open(Intake *intake, const char *runtime, bool read_kernel, Server **ret, Diag *diag);
void server_free(Server *s);
DEFINE_CLEANUP(Server, server_free)

/* Until it is told to stop. Returns 0 or a negative errno. */
int server_run(Server *s);

/* Of server-streams.c. */
int server_streams_wait_for(Server *s, int fd, uint32_t what);
void server_streams_accept(Server *s);
void server_streams_adopt(Server *s, uint32_t slot, int fd);
void server_streams_read(Server *s, uint32_t slot);
void server_streams_settle(Server *s);

/* Ends slots whose connections are gone, with what was kept of them, and makes known those that
 * were just being accepted. */
void server_streams_sort_out(Server *s);

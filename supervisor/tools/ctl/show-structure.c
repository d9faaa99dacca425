/*
 * Structures, and lists of them, which are printed in one line or in one line for each item,
 * whichever systemctl(1) does.
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <signal.h>
#include <sys/mount.h>

#include "base/strv.h"
#include "base/text.h"
#include "supervisor/tools/ctl/show-inside.h"
#include "units/signal-name.h"
#include "units/time-span.h"
#include "units/timestamp.h"

static int show_unit(const Show *s, sd_bus_message *m) {
        const char *name, *path;
        int r = sd_bus_message_read(m, "(so)", &name, &path);

        if (r >= 0)
                show_value_text(s, name);
        return r;
}

static int show_job(const Show *s, sd_bus_message *m) {
        const char *path;
        uint32_t id;
        int r = sd_bus_message_read(m, "(uo)", &id, &path);

        char text[16] = "";

        if (r >= 0 && id > 0)
                snprintf(text, sizeof(text), "%" PRIu32, id);
        if (r >= 0)
                show_value_text(s, text);
        return r;
}

static int show_error(const Show *s, sd_bus_message *m) {
        _cleanup_(strbuf_done) StrBuf value = { 0 };
        const char *name, *text;
        int r = sd_bus_message_read(m, "(ss)", &name, &text);

        if (r < 0)
                return r;
        if (*name || *text)
                strbuf_addf(&value, "%s \"%s\"", name, text);
        return show_value_taken(s, &value);
}

/* A list of what is allowed, or, behind "~", of what is not. */
static int show_filter(const Show *s, sd_bus_message *m) {
        _cleanup_(strbuf_done) StrBuf value = { 0 };
        _cleanup_strv_ char **words = NULL;
        int allow, r = sd_bus_message_enter_container(m, 'r', "bas");

        if (r >= 0)
                r = sd_bus_message_read(m, "b", &allow);
        if (r >= 0)
                r = sd_bus_message_read_strv(m, &words);
        if (r < 0)
                return r;
        strbuf_add(&value, allow ? "" : "~");
        STRV_FOREACH(word, words)
                strbuf_addf(&value, "%s%s", word == words ? "" : " ", *word);
        if (value.error < 0)
                return value.error;
        if (s->style->empty || allow || words)
                show_value_line(s, value.text ? value.text : "");
        return sd_bus_message_exit_container(m);
}

static int show_label(const Show *s, sd_bus_message *m) {
        _cleanup_(strbuf_done) StrBuf value = { 0 };
        const char *text;
        int ignore, r = sd_bus_message_read(m, "(bs)", &ignore, &text);

        if (r < 0)
                return r;
        strbuf_addf(&value, "%s%s", *text && ignore ? "-" : "", text);
        return show_value_taken(s, &value);
}

static int show_statuses(const Show *s, sd_bus_message *m) {
        _cleanup_(strbuf_done) StrBuf value = { 0 };
        const void *codes, *signals;
        char name[SIGNAL_NAME_MAX];
        size_t n_codes, n_signals;
        int r = sd_bus_message_enter_container(m, 'r', "aiai");

        if (r >= 0)
                r = sd_bus_message_read_array(m, 'i', &codes, &n_codes);
        if (r >= 0)
                r = sd_bus_message_read_array(m, 'i', &signals, &n_signals);
        if (r < 0)
                return r;
        for (size_t i = 0; i < n_codes / sizeof(int32_t); i++) {
                show_value_space(&value);
                strbuf_addf(&value, "%" PRIi32, ((const int32_t *)codes)[i]);
        }
        for (size_t i = 0; i < n_signals / sizeof(int32_t); i++) {
                const char *text = signal_name_format(((const int32_t *)signals)[i], name);

                show_value_space(&value);
                strbuf_add(&value, text_after(text, "SIG") ? text_after(text, "SIG") : text);
        }
        r = show_value_taken(s, &value);
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

/* ---- lists of structures ---- */

/* The word for what a process ended by, and what is behind its status. */
static const char *code_name(int code) {
        switch (code) {
        case CLD_EXITED:
                return "exited";
        case CLD_KILLED:
                return "killed";
        case CLD_DUMPED:
                return "dumped";
        default:
                return "(null)";
        }
}

static void add_moment(StrBuf *to, uint64_t usec) {
        char text[TIMESTAMP_MAX];

        strbuf_addf(to, "[%s]", usec ? timestamp_format(usec, false, text) : "n/a");
}

static int read_command(const Show *s, sd_bus_message *m) {
        _cleanup_(strbuf_done) StrBuf value = { 0 };
        _cleanup_strv_ char **argv = NULL;
        uint64_t began, ended;
        const char *path;
        char name[SIGNAL_NAME_MAX];
        int ignore, code, status, r = sd_bus_message_read(m, "s", &path);
        uint32_t pid;

        if (r >= 0)
                r = sd_bus_message_read_strv(m, &argv);
        if (r >= 0)
                r = sd_bus_message_read(m, "bttttuii", &ignore, &began, NULL, &ended, NULL, &pid,
                                        &code, &status);
        if (r < 0)
                return r;
        strbuf_addf(&value, "{ path=%s ; argv[]=", path);
        STRV_FOREACH(word, argv)
                strbuf_addf(&value, "%s%s", word == argv ? "" : " ", *word);
        strbuf_addf(&value, " ; ignore_errors=%s ; start_time=", ignore ? "yes" : "no");
        add_moment(&value, began);
        strbuf_add(&value, " ; stop_time=");
        add_moment(&value, ended);
        strbuf_addf(&value, " ; pid=%" PRIu32 " ; code=%s ; status=%d", pid, code_name(code),
                    status);
        if (code != CLD_EXITED) {
                const char *text = status ? signal_name_format(status, name) : "0";

                strbuf_addf(&value, "/%s",
                            text_after(text, "SIG") ? text_after(text, "SIG") : text);
        }
        strbuf_add(&value, " }");
        return show_value_taken(s, &value);
}

static int read_environment_file(const Show *s, sd_bus_message *m) {
        _cleanup_(strbuf_done) StrBuf value = { 0 };
        const char *path;
        int ignore, r = sd_bus_message_read(m, "sb", &path, &ignore);

        if (r < 0)
                return r;
        strbuf_addf(&value, "%s (ignore_errors=%s)", path, ignore ? "yes" : "no");
        return show_value_taken(s, &value);
}

static int read_pair(const Show *s, sd_bus_message *m) {
        _cleanup_(strbuf_done) StrBuf value = { 0 };
        const char *first, *second;
        int r = sd_bus_message_read(m, "ss", &first, &second);

        if (r < 0)
                return r;
        strbuf_addf(&value, "%s%s%s", first, text_eq(s->name, "BPFProgram") ? ":" : " ", second);
        return show_value_taken(s, &value);
}

static int read_device(const Show *s, sd_bus_message *m) {
        _cleanup_(strbuf_done) StrBuf value = { 0 };
        char span[TIME_SPAN_MAX];
        const char *path;
        uint64_t n;
        int r = sd_bus_message_read(m, "st", &path, &n);

        if (r < 0)
                return r;
        if (strstr(s->name, "USec"))
                strbuf_addf(&value, "%s %s", path, time_span_format(n, 1, span));
        else
                strbuf_addf(&value, "%s %" PRIu64, path, n);
        return show_value_taken(s, &value);
}

static int add_tmpfs(sd_bus_message *m, StrBuf *value) {
        const char *path, *options;
        int r = sd_bus_message_read(m, "ss", &path, &options);

        if (r >= 0)
                strbuf_addf(value, "%s%s%s", path, *options ? ":" : "", options);
        return r;
}

static int add_bind(sd_bus_message *m, StrBuf *value) {
        const char *source, *destination;
        uint64_t flags;
        int ignore, r = sd_bus_message_read(m, "ssbt", &source, &destination, &ignore, &flags);

        if (r >= 0)
                strbuf_addf(value, "%s%s:%s%s", ignore ? "-" : "", source, destination,
                            flags & MS_REC ? ":rbind" : "");
        return r;
}

static int add_network(sd_bus_message *m, StrBuf *value) {
        char text[INET6_ADDRSTRLEN];
        int family, r = sd_bus_message_read(m, "i", &family);
        const void *bytes;
        uint32_t prefix;
        size_t n;

        if (r >= 0)
                r = sd_bus_message_read_array(m, 'y', &bytes, &n);
        if (r >= 0)
                r = sd_bus_message_read(m, "u", &prefix);
        if (r < 0)
                return r;
        if (n != (family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr)) ||
            !inet_ntop(family, bytes, text, sizeof(text)))
                return -EBADMSG;
        strbuf_addf(value, "%s/%" PRIu32, text, prefix);
        return 0;
}

static int add_port(sd_bus_message *m, StrBuf *value) {
        int family, protocol, r;
        uint16_t count, first;

        r = sd_bus_message_read(m, "iiqq", &family, &protocol, &count, &first);
        if (r < 0)
                return r;
        strbuf_add(value, family == AF_INET ? "ipv4:" : family == AF_INET6 ? "ipv6:" : "");
        strbuf_add(value, protocol == IPPROTO_TCP ? "tcp:" : protocol == IPPROTO_UDP ? "udp:" : "");
        if (count == 0)
                strbuf_add(value, "any");
        else if (count == 1)
                strbuf_addf(value, "%u", (unsigned)first);
        else
                strbuf_addf(value, "%u-%u", (unsigned)first, (unsigned)first + count - 1);
        return 0;
}

/* As the line of a unit file. */
static int add_condition(sd_bus_message *m, StrBuf *value) {
        const char *name, *argument;
        int trigger, negate, state, r;

        r = sd_bus_message_read(m, "sbbsi", &name, &trigger, &negate, &argument, &state);
        if (r >= 0)
                strbuf_addf(value, "%s=%s%s%s", name, trigger ? "|" : "", negate ? "!" : "",
                            argument);
        return r;
}

typedef struct List {
        const char *signature;
        int (*line)(const Show *s, sd_bus_message *m); /* each item has its own, */
        int (*item)(sd_bus_message *m, StrBuf *value); /* or all have one */
        const char *name;                              /* this property only; NULL: any */
        bool absent;                                   /* no line for an empty list */
} List;

static const List lists[] = {
        { "(sasbttttuii)", read_command, NULL, NULL, false },
        { "(sb)", read_environment_file, NULL, NULL, false },
        { "(ss)", NULL, add_tmpfs, "TemporaryFileSystem", false },
        { "(ss)", read_pair, NULL, NULL, false },
        { "(st)", read_device, NULL, NULL, false },
        { "(ssbt)", NULL, add_bind, NULL, false },
        { "(iayu)", NULL, add_network, NULL, false },
        { "(iiqq)", NULL, add_port, NULL, true },
        { "(sbbsi)", NULL, add_condition, NULL, false },
};

static int show_list(const Show *s, const List *list, sd_bus_message *m) {
        _cleanup_(strbuf_done) StrBuf value = { 0 };
        int r = sd_bus_message_enter_container(m, 'a', list->signature);

        while (r >= 0 && (r = sd_bus_message_at_end(m, false)) == 0) {
                r = sd_bus_message_enter_container(m, 'r', NULL);
                if (r < 0)
                        return r;
                if (list->item)
                        show_value_space(&value);
                r = list->item ? list->item(m, &value) : list->line(s, m);
                if (r >= 0)
                        r = sd_bus_message_exit_container(m);
        }
        if (r >= 0 && list->item && (value.length > 0 || !list->absent))
                r = show_value_taken(s, &value);
        return r < 0 ? r : sd_bus_message_exit_container(m);
}

static const struct {
        const char *signature;
        int (*show)(const Show *s, sd_bus_message *m);
} shapes[] = {
        { "(so)", show_unit },    { "(uo)", show_job },   { "(ss)", show_error },
        { "(bas)", show_filter }, { "(bs)", show_label }, { "(aiai)", show_statuses },
};

int show_structure(const Show *s, const char *signature, sd_bus_message *m) {
        int r = 1;

        for (size_t i = 0; i < ARRAY_SIZE(shapes) && r > 0; i++)
                if (text_eq(shapes[i].signature, signature))
                        r = MIN_OF(shapes[i].show(s, m), 0);
        for (size_t i = 0; i < ARRAY_SIZE(lists) && r > 0; i++)
                if (signature[0] == 'a' && text_eq(lists[i].signature, signature + 1) &&
                    (!lists[i].name || text_eq(lists[i].name, s->name)))
                        r = MIN_OF(show_list(s, &lists[i], m), 0);
        return r;
}

/*
 * Whatever is not chosen wisely is zero: input that has ended gives zeros.
 */
#include "tests/fuzz/bus-call.h"

#include <endian.h>
#include <string.h>

#include "base/text.h"
#include "supervisor/manager/bus/bus-inside.h"

typedef struct Out {
        uint8_t *data;
        size_t n;
        bool full;
} Out;

/* ---- choosing ---- */

static uint8_t byte(CallInput *in) {
        if (in->left == 0)
                return 0;
        in->left--;
        return *in->at++;
}

static uint64_t number(CallInput *in, size_t size) {
        uint64_t n = 0;

        for (size_t i = 0; i < size; i++)
                n |= (uint64_t)byte(in) << 8 * i;
        return n;
}

static const char *const words[] = {
        "a.service",
        "slow.service",
        "stuck.service",
        "fail.service",
        "b.target",
        "t@.service",
        "t@x.service",
        "needs.service",
        "broken.service",
        "none.service",
        "default.target",
        "-.slice",
        "a-b.slice",
        "system.slice",
        "dev-x.device",
        "a.mount",
        "a.socket",
        "x",
        "replace",
        "fail",
        "isolate",
        "ignore-dependencies",
        "ignore-requirements",
        "replace-irreversibly",
        "flush",
        "all",
        "main",
        "control",
        "start",
        "stop",
        "restart",
        "reload",
        "try-restart",
        "reload-or-start",
        "verify-active",
        "active",
        "loaded",
        "failed",
        "*",
        "*.service",
        "",
        BUS_ROOT,
        (BUS_UNIT "/a_2eservice"),
        "ActiveState",
        "Description",
        "RuntimeMaxUSec",
        "MemoryMax",
        "CPUWeight",
        "DeviceAllow",
        "CPUQuotaPerSecUSec",
        "[Service]\nExecStart=/bin/x",
        "50%",
        "infinity",
        "%n%%",
        "\xc3\xa4",
};

static const char *word(CallInput *in, char room[static 64]) {
        uint8_t which = byte(in);
        size_t n;

        if (which < ARRAY_SIZE(words))
                return words[which];
        if (which < 96)
                return directives[number(in, 2) % directives_count].name;
        n = (which - 96U) % 63;
        for (size_t i = 0; i < n; i++) {
                uint8_t c = byte(in);

                room[i] = (char)(c ? c : '_');
        }
        room[n] = '\0';
        return room;
}

/* ---- writing ---- */

static void put(Out *o, const void *data, size_t n) {
        if (o->full || n > CALL_MAX - o->n) {
                o->full = true;
                return;
        }
        memcpy(o->data + o->n, data, n);
        o->n += n;
}

static void align(Out *o, size_t to) {
        static const uint8_t zeros[8];

        if (o->n % to)
                put(o, zeros, to - o->n % to);
}

static void put_number(Out *o, uint64_t n, size_t size) {
        uint64_t little = htole64(n);

        align(o, size);
        put(o, &little, size);
}

static void put_string(Out *o, const char *text, bool is_signature) {
        put_number(o, strlen(text), is_signature ? 1 : 4);
        put(o, text, strlen(text) + 1);
}

static size_t alignment(char type) {
        if (strchr("ygv", type))
                return 1;
        if (strchr("nq", type))
                return 2;
        return strchr("xtd({", type) ? 8 : 4;
}

/* Where the complete type at S ends. */
static const char *type_end(const char *s) {
        int depth = 0;

        while (*s == 'a')
                s++;
        do {
                depth += *s == '(' || *s == '{';
                depth -= *s == ')' || *s == '}';
                s += *s != '\0';
        } while (depth > 0 && *s);
        return s;
}

static void put_value(Out *o, CallInput *in, const char **type, unsigned depth);

static void put_array(Out *o, CallInput *in, const char *element, unsigned depth) {
        unsigned n = byte(in) % 5;
        size_t length_at, begin;
        uint32_t size;

        put_number(o, 0, 4);
        length_at = o->n - 4;
        align(o, alignment(*element));
        begin = o->n;
        for (unsigned i = 0; i < n && !o->full; i++) {
                const char *type = element;

                put_value(o, in, &type, depth + 1);
        }
        size = htole32((uint32_t)(o->n - begin));
        if (!o->full)
                memcpy(o->data + length_at, &size, sizeof(size));
}

static void put_variant(Out *o, CallInput *in, unsigned depth) {
        static const char *const types[] = {
                "s",     "b",       "t",    "as", "u",  "i",     "a(ss)", "a(sasb)",
                "a(st)", "a(iiqs)", "(tt)", "at", "ay", "(bas)", "x",     "d",
                "q",     "n",       "y",    "o",  "g",  "v",     "a{sv}",
        };
        const char *type = types[byte(in) % ARRAY_SIZE(types)];

        if (depth > 8)
                type = "y";
        put_string(o, type, true);
        put_value(o, in, &type, depth + 1);
}

static void put_value(Out *o, CallInput *in, const char **type, unsigned depth) {
        const char *t = *type, *inside;
        char room[64];

        *type = type_end(t);
        switch (*t) {
        case 'a':
                put_array(o, in, t + 1, depth);
                return;
        case '(':
        case '{':
                align(o, 8);
                for (inside = t + 1; *inside && *inside != ')' && *inside != '}';)
                        put_value(o, in, &inside, depth + 1);
                return;
        case 'v':
                put_variant(o, in, depth);
                return;
        case 's':
        case 'o':
                put_string(o, word(in, room), false);
                return;
        case 'g':
                put_string(o, "a(sv)", true);
                return;
        case 'b':
                put_number(o, byte(in) & 1, 4);
                return;
        case 'y':
                put_number(o, byte(in), 1);
                return;
        default:
                put_number(o, number(in, alignment(*t)), alignment(*t));
        }
}

/* ---- calls ---- */

static void put_header(Out *o, uint8_t field, char type, const char *text) {
        const char name[2] = { type, '\0' };

        align(o, 8);
        put_number(o, field, 1);
        put_string(o, name, true);
        put_string(o, text, type == 'g');
}

static const char *path_of(CallInput *in, char room[static 160]) {
        static const char *const paths[] = {
                BUS_ROOT,
                BUS_UNIT "/a_2eservice",
                BUS_UNIT "/slow_2eservice",
                BUS_UNIT "/stuck_2eservice",
                BUS_UNIT "/b_2etarget",
                BUS_UNIT "/needs_2eservice",
                BUS_UNIT "/_2d_2eslice",
                BUS_JOB "/1",
                BUS_JOB "/2",
                BUS_JOB "/3",
                "/org/freedesktop/DBus",
                "/",
                BUS_UNIT,
                BUS_JOB,
        };
        uint8_t which = byte(in);
        char name[64];

        if (which < 200)
                return paths[which % ARRAY_SIZE(paths)];
        snprintf(room, 160, "%s/%s", which & 1 ? BUS_UNIT : BUS_ROOT, word(in, name));
        return room;
}

typedef struct Call {
        const char *interface, *member, *arguments;
        char room[64];
} Call;

static void choose_of(CallInput *in, const BusInterface *i, Call *c) {
        const BusMethod *m = i->n_methods ? &i->methods[byte(in) % i->n_methods] : NULL;

        c->interface = i->name;
        c->member = m ? m->name : "None";
        c->arguments = m && m->in ? m->in : "";
}

static void choose(CallInput *in, Call *c) {
        static const Call properties[] = {
                { "org.freedesktop.DBus.Properties", "Get", "ss", "" },
                { "org.freedesktop.DBus.Properties", "GetAll", "s", "" },
                { "org.freedesktop.DBus.Properties", "Set", "ssv", "" },
                { "org.freedesktop.DBus.Introspectable", "Introspect", "", "" },
                { "org.freedesktop.DBus.Peer", "Ping", "", "" },
                { NULL, "StartUnit", "ss", "" },
        };
        const BusInterface service = bus_type_interface(UNIT_SERVICE);
        const BusInterface *const all[] = {
                &bus_manager_interface, &bus_unit_interface,   &service,
                &bus_job_interface,     &bus_daemon_interface, &bus_manager_interface
        };
        uint8_t which = byte(in);

        if (which % 8 < ARRAY_SIZE(all))
                choose_of(in, all[which % 8], c);
        else
                *c = properties[byte(in) % ARRAY_SIZE(properties)];
        if (which >= 0xf0) { /* not what it wants */
                c->arguments = "ssv";
                c->member = which & 1 ? word(in, c->room) : c->member;
        }
}

size_t bus_call_make(CallInput *in, uint32_t serial, uint8_t ret[static CALL_MAX]) {
        Out body = { .data = (uint8_t[CALL_MAX]){ 0 } }, o = { .data = ret };
        char room[160];
        const char *path = path_of(in, room), *type;
        uint32_t size;
        Call c = { 0 };

        choose(in, &c);
        for (type = c.arguments; *type;)
                put_value(&body, in, &type, 0);
        put(&o, "l\1\0\1", 4);
        put_number(&o, body.n, 4);
        put_number(&o, serial, 4);
        put_number(&o, 0, 4);
        put_header(&o, 1, 'o', path);
        put_header(&o, 3, 's', c.member);
        if (c.interface)
                put_header(&o, 2, 's', c.interface);
        if (*c.arguments)
                put_header(&o, 8, 'g', c.arguments);
        size = htole32((uint32_t)(o.n - 16));
        memcpy(ret + 12, &size, sizeof(size));
        align(&o, 8);
        put(&o, body.data, body.n);
        return o.full || body.full ? 0 : o.n;
}

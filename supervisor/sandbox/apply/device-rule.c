/*
 * A line that names nothing that exists adds no rule, which forbids: so a lookup
 * that fails never lets a device in.
 */
#include "supervisor/sandbox/apply/device-rule.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "base/array.h"
#include "base/file.h"
#include "base/number.h"
#include "base/text.h"

enum {
        ACCESS_ALL = BPF_DEVCG_ACC_MKNOD | BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE,
        PROC_DEVICES_MAX = 64 * 1024,
        NAME_LENGTH_MAX = 256,
};

void device_rules_done(DeviceRules *r) {
        free(r->items);
        *r = (DeviceRules){ 0 };
}

static int add(DeviceRules *r, DeviceRule rule) {
        if (ARRAY_GROW(r->items, r->n) < 0)
                return -ENOMEM;
        r->items[r->n++] = rule;
        return 0;
}

int device_rules_add_pseudo(DeviceRules *r) {
        static const DeviceRule pseudo[] = {
                { BPF_DEVCG_DEV_CHAR, ACCESS_ALL, 1, 3 }, /* null */
                { BPF_DEVCG_DEV_CHAR, ACCESS_ALL, 1, 5 }, /* zero */
                { BPF_DEVCG_DEV_CHAR, ACCESS_ALL, 1, 7 }, /* full */
                { BPF_DEVCG_DEV_CHAR, ACCESS_ALL, 1, 8 }, /* random */
                { BPF_DEVCG_DEV_CHAR, ACCESS_ALL, 1, 9 }, /* urandom */
                { BPF_DEVCG_DEV_CHAR, ACCESS_ALL, 5, 0 }, /* tty */
                { BPF_DEVCG_DEV_CHAR, ACCESS_ALL, 5, 2 }, /* ptmx */
                { BPF_DEVCG_DEV_CHAR, ACCESS_ALL, 0, 0 },
                { BPF_DEVCG_DEV_BLOCK, ACCESS_ALL, 0, 0 },
                /* what ptmx makes; further majors of pts are not in use any more */
                { BPF_DEVCG_DEV_CHAR, BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE, 136, DEVICE_ANY },
        };
        int e = 0;

        for (size_t i = 0; i < ARRAY_SIZE(pseudo) && e >= 0; i++)
                e = add(r, pseudo[i]);
        return e;
}

static uint32_t access_of(const char *letters) {
        uint32_t access = 0;

        if (strchr(letters, 'r'))
                access |= BPF_DEVCG_ACC_READ;
        if (strchr(letters, 'w'))
                access |= BPF_DEVCG_ACC_WRITE;
        if (strchr(letters, 'm'))
                access |= BPF_DEVCG_ACC_MKNOD;
        return access ? access : ACCESS_ALL;
}

/* "/dev/char/4:64": the numbers are in the name, so the device need not be there yet. */
static bool by_numbers(const char *path, DeviceRule *rule) {
        static const struct {
                const char *prefix;
                uint32_t type;
        } kinds[] = { { "/dev/char/", BPF_DEVCG_DEV_CHAR },
                      { "/dev/block/", BPF_DEVCG_DEV_BLOCK } };
        char text[32];

        for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
                const char *numbers = text_after(path, kinds[i].prefix);
                uint32_t major_number, minor_number;
                char *colon;

                if (!numbers || strlen(numbers) >= sizeof(text))
                        continue;
                memcpy(text, numbers, strlen(numbers) + 1);
                colon = strchr(text, ':');
                if (!colon)
                        continue;
                *colon = '\0';
                if (number_parse_u32(text, 10, &major_number) < 0 ||
                    number_parse_u32(colon + 1, 10, &minor_number) < 0)
                        continue;
                rule->type = kinds[i].type;
                rule->major = major_number;
                rule->minor = minor_number;
                return true;
        }
        return false;
}

static int add_path(DeviceRules *r, const char *path, DeviceRule rule) {
        struct stat st;

        if (by_numbers(path, &rule))
                return add(r, rule);
        if (stat(path, &st) < 0 || !(S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode)))
                return 0;
        rule.type = S_ISCHR(st.st_mode) ? BPF_DEVCG_DEV_CHAR : BPF_DEVCG_DEV_BLOCK;
        rule.major = major(st.st_rdev);
        rule.minor = minor(st.st_rdev);
        return add(r, rule);
}

/* /proc/devices: a heading, and below it lines of a number and a name. "char-*" means all there
 * may ever be. */
static int add_class(DeviceRules *r, const char *glob, DeviceRule rule) {
        bool chars = rule.type == BPF_DEVCG_DEV_CHAR, inside = false;
        _cleanup_free_ char *text = NULL;
        int e;

        rule.major = rule.minor = DEVICE_ANY;
        if (text_eq(glob, "*"))
                return add(r, rule);
        e = file_read_at(AT_FDCWD, "/proc/devices", PROC_DEVICES_MAX, &text, NULL);
        if (e < 0)
                return e;
        for (char *rest = text, *line; (line = strsep(&rest, "\n")) && e >= 0;) {
                uint32_t number;
                char *name;

                if (strchr(line, ':')) {
                        inside = text_after(line, chars ? "Character" : "Block") != NULL;
                        continue;
                }
                line += strspn(line, " ");
                name = strchr(line, ' ');
                if (!inside || !name)
                        continue;
                *name++ = '\0';
                if (number_parse_u32(line, 10, &number) < 0 || fnmatch(glob, name, 0) != 0)
                        continue;
                rule.major = number;
                e = add(r, rule);
        }
        return e;
}

int device_rules_add_line(DeviceRules *r, const char *line) {
        size_t n = strcspn(line, WHITESPACE);
        DeviceRule rule = { .access = access_of(line + n) };
        char name[NAME_LENGTH_MAX];
        const char *class;

        if (n >= sizeof(name))
                return 0;
        memcpy(name, line, n);
        name[n] = '\0';
        class = text_after(name, "char-");
        rule.type = class ? BPF_DEVCG_DEV_CHAR : BPF_DEVCG_DEV_BLOCK;
        if (!class)
                class = text_after(name, "block-");
        return class ? add_class(r, class, rule) : add_path(r, name, rule);
}

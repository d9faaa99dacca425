/*
 * Machine ids.
 */
#include "base/machine-id.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

bool machine_id_parse(const char *text, char ret[static MACHINE_ID_SIZE]) {
        char id[MACHINE_ID_SIZE] = "";
        size_t n = 0;

        for (; *text && *text != '\n'; text++) {
                if (*text == '-')
                        continue;
                if (n == MACHINE_ID_SIZE - 1 || !isxdigit((unsigned char)*text))
                        return false;
                id[n++] = (char)tolower((unsigned char)*text);
        }
        if (n != MACHINE_ID_SIZE - 1 || strspn(id, "0") == n)
                return false;
        memcpy(ret, id, MACHINE_ID_SIZE);
        return true;
}

int machine_id_new(char ret[static MACHINE_ID_SIZE]) {
        unsigned char bytes[(MACHINE_ID_SIZE - 1) / 2];

        if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
                return -EIO;
        bytes[6] = (unsigned char)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (unsigned char)((bytes[8] & 0x3f) | 0x80);
        for (size_t i = 0; i < sizeof(bytes); i++)
                snprintf(ret + 2 * i, 3, "%02x", bytes[i]);
        return 0;
}

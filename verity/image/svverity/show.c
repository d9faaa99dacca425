/*
 * The same facts for people, in the words of veritysetup(8), and as JSON.
 */
#include <inttypes.h>
#include <stdio.h>
#include <uuid.h>

#include "base/hex.h"
#include "verity/image/svverity/svverity.h"

void show_json(struct json_object *value) {
        puts(json_object_to_json_string_ext(value, JSON_C_TO_STRING_PRETTY |
                                                           JSON_C_TO_STRING_SPACED |
                                                           JSON_C_TO_STRING_NOSLASHESCAPE));
        json_object_put(value);
}

typedef struct Texts {
        char uuid[UUID_STR_LEN], salt[2 * VERITY_SALT_MAX + 1], root[2 * DIGEST_MAX + 1];
} Texts;

static Texts texts_of(const Area *area, const uint8_t *root) {
        const VerityParams *p = &area->params;
        Texts t;

        uuid_unparse_lower(p->uuid, t.uuid);
        hex_format(p->salt, p->salt_size, t.salt);
        hex_format(root ? root : p->salt, root ? area->digest_size : 0, t.root);
        return t;
}

static void add(struct json_object *o, const char *name, const char *value) {
        json_object_object_add(o, name, json_object_new_string(value));
}
static void add_number(struct json_object *o, const char *name, uint64_t value) {
        json_object_object_add(o, name, json_object_new_uint64(value));
}

static void show_as_json(const Settings *s, const Area *area, const Texts *t, const uint8_t *root) {
        struct json_object *o = json_object_new_object();
        const VerityParams *p = &area->params;

        if (!s->no_superblock)
                add(o, "uuid", t->uuid);
        add_number(o, "hash_type", p->hash_type);
        add(o, "algorithm", p->algorithm);
        add_number(o, "data_blocks", p->data_blocks);
        add_number(o, "data_block_size", p->data_block_size);
        add_number(o, "hash_blocks",
                   area->tree.levels
                           ? area->tree.end - area->tree.level[area->tree.levels - 1].start
                           : 0);
        add_number(o, "hash_block_size", p->hash_block_size);
        add(o, "salt", t->salt);
        if (root)
                add(o, "root_hash", t->root);
        show_json(o);
}

void show_params(const Settings *s, const Area *area, const char *name, const uint8_t *root) {
        const VerityParams *p = &area->params;
        const Tree *tree = &area->tree;
        Texts t = texts_of(area, root);

        if (s->json) {
                show_as_json(s, area, &t, root);
                return;
        }
        printf("VERITY header information for %s\n", name);
        printf("UUID:            \t%s\n", s->no_superblock ? "" : t.uuid);
        printf("Hash type:       \t%" PRIu32 "\n", p->hash_type);
        printf("Data blocks:     \t%" PRIu64 "\n", p->data_blocks);
        printf("Data block size: \t%" PRIu32 "\n", p->data_block_size);
        printf("Hash blocks:     \t%" PRIu64 "\n",
               tree->levels ? tree->end - tree->level[tree->levels - 1].start : 0);
        printf("Hash block size: \t%" PRIu32 "\n", p->hash_block_size);
        printf("Hash algorithm:  \t%s\n", p->algorithm);
        printf("Salt:            \t%s\n", p->salt_size ? t.salt : "-");
        if (root)
                printf("Root hash:      \t%s\n", t.root);
        printf("Hash device size: \t%" PRIu64 " [bytes]\n", tree->end * p->hash_block_size);
}

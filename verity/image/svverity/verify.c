/*
 * "svverity verify": a good image is told from a damaged one by the exit status;
 * what is damaged is named block by block.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/file.h"
#include "base/hex.h"
#include "base/text.h"
#include "verity/image/svverity/svverity.h"

static int take_root(const Settings *s, const char *text, size_t size, uint8_t *root, Diag *diag) {
        char *read _cleanup_free_ = NULL;
        int r;

        if (!text && s->root_hash_file) {
                r = file_read_at(AT_FDCWD, s->root_hash_file, 4096, &read, NULL);
                if (r < 0)
                        return diag_error(diag, r, "reading %s: %s", s->root_hash_file,
                                          strerror(-r));
                text = text_strip(read);
        }
        if (!text)
                return diag_error(diag, -EINVAL,
                                  "the root hash is missing; without it nothing is proved");
        if (hex_parse(text, root, size) != (int)size)
                return diag_error(diag, -EINVAL, "the root hash must have %zu hexadecimal digits",
                                  2 * size);
        return 0;
}

static const char *word_of(BlockState state) {
        return state == BLOCK_DAMAGED ? "damaged" : "cannot be verified";
}

static void print_ranges(const char *kind, const BlockRange *list, size_t n) {
        for (size_t i = 0; i < n; i++)
                if (list[i].n == 1)
                        printf("%s block %" PRIu64 ": %s\n", kind, list[i].first,
                               word_of(list[i].state));
                else
                        printf("%s blocks %" PRIu64 "-%" PRIu64 ": %s\n", kind, list[i].first,
                               list[i].first + list[i].n - 1, word_of(list[i].state));
}

static struct json_object *json_ranges(const BlockRange *list, size_t n) {
        struct json_object *array = json_object_new_array();

        for (size_t i = 0; i < n; i++) {
                struct json_object *o = json_object_new_object();

                json_object_object_add(o, "first", json_object_new_uint64(list[i].first));
                json_object_object_add(o, "blocks", json_object_new_uint64(list[i].n));
                json_object_object_add(o, "state",
                                       json_object_new_string(list[i].state == BLOCK_DAMAGED
                                                                      ? "damaged"
                                                                      : "unverifiable"));
                json_object_array_add(array, o);
        }
        return array;
}

static void print_json(const CheckResult *c) {
        struct json_object *o = json_object_new_object();

        json_object_object_add(o, "good", json_object_new_boolean(check_result_is_good(c)));
        json_object_object_add(o, "root_hash_matches", json_object_new_boolean(c->root_matches));
        json_object_object_add(o, "hash_blocks", json_ranges(c->hash, c->n_hash));
        json_object_object_add(o, "data_blocks", json_ranges(c->data, c->n_data));
        show_json(o);
}

static int report(const Settings *s, const CheckResult *c, const Area *area) {
        int status = check_result_is_good(c) ? EXIT_SUCCESS : EXIT_DAMAGED;

        if (s->json) {
                print_json(c);
                return status;
        }
        if (!c->root_matches)
                puts("the root hash does not match: this is another tree, or its highest block is "
                     "damaged");
        print_ranges("hash", c->hash, c->n_hash);
        print_ranges("data", c->data, c->n_data);
        if (status == EXIT_SUCCESS)
                printf("good: all %" PRIu64 " data blocks\n", area->params.data_blocks);
        else if (c->root_matches)
                printf("%" PRIu64 " data blocks damaged, %" PRIu64 " not verifiable, %" PRIu64
                       " good\n",
                       c->data_damaged, c->data_unverifiable,
                       area->params.data_blocks - c->data_damaged - c->data_unverifiable);
        return status;
}

/* A tree that covers less than there is would leave the rest to whoever changed the header. */
static int check_sizes(const Files *f, char *names[], const Area *area, const Settings *s,
                       Diag *diag) {
        uint64_t covered = area->params.data_blocks * area->params.data_block_size;

        if (covered > f->data_size)
                return diag_error(diag, -EBADMSG,
                                  "%s ends before the %" PRIu64 " blocks that the tree covers",
                                  names[0], area->params.data_blocks);
        if (covered < f->data_size && !f->same && s->params.data_blocks == 0)
                diag_warning(diag, "the last %" PRIu64 " bytes of %s are not covered by the tree",
                             f->data_size - covered, names[0]);
        return 0;
}

static int open_area(const Settings *s, char *names[], Files *f, Area *area, Diag *diag) {
        int r = files_open(f, names[0], names[1], O_RDONLY, diag);

        if (r == 0)
                r = files_params(s, names[1], f->hash, &area->params, diag);
        if (r < 0)
                return r;
        if (s->no_superblock && area->params.data_blocks == 0 && area->params.data_block_size > 0)
                area->params.data_blocks = f->data_size / area->params.data_block_size;
        r = superblock_check(&area->params, diag);
        if (r == 0)
                r = area_init(
                        area,
                        tree_start(s->hash_offset, area->params.hash_block_size, !s->no_superblock),
                        diag);
        if (r == 0)
                r = check_sizes(f, names, area, s, diag);
        area->data = f->data;
        area->hash = f->hash;
        return r;
}

static int verify(const Settings *s, char *names[], const char *root_text, Diag *diag) {
        Files f _cleanup_(files_done) = FILES_INIT;
        CheckResult result _cleanup_(check_result_done) = { 0 };
        static char word[] = "verifying";
        uint8_t root[DIGEST_MAX];
        Area area = { 0 };
        int r = open_area(s, names, &f, &area, diag);

        if (r == 0)
                r = take_root(s, root_text, area.digest_size, root, diag);
        if (r < 0)
                return r;
        r = check_image(&area, root, progress_for(s), word, &result);
        progress_end(s);
        if (r < 0)
                return diag_error(diag, r, "checking %s: %s", names[0], strerror(-r));
        return report(s, &result, &area);
}

int svverity_verify(int argc, char *argv[], void *context) {
        Diag diag _cleanup_(diag_done) = { 0 };
        int r = verify(context, argv + 1, argc > 3 ? argv[3] : NULL, &diag);

        return svverity_complain(&diag, r < 0 ? EXIT_FAILED : r);
}

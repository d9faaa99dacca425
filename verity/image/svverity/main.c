/*
 * svverity: makes and checks the hash trees of dm-verity. A verb is a row of the
 * table here and a file of its own.
 */
#include <inttypes.h>
#include <string.h>
#include <uuid.h>

#include "base/hex.h"
#include "base/number.h"
#include "base/program.h"
#include "base/text.h"
#include "verity/image/svverity/svverity.h"

enum {
        OPT_JSON = 1,
        OPT_QUIET,
        OPT_HASH,
        OPT_SALT,
        OPT_UUID,
        OPT_FORMAT,
        OPT_DATA_BLOCK_SIZE,
        OPT_HASH_BLOCK_SIZE,
        OPT_DATA_BLOCKS,
        OPT_HASH_OFFSET,
        OPT_NO_SUPERBLOCK,
        OPT_ROOT_HASH_FILE,
};

/* clang-format off */
static const Option options[] = {
        OPTION_STANDARD_ROWS,
        { "json", 0, NULL, "print JSON", OPT_JSON },
        { "quiet", 'q', NULL, "show no progress", OPT_QUIET },
        { "hash", 0, "ALGORITHM", "hash algorithm (default sha256)", OPT_HASH },
        { "salt", 's', "HEX", "salt, \"-\" for none (format: random otherwise)", OPT_SALT },
        { "uuid", 0, "UUID", "format: UUID of the header (otherwise made of the root hash)", OPT_UUID },
        { "format", 0, "TYPE", "1 (default), or 0: the salt comes last, as on Chrome OS", OPT_FORMAT },
        { "data-block-size", 0, "BYTES", "default 4096", OPT_DATA_BLOCK_SIZE },
        { "hash-block-size", 0, "BYTES", "default 4096", OPT_HASH_BLOCK_SIZE },
        { "data-blocks", 0, "N", "only so many blocks of the data (default: all)", OPT_DATA_BLOCKS },
        { "hash-offset", 0, "BYTES", "where in HASH the header begins (default 0)", OPT_HASH_OFFSET },
        { "no-superblock", 0, NULL, "there is no header; the options say all", OPT_NO_SUPERBLOCK },
        { "root-hash-file", 0, "FILE", "format: write the root hash there; verify: read it", OPT_ROOT_HASH_FILE },
};

static const Verb verbs[] = {
        { "dump", "HASH", 1, 1, "show what the header says", svverity_dump },
        { "format", "DATA HASH", 2, 2, "make the hash tree of DATA in HASH", svverity_format },
        { "verify", "DATA HASH [ROOT-HASH]", 2, 3, "check every block, and name the damaged ones", svverity_verify },
};
/* clang-format on */

static int take_algorithm(const char *value, Settings *s, Diag *diag) {
        if (!*value || strlen(value) >= sizeof s->params.algorithm)
                return diag_error(diag, -EINVAL,
                                  "\"%s\" is no hash algorithm; use for example sha256", value);
        snprintf(s->params.algorithm, sizeof s->params.algorithm, "%s", value);
        s->algorithm_set = true;
        return 0;
}

static int take_salt(const char *value, Settings *s, Diag *diag) {
        int n = text_eq(value, "-") ? 0 : hex_parse(value, s->params.salt, sizeof s->params.salt);

        if (n < 0)
                return diag_error(
                        diag, n,
                        "a salt is up to %zu bytes in hexadecimal digits, or \"-\" for none",
                        sizeof s->params.salt);
        s->params.salt_size = (uint16_t)n;
        s->salt_set = true;
        return 0;
}

static int take_uuid(const char *value, Settings *s, Diag *diag) {
        if (uuid_parse(value, s->params.uuid) < 0)
                return diag_error(diag, -EINVAL,
                                  "\"%s\" is no UUID; they look like "
                                  "0f5a7c3e-8d0b-4c55-9b7f-2a2f8e6d1c04",
                                  value);
        s->uuid_set = true;
        return 0;
}

static int take_number(const char *value, uint64_t *ret, Diag *diag) {
        if (number_parse_u64(value, 10, ret) < 0)
                return diag_error(diag, -EINVAL, "\"%s\" is no number", value);
        return 0;
}

static int take_size(const char *value, uint32_t *ret, Settings *s, Diag *diag) {
        static const OptionRange range = { VERITY_BLOCK_SIZE_MIN, VERITY_BLOCK_SIZE_MAX };

        s->sizes_set = true;
        return option_take_number(value, range, ret, diag);
}

static int take_type(const char *value, Settings *s, Diag *diag) {
        s->type_set = true;
        return option_take_number(value, (OptionRange){ 0, 1 }, &s->params.hash_type, diag);
}

static int take_option(int id, const char *value, void *context, Diag *diag) {
        Settings *s = context;

        switch (id) {
        case OPT_JSON:
                s->json = true;
                return 0;
        case OPT_QUIET:
                s->quiet = true;
                return 0;
        case OPT_HASH:
                return take_algorithm(value, s, diag);
        case OPT_SALT:
                return take_salt(value, s, diag);
        case OPT_UUID:
                return take_uuid(value, s, diag);
        case OPT_FORMAT:
                return take_type(value, s, diag);
        case OPT_DATA_BLOCK_SIZE:
                return take_size(value, &s->params.data_block_size, s, diag);
        case OPT_HASH_BLOCK_SIZE:
                return take_size(value, &s->params.hash_block_size, s, diag);
        case OPT_DATA_BLOCKS:
                return take_number(value, &s->params.data_blocks, diag);
        case OPT_HASH_OFFSET:
                return take_number(value, &s->hash_offset, diag);
        case OPT_NO_SUPERBLOCK:
                s->no_superblock = true;
                return 0;
        case OPT_ROOT_HASH_FILE:
                s->root_hash_file = value;
                return 0;
        default:
                assert(false);
                return -EINVAL;
        }
}

static const Program program = {
        .name = "svverity",
        .usage = "[OPTION]... VERB [ARGUMENT]...",
        .summary = "Make and check the hash trees that dm-verity verifies images with",
        .manual = "svverity(8)",
        .options = { options, ARRAY_SIZE(options), take_option, false },
        .verbs = { verbs, ARRAY_SIZE(verbs) },
};

int svverity_complain(const Diag *diag, int status) {
        fflush(stdout); /* keeps the order where both streams go to one place */
        diag_print(diag, 0, program.name, stderr);
        return status;
}

int main(int argc, char *argv[]) {
        Settings settings = { .params = { .hash_type = 1,
                                          .algorithm = "sha256",
                                          .data_block_size = VERITY_BLOCK_SIZE_MAX,
                                          .hash_block_size = VERITY_BLOCK_SIZE_MAX } };

        return program_main(&program, argc, argv, &settings);
}

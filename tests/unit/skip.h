/*
 * A test that cannot ask its question here says why: tests/count.py shows the
 * reason with the sum. To be included behind cmocka.h.
 */
#pragma once

#define skip_because(reason)                            \
        do {                                            \
                print_message("skipped: " reason "\n"); \
                skip();                                 \
        } while (0)

/*
 * vm-verdict [--stay] STATUS: says how the test went, from any process of the machine that may use
 * the device nodes in /vm. The host ends the machine then, and exits with STATUS; with --stay the
 * machine goes on, and STATUS counts if it powers itself off in the end.
 */
#include <stdio.h>
#include <string.h>

#include "base/number.h"
#include "tests/vm/guest/ports.h"

int main(int argc, char *argv[]) {
        bool stay = argc == 3 && strcmp(argv[1], "--stay") == 0;
        uint32_t status;
        int r;

        if (argc != 2 + stay || number_parse_u32(argv[argc - 1], 10, &status) < 0 || status > 255) {
                fprintf(stderr, "usage: vm-verdict [--stay] STATUS\n");
                return 2;
        }
        r = port_send_verdict("%s %u", stay ? "stay" : "exit", status);
        if (r < 0) {
                fprintf(stderr, "vm-verdict: %s: %s\n", PORT_VERDICT, strerror(-r));
                return 1;
        }
        return 0;
}

"""A hardware watchdog for the test machines. Debian's kernel for clouds has no driver for those that
the emulator calls watchdogs, but one for whatever an ACPI table "WDAT" describes; and the chip set
that is emulated has a watchdog timer of its own, "TCO". So this is the table that describes it.

Registers and their meaning: Intel's I/O Controller Hub 9 data sheet, 13.9. The table: Microsoft's
"Hardware Watchdog Timers Design Specification"."""
import struct

MODULE = 'wdat_wdt'
# The chip resets the machine when its counter reached zero twice, at one count in 0.6 s.
PERIOD_MS, MOST_COUNTS, FEWEST_COUNTS = 1200, 0x3ff, 2
# Where the firmware puts the registers: (address space, bits, its code for that width, address).
RELOAD, STATUS2, CONTROL1, TIMER = ((1, 16, 2, address) for address in (0x660, 0x666, 0x668, 0x672))
CONFIGURATION = (0, 32, 3, 0xfed1f410)
COUNTER, SECOND_TIMEOUT, HALT, NO_REBOOT = 0x3ff, 0x2, 0x800, 0x20

READ_VALUE, READ_COUNT, WRITE_VALUE, WRITE_COUNT, KEEP_OTHERS = 0, 1, 2, 3, 0x80
ACTIONS = [
    # action, instruction, register, value, mask
    (1, WRITE_VALUE, RELOAD, 1, COUNTER),                        # start again from the countdown
    (5, READ_COUNT, TIMER, 0, COUNTER),                          # the countdown
    (6, WRITE_COUNT, TIMER, 0, COUNTER),
    (9, WRITE_VALUE | KEEP_OTHERS, CONFIGURATION, 0, NO_REBOOT), # run
    (9, WRITE_VALUE | KEEP_OTHERS, CONTROL1, 0, HALT),
    (10, READ_VALUE, CONTROL1, HALT, HALT),                      # is it stopped
    (11, WRITE_VALUE | KEEP_OTHERS, CONTROL1, HALT, HALT),       # stop
    (32, READ_VALUE, STATUS2, SECOND_TIMEOUT, SECOND_TIMEOUT),   # did it reset the machine
    (33, WRITE_VALUE, STATUS2, SECOND_TIMEOUT, SECOND_TIMEOUT),  # forget that
]


def table():
    """What follows the header of the table, which the emulator writes."""
    no_pci = (0xff, 0xff, 0xff, 0xff)
    body = struct.pack('<IHBBB3xIIIB3xI', 32, *no_pci, PERIOD_MS, MOST_COUNTS, FEWEST_COUNTS, 1, len(ACTIONS))
    for action, instruction, (space, bits, width, address), value, mask in ACTIONS:
        body += struct.pack('<BBxxBBBBQII', action, instruction, space, bits, 0, width, address, value, mask)
    return body


def emulator_arguments(file):
    """FILE is open, and holds the table."""
    return ['-acpitable', f'sig=WDAT,rev=1,data=/dev/fd/{file.fileno()}', '-global', 'ICH9-LPC.noreboot=false']

/*
 * The sections of unit files, systemd.unit(5) and the pages of each kind of unit.
 */
#pragma once

/* Sections, as bits: the settings of systemd.exec(5) belong to four of them. */
typedef enum Section {
        SECTION_UNIT = 1 << 0,
        SECTION_INSTALL = 1 << 1,
        SECTION_SERVICE = 1 << 2,
        SECTION_SOCKET = 1 << 3,
        SECTION_MOUNT = 1 << 4,
        SECTION_SWAP = 1 << 5,
        SECTION_AUTOMOUNT = 1 << 6,
        SECTION_TIMER = 1 << 7,
        SECTION_PATH = 1 << 8,
        SECTION_SLICE = 1 << 9,
        SECTION_SCOPE = 1 << 10,
        SECTION_INTERNAL = 1 << 11, /* of our own programs among each other */
        SECTION_LAST = SECTION_INTERNAL,

        SECTIONS_EXEC = SECTION_SERVICE | SECTION_SOCKET | SECTION_MOUNT | SECTION_SWAP,
        SECTIONS_KILL = SECTIONS_EXEC | SECTION_SCOPE,
        SECTIONS_RESOURCE = SECTIONS_EXEC | SECTION_SLICE | SECTION_SCOPE,
} Section;

/* "[Service]" -> SECTION_SERVICE from "Service"; 0 where unknown. "X-..." sections are 0, too, but
 * for SECTION_INTERNAL. */
unsigned section_from_name(const char *name);

/* The section whose name is most like the unknown NAME, or NULL. */
const char *section_nearest(const char *name);
const char *section_name(Section s);

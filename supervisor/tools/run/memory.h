/*
 * Memory that is certain to be used, brought in by a few system calls rather than a page fault for
 * each page. For speed alone: where it fails, the faults come.
 */
#pragma once

/* For the runner, right after the fork: its own copy of what it will write, and the code that it
 * will run, which a fork leaves out. */
void memory_bring_in(void);

/*
 * The control group and the device program that PrivateDevices= asks for, by
 * just the system calls that they need.
 */
#pragma once

/* Makes the group PATH, with a program that allows what the real one does, and returns its fd. */
int device_group_make(const char *path);

/* The calling process enters it. */
void device_group_enter(int group);

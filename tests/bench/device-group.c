/*
 * The program has as many instructions as that of DevicePolicy=closed: ten
 * rules of about eight.
 */
#include "tests/bench/device-group.h"

#include <fcntl.h>
#include <linux/bpf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/macro.h"

enum { FILLING = 80 };

static int need(int result, const char *what) {
        if (result >= 0)
                return result;
        perror(what);
        exit(EXIT_FAILURE);
}

static int bpf(int command, union bpf_attr *attr) {
        return (int)syscall(SYS_bpf, command, attr, sizeof(*attr));
}

static int load(void) {
        struct bpf_insn program[FILLING + 2];
        union bpf_attr attr = { .prog_type = BPF_PROG_TYPE_CGROUP_DEVICE };

        for (size_t i = 0; i <= FILLING; i++)
                program[i] = (struct bpf_insn){ .code = BPF_ALU | BPF_MOV | BPF_K, .imm = 1 };
        program[FILLING + 1] = (struct bpf_insn){ .code = BPF_JMP | BPF_EXIT };
        attr.insns = (uintptr_t)program;
        attr.insn_cnt = ARRAY_SIZE(program);
        attr.license = (uintptr_t) "";
        return need(bpf(BPF_PROG_LOAD, &attr), "device program");
}

int device_group_make(const char *path) {
        union bpf_attr attr = { 0 };
        int group, program = load();

        need(mkdir(path, 0755), path);
        group = need(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), path);
        attr.target_fd = (uint32_t)group;
        attr.attach_bpf_fd = (uint32_t)program;
        attr.attach_type = BPF_CGROUP_DEVICE;
        attr.attach_flags = BPF_F_ALLOW_MULTI;
        need(bpf(BPF_PROG_ATTACH, &attr), "attaching the device program");
        close(program);
        return group;
}

void device_group_enter(int group) {
        int fd = need(openat(group, "cgroup.procs", O_WRONLY | O_CLOEXEC), "cgroup.procs");

        need((int)write(fd, "0", 1), "cgroup.procs");
        close(fd);
}

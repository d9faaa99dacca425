/*
 * Memory and a handler for programs that outlive their faults. The memory is
 * sealed: nobody who has its descriptor can make it smaller under the program.
 */
#include "base/lasting.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

enum { STACK_SIZE = 32768, SEALS = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL };

static void *map(int fd, size_t size) {
        void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

        return memory == MAP_FAILED ? NULL : memory;
}

void *lasting_new(size_t size, int *ret_fd) {
        _cleanup_fd_ int fd = memfd_create("lasting", MFD_CLOEXEC | MFD_ALLOW_SEALING);
        void *memory;

        if (fd < 0 || ftruncate(fd, (off_t)size) < 0 || fcntl(fd, F_ADD_SEALS, SEALS) < 0)
                return NULL;
        memory = map(fd, size);
        if (memory)
                *ret_fd = TAKE_FD(fd);
        return memory;
}

void *lasting_map(int fd, size_t size) {
        struct stat st;

        if (fcntl(fd, F_GET_SEALS) != SEALS || fstat(fd, &st) < 0 || st.st_size != (off_t)size)
                return NULL;
        return map(fd, size);
}

int lasting_catch(void (*handler)(int)) {
        static const int fatal[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGSYS, SIGTRAP };
        static char stack[STACK_SIZE];
        struct sigaction action = { .sa_handler = handler, .sa_flags = SA_ONSTACK };
        sigset_t blocked;

        if (sigaltstack(&(stack_t){ .ss_sp = stack, .ss_size = sizeof(stack) }, NULL) < 0)
                return -errno;
        sigfillset(&action.sa_mask);
        sigfillset(&blocked);
        for (size_t i = 0; i < ARRAY_SIZE(fatal); i++) {
                sigdelset(&blocked, fatal[i]);
                if (sigaction(fatal[i], &action, NULL) < 0)
                        return -errno;
        }
        return sigprocmask(SIG_SETMASK, &blocked, NULL) < 0 ? -errno : 0;
}

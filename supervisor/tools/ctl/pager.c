/*
 * A child that reads a pipe. Its command is split at spaces; no shell sees it.
 */
#include "supervisor/tools/ctl/pager.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/terminal.h"
#include "base/text.h"

enum { WORDS_MAX = 16 };

static _noreturn_ void become_pager(int input, const char *command) {
        _cleanup_free_ char *copy = strdup(command);
        char *words[WORDS_MAX + 1] = { 0 }, *left = copy, *word;
        size_t n = 0;

        while (n < WORDS_MAX && (word = strsep(&left, WHITESPACE)))
                if (*word)
                        words[n++] = word;
        setenv("LESS", "FRSXMK", 0);
        setenv("LESSSECURE", "1", 0); /* else it starts shells, with our rights */
        if (dup2(input, STDIN_FILENO) >= 0 && n > 0)
                execvp(words[0], words);
        /* cat(1), in a few words */
        for (char block[4096];;) {
                ssize_t got = read(input, block, sizeof(block));

                if (got <= 0 || fd_write_all(STDOUT_FILENO, block, (size_t)got) < 0)
                        _exit(0);
        }
}

pid_t pager_begin(const CtlSettings *s) {
        const char *command = getenv("PAGER");
        _cleanup_fd_ int input = -EBADF, output = -EBADF;
        int ends[2];
        pid_t child;

        if (s->no_pager || s->json || !terminal_is(STDOUT_FILENO) ||
            (command && text_eq(command, "")))
                return 0;
        if (pipe2(ends, O_CLOEXEC) < 0)
                return 0;
        input = ends[0];
        output = ends[1];
        fflush(stdout);
        child = fork();
        if (child == 0) {
                fd_close(TAKE_FD(output)); /* else its input would never end */
                become_pager(input, command ? command : "less");
        }
        if (child < 0 || dup2(output, STDOUT_FILENO) < 0)
                return 0;
        return child;
}

void pager_end(pid_t pager) {
        _cleanup_fd_ int null = -EBADF;

        if (pager <= 0)
                return;
        fflush(stdout);
        /* the pager sees the end of its input, and the number stays taken */
        null = open("/dev/null", O_WRONLY | O_CLOEXEC);
        if (null < 0 || dup2(null, STDOUT_FILENO) < 0)
                close(STDOUT_FILENO);
        while (waitpid(pager, NULL, 0) < 0 && errno == EINTR)
                ;
}

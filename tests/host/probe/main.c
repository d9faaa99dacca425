/*
 * Takes the verbs of the command line in their order and answers each; what the answers mean is
 * said in probe.h. Exits with 0 when every verb was understood, whatever its answer was, so that
 * "the sandbox forbids it" and "the test is wrong" are never mixed up.
 */
#include <ctype.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/number.h"
#include "tests/host/probe/probe.h"

static const ProbeVerb *const tables[] = {
        probe_process_verbs, probe_user_verbs,    probe_file_verbs,
        probe_mount_verbs,   probe_network_verbs, probe_system_verbs,
};

void probe_say(const char *key, const char *part, const char *format, ...) {
        char value[8192];
        va_list ap;

        va_start(ap, format);
        vsnprintf(value, sizeof(value), format, ap);
        va_end(ap);
        printf("%s%s%s=", key, part ? "." : "", part ? part : "");
        for (const char *p = value; *p; p++)
                printf(iscntrl((unsigned char)*p) || *p == '\\' ? "\\x%02x" : "%c",
                       (unsigned char)*p);
        putchar('\n');
        fflush(stdout);
}

void probe_say_result(const char *key, const char *part, int r) {
        const char *name = r >= 0 ? "ok" : strerrorname_np(-r);

        if (r <= PROBE_KILLED)
                probe_say(key, part, "signal %d", PROBE_KILLED - r);
        else
                probe_say(key, part, "%s", name ? name : "unknown error");
}

int probe_in_child(int (*attempt)(const char *argument), const char *argument) {
        int status;
        pid_t pid;

        fflush(stdout);
        pid = fork();
        if (pid < 0)
                return -errno;
        if (pid == 0)
                _exit(-attempt(argument));
        while (waitpid(pid, &status, 0) < 0)
                if (errno != EINTR)
                        return -errno;
        return WIFSIGNALED(status) ? PROBE_KILLED - WTERMSIG(status) : -WEXITSTATUS(status);
}

int probe_number(const char *text) {
        int n;

        if (number_parse_int(text, &n) < 0) {
                fprintf(stderr, "probe: \"%s\" is neither a known word nor a number\n", text);
                exit(2);
        }
        return n;
}

int probe_word(const ProbeWord *table, const char *name) {
        for (; table->name; table++)
                if (strcmp(table->name, name) == 0)
                        return table->value;
        return probe_number(name);
}

int probe_read(const char *path, char *buffer, size_t size) {
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        size_t length = 0;
        ssize_t n;
        int r;

        if (fd < 0)
                return -errno;
        while ((n = read(fd, buffer + length, size - 1 - length)) > 0)
                length += (size_t)n;
        r = n < 0 ? -errno : (int)length;
        buffer[length] = '\0';
        close(fd);
        return r;
}

static const ProbeVerb *find(const char *name, size_t length) {
        for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
                for (const ProbeVerb *v = tables[i]; v->name; v++)
                        if (strlen(v->name) == length && strncmp(v->name, name, length) == 0)
                                return v;
        return NULL;
}

static bool takes(const ProbeVerb *v, const char *argument) {
        return v->argument == PROBE_MAY_HAVE_ARGUMENT ||
               (v->argument == PROBE_NEEDS_ARGUMENT) == (argument != NULL);
}

static void help(void) {
        static const char *const shape[] = { [PROBE_NO_ARGUMENT] = "",
                                             [PROBE_MAY_HAVE_ARGUMENT] = "[:X]",
                                             [PROBE_NEEDS_ARGUMENT] = ":X" };

        printf("usage: probe VERB[:ARGUMENT]...\n\n");
        printf("  %-18s make the attempt VERB in a child, and tell if a signal ended it\n",
               "child:VERB");
        for (size_t i = 0; i < ARRAY_SIZE(tables); i++)
                for (const ProbeVerb *v = tables[i]; v->name; v++)
                        printf("  %s%-*s %s\n", v->name, (int)(18 - strlen(v->name)),
                               shape[v->argument], v->help);
}

/* Answers one word of the command line. Returns false when it is no verb. */
static bool answer(const char *word) {
        static const char child[] = "child:";
        bool in_child = strncmp(word, child, strlen(child)) == 0;
        const char *verb = in_child ? word + strlen(child) : word;
        const char *colon = strchr(verb, ':');
        const char *argument = colon ? colon + 1 : NULL;
        const ProbeVerb *v = find(verb, colon ? (size_t)(colon - verb) : strlen(verb));

        if (!v || !takes(v, argument) || (in_child && !v->attempt))
                return false;
        if (v->report)
                v->report(word, argument);
        else if (in_child || v->in_child)
                probe_say_result(word, NULL, probe_in_child(v->attempt, argument));
        else
                probe_say_result(word, NULL, v->attempt(argument));
        return true;
}

int main(int argc, char *argv[]) {
        if (argc == 2 && strcmp(argv[1], "--help") == 0) {
                help();
                return 0;
        }
        for (int i = 1; i < argc; i++)
                if (!answer(argv[i])) {
                        fprintf(stderr, "probe: \"%s\" is no verb, or lacks its argument\n",
                                argv[i]);
                        return 2;
                }
        return 0;
}

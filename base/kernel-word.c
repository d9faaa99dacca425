/*
 * Words of the kernel's command line. White space within double quotes does not
 * end a word; the quotes stand around the value or around the whole word.
 */
#include "base/kernel-word.h"

#include <fcntl.h>

#include "base/file.h"
#include "base/text.h"

/* Cuts the next word out of *TEXT and takes its quotes away. NULL: there is none. */
static char *next_word(char **text) {
        char *word = *text + strspn(*text, WHITESPACE), *from = word, *to = word;
        bool quoted = false;

        if (!*word)
                return NULL;
        for (; *from && (quoted || !strchr(WHITESPACE, *from)); from++) {
                if (*from == '"')
                        quoted = !quoted;
                else
                        *to++ = *from;
        }
        *text = *from ? from + 1 : from;
        *to = '\0';
        return word;
}

bool kernel_word_in(char *text, const char *key, char *value, size_t size) {
        bool found = false;

        for (const char *word; (word = next_word(&text));) {
                const char *after = text_after(word, key);

                if (!after || *after != '=' || strlen(after) > size)
                        continue;
                memcpy(value, after + 1, strlen(after));
                found = true;
        }
        return found;
}

bool kernel_word(const char *key, char *value, size_t size) {
        char text[KERNEL_WORD_MAX];

        return file_read_start_at(AT_FDCWD, "/proc/cmdline", text, sizeof(text)) >= 0 &&
               kernel_word_in(text, key, value, size);
}

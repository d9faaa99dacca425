/*
 * Taking a syslog message apart from its beginning. A part that does not look like what it should
 * be belongs to the message, so nothing that was written gets lost.
 */
#include "supervisor/log/syslog-message.h"

#include <string.h>

enum { PRIORITY_DEFAULT = 5, PRIORITY_DIGITS = 3 };

static bool is_digit(char c) {
        return c >= '0' && c <= '9';
}

/* "<13>" */
static size_t skip_priority(const char *s, size_t n, int *ret) {
        int value = 0;
        size_t i = 1;

        if (n < 3 || s[0] != '<')
                return 0;
        for (; i < n && i <= PRIORITY_DIGITS && is_digit(s[i]); i++)
                value = value * 10 + (s[i] - '0');
        if (i == 1 || i >= n || s[i] != '>' || value > 191)
                return 0;
        *ret = value & 7;
        return i + 1;
}

/* "Nov 24 22:42:10 " or "Nov  4 22:42:10 "; the record has a time of its own. */
static size_t skip_timestamp(const char *s, size_t n) {
        static const char form[] = "Aaa Dd dd:dd:dd ";
        static const size_t length = sizeof(form) - 1;

        if (n < length)
                return 0;
        for (size_t i = 0; i < length; i++) {
                char c = s[i];
                bool fits = form[i] == c;

                if (form[i] == 'd')
                        fits = is_digit(c);
                else if (form[i] == 'D')
                        fits = is_digit(c) || c == ' ';
                else if (form[i] == 'A')
                        fits = c >= 'A' && c <= 'Z';
                else if (form[i] == 'a')
                        fits = c >= 'a' && c <= 'z';
                if (!fits)
                        return 0;
        }
        return length;
}

/* Without "[123]" at its end. */
static size_t without_pid(const char *word, size_t n) {
        size_t i = n;

        if (i < 3 || word[i - 1] != ']')
                return n;
        for (i--; i > 0 && is_digit(word[i - 1]); i--)
                ;
        return i > 1 && i < n - 1 && word[i - 1] == '[' ? i - 1 : n;
}

/* "TAG[PID]: " or "TAG: ". The colon tells a tag from the first word of a message. */
static size_t skip_tag(const char *s, size_t n, char *ret, size_t room) {
        size_t end = 0, length;

        while (end < n && s[end] != ' ' && s[end] != '\t' && s[end] != '\n')
                end++;
        if (end < 2 || s[end - 1] != ':')
                return 0;
        length = MIN_OF(without_pid(s, end - 1), room - 1);
        memcpy(ret, s, length);
        ret[length] = '\0';
        return end < n && s[end] == ' ' ? end + 1 : end;
}

static size_t without_end(const char *s, size_t n) {
        while (n > 0 && (s[n - 1] == '\n' || s[n - 1] == '\0'))
                n--;
        return n;
}

void syslog_message_parse(const char *data, size_t n, SyslogMessage *ret) {
        size_t i;

        *ret = (SyslogMessage){ .priority = PRIORITY_DEFAULT };
        n = without_end(data, n);
        i = skip_priority(data, n, &ret->priority);
        i += skip_timestamp(data + i, n - i);
        while (i < n && data[i] == ' ')
                i++;
        i += skip_tag(data + i, n - i, ret->identifier, sizeof(ret->identifier));
        ret->text = data + i;
        ret->length = n - i;
}

/* Finding marks and the numbers behind them in what was delivered. */

#ifndef MARKS_H
#define MARKS_H

#include <stdint.h>
#include <string.h>

/* Where a mark stands. All readers get the same bytes, so it is mostly where it was before. */
static const unsigned char *found(const char *mark, const unsigned char *text, size_t size,
                                  size_t *hint)
{
    size_t length = strlen(mark);
    if (*hint + length <= size && !memcmp(text + *hint, mark, length))
        return text + *hint + length;
    const unsigned char *at = memmem(text, size, mark, length);
    if (!at)
        return NULL;
    *hint = (size_t)(at - text);
    return at + length;
}

/* A number after a mark, past quotes, colons and backslashes; -1 if there is none. */
static int64_t number_at(const unsigned char *at, const unsigned char *end)
{
    while (at < end && strchr("\\\": ", *at) && *at)
        at++;
    int64_t number = 0;
    const unsigned char *first = at;
    for (; at < end && at - first < 19 && *at >= '0' && *at <= '9'; at++)
        number = number * 10 + (*at - '0');
    return at == first ? -1 : number;
}

#endif

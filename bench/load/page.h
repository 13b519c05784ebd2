/* Fetching the page before its socket, as a browser does: a connection of its own, and from the
   page the position and the epoch that the socket goes on from. */

#ifndef PAGE_H
#define PAGE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "marks.h"
#include "reader.h"
#include "wanted.h"

enum { SEAM = 512 }; /* bytes of the last read kept, so that no mark is cut in two */

static void ask_for_page(struct reader *r)
{
    char request[2048];
    int size = snprintf(request, sizeof request,
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept: text/html\r\n"
        "Accept-Encoding: identity\r\nSec-Fetch-Site: none\r\nSec-Fetch-Mode: navigate\r\n\r\n",
        want.page, want.port);
    struct epoll_event event = {EPOLLIN, {.ptr = r}};
    epoll_ctl(poll_fd, EPOLL_CTL_MOD, r->fd, &event);
    r->stage = PAGING;
    r->page_left = -1;
    give(r, request, (size_t)size);
}

static void take_epoch(struct reader *r, const unsigned char *at, const unsigned char *end)
{
    const unsigned char *quote = memchr(at, '"', (size_t)(end - at));
    if (quote && (size_t)(quote - at) < sizeof r->epoch) {
        memcpy(r->epoch, at, (size_t)(quote - at));
        r->epoch[quote - at] = 0;
    }
}

/* Reads on; true when the page is whole. Of what was read only the seam is kept. */
static bool take_page(struct reader *r, unsigned char *at, size_t have, size_t got)
{
    static size_t position_hint, epoch_hint;
    if (r->page_left < 0) {
        unsigned char *end = memmem(at, have, "\r\n\r\n", 4);
        unsigned char *length = memmem(at, have, "content-length: ", 16);
        if (!end && have < MOST_HEAD)
            goto keep;
        int status = have > 12 ? atoi((char *)at + 9) : 0;
        if (status != 200 || !end || !length) {
            statuses[status > 0 && status < 1000 ? status : 0]++;
            part(r, 0);
            return false;
        }
        r->page_left = atol((char *)length + 16) - (long)(have - (size_t)(end + 4 - at));
        page_bytes = (long)(end + 4 - at) + atol((char *)length + 16);
    } else
        r->page_left -= (long)got;
    const unsigned char *mark = found("data-position=\"", at, have, &position_hint);
    if (mark && r->after < 0)
        r->after = (long)number_at(mark, at + have);
    mark = found("data-epoch=\"", at, have, &epoch_hint);
    if (mark && !*r->epoch)
        take_epoch(r, mark, at + have);
    if (r->page_left <= 0)
        return true;
keep:;
    size_t kept = r->page_left < 0 || have < SEAM ? have : SEAM;
    r->rest = realloc(r->rest, kept);
    memcpy(r->rest, at + have - kept, kept);
    r->rest_size = kept;
    return false;
}

#endif

/* One reader: its socket, how far it has come, and what it says itself. */

#ifndef READER_H
#define READER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tally.h"

enum stage { UNUSED, CONNECTING, PAGING, SHAKING, WAITING, OPEN, GONE };
enum { MOST_HEAD = 1 << 14 };

struct reader {
    int fd;
    enum stage stage;
    long position;
    long compressed; /* frames that came so */
    unsigned char *rest; /* the beginning of a frame that has not come whole */
    size_t rest_size;
    int number;
    bool paged; /* it has its page, or was to have none */
    int64_t came_ns;
    long page_left; /* bytes; -1 until its head has come */
    long after;     /* the page's position, -1 without one */
    char epoch[40];
};

static struct reader *readers;
static struct tally tally, visits;
static long page_bytes;
static int poll_fd, begun, ready, failed, in_progress, open_now, statuses[1000];

static int64_t now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void part(struct reader *r, int code)
{
    struct linger at_once = {1, 0}; /* a reset: thousands of ports must not wait for a minute */
    if (r->stage == OPEN) {
        open_now--;
        tally.closed[code > 0 && code < 5000 ? code : 1006]++;
    } else {
        in_progress--;
        failed++;
    }
    setsockopt(r->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(r->fd);
    free(r->rest);
    r->rest = NULL;
    r->rest_size = 0;
    r->stage = GONE;
}

static void become_ready(struct reader *r)
{
    r->stage = OPEN;
    in_progress--;
    ready++;
    open_now++;
    count_delivery(&visits, r->came_ns, now_ns());
}

static void give(struct reader *r, const void *data, size_t size)
{
    if (send(r->fd, data, size, MSG_NOSIGNAL) != (ssize_t)size)
        part(r, 1006);
}

/* A masked frame (RFC 6455, 5.3) of at most 125 bytes; a mask of zeros changes nothing. */
static void give_frame(struct reader *r, int opcode, const void *payload, size_t size)
{
    unsigned char frame[6 + 125] = {(unsigned char)(0x80 | opcode), (unsigned char)(0x80 | size)};
    memcpy(frame + 6, payload, size);
    give(r, frame, 6 + size);
}

#endif

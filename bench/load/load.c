/* Many readers in one process: opens WebSockets on the loopback and times what they are sent.

   load --port P --path /… --origin URL --sockets N [--sources S] [--at-once W] [--within SECONDS]
        [--page /…] [--hello TEXT] [--expect PREFIX] [--deflate]

   A socket counts as ready once the handshake is done, and, with --expect, once a text frame
   that begins so has come; --hello is sent after the handshake. When all are ready, or have
   failed, one line of JSON says how many, and how long each took. With --page every one of them
   first fetches that page over a connection of its own, and opens its socket from the position
   and the epoch that stand in it. From then on it obeys lines on standard input:

     reset           count from nothing
     await N MS      a line of JSON as soon as N deliveries are counted, or after MS milliseconds
     (end of input)  leave

   A delivery is a text frame that holds "sent=" and 19 digits, the sender's CLOCK_REALTIME in
   nanoseconds. A frame may hold "position" and a number, and "since" and another: then it is
   checked that every socket gets each next number once; since is the number before it, and
   without one there are no gaps. A short frame with a position is a heartbeat. With
   --deflate compression is offered as browsers do, and what came so is read (inflate.h). */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <unistd.h>

#include "handshake.h"
#include "inflate.h"
#include "marks.h"
#include "page.h"
#include "reader.h"
#include "wanted.h"

enum { MOST_READ = 1 << 18, MOST_FRAME = 1 << 20, SHORT_FRAME = 64 };

static unsigned char in[MOST_READ + MOST_FRAME];

static void check_order(struct reader *r, const unsigned char *text, size_t size)
{
    static size_t hint, since_hint;
    const unsigned char *at = found("position", text, size, &hint);
    long position = at ? (long)number_at(at, text + size) : -1;
    if (position < 0)
        return;
    at = found("\"since\":", text, size, &since_hint);
    long since = at ? (long)number_at(at, text + size) : position - 1;
    if (size <= SHORT_FRAME)
        tally.heartbeats++;
    else if (r->position >= 0 && position <= r->position)
        tally.duplicated++;
    if (r->position >= 0 && since > r->position)
        tally.missing += since - r->position;
    if (position > r->position)
        r->position = position;
}

static void on_text(struct reader *r, const unsigned char *text, size_t size)
{
    static size_t hint;
    if (size == 1 && *text == '2') { /* Engine.IO's ping */
        give_frame(r, 1, "3", 1);
        return;
    }
    check_order(r, text, size);
    if (r->stage == WAITING) {
        if (size >= strlen(want.expect) && !memcmp(text, want.expect, strlen(want.expect)))
            become_ready(r);
        return;
    }
    const unsigned char *at = found("sent=", text, size, &hint);
    int64_t sent = at ? number_at(at, text + size) : -1;
    if (sent > 1000000000000000000LL)
        count_delivery(&tally, sent, now_ns());
}

static void on_frame(struct reader *r, int first, const unsigned char *payload, size_t size)
{
    switch (first & 0x0f) {
    case 8:
        part(r, size >= 2 ? payload[0] << 8 | payload[1] : 1005);
        return;
    case 9:
        tally.pings++;
        give_frame(r, 10, payload, size > 125 ? 125 : size);
        return;
    case 10:
        return;
    }
    tally.frames++;
    if (first & 0x40) {
        const struct spelt *said = inflated(r->compressed++, payload, size);
        tally.compressed++;
        tally.garbled += !said;
        if (said)
            on_text(r, said->text, said->text_size);
    } else
        on_text(r, payload, size);
}

/* Handles the whole frames at `at`; gives the number of bytes that were used. */
static size_t take_frames(struct reader *r, const unsigned char *at, size_t have)
{
    size_t used = 0;
    while (r->stage == WAITING || r->stage == OPEN) {
        const unsigned char *f = at + used;
        size_t left = have - used, head = 2, size;
        if (left < 2)
            break;
        size = f[1] & 0x7f;
        head += size == 126 ? 2 : size == 127 ? 8 : 0;
        if (left < head)
            break;
        if (size >= 126) {
            size = 0;
            for (size_t i = 2; i < head; i++)
                size = size << 8 | f[i];
        }
        if (size > MOST_FRAME - 16) {
            part(r, 1009);
            break;
        }
        if (left < head + size)
            break;
        tally.bytes += (long)(head + size);
        on_frame(r, f[0], f + head, size);
        used += head + size;
    }
    return used;
}

static void connect_to(struct reader *r);

static void on_readable(struct reader *r)
{
    memcpy(in, r->rest, r->rest_size);
    ssize_t got = read(r->fd, in + r->rest_size, MOST_READ);
    if (got < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (got <= 0) {
        part(r, 1006);
        return;
    }
    size_t have = r->rest_size + (size_t)got, used = 0;
    if (r->stage == PAGING) {
        if (take_page(r, in, have, (size_t)got)) {
            part(r, 0);
            in_progress++;
            failed--;
            r->paged = true;
            connect_to(r);
        }
        return;
    }
    if (r->stage == SHAKING)
        used = take_handshake(r, in, have);
    else
        tally.wire += got;
    used += take_frames(r, in + used, have - used);
    if (r->stage == GONE)
        return;
    r->rest_size = have - used;
    if (r->rest_size) {
        r->rest = realloc(r->rest, r->rest_size);
        memcpy(r->rest, in + used, r->rest_size);
    }
}

/* Opens a connection; `in_progress` counts it already. */
static void connect_to(struct reader *r)
{
    int yes = 1;
    struct sockaddr_in from = {.sin_family = AF_INET}, to = {.sin_family = AF_INET};
    from.sin_addr.s_addr = htonl(INADDR_LOOPBACK + (uint32_t)(r->number % want.sources));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to.sin_port = htons((uint16_t)want.port);
    r->stage = CONNECTING;
    r->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    setsockopt(r->fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    setsockopt(r->fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    struct epoll_event event = {EPOLLOUT, {.ptr = r}};
    if (r->fd < 0 || bind(r->fd, (struct sockaddr *)&from, sizeof from) ||
        (connect(r->fd, (struct sockaddr *)&to, sizeof to) && errno != EINPROGRESS) ||
        epoll_ctl(poll_fd, EPOLL_CTL_ADD, r->fd, &event))
        part(r, 0);
}

static void begin(struct reader *r, int number)
{
    *r = (struct reader){.number = number, .position = -1, .after = -1};
    r->paged = !*want.page;
    r->came_ns = now_ns();
    in_progress++;
    connect_to(r);
}

static void on_event(struct reader *r, uint32_t what)
{
    if (r->stage == CONNECTING && what & (EPOLLERR | EPOLLHUP))
        part(r, 0);
    else if (r->stage == CONNECTING && !r->paged)
        ask_for_page(r);
    else if (r->stage == CONNECTING)
        shake(r);
    else if (r->stage != GONE)
        on_readable(r);
}

/* Waits once and handles what came; true if there is something on standard input. */
static bool turn(int wait_ms)
{
    struct epoll_event events[512];
    bool told = false;
    int count = epoll_wait(poll_fd, events, 512, wait_ms);
    for (int i = 0; i < count; i++)
        if (events[i].data.ptr)
            on_event(events[i].data.ptr, events[i].events);
        else
            told = true;
    return told;
}

static void open_all(void)
{
    int64_t start = now_ns(), end = start + want.within * 1000000000LL;
    while (ready + failed < want.sockets && now_ns() < end) {
        while (begun < want.sockets && in_progress < want.at_once) {
            begin(&readers[begun], begun);
            begun++;
        }
        turn(100);
    }
    printf("{\"ready\":%d,\"failed\":%d,\"seconds\":%.3f,\"page_bytes\":%ld,\"bytes\":%ld,", ready,
           want.sockets - ready, (double)(now_ns() - start) / 1e9, page_bytes, tally.bytes);
    printf("\"p50_ms\":%.3f,\"p99_ms\":%.3f,\"statuses\":{", delay_at(&visits, 0.50),
           delay_at(&visits, 0.99));
    const char *comma = "";
    for (int status = 0; status < 1000; status++)
        if (statuses[status]) {
            printf("%s\"%d\":%d", comma, status, statuses[status]);
            comma = ",";
        }
    printf("}}\n");
    fflush(stdout);
}

static void await(long deliveries, long milliseconds)
{
    int64_t end = now_ns() + milliseconds * 1000000LL, left;
    while (tally.marked < deliveries && (left = end - now_ns()) > 0)
        if (turn((int)(left / 1000000) + 1))
            break;
    print_tally(&tally, open_now);
}

/* Obeys one line; false at the end of the input. */
static bool obey(void)
{
    char line[200];
    long deliveries, milliseconds;
    size_t size = 0;
    while (size < sizeof line - 1) {
        ssize_t got = read(STDIN_FILENO, line + size, 1);
        if (got <= 0)
            return false;
        if (line[size++] == '\n')
            break;
    }
    line[size] = 0;
    if (sscanf(line, "await %ld %ld", &deliveries, &milliseconds) == 2)
        await(deliveries, milliseconds);
    else if (!strncmp(line, "reset", 5))
        memset(&tally, 0, sizeof tally);
    return true;
}

/* Leaves with resets, as `part` does. */
static void leave(void)
{
    for (int i = 0; i < begun; i++)
        if (readers[i].stage != GONE)
            part(&readers[i], 0);
}

int main(int count, char **words)
{
    struct rlimit files;
    struct epoll_event input = {EPOLLIN, {.ptr = NULL}};
    understand(count, words);
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_max < (rlim_t)want.sockets + 16) {
        fprintf(stderr, "load: this machine allows a process %lu open files\n",
                (unsigned long)files.rlim_max);
        return 2;
    }
    if (want.deflate && !CAN_INFLATE) {
        fprintf(stderr, "load: compiled without zlib.h: install zlib1g-dev, remove .build\n");
        return 2;
    }
    readers = calloc((size_t)want.sockets, sizeof *readers);
    poll_fd = epoll_create1(EPOLL_CLOEXEC);
    open_all();
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, STDIN_FILENO, &input);
    memset(&tally, 0, sizeof tally);
    for (;;)
        if (turn(-1) && !obey()) {
            leave();
            return 0;
        }
}

/* The limit: a WebSocket server that does nothing but write one prepared frame to each socket.

   limit PORT

   Takes WebSockets on a TCP port of the loopback. What comes as a UDP datagram on the same port
   is framed once (RFC 6455, 5.2) and written to all of them in a plain loop, one write(2) each. */

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sha1.h"

enum { MOST_SOCKETS = 1 << 17, MOST_HEAD = 8192, MOST_PAYLOAD = 65507 };

static int poll_fd;
static int members[MOST_SOCKETS], member_count; /* the sockets that have shaken hands */
static int place[MOST_SOCKETS];                 /* where in `members` a socket is, plus one */

static void leave(int fd)
{
    if (place[fd]) {
        int last = members[--member_count];
        members[place[fd] - 1] = last;
        place[last] = place[fd];
        place[fd] = 0;
    }
    close(fd);
}

/* The whole hot loop. */
static void write_to_all(const unsigned char *frame, size_t size)
{
    for (int i = 0; i < member_count; i++)
        if (write(members[i], frame, size) != (ssize_t)size)
            fprintf(stderr, "limit: a socket did not take a whole frame: %d\n", errno);
}

static void on_datagram(int fd)
{
    static unsigned char frame[4 + MOST_PAYLOAD];
    ssize_t size = recv(fd, frame + 4, MOST_PAYLOAD, 0);
    if (size < 126)
        return; /* the bench sends none so short */
    frame[0] = 0x81;
    frame[1] = 126;
    frame[2] = (unsigned char)(size >> 8);
    frame[3] = (unsigned char)size;
    write_to_all(frame, (size_t)size + 4);
}

static bool shake_hands(int fd, char *request)
{
    char key[120] = "", accept[29], answer[200];
    unsigned char digest[20];
    char *at = strcasestr(request, "\r\nSec-WebSocket-Key:");
    if (!at || sscanf(at + 20, " %24s", key) != 1)
        return false;
    strcat(key, "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
    sha1(key, digest);
    base64_of_digest(digest, accept);
    int size = snprintf(answer, sizeof answer,
                        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                        "Connection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", accept);
    return write(fd, answer, (size_t)size) == size;
}

/* A request comes whole on the loopback; whatever comes later (pongs, closes) is not read. */
static void on_readable(int fd)
{
    static char data[MOST_HEAD + 1];
    ssize_t size = read(fd, data, MOST_HEAD);
    if (size < 0 && errno == EAGAIN)
        return;
    data[size > 0 ? size : 0] = 0;
    if (size <= 0 || (!place[fd] && !shake_hands(fd, data)))
        leave(fd);
    else if (!place[fd]) {
        members[member_count++] = fd;
        place[fd] = member_count;
    }
}

static void watch(int fd)
{
    struct epoll_event event = {EPOLLIN, {.fd = fd}};
    epoll_ctl(poll_fd, EPOLL_CTL_ADD, fd, &event);
}

static void on_connection(int listening)
{
    int fd, yes = 1;
    while ((fd = accept4(listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        if (fd >= MOST_SOCKETS) {
            close(fd);
            continue;
        }
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
        watch(fd);
    }
}

static int bound(int kind, int port)
{
    int yes = 1, fd = socket(AF_INET, kind | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(fd, (struct sockaddr *)&here, sizeof here)) {
        perror("limit");
        exit(1);
    }
    watch(fd);
    return fd;
}

int main(int count, char **words)
{
    struct rlimit files;
    struct epoll_event events[512];
    if (count != 2)
        return 2;
    signal(SIGPIPE, SIG_IGN);
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    poll_fd = epoll_create1(EPOLL_CLOEXEC);
    int datagrams = bound(SOCK_DGRAM, atoi(words[1]));
    int listening = bound(SOCK_STREAM, atoi(words[1]));
    listen(listening, 4096);
    for (;;) {
        int ready = epoll_wait(poll_fd, events, 512, -1);
        for (int i = 0; i < ready; i++)
            if (events[i].data.fd == listening)
                on_connection(listening);
            else if (events[i].data.fd == datagrams)
                on_datagram(datagrams);
            else
                on_readable(events[i].data.fd);
    }
}

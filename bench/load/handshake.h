/* The opening handshake (RFC 6455, 4.1), from the reader's side. */

#ifndef HANDSHAKE_H
#define HANDSHAKE_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "inflate.h"
#include "reader.h"
#include "wanted.h"

static void shake(struct reader *r)
{
    char request[2048], resume[100] = "";
    if (r->after >= 0)
        snprintf(resume, sizeof resume, "?after=%ld&epoch=%s", r->after, r->epoch);
    int size = snprintf(request, sizeof request,
        "GET %s%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
        "Origin: %s\r\n%s\r\n", want.path, resume, want.port,
        want.origin,
        want.deflate ? "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n"
                     : "");
    struct epoll_event event = {EPOLLIN, {.ptr = r}};
    epoll_ctl(poll_fd, EPOLL_CTL_MOD, r->fd, &event);
    r->stage = SHAKING;
    give(r, request, (size_t)size);
}

static size_t take_handshake(struct reader *r, unsigned char *at, size_t have)
{
    unsigned char *end = memmem(at, have, "\r\n\r\n", 4);
    if (!end)
        return 0;
    int status = have > 12 ? atoi((char *)at + 9) : 0;
    statuses[status > 0 && status < 1000 ? status : 0]++;
    /* The answer to the sample key of RFC 6455, 1.3, which every reader sends. */
    if (status != 101 || !memmem(at, have, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", 28)) {
        part(r, 0);
        return have;
    }
    if (memmem(at, (size_t)(end - at), "server_no_context_takeover", 26))
        takes_context_over = false;
    r->stage = WAITING;
    if (*want.hello)
        give_frame(r, 1, want.hello, strlen(want.hello));
    if (r->stage == WAITING && !*want.expect)
        become_ready(r);
    return (size_t)(end + 4 - at);
}

#endif

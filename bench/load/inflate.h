/* Reading what came compressed (RFC 7692).

   All readers get the same bytes, so a frame is inflated when it is first seen, and for everybody
   else compared with it, byte by byte. Where the server keeps its context from one frame to the
   next, the bytes depend on all before them: then the N-th compressed frame of every socket must
   be the same as that of the first who had an N-th. Bytes that are not are garbled. */

#ifndef INFLATE_H
#define INFLATE_H

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { KEPT = 64, MOST_TEXT = 1 << 20 };

/* One frame as it came, and what it says. */
struct spelt {
    unsigned char *packed, *text;
    size_t packed_size, text_size;
};

static struct spelt spelt[KEPT];
static long spelt_count;
static bool takes_context_over = true; /* until the handshake says otherwise */

static bool is(const struct spelt *p, const unsigned char *packed, size_t size)
{
    return p->packed && p->packed_size == size && !memcmp(p->packed, packed, size);
}

#ifdef WITH_ZLIB
#include <zlib.h>

enum { CAN_INFLATE = 1 };

static bool feed(z_stream *z, const unsigned char *at, size_t size)
{
    z->next_in = (unsigned char *)at;
    z->avail_in = (unsigned)size;
    int said = inflate(z, Z_SYNC_FLUSH);
    return (said == Z_OK || said == Z_BUF_ERROR) && !z->avail_in;
}

static const struct spelt *inflate_next(const unsigned char *packed, size_t size)
{
    static unsigned char text[MOST_TEXT];
    static z_stream z;
    if (!z.state && inflateInit2(&z, -MAX_WBITS) != Z_OK)
        return NULL;
    if (!takes_context_over)
        inflateReset(&z);
    z.next_out = text;
    z.avail_out = sizeof text;
    if (!feed(&z, packed, size) || !feed(&z, (const unsigned char *)"\0\0\xff\xff", 4))
        return NULL;
    struct spelt *p = &spelt[spelt_count++ % KEPT];
    p->packed_size = size;
    p->packed = realloc(p->packed, size + 1);
    memcpy(p->packed, packed, size);
    p->text_size = sizeof text - z.avail_out;
    p->text = realloc(p->text, p->text_size + 1);
    memcpy(p->text, text, p->text_size);
    return p;
}
#else
enum { CAN_INFLATE = 0 };

static const struct spelt *inflate_next(const unsigned char *packed, size_t size)
{
    (void)packed, (void)size;
    return NULL;
}
#endif

/* What a socket's compressed frame says, its `number`-th from 0; NULL if it is garbled. */
static const struct spelt *inflated(long number, const unsigned char *packed, size_t size)
{
    if (takes_context_over && number < spelt_count) {
        const struct spelt *p = &spelt[number % KEPT];
        return number >= spelt_count - KEPT && is(p, packed, size) ? p : NULL;
    }
    for (long i = spelt_count - 1; !takes_context_over && i >= 0 && i >= spelt_count - KEPT; i--)
        if (is(&spelt[i % KEPT], packed, size))
            return &spelt[i % KEPT];
    return inflate_next(packed, size);
}

#endif

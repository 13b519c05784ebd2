/* SHA-1 (RFC 3174) of short texts, and base64: all that a WebSocket handshake asks for. */

#ifndef SHA1_H
#define SHA1_H

#include <stdint.h>
#include <string.h>

static uint32_t turned(uint32_t word, int by) { return word << by | word >> (32 - by); }

static void sha1_block(uint32_t state[5], const unsigned char block[64])
{
    static const uint32_t constants[4] = {0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6};
    uint32_t w[80], a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
    for (int i = 0; i < 16; i++)
        w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 |
               (uint32_t)block[4 * i + 2] << 8 | block[4 * i + 3];
    for (int i = 16; i < 80; i++)
        w[i] = turned(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
    for (int i = 0; i < 80; i++) {
        uint32_t mixed = i < 20 ? (b & c) | (~b & d)
                       : i >= 40 && i < 60 ? (b & c) | (b & d) | (c & d) : b ^ c ^ d;
        uint32_t next = turned(a, 5) + mixed + e + w[i] + constants[i / 20];
        e = d, d = c, c = turned(b, 30), b = a, a = next;
    }
    state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e;
}

/* The digest of at most 119 bytes, as two blocks hold with their padding. */
static void sha1(const char *text, unsigned char digest[20])
{
    uint32_t state[5] = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0};
    unsigned char padded[128] = {0};
    size_t size = strlen(text), blocks = size + 9 <= 64 ? 1 : 2;
    memcpy(padded, text, size);
    padded[size] = 0x80;
    padded[64 * blocks - 2] = (unsigned char)(size * 8 >> 8);
    padded[64 * blocks - 1] = (unsigned char)(size * 8);
    for (size_t i = 0; i < blocks; i++)
        sha1_block(state, padded + 64 * i);
    for (int i = 0; i < 20; i++)
        digest[i] = (unsigned char)(state[i / 4] >> (24 - 8 * (i % 4)));
}

/* Base64 of the 20 bytes: 27 characters and one sign of padding. */
static void base64_of_digest(const unsigned char digest[20], char text[29])
{
    static const char letters[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned char padded[21] = {0};
    memcpy(padded, digest, 20);
    for (int i = 0; i < 7; i++) {
        const unsigned char *three = padded + 3 * i;
        text[4 * i] = letters[three[0] >> 2];
        text[4 * i + 1] = letters[(three[0] & 3) << 4 | three[1] >> 4];
        text[4 * i + 2] = letters[(three[1] & 15) << 2 | three[2] >> 6];
        text[4 * i + 3] = letters[three[2] & 63];
    }
    text[27] = '=';
    text[28] = 0;
}

#endif

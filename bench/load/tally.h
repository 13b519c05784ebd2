/* What the load client counts: deliveries, their delays, and the order they came in. */

#ifndef TALLY_H
#define TALLY_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* Delays in units of 100 ns, in 32 buckets for every doubling: exact to 3 %. */
enum { STEPS = 32, BUCKETS = STEPS * 48, SENDINGS = 256 };

/* One broadcast: when it was sent, how many sockets had it, and how long the last one took. */
struct sending {
    int64_t sent_ns;
    long count;
    int64_t last_ns;
};

struct tally {
    long marked, frames, bytes, wire, heartbeats, pings, compressed, garbled;
    long missing, duplicated;
    long closed[5000];
    long delays[BUCKETS];
    int64_t longest_ns;
    struct sending sendings[SENDINGS];
    int sendings_seen;
};

static unsigned bucket_of(int64_t nanoseconds)
{
    uint64_t value = nanoseconds > 0 ? (uint64_t)nanoseconds / 100 : 0;
    if (value < 2 * STEPS)
        return (unsigned)value;
    unsigned shift = 63u - (unsigned)__builtin_clzll(value) - 5;
    unsigned bucket = shift * STEPS + (unsigned)(value >> shift);
    return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

static double top_of_bucket_ms(unsigned bucket)
{
    if (bucket < 2 * STEPS)
        return (bucket + 1) / 1e4;
    unsigned shift = bucket / STEPS - 1;
    return (double)((uint64_t)(bucket - shift * STEPS + 1) << shift) / 1e4;
}

/* The delay in ms that a share of the deliveries did not exceed. */
static double delay_at(const struct tally *t, double share)
{
    long wanted = (long)(share * (double)t->marked + 0.5), seen = 0;
    for (unsigned bucket = 0; bucket < BUCKETS; bucket++) {
        seen += t->delays[bucket];
        if (seen >= wanted && seen) {
            double top = top_of_bucket_ms(bucket), longest = (double)t->longest_ns / 1e6;
            return top < longest ? top : longest;
        }
    }
    return 0;
}

static void count_delivery(struct tally *t, int64_t sent_ns, int64_t now_ns)
{
    int64_t delay = now_ns - sent_ns;
    t->marked++;
    t->delays[bucket_of(delay)]++;
    if (delay > t->longest_ns)
        t->longest_ns = delay;
    int newest = t->sendings_seen - 1, oldest = newest - SENDINGS;
    for (int i = newest; i >= 0 && i > oldest; i--) {
        struct sending *s = &t->sendings[i % SENDINGS];
        if (s->sent_ns == sent_ns) {
            s->count++;
            s->last_ns = delay > s->last_ns ? delay : s->last_ns;
            return;
        }
    }
    t->sendings[t->sendings_seen++ % SENDINGS] = (struct sending){sent_ns, 1, delay};
}

static void print_tally(const struct tally *t, int open)
{
    printf("{\"open\":%d,\"marked\":%ld,\"frames\":%ld,\"bytes\":%ld,\"wire\":%ld,", open, t->marked,
           t->frames, t->bytes, t->wire);
    printf("\"heartbeats\":%ld,\"pings\":%ld,\"compressed\":%ld,\"garbled\":%ld,",
           t->heartbeats, t->pings, t->compressed, t->garbled);
    printf("\"missing\":%ld,\"duplicated\":%ld,", t->missing, t->duplicated);
    printf("\"p50_ms\":%.3f,\"p90_ms\":%.3f,\"p99_ms\":%.3f,\"longest_ms\":%.3f,",
           delay_at(t, 0.50), delay_at(t, 0.90), delay_at(t, 0.99), (double)t->longest_ns / 1e6);
    printf("\"sendings\":[");
    int first = t->sendings_seen > SENDINGS ? t->sendings_seen - SENDINGS : 0;
    for (int i = first; i < t->sendings_seen; i++)
        printf("%s[%ld,%.3f]", i > first ? "," : "", t->sendings[i % SENDINGS].count,
               (double)t->sendings[i % SENDINGS].last_ns / 1e6);
    printf("],\"closed\":{");
    const char *comma = "";
    for (int code = 0; code < 5000; code++)
        if (t->closed[code]) {
            printf("%s\"%d\":%ld", comma, code, t->closed[code]);
            comma = ",";
        }
    printf("}}\n");
    fflush(stdout);
}

#endif

/* What the load client was asked for on its command line; see load.c. */

#ifndef WANTED_H
#define WANTED_H

#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    int port, sockets, sources, at_once, within;
    bool deflate;
    const char *path, *page, *origin, *hello, *expect;
} want = {.path = "/", .page = "", .origin = "", .hello = "", .expect = "",
          .sources = 8, .at_once = 64, .within = 60};

static void understand(int count, char **words)
{
    static const struct option options[] = {
        {"port", 1, 0, 'p'}, {"path", 1, 0, 'a'}, {"origin", 1, 0, 'o'}, {"sockets", 1, 0, 'n'},
        {"sources", 1, 0, 's'}, {"at-once", 1, 0, 'w'}, {"within", 1, 0, 't'},
        {"hello", 1, 0, 'h'}, {"expect", 1, 0, 'e'}, {"deflate", 0, 0, 'd'},
        {"page", 1, 0, 'g'}, {0, 0, 0, 0}};
    for (int option; (option = getopt_long(count, words, "", options, NULL)) != -1;)
        switch (option) {
        case 'p': want.port = atoi(optarg); break;
        case 'a': want.path = optarg; break;
        case 'o': want.origin = optarg; break;
        case 'n': want.sockets = atoi(optarg); break;
        case 's': want.sources = atoi(optarg); break;
        case 'w': want.at_once = atoi(optarg); break;
        case 't': want.within = atoi(optarg); break;
        case 'h': want.hello = optarg; break;
        case 'e': want.expect = optarg; break;
        case 'g': want.page = optarg; break;
        case 'd': want.deflate = true; break;
        default: exit(2);
        }
    if (want.port < 1 || want.sockets < 1 || want.sources < 1 || strlen(want.hello) > 125) {
        fprintf(stderr, "load: --port and --sockets are needed\n");
        exit(2);
    }
}

#endif

/* A disk that forgets, and a disk that is full: preloaded into the store's engine (LD_PRELOAD).
 *
 * It watches the files below CHAOS_FOLDER and writes into CHAOS_LEDGER what has become durable:
 *
 *   S <inode> <size>          a file was synced; what it held when the call began is on the disk
 *   D <folder>                a folder was synced; its entries are the E lines that follow
 *   E <inode> <name>
 *
 * A file whose name is taken away (by rename or unlink) gets another one in CHAOS_LIMBO, so that a
 * power cut before the folder's sync can bring it back. While the file CHAOS_FULL exists every
 * write below CHAOS_FOLDER fails with ENOSPC, the first of them half way through.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))real(#name))
#define LONGEST 65536

static const char *folder, *full, *limbo;
static int ledger = -1, torn;

static void *real(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (!found) abort();
    return found;
}

/* A copy: the engine writes its title over the environment. */
static const char *setting(const char *name) {
    const char *value = getenv(name);
    return value ? strdup(value) : NULL;
}

__attribute__((constructor)) static void begin(void) {
    folder = setting("CHAOS_FOLDER");
    full = setting("CHAOS_FULL");
    limbo = setting("CHAOS_LIMBO");
    const char *path = getenv("CHAOS_LEDGER");
    if (folder && full && limbo && path)
        ledger = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

static void note(const char *text, size_t length) {
    /* A ledger that cannot be written would call durable what is not: better no engine. */
    if (REAL(write)(ledger, text, length) != (ssize_t)length) abort();
}

static int is_below(const char *path) {
    size_t length = strlen(folder);
    return !strncmp(path, folder, length) && (path[length] == '/' || !path[length]);
}

static int path_of(int fd, char path[PATH_MAX]) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_below(path);
}

static int has_no_room(int fd) {
    struct stat is;
    char path[PATH_MAX];
    if (ledger < 0 || fd == ledger || fstat(fd, &is) || !S_ISREG(is.st_mode)) return 0;
    if (access(full, F_OK)) {
        torn = 0;
        return 0;
    }
    return path_of(fd, path);
}

static ssize_t refuse(int fd, const void *data, size_t length) {
    if (length > 1 && !torn) {
        torn = 1;
        return REAL(write)(fd, data, length / 2);
    }
    errno = ENOSPC;
    return -1;
}

ssize_t write(int fd, const void *data, size_t length) {
    return has_no_room(fd) ? refuse(fd, data, length) : REAL(write)(fd, data, length);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    if (has_no_room(fd)) {
        errno = ENOSPC;
        return -1;
    }
    return REAL(writev)(fd, parts, count);
}

size_t fwrite(const void *data, size_t size, size_t count, FILE *file) {
    if (has_no_room(fileno(file))) {
        errno = ENOSPC;
        return 0;
    }
    return REAL(fwrite)(data, size, count, file);
}

static void note_folder(const char *path) {
    static char text[LONGEST];
    int length = snprintf(text, sizeof text, "D %s\n", path);
    DIR *entries = opendir(path);
    if (!entries) abort();
    for (struct dirent *each; (each = readdir(entries));) {
        if (each->d_type != DT_REG) continue;
        length += snprintf(text + length, sizeof text - length, "E %llu %s\n",
                           (unsigned long long)each->d_ino, each->d_name);
        if (length >= (int)sizeof text) abort();
    }
    closedir(entries);
    note(text, length);
}

static int synced(int fd, int (*sync)(int)) {
    struct stat before;
    char text[64], path[PATH_MAX];
    int known = ledger >= 0 && !fstat(fd, &before) && path_of(fd, path);
    int result = sync(fd);
    if (!known || result) return result;
    if (S_ISDIR(before.st_mode))
        note_folder(path);
    else if (S_ISREG(before.st_mode))
        note(text, snprintf(text, sizeof text, "S %llu %lld\n",
                            (unsigned long long)before.st_ino, (long long)before.st_size));
    return result;
}

int fsync(int fd) { return synced(fd, REAL(fsync)); }
int fdatasync(int fd) { return synced(fd, REAL(fdatasync)); }

static void keep(const char *path) {
    struct stat is;
    char whole[PATH_MAX], kept[PATH_MAX];
    if (ledger < 0 || lstat(path, &is) || !S_ISREG(is.st_mode)) return;
    if (!realpath(path, whole) || !is_below(whole)) return;
    snprintf(kept, sizeof kept, "%s/%llu", limbo, (unsigned long long)is.st_ino);
    if (link(path, kept) && errno != EEXIST) abort();
}

int rename(const char *from, const char *to) {
    keep(to);
    return REAL(rename)(from, to);
}

int unlink(const char *path) {
    keep(path);
    return REAL(unlink)(path);
}

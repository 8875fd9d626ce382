/* A disk that loses its power, for a program that does not know of it (LD_PRELOAD).
 *
 * A write that was not followed by an fsync of its file may be on the disk after a power failure, or
 * not, or half: nobody can say. This library remembers every such write to the database and to its
 * log together with what stood there before. When the moment comes it takes all of them back, puts a
 * random choice of them in again, and kills the program.
 *
 * It also moves the program's wall clock, and lets the disk be full.
 *
 *   TORTURE_DISK       the database's path; its -wal and -journal belong to it
 *   TORTURE_SEED       chance
 *   TORTURE_COUNTDOWN  lose the power at this call (SIGUSR1: some calls from now)
 *   TORTURE_REPLAY     so many of a hundred uncovered writes are on the disk all the same
 *   TORTURE_REPORT     a file for what was seen, written at the end
 *   TORTURE_CLOCK      a file with the seconds by which the clock is wrong
 *   TORTURE_ROOM       a file with the bytes that each file may have; past it the disk is full
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FDS 4096

enum { DATABASE, LOG, JOURNAL, FILES };

/* A change to a file that no fsync has covered yet. A truncation has no new bytes. */
struct change {
    struct change *before;
    off_t at, size_before;
    size_t old_length, new_length;
    int truncates;
    char *old_bytes, *new_bytes;
};

static const char *endings[FILES] = {"", "-wal", "-journal"};
static struct change *uncovered[FILES];
static signed char file_of[FDS]; /* by descriptor: 1 + its place in `endings`; 0: none of ours */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static volatile long countdown;
static unsigned long chance;
static long writes, fsyncs, taken_back, put_in;

static int (*real_open)(const char *, int, ...);
static int (*real_close)(int);
static ssize_t (*real_write)(int, const void *, size_t);
static ssize_t (*real_pwrite)(int, const void *, size_t, off_t);
static int (*real_ftruncate)(int, off_t);
static int (*real_fsync)(int);
static int (*real_fdatasync)(int);
static int (*real_clock_gettime)(clockid_t, struct timespec *);

static long number(const char *name) {
    const char *text = getenv(name);
    return text ? atol(text) : 0;
}

static unsigned long roll(unsigned long end) {
    chance ^= chance << 13, chance ^= chance >> 7, chance ^= chance << 17;
    return (chance >> 11) % end;
}

/* The number in a small file that the test may change at any time. */
static long number_in(const char *name, long otherwise) {
    const char *path = getenv(name);
    char text[32] = "";
    int fd = path ? real_open(path, O_RDONLY) : -1;
    if (fd < 0) return otherwise;
    ssize_t length = read(fd, text, sizeof text - 1);
    real_close(fd);
    return length > 0 ? atol(text) : otherwise;
}

static void soon(int signal) {
    (void)signal;
    countdown = 1 + (long)roll(40);
}

__attribute__((constructor)) static void begin(void) {
    real_open = dlsym(RTLD_NEXT, "open");
    real_close = dlsym(RTLD_NEXT, "close");
    real_write = dlsym(RTLD_NEXT, "write");
    real_pwrite = dlsym(RTLD_NEXT, "pwrite");
    real_ftruncate = dlsym(RTLD_NEXT, "ftruncate");
    real_fsync = dlsym(RTLD_NEXT, "fsync");
    real_fdatasync = dlsym(RTLD_NEXT, "fdatasync");
    real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    chance = (unsigned long)number("TORTURE_SEED") * 2654435761UL + 88172645463325252UL;
    countdown = number("TORTURE_COUNTDOWN");
    signal(SIGUSR1, soon);
}

__attribute__((destructor)) static void report(void) {
    const char *path = getenv("TORTURE_REPORT");
    char text[128];
    int fd = path ? real_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600) : -1;
    if (fd < 0) return;
    int length = snprintf(text, sizeof text, "%ld %ld %ld %ld\n", writes, fsyncs, taken_back, put_in);
    if (real_write(fd, text, length) < 0) abort();
    real_close(fd);
}

/* ── The disk ── */

static void must(ssize_t outcome) {
    if (outcome < 0) abort();
}

static void forget(int file) {
    while (uncovered[file]) {
        struct change *change = uncovered[file];
        uncovered[file] = change->before;
        free(change->old_bytes), free(change->new_bytes), free(change);
    }
}

/* Back to what the last fsync covered: the latest change is undone first. The list is turned round
 * on the way, so that the changes can be put in again in their order. */
static struct change *take_back(int file, int fd) {
    struct change *in_order = NULL;
    while (uncovered[file]) {
        struct change *change = uncovered[file];
        uncovered[file] = change->before;
        must(real_pwrite(fd, change->old_bytes, change->old_length, change->at));
        must(real_ftruncate(fd, change->size_before));
        change->before = in_order, in_order = change, taken_back++;
    }
    return in_order;
}

/* Some of them had reached the disk, and one in eight of those only in part. */
static void put_some_in(struct change *change, int fd) {
    unsigned long percent = (unsigned long)number("TORTURE_REPLAY");
    for (; change; change = change->before) {
        if (roll(100) >= percent) continue;
        put_in++;
        size_t length = change->new_length;
        if (length > 512 && roll(8) == 0) length = 512 * (1 + roll(length / 512));
        if (change->truncates) must(real_ftruncate(fd, change->at));
        else must(real_pwrite(fd, change->new_bytes, length, change->at));
    }
}

static void lose_power(void) {
    for (int file = 0; file < FILES; file++) {
        char path[4096];
        snprintf(path, sizeof path, "%s%s", getenv("TORTURE_DISK"), endings[file]);
        int fd = real_open(path, O_RDWR);
        if (fd >= 0) put_some_in(take_back(file, fd), fd);
    }
    report();
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/* Every call that changes the disk, or covers changes, passes here, with the lock held. */
static void another_call(void) {
    if (countdown > 0 && --countdown == 0) lose_power();
}

static void remember(int fd, off_t at, const void *bytes, size_t length, int truncates) {
    struct stat now;
    must(fstat(fd, &now));
    struct change *change = calloc(1, sizeof *change);
    off_t end = truncates ? now.st_size : at + (off_t)length;
    if (end > now.st_size) end = now.st_size;
    change->old_length = end > at ? (size_t)(end - at) : 0;
    change->old_bytes = malloc(change->old_length + 1);
    change->new_bytes = malloc(length + 1);
    must(pread(fd, change->old_bytes, change->old_length, at));
    if (length) memcpy(change->new_bytes, bytes, length);
    change->new_length = length, change->at = at, change->size_before = now.st_size;
    change->truncates = truncates;
    int file = file_of[fd] - 1;
    change->before = uncovered[file], uncovered[file] = change;
}

static int ours(int fd) { return fd >= 0 && fd < FDS && file_of[fd]; }

static int is_full(int fd, off_t end) {
    struct stat now;
    must(fstat(fd, &now));
    return end > now.st_size && end > number_in("TORTURE_ROOM", end);
}

static ssize_t write_at(int fd, const void *bytes, size_t length, off_t at) {
    pthread_mutex_lock(&lock);
    writes++;
    another_call();
    ssize_t outcome = -1;
    if (is_full(fd, at + (off_t)length)) {
        errno = ENOSPC;
    } else {
        remember(fd, at, bytes, length, 0);
        outcome = real_pwrite(fd, bytes, length, at);
    }
    pthread_mutex_unlock(&lock);
    return outcome;
}

static int cover(int fd, int (*real)(int)) {
    pthread_mutex_lock(&lock);
    fsyncs++;
    another_call();
    int outcome = real(fd);
    if (outcome == 0) forget(file_of[fd] - 1);
    pthread_mutex_unlock(&lock);
    return outcome;
}

/* ── What the program calls ── */

static int opened(const char *path, int fd) {
    const char *disk = getenv("TORTURE_DISK");
    if (!disk || fd < 0 || fd >= FDS) return fd;
    file_of[fd] = 0;
    size_t length = strlen(disk);
    for (int file = 0; file < FILES; file++)
        if (strncmp(path, disk, length) == 0 && strcmp(path + length, endings[file]) == 0)
            file_of[fd] = (signed char)(file + 1);
    return fd;
}

static mode_t mode_of(int flags, va_list rest) {
    return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;
}

#define OPEN(name)                                                                                 \
    int name(const char *path, int flags, ...) {                                                   \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        mode_t mode = mode_of(flags, rest);                                                        \
        va_end(rest);                                                                              \
        if (!real_open) begin();                                                                   \
        return opened(path, real_open(path, flags, mode));                                         \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                               \
    int name(int folder, const char *path, int flags, ...) {                                       \
        va_list rest;                                                                              \
        va_start(rest, flags);                                                                     \
        mode_t mode = mode_of(flags, rest);                                                        \
        va_end(rest);                                                                              \
        int (*real)(int, const char *, int, ...) = dlsym(RTLD_NEXT, #name);                        \
        return opened(path, real(folder, path, flags, mode));                                      \
    }
OPENAT(openat)
OPENAT(openat64)

int close(int fd) {
    if (!real_close) begin();
    if (fd >= 0 && fd < FDS) file_of[fd] = 0;
    return real_close(fd);
}

ssize_t write(int fd, const void *bytes, size_t length) {
    if (!real_write) begin();
    if (!ours(fd)) return real_write(fd, bytes, length);
    off_t at = lseek(fd, 0, SEEK_CUR);
    ssize_t outcome = write_at(fd, bytes, length, at);
    if (outcome > 0) must(lseek(fd, at + outcome, SEEK_SET));
    return outcome;
}

#define PWRITE(name)                                                                               \
    ssize_t name(int fd, const void *bytes, size_t length, off_t at) {                             \
        if (!real_pwrite) begin();                                                                 \
        return ours(fd) ? write_at(fd, bytes, length, at) : real_pwrite(fd, bytes, length, at);    \
    }
PWRITE(pwrite)
PWRITE(pwrite64)

#define TRUNCATE(name)                                                                             \
    int name(int fd, off_t length) {                                                               \
        if (!real_ftruncate) begin();                                                              \
        if (!ours(fd)) return real_ftruncate(fd, length);                                          \
        pthread_mutex_lock(&lock);                                                                 \
        another_call();                                                                            \
        remember(fd, length, NULL, 0, 1);                                                          \
        int outcome = real_ftruncate(fd, length);                                                  \
        pthread_mutex_unlock(&lock);                                                               \
        return outcome;                                                                            \
    }
TRUNCATE(ftruncate)
TRUNCATE(ftruncate64)

int fsync(int fd) {
    if (!real_fsync) begin();
    return ours(fd) ? cover(fd, real_fsync) : real_fsync(fd);
}

int fdatasync(int fd) {
    if (!real_fdatasync) begin();
    return ours(fd) ? cover(fd, real_fdatasync) : real_fdatasync(fd);
}

/* The wall clock; the file is looked at ten times a second. */
int clock_gettime(clockid_t clock, struct timespec *now) {
    static volatile long offset, looked_at;
    if (!real_clock_gettime) begin();
    int outcome = real_clock_gettime(clock, now);
    if ((clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE) && getenv("TORTURE_CLOCK")) {
        struct timespec steady;
        real_clock_gettime(CLOCK_MONOTONIC, &steady);
        long tenth = steady.tv_sec * 10 + steady.tv_nsec / 100000000;
        if (tenth != looked_at) looked_at = tenth, offset = number_in("TORTURE_CLOCK", 0);
        now->tv_sec += offset;
    }
    return outcome;
}

// A disk that fails on demand, for tests: loaded in front of the C library, it fails what is named by
// the files in the folder FAILING. "sync": fsync reports an error; "sync-database": that
// of the database, not of its log; "write": nothing can be written. Other files are left alone.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int fails(int file, const char *what) {
    char name[4096], link[64], path[4096];
    const char *folder = getenv("FAILING");
    if (!folder) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    if (!strstr(path, "messages.db")) return 0;
    if (!strcmp(what, "sync-database") && strstr(path, "-wal")) return 0;
    snprintf(name, sizeof name, "%s/%s", folder, what);
    if (access(name, F_OK) != 0) return 0;
    errno = EIO;
    return 1;
}

int fsync(int file) {
    static int (*real)(int);
    if (!real) real = dlsym(RTLD_NEXT, "fsync");
    return fails(file, "sync") || fails(file, "sync-database") ? -1 : real(file);
}

int fdatasync(int file) {
    static int (*real)(int);
    if (!real) real = dlsym(RTLD_NEXT, "fdatasync");
    return fails(file, "sync") || fails(file, "sync-database") ? -1 : real(file);
}

ssize_t write(int file, const void *bytes, size_t count) {
    static ssize_t (*real)(int, const void *, size_t);
    if (!real) real = dlsym(RTLD_NEXT, "write");
    return fails(file, "write") ? -1 : real(file, bytes, count);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t at) {
    static ssize_t (*real)(int, const void *, size_t, off64_t);
    if (!real) real = dlsym(RTLD_NEXT, "pwrite64");
    return fails(file, "write") ? -1 : real(file, bytes, count, at);
}

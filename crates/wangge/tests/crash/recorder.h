/* What the two parts of the recorder share. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Nothing of the program's may be taken for these, nor these for anything of the program's. */
#define OURS __attribute__((visibility("hidden")))

/* Where the notes go; -1 while nothing is noted. */
extern OURS int notes;

/* Notes a line. */
OURS __attribute__((format(printf, 1, 2))) void note(const char *form, ...);

/* The function that is behind ours. */
OURS void *real(const char *name);
#define REAL(name) ((__typeof__(&name))real(#name))

/* Whether the disk has no room for a write that makes a file longer; sets errno. */
OURS int is_full(int fd, off64_t offset, size_t length);

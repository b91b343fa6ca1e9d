/* Notes what a program does to the files of one folder, and when it says that it is done.
 *
 * Loaded with LD_PRELOAD. WANGGE_RECORD_FOLDER is the folder (its real path), WANGGE_RECORD_LOG
 * the file that the notes go to. Each note is a line; the bytes of a write follow theirs:
 *
 *     open NAME CREATED EMPTIED     write NAME OFFSET LENGTH     truncate NAME LENGTH
 *     sync NAME                     syncfolder                   rename NAME NAME
 *     link NAME NAME                unlink NAME                  say LENGTH
 *     setting VALUE                 strange CALL NAME
 *
 * `say` is a write to standard output. `strange` is a change in a way that the replay has no model
 * of. Where something is made to fail (faulty.c), `setting` says so.
 */
#include "recorder.h"

#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/uio.h>

#define NAME_MAX_HERE 256

static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;
int notes = -1;
static const char *folder;

void *real(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (!found)
        abort();
    return found;
}

__attribute__((constructor)) static void begin(void)
{
    const char *log = getenv("WANGGE_RECORD_LOG");
    folder = getenv("WANGGE_RECORD_FOLDER");
    if (log && folder)
        notes = REAL(open)(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void put(const void *bytes, size_t length)
{
    while (length > 0) {
        ssize_t done = REAL(write)(notes, bytes, length);
        if (done <= 0)
            abort();
        bytes = (const char *)bytes + done;
        length -= (size_t)done;
    }
}

void note(const char *form, ...)
{
    char line[2 * NAME_MAX_HERE + 100];
    va_list values;
    va_start(values, form);
    int length = vsnprintf(line, sizeof line, form, values);
    va_end(values);
    if (length < 0 || (size_t)length >= sizeof line)
        abort();
    put(line, (size_t)length);
}

/* The name in the folder of what lies at an absolute path: 1, 0 when it lies elsewhere, 2 for the
 * folder itself. */
static int within(const char *path, char *name)
{
    size_t length = strlen(folder);
    if (strncmp(path, folder, length) != 0)
        return 0;
    if (path[length] == '\0')
        return 2;
    if (path[length] != '/' || strchr(path + length + 1, '/'))
        return 0;
    snprintf(name, NAME_MAX_HERE, "%s", path + length + 1);
    return 1;
}

static int within_fd(int fd, char *name)
{
    char link[64], path[PATH_MAX];
    if (notes < 0)
        return 0;
    int before = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = before;
    if (length < 0)
        return 0;
    path[length] = '\0';
    return within(path, name);
}

/* The same for a path as a program gives it: the folder part is resolved, the name is not. */
static int within_at(int at, const char *given, char *name)
{
    char whole[2 * PATH_MAX], resolved[PATH_MAX], base[PATH_MAX] = "";
    if (notes < 0 || !given)
        return 0;
    int before = errno;
    if (given[0] != '/' && at != AT_FDCWD) {
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", at);
        ssize_t length = readlink(link, base, sizeof base - 2);
        if (length < 0)
            length = 0;
        base[length] = '/';
        base[length + 1] = '\0';
    }
    snprintf(whole, sizeof whole, "%s%s", base, given);
    char *slash = strrchr(whole, '/');
    const char *last = slash ? slash + 1 : whole;
    char joined[3 * PATH_MAX];
    if (slash)
        *slash = '\0';
    const char *parent = !slash ? "." : slash == whole ? "/" : whole;
    int found = 0;
    if (realpath(parent, resolved)) {
        snprintf(joined, sizeof joined, "%s/%s", resolved, last);
        found = within(joined, name);
    }
    errno = before;
    return found;
}

/* Opening: whether the file was made or emptied by it. */

static int opened(int at, const char *path, int flags, mode_t mode)
{
    char name[NAME_MAX_HERE];
    int there = within_at(at, path, name);
    if (there != 1)
        return REAL(openat)(at, path, flags, mode);
    pthread_mutex_lock(&order);
    struct stat before;
    int known = fstatat(at, path, &before, 0) == 0;
    int fd = REAL(openat)(at, path, flags, mode);
    int after = errno;
    if (fd >= 0) {
        int created = !known && (flags & O_CREAT);
        int emptied = known && (flags & O_TRUNC) && before.st_size > 0;
        note("open %s %d %d\n", name, created, emptied);
        if ((flags & O_TMPFILE) == O_TMPFILE)
            note("strange O_TMPFILE %s\n", name);
    }
    pthread_mutex_unlock(&order);
    errno = after;
    return fd;
}

#define MODE(flags, mode)                          \
    mode_t mode = 0;                               \
    if ((flags) & (O_CREAT | O_TMPFILE)) {         \
        va_list rest;                              \
        va_start(rest, flags);                     \
        mode = va_arg(rest, mode_t);               \
        va_end(rest);                              \
    }

int open(const char *path, int flags, ...) { MODE(flags, mode) return opened(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags, mode) return opened(AT_FDCWD, path, flags | O_LARGEFILE, mode); }
int openat(int at, const char *path, int flags, ...) { MODE(flags, mode) return opened(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { MODE(flags, mode) return opened(at, path, flags | O_LARGEFILE, mode); }
int creat(const char *path, mode_t mode) { return opened(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return opened(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

/* Writing. The lock is held over the call and its note, so that their order is one. */

static off64_t place_of(int fd)
{
    struct stat64 state;
    if ((REAL(fcntl)(fd, F_GETFL) & O_APPEND) && fstat64(fd, &state) == 0)
        return state.st_size;
    return lseek64(fd, 0, SEEK_CUR);
}

static void wrote(const char *name, off64_t offset, const void *bytes, ssize_t length)
{
    note("write %s %lld %zd\n", name, (long long)offset, length);
    put(bytes, (size_t)length);
}

ssize_t write(int fd, const void *bytes, size_t length)
{
    char name[NAME_MAX_HERE];
    int inside = notes >= 0 && fd != notes && within_fd(fd, name) == 1;
    if (!inside && (fd != STDOUT_FILENO || notes < 0))
        return REAL(write)(fd, bytes, length);
    pthread_mutex_lock(&order);
    off64_t offset = inside ? place_of(fd) : 0;
    ssize_t done = inside && is_full(fd, offset, length) ? -1 : REAL(write)(fd, bytes, length);
    int after = errno;
    if (done > 0 && inside)
        wrote(name, offset, bytes, done);
    else if (done > 0)
        note("say %zd\n", done);
    pthread_mutex_unlock(&order);
    errno = after;
    return done;
}

static ssize_t wrote_at(int fd, const void *bytes, size_t length, off64_t offset)
{
    char name[NAME_MAX_HERE];
    if (within_fd(fd, name) != 1)
        return REAL(pwrite64)(fd, bytes, length, offset);
    pthread_mutex_lock(&order);
    ssize_t done = is_full(fd, offset, length) ? -1 : REAL(pwrite64)(fd, bytes, length, offset);
    int after = errno;
    if (done > 0)
        wrote(name, offset, bytes, done);
    pthread_mutex_unlock(&order);
    errno = after;
    return done;
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) { return wrote_at(fd, bytes, length, offset); }
ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) { return wrote_at(fd, bytes, length, offset); }

/* Several pieces at once, from `offset` on, or from where the file stands. */
static ssize_t gathered(int fd, const struct iovec *pieces, int count, off64_t offset, int at_offset)
{
    char name[NAME_MAX_HERE];
    int inside = within_fd(fd, name) == 1;
    pthread_mutex_lock(&order);
    off64_t from = at_offset || !inside ? offset : place_of(fd);
    ssize_t done = at_offset ? REAL(pwritev64)(fd, pieces, count, offset) : REAL(writev)(fd, pieces, count);
    int after = errno;
    ssize_t left = done;
    for (int i = 0; inside && i < count && left > 0; i++) {
        ssize_t part = (ssize_t)pieces[i].iov_len < left ? (ssize_t)pieces[i].iov_len : left;
        if (part > 0)
            wrote(name, from, pieces[i].iov_base, part);
        from += part;
        left -= part;
    }
    if (!inside && fd == STDOUT_FILENO && notes >= 0 && done > 0)
        note("say %zd\n", done);
    pthread_mutex_unlock(&order);
    errno = after;
    return done;
}

ssize_t writev(int fd, const struct iovec *pieces, int count) { return gathered(fd, pieces, count, 0, 0); }
ssize_t pwritev(int fd, const struct iovec *pieces, int count, off_t offset) { return gathered(fd, pieces, count, offset, 1); }
ssize_t pwritev64(int fd, const struct iovec *pieces, int count, off64_t offset) { return gathered(fd, pieces, count, offset, 1); }

static int shortened(int fd, off64_t length)
{
    char name[NAME_MAX_HERE];
    if (within_fd(fd, name) != 1)
        return REAL(ftruncate64)(fd, length);
    pthread_mutex_lock(&order);
    int done = REAL(ftruncate64)(fd, length);
    if (done == 0)
        note("truncate %s %lld\n", name, (long long)length);
    pthread_mutex_unlock(&order);
    return done;
}

int ftruncate(int fd, off_t length) { return shortened(fd, length); }
int ftruncate64(int fd, off64_t length) { return shortened(fd, length); }

static int shortened_path(const char *path, off64_t length)
{
    char name[NAME_MAX_HERE];
    int inside = within_at(AT_FDCWD, path, name) == 1;
    pthread_mutex_lock(&order);
    int done = REAL(truncate64)(path, length);
    if (done == 0 && inside)
        note("truncate %s %lld\n", name, (long long)length);
    pthread_mutex_unlock(&order);
    return done;
}

int truncate(const char *path, off_t length) { return shortened_path(path, length); }
int truncate64(const char *path, off64_t length) { return shortened_path(path, length); }

/* Reaching the disk: noted when it is done. */

static int synced(int fd, int (*sync_it)(int))
{
    char name[NAME_MAX_HERE];
    int inside = within_fd(fd, name);
    if (!inside)
        return sync_it(fd);
    pthread_mutex_lock(&order);
    int done = sync_it(fd);
    if (done == 0 && inside == 1)
        note("sync %s\n", name);
    else if (done == 0)
        note("syncfolder\n");
    pthread_mutex_unlock(&order);
    return done;
}

int fsync(int fd) { return synced(fd, REAL(fsync)); }
int fdatasync(int fd) { return synced(fd, REAL(fdatasync)); }

/* Names. A name that comes from elsewhere, or goes there, has no model. */

static int renamed(int from_at, const char *from, int to_at, const char *to, unsigned flags)
{
    char old[NAME_MAX_HERE], new[NAME_MAX_HERE];
    int left = within_at(from_at, from, old), arrived = within_at(to_at, to, new);
    pthread_mutex_lock(&order);
    int done = REAL(renameat2)(from_at, from, to_at, to, flags);
    int after = errno;
    if (done == 0 && left == 1 && arrived == 1 && (flags & ~RENAME_NOREPLACE) == 0)
        note("rename %s %s\n", old, new);
    else if (done == 0 && (left || arrived))
        note("strange rename %s\n", left ? old : new);
    pthread_mutex_unlock(&order);
    errno = after;
    return done;
}

int rename(const char *from, const char *to) { return renamed(AT_FDCWD, from, AT_FDCWD, to, 0); }
int renameat(int from_at, const char *from, int to_at, const char *to) { return renamed(from_at, from, to_at, to, 0); }
int renameat2(int from_at, const char *from, int to_at, const char *to, unsigned flags) { return renamed(from_at, from, to_at, to, flags); }

static int linked(int from_at, const char *from, int to_at, const char *to, int flags)
{
    char old[NAME_MAX_HERE], new[NAME_MAX_HERE];
    int left = within_at(from_at, from, old), arrived = within_at(to_at, to, new);
    pthread_mutex_lock(&order);
    int done = REAL(linkat)(from_at, from, to_at, to, flags);
    int after = errno;
    if (done == 0 && left == 1 && arrived == 1)
        note("link %s %s\n", old, new);
    else if (done == 0 && arrived)
        note("strange link %s\n", new);
    pthread_mutex_unlock(&order);
    errno = after;
    return done;
}

int link(const char *from, const char *to) { return linked(AT_FDCWD, from, AT_FDCWD, to, 0); }
int linkat(int from_at, const char *from, int to_at, const char *to, int flags) { return linked(from_at, from, to_at, to, flags); }

static int removed(int at, const char *path, int flags)
{
    char name[NAME_MAX_HERE];
    int inside = within_at(at, path, name);
    pthread_mutex_lock(&order);
    int done = REAL(unlinkat)(at, path, flags);
    int after = errno;
    if (done == 0 && inside == 1)
        note("unlink %s\n", name);
    pthread_mutex_unlock(&order);
    errno = after;
    return done;
}

int unlink(const char *path) { return removed(AT_FDCWD, path, 0); }
int unlinkat(int at, const char *path, int flags) { return removed(at, path, flags); }

/* What the replay has no model of. */

static void strange(const char *call, int fd)
{
    char name[NAME_MAX_HERE];
    if (within_fd(fd, name) != 1)
        return;
    pthread_mutex_lock(&order);
    note("strange %s %s\n", call, name);
    pthread_mutex_unlock(&order);
}

int fallocate(int fd, int mode, off_t offset, off_t length) { strange("fallocate", fd); return REAL(fallocate)(fd, mode, offset, length); }
int fallocate64(int fd, int mode, off64_t offset, off64_t length) { strange("fallocate", fd); return REAL(fallocate64)(fd, mode, offset, length); }
int posix_fallocate(int fd, off_t offset, off_t length) { strange("fallocate", fd); return REAL(posix_fallocate)(fd, offset, length); }
int posix_fallocate64(int fd, off64_t offset, off64_t length) { strange("fallocate", fd); return REAL(posix_fallocate64)(fd, offset, length); }
ssize_t copy_file_range(int from, off64_t *from_at, int to, off64_t *to_at, size_t length, unsigned flags) { strange("copy_file_range", to); return REAL(copy_file_range)(from, from_at, to, to_at, length, flags); }

/* The index of a write-ahead log (-shm) is made anew after a crash: what is in it does not count. */
static void mapped(int protection, int flags, int fd)
{
    char name[NAME_MAX_HERE];
    if (fd < 0 || !(protection & PROT_WRITE) || !(flags & MAP_SHARED) || within_fd(fd, name) != 1)
        return;
    size_t length = strlen(name);
    if (length < 4 || strcmp(name + length - 4, "-shm") != 0)
        strange("mmap", fd);
}

void *mmap(void *at, size_t length, int protection, int flags, int fd, off_t offset) { mapped(protection, flags, fd); return REAL(mmap)(at, length, protection, flags, fd, offset); }
void *mmap64(void *at, size_t length, int protection, int flags, int fd, off64_t offset) { mapped(protection, flags, fd); return REAL(mmap64)(at, length, protection, flags, fd, offset); }

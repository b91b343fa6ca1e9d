/* Makes a program run with less care, or on a full disk.
 *
 * WANGGE_RECORD_SYNCHRONOUS puts another value into the program's own `PRAGMA synchronous`.
 * WANGGE_RECORD_ROOM is how many bytes the files of the folder may still grow by.
 */
#include "recorder.h"

#include <stdint.h>
#include <stdio.h>

static long long room = -1;

__attribute__((constructor)) static void begin(void)
{
    const char *given = getenv("WANGGE_RECORD_ROOM");
    if (given)
        room = atoll(given);
}

int is_full(int fd, off64_t offset, size_t length)
{
    struct stat64 state;
    if (room < 0 || fstat64(fd, &state) != 0)
        return 0;
    long long growth = (long long)offset + (long long)length - state.st_size;
    if (growth > room) {
        errno = ENOSPC;
        return 1;
    }
    if (growth > 0)
        room -= growth;
    return 0;
}

/* SQLite's setting of how much reaches the disk. */

struct sqlite3;
struct sqlite3_stmt;
typedef int prepare_v2(struct sqlite3 *, const char *, int, struct sqlite3_stmt **, const char **);
typedef int prepare_v3(struct sqlite3 *, const char *, int, unsigned, struct sqlite3_stmt **, const char **);

/* The statement to prepare instead of this one, or NULL. */
static const char *other_setting(const char *statement, char *instead, size_t room)
{
    const char *value = getenv("WANGGE_RECORD_SYNCHRONOUS");
    if (!value || notes < 0 || strncasecmp(statement, "PRAGMA synchronous", 18) != 0)
        return NULL;
    snprintf(instead, room, "PRAGMA synchronous=%s", value);
    note("setting %s\n", value);
    return instead;
}

int sqlite3_prepare_v2(struct sqlite3 *file, const char *statement, int length, struct sqlite3_stmt **made, const char **tail)
{
    char instead[64];
    const char *other = other_setting(statement, instead, sizeof instead);
    int done = ((prepare_v2 *)real("sqlite3_prepare_v2"))(file, other ? other : statement, other ? -1 : length, made, tail);
    if (other && tail)
        *tail = statement + strnlen(statement, length < 0 ? SIZE_MAX : (size_t)length);
    return done;
}

int sqlite3_prepare_v3(struct sqlite3 *file, const char *statement, int length, unsigned flags, struct sqlite3_stmt **made, const char **tail)
{
    char instead[64];
    const char *other = other_setting(statement, instead, sizeof instead);
    int done = ((prepare_v3 *)real("sqlite3_prepare_v3"))(file, other ? other : statement, other ? -1 : length, flags, made, tail);
    if (other && tail)
        *tail = statement + strnlen(statement, length < 0 ? SIZE_MAX : (size_t)length);
    return done;
}

/* A library to be loaded before others, which lets file systems look as poor as some are:
 * ODD_FILE_SYSTEM=memory refuses shared mappings of files, =locks refuses locks on files, and
 * =hollow-locks grants every lock to everybody. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>

static int is(const char *what) {
  const char *mode = getenv("ODD_FILE_SYSTEM");
  return mode != NULL && strcmp(mode, what) == 0;
}

#define MAP(name, offset_type)                                                        \
  void *name(void *at, size_t size, int access, int flags, int file, offset_type from) { \
    void *(*next)(void *, size_t, int, int, int, offset_type) = dlsym(RTLD_NEXT, #name); \
    if ((flags & MAP_SHARED) && !(flags & MAP_ANONYMOUS) && file >= 0 && is("memory")) {  \
      errno = ENODEV;                                                                 \
      return MAP_FAILED;                                                              \
    }                                                                                 \
    return next(at, size, access, flags, file, from);                                 \
  }

MAP(mmap, off_t)
MAP(mmap64, off64_t)

static int is_lock(int command) {
  return command == F_SETLK || command == F_SETLKW || command == F_GETLK;
}

#define CONTROL(name)                                              \
  int name(int file, int command, ...) {                           \
    int (*next)(int, int, ...) = dlsym(RTLD_NEXT, #name);          \
    va_list rest;                                                  \
    va_start(rest, command);                                       \
    void *argument = va_arg(rest, void *);                         \
    va_end(rest);                                                  \
    if (is_lock(command) && is("locks")) {                         \
      errno = ENOLCK;                                              \
      return -1;                                                   \
    }                                                              \
    if (is_lock(command) && is("hollow-locks")) {                  \
      if (command == F_GETLK)                                      \
        ((struct flock *)argument)->l_type = F_UNLCK;              \
      return 0;                                                    \
    }                                                              \
    return next(file, command, argument);                          \
  }

CONTROL(fcntl)
CONTROL(fcntl64)

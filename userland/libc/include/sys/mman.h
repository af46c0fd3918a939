/* Memory mappings: POSIX <sys/mman.h>. */
#ifndef _SYS_MMAN_H
#define _SYS_MMAN_H

#include <sys/types.h>
#include <uapi/mman.h>

#define MAP_ANON MAP_ANONYMOUS
#define MAP_FAILED ((void *)-1)

void *mmap(void *wanted, size_t size, int protection, int flags, int fd, off_t offset);
int munmap(void *start, size_t size);
int mprotect(void *start, size_t size, int protection);

#endif

/*
 * The heap: one run of blocks from sbrk, each with a header of its size and the size of the block
 * before it, so that neighbours merge when both are free. Free blocks of one size class hang on one
 * list; a request takes the first that fits, from its own class upwards, and splits what is left.
 */
#include "internal.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ALIGNMENT 16u
#define HEADER 16u
#define CLASSES 28
#define GROWTH 65536u

/* Sizes count the header and are multiples of 16; bit 0 says that the block is in use. */
struct block {
  size_t size;
  size_t previous_size;
  uint32_t padding[2];
  struct block *next, *previous; /* of a free block: neighbours on its list, in the payload */
};

static struct block *lists[CLASSES];
static struct block *last; /* the block at the end of the heap: a sentinel in use, of size HEADER */

static size_t size_of(const struct block *block) {
  return block->size & ~(size_t)1;
}

static int is_used(const struct block *block) {
  return block->size & 1;
}

static struct block *after(struct block *block) {
  return (struct block *)((char *)block + size_of(block));
}

static struct block *before(struct block *block) {
  return (struct block *)((char *)block - block->previous_size);
}

/* 32, 48, .. 256 each have a class; above, one a power of two. */
static int class_of(size_t size) {
  if (size <= 256) return (int)(size / 16) - 2;
  int class = 15;
  for (size >>= 9; size > 0 && class < CLASSES - 1; size >>= 1) class++;
  return class;
}

static void unlist(struct block *block) {
  if (block->previous != NULL) block->previous->next = block->next;
  else lists[class_of(size_of(block))] = block->next;
  if (block->next != NULL) block->next->previous = block->previous;
}

static void list(struct block *block) {
  struct block **head = &lists[class_of(size_of(block))];
  block->next = *head;
  block->previous = NULL;
  if (*head != NULL) (*head)->previous = block;
  *head = block;
}

static void set_size(struct block *block, size_t size, int used) {
  block->size = size | (size_t)used;
  after(block)->previous_size = size;
}

/* Merges a block that is not on a list with its free neighbours, and lists the result. */
static void release(struct block *block) {
  struct block *next = after(block);
  size_t size = size_of(block);
  if (!is_used(next)) {
    unlist(next);
    size += size_of(next);
  }
  if (block->previous_size != 0 && !is_used(before(block))) {
    block = before(block);
    unlist(block);
    size += size_of(block);
  }
  set_size(block, size, 0);
  list(block);
}

static int grow(size_t size) {
  size_t wanted = size + GROWTH - 1;
  wanted -= wanted % GROWTH;
  if (last == NULL) {
    char *start = sbrk(0);
    size_t gap = -(size_t)start % ALIGNMENT;
    char *base = sbrk((intptr_t)(gap + HEADER));
    if (base == (char *)-1) return 0;
    last = (struct block *)(base + gap);
    last->size = HEADER | 1;
    last->previous_size = 0;
  }
  if (wanted > INTPTR_MAX || sbrk((intptr_t)wanted) == (void *)-1) return 0;
  struct block *block = last;
  last = (struct block *)((char *)block + wanted);
  last->size = HEADER | 1;
  set_size(block, wanted, 1);
  release(block);
  return 1;
}

static struct block *find(size_t size) {
  for (int class = class_of(size); class < CLASSES; class++) {
    for (struct block *block = lists[class]; block != NULL; block = block->next) {
      if (size_of(block) >= size) return block;
    }
  }
  return NULL;
}

/* Cuts a block in use down to `size` when what is left can be a block. */
static void trim(struct block *block, size_t size) {
  size_t rest = size_of(block) - size;
  if (rest < 32) return;
  set_size(block, size, 1);
  struct block *tail = after(block);
  set_size(tail, rest, 1);
  release(tail);
}

static size_t block_size(size_t size) {
  size_t total = (size + HEADER + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
  return total < 32 ? 32 : total;
}

void *malloc(size_t size) {
  if (size > INTPTR_MAX - 2 * GROWTH) {
    errno = ENOMEM;
    return NULL;
  }
  size_t total = block_size(size);
  struct block *block = find(total);
  if (block == NULL) {
    if (!grow(total)) {
      errno = ENOMEM;
      return NULL;
    }
    block = find(total);
  }
  unlist(block);
  set_size(block, size_of(block), 1);
  trim(block, total);
  return (char *)block + HEADER;
}

void free(void *pointer) {
  if (pointer != NULL) release((struct block *)((char *)pointer - HEADER));
}

void *calloc(size_t count, size_t size) {
  if (size != 0 && count > SIZE_MAX / size) {
    errno = ENOMEM;
    return NULL;
  }
  void *pointer = malloc(count * size);
  if (pointer != NULL) memset(pointer, 0, count * size);
  return pointer;
}

void *realloc(void *pointer, size_t size) {
  if (pointer == NULL) return malloc(size);
  struct block *block = (struct block *)((char *)pointer - HEADER);
  size_t have = size_of(block) - HEADER;
  if (size <= have) {
    trim(block, block_size(size));
    return pointer;
  }
  void *larger = malloc(size);
  if (larger == NULL) return NULL;
  memcpy(larger, pointer, have);
  free(pointer);
  return larger;
}

void *aligned_alloc(size_t alignment, size_t size) {
  if (alignment <= ALIGNMENT) return malloc(size);
  char *pointer = malloc(size + alignment + 32);
  if (pointer == NULL || (uintptr_t)pointer % alignment == 0) return pointer;
  /* Cut the front off as a block of its own, at least 32 bytes long. */
  struct block *front = (struct block *)(pointer - HEADER);
  uintptr_t at = ((uintptr_t)pointer + 32 + alignment - 1) / alignment * alignment;
  struct block *block = (struct block *)(at - HEADER);
  size_t rest = size_of(front) - (size_t)((char *)block - (char *)front);
  set_size(front, (size_t)((char *)block - (char *)front), 1);
  set_size(block, rest, 1);
  release(front);
  return (void *)at;
}

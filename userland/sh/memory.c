/*
 * Arenas, growing strings, growing lists.
 */
#include "sh.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK_SIZE 4000

struct chunk {
  struct chunk *next;
  size_t used, size;
  char bytes[] __attribute__((aligned(8)));
};

struct arena *arena;

void *must_alloc(void *old, size_t size) {
  void *block = realloc(old, size);
  if (block == NULL) {
    dprintf(2, "sh: out of memory\n");
    _exit(2);
  }
  return block;
}

void *arena_alloc(size_t size) {
  struct chunk *chunk = arena->chunks;
  size = (size + 7) & ~(size_t)7;
  if (chunk == NULL || chunk->size - chunk->used < size) {
    size_t room = size > CHUNK_SIZE ? size : CHUNK_SIZE;
    chunk = must_alloc(NULL, sizeof *chunk + room);
    chunk->used = 0;
    chunk->size = room;
    chunk->next = arena->chunks;
    arena->chunks = chunk;
  }
  void *block = chunk->bytes + chunk->used;
  chunk->used += size;
  return memset(block, 0, size);
}

char *arena_text(const char *text, size_t length) {
  char *copy = arena_alloc(length + 1);
  return memcpy(copy, text, length);
}

void arena_free(struct arena *what) {
  for (struct chunk *chunk = what->chunks, *next; chunk != NULL; chunk = next) {
    next = chunk->next;
    free(chunk);
  }
  what->chunks = NULL;
}

struct mark arena_mark(void) {
  struct chunk *chunk = arena->chunks;
  return (struct mark){chunk, chunk == NULL ? 0 : chunk->used};
}

void arena_release(struct mark mark) {
  while (arena->chunks != mark.chunk) {
    struct chunk *chunk = arena->chunks;
    arena->chunks = chunk->next;
    free(chunk);
  }
  if (mark.chunk != NULL) mark.chunk->used = mark.used;
}

void text_add(struct text *text, char c) {
  if (text->length + 2 > text->room) {
    size_t room = text->room == 0 ? 32 : text->room * 2;
    char *larger = arena_alloc(room);
    if (text->length > 0) memcpy(larger, text->bytes, text->length);
    text->bytes = larger;
    text->room = room;
  }
  text->bytes[text->length++] = c;
  text->bytes[text->length] = '\0';
}

void text_add_all(struct text *text, const char *more) {
  while (*more != '\0') text_add(text, *more++);
}

void list_add(struct list *list, char *item) {
  if (list->count + 2 > list->room) {
    int room = list->room == 0 ? 8 : list->room * 2;
    char **larger = arena_alloc((size_t)room * sizeof *larger);
    if (list->count > 0) memcpy(larger, list->items, (size_t)list->count * sizeof *larger);
    list->items = larger;
    list->room = room;
  }
  list->items[list->count++] = item;
  list->items[list->count] = NULL;
}

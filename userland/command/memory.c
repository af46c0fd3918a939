/*
 * Memory that is there or ends the program; growing buffers; names made of parts.
 */
#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void *must_have(void *block, size_t size) {
  void *larger = realloc(block, size == 0 ? 1 : size);
  if (larger == NULL) give_up("memory exhausted");
  return larger;
}

char *copy_text(const char *text) {
  size_t size = strlen(text) + 1;
  return memcpy(must_have(NULL, size), text, size);
}

char *joined(const char *directory, const char *name) {
  size_t length = strlen(directory), rest = strlen(name);
  char *path = must_have(NULL, length + rest + 2);
  memcpy(path, directory, length);
  if (length > 0 && path[length - 1] != '/') path[length++] = '/';
  memcpy(path + length, name, rest + 1);
  return path;
}

char *last_part(const char *path) {
  size_t end = strlen(path);
  while (end > 1 && path[end - 1] == '/') end--;
  size_t start = end;
  while (start > 0 && path[start - 1] != '/') start--;
  if (start == end && end > 0) start--;
  char *part = must_have(NULL, end - start + 1);
  memcpy(part, path + start, end - start);
  part[end - start] = '\0';
  return part;
}

void buffer_add(struct buffer *buffer, const void *bytes, size_t count) {
  if (buffer->length + count + 1 > buffer->room) {
    size_t room = buffer->room == 0 ? 64 : buffer->room * 2;
    while (room < buffer->length + count + 1) room *= 2;
    buffer->bytes = must_have(buffer->bytes, room);
    buffer->room = room;
  }
  if (count > 0) memcpy(buffer->bytes + buffer->length, bytes, count);
  buffer->length += count;
  buffer->bytes[buffer->length] = '\0';
}

void buffer_add_char(struct buffer *buffer, char c) {
  buffer_add(buffer, &c, 1);
}

ssize_t read_line(FILE *file, char **line, size_t *size) {
  errno = 0;
  ssize_t length = getdelim(line, size, '\n', file);
  if (length < 0 && errno == ENOMEM) give_up("memory exhausted");
  return length;
}

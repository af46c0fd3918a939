/*
 * Strings and memory blocks. The compiler calls memcpy, memmove, memset and memcmp by itself.
 */
#include <asm/io.h>
#include <kernel/string.h>

void *memcpy(void *to, const void *from, size_t count) {
  u8 *d = to;
  const u8 *s = from;
  u32 words = count / 4;
  movsl(d, s, words);
  for (u32 i = words * 4; i < count; i++)
    d[i] = s[i];
  return to;
}

void *memmove(void *to, const void *from, size_t count) {
  u8 *d = to;
  const u8 *s = from;
  if (d <= s || d >= s + count)
    return memcpy(to, from, count);
  while (count-- > 0)
    d[count] = s[count];
  return to;
}

void *memset(void *to, int value, size_t count) {
  u8 *d = to;
  u32 words = count / 4;
  stosl(d, (u8)value * 0x01010101u, words);
  for (u32 i = words * 4; i < count; i++)
    d[i] = value;
  return to;
}

int memcmp(const void *a, const void *b, size_t count) {
  const u8 *x = a, *y = b;
  for (size_t i = 0; i < count; i++)
    if (x[i] != y[i])
      return x[i] - y[i];
  return 0;
}

size_t strlen(const char *text) {
  size_t length = 0;
  while (text[length])
    length++;
  return length;
}

int strcmp(const char *a, const char *b) {
  while (*a && *a == *b)
    a++, b++;
  return (u8)*a - (u8)*b;
}

int strncmp(const char *a, const char *b, size_t count) {
  for (; count > 0; a++, b++, count--)
    if (*a != *b || *a == 0)
      return (u8)*a - (u8)*b;
  return 0;
}

char *strchr(const char *text, int character) {
  for (; *text != (char)character; text++)
    if (*text == 0)
      return NULL;
  return (char *)text;
}

void strlcpy(char *to, const char *from, size_t size) {
  size_t i = 0;
  if (size == 0)
    return;
  for (; i + 1 < size && from[i]; i++)
    to[i] = from[i];
  to[i] = 0;
}

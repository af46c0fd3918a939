/*
 * Strings and memory. The copies use the processor's string instructions through the compiler's
 * plain loops where those are short, and words where they pay.
 */
#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

void *memcpy(void *restrict to, const void *restrict from, size_t count) {
  unsigned char *out = to;
  const unsigned char *in = from;
  for (; count >= 4; count -= 4, out += 4, in += 4) *(uint32_t *)out = *(const uint32_t *)in;
  while (count-- > 0) *out++ = *in++;
  return to;
}

void *memmove(void *to, const void *from, size_t count) {
  unsigned char *out = to;
  const unsigned char *in = from;
  if (out <= in || out >= in + count) {
    while (count-- > 0) *out++ = *in++;
  } else {
    while (count-- > 0) out[count] = in[count];
  }
  return to;
}

void *memset(void *to, int byte, size_t count) {
  unsigned char *out = to;
  uint32_t word = (unsigned char)byte * 0x01010101u;
  for (; count >= 4; count -= 4, out += 4) *(uint32_t *)out = word;
  while (count-- > 0) *out++ = (unsigned char)byte;
  return to;
}

int memcmp(const void *a, const void *b, size_t count) {
  const unsigned char *left = a, *right = b;
  for (; count > 0; count--, left++, right++) {
    if (*left != *right) return *left - *right;
  }
  return 0;
}

void *memchr(const void *bytes, int byte, size_t count) {
  const unsigned char *at = bytes;
  for (; count > 0; count--, at++) {
    if (*at == (unsigned char)byte) return (void *)at;
  }
  return NULL;
}

void *memrchr(const void *bytes, int byte, size_t count) {
  const unsigned char *start = bytes;
  while (count-- > 0) {
    if (start[count] == (unsigned char)byte) return (void *)(start + count);
  }
  return NULL;
}

size_t strlen(const char *text) {
  const char *end = text;
  while (*end != '\0') end++;
  return (size_t)(end - text);
}

size_t strnlen(const char *text, size_t max) {
  size_t length = 0;
  while (length < max && text[length] != '\0') length++;
  return length;
}

char *stpcpy(char *restrict to, const char *restrict from) {
  while ((*to = *from++) != '\0') to++;
  return to;
}

char *strcpy(char *restrict to, const char *restrict from) {
  stpcpy(to, from);
  return to;
}

char *strncpy(char *restrict to, const char *restrict from, size_t count) {
  size_t length = strnlen(from, count);
  memcpy(to, from, length);
  memset(to + length, 0, count - length);
  return to;
}

char *strcat(char *restrict to, const char *restrict from) {
  stpcpy(to + strlen(to), from);
  return to;
}

char *strncat(char *restrict to, const char *restrict from, size_t count) {
  size_t length = strnlen(from, count);
  char *end = to + strlen(to);
  memcpy(end, from, length);
  end[length] = '\0';
  return to;
}

int strcmp(const char *a, const char *b) {
  while (*a != '\0' && *a == *b) a++, b++;
  return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char *a, const char *b, size_t count) {
  for (; count > 0; count--, a++, b++) {
    if (*a != *b) return (unsigned char)*a - (unsigned char)*b;
    if (*a == '\0') break;
  }
  return 0;
}

int strcoll(const char *a, const char *b) {
  return strcmp(a, b);
}

size_t strxfrm(char *restrict to, const char *restrict from, size_t count) {
  size_t length = strlen(from);
  if (count > 0) strncpy(to, from, count);
  return length;
}

int strncasecmp(const char *a, const char *b, size_t count) {
  for (; count > 0; count--, a++, b++) {
    int difference = tolower((unsigned char)*a) - tolower((unsigned char)*b);
    if (difference != 0 || *a == '\0') return difference;
  }
  return 0;
}

int strcasecmp(const char *a, const char *b) {
  return strncasecmp(a, b, SIZE_MAX);
}

int ffs(int value) {
  for (int bit = 0; bit < 32; bit++) {
    if ((unsigned)value >> bit & 1) return bit + 1;
  }
  return 0;
}

char *strchr(const char *text, int c) {
  for (;; text++) {
    if (*text == (char)c) return (char *)text;
    if (*text == '\0') return NULL;
  }
}

char *strrchr(const char *text, int c) {
  return memrchr(text, c, strlen(text) + 1);
}

size_t strspn(const char *text, const char *set) {
  size_t length = 0;
  while (text[length] != '\0' && strchr(set, text[length]) != NULL) length++;
  return length;
}

size_t strcspn(const char *text, const char *set) {
  size_t length = 0;
  while (text[length] != '\0' && strchr(set, text[length]) == NULL) length++;
  return length;
}

char *strpbrk(const char *text, const char *set) {
  text += strcspn(text, set);
  return *text == '\0' ? NULL : (char *)text;
}

char *strstr(const char *text, const char *part) {
  size_t length = strlen(part);
  for (; (text = strchr(text, *part)) != NULL; text++) {
    if (strncmp(text, part, length) == 0) return (char *)text;
    if (*text == '\0') return NULL;
  }
  return NULL;
}

char *strtok_r(char *restrict text, const char *restrict separators, char **restrict state) {
  if (text == NULL) text = *state;
  text += strspn(text, separators);
  if (*text == '\0') {
    *state = text;
    return NULL;
  }
  char *end = text + strcspn(text, separators);
  *state = *end == '\0' ? end : end + 1;
  *end = '\0';
  return text;
}

char *strtok(char *restrict text, const char *restrict separators) {
  static char *state;
  return strtok_r(text, separators, &state);
}

char *strndup(const char *text, size_t max) {
  size_t length = strnlen(text, max);
  char *copy = malloc(length + 1);
  if (copy == NULL) return NULL;
  memcpy(copy, text, length);
  copy[length] = '\0';
  return copy;
}

char *strdup(const char *text) {
  return strndup(text, SIZE_MAX);
}

char *strchrnul(const char *text, int c) {
  while (*text != '\0' && *text != (char)c) text++;
  return (char *)text;
}

char *strsep(char **text, const char *separators) {
  char *start = *text;
  if (start == NULL) return NULL;
  char *end = start + strcspn(start, separators);
  *text = *end == '\0' ? NULL : end + 1;
  *end = '\0';
  return start;
}

void *memmem(const void *in, size_t size, const void *part, size_t part_size) {
  const char *at = in, *end = at + size;
  if (part_size == 0) return (void *)in;
  while ((size_t)(end - at) >= part_size) {
    at = memchr(at, *(const unsigned char *)part, (size_t)(end - at) - part_size + 1);
    if (at == NULL) return NULL;
    if (memcmp(at, part, part_size) == 0) return (void *)at;
    at++;
  }
  return NULL;
}

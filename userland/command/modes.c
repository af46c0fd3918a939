/*
 * Modes: octal, or POSIX's symbolic clauses such as u+x,go-w and a=rX.
 */
#include "command.h"

#include <stdlib.h>
#include <string.h>

struct mode_change {
  mode_t who;  /* the classes' bits, 0 where none were named */
  char operator; /* + - =, or 0: `bits` is the whole mode */
  mode_t bits;
  int has_execute_if; /* X */
  char copies;        /* u, g or o: that class's bits; else 0 */
  int keeps_special;  /* octal without its own set-id digits, for directories */
  struct mode_change *next;
};

static mode_t class_bits(char c) {
  return c == 'u' ? 04700 : c == 'g' ? 02070 : c == 'o' ? 01007 : c == 'a' ? 07777 : 0;
}

static struct mode_change *octal(const char *text) {
  unsigned long bits = 0;
  size_t length = strlen(text);
  for (const char *at = text; *at != '\0'; at++) {
    if (*at < '0' || *at > '7') return NULL;
    bits = bits * 8 + (unsigned long)(*at - '0');
    if (bits > 07777) return NULL;
  }
  struct mode_change *change = must_have(NULL, sizeof *change);
  memset(change, 0, sizeof *change);
  change->bits = (mode_t)bits;
  change->keeps_special = length < 5;
  return change;
}

/* One operator and its permissions, from *text on. */
static struct mode_change *action(const char **text, mode_t who) {
  struct mode_change *change = must_have(NULL, sizeof *change);
  memset(change, 0, sizeof *change);
  change->who = who;
  change->operator = *(*text)++;
  if (**text != '\0' && strchr("ugo", **text) != NULL) {
    change->copies = *(*text)++;
    return change;
  }
  for (;; (*text)++) {
    switch (**text) {
      case 'r':
        change->bits |= 0444;
        break;
      case 'w':
        change->bits |= 0222;
        break;
      case 'x':
        change->bits |= 0111;
        break;
      case 'X':
        change->has_execute_if = 1;
        break;
      case 's':
        change->bits |= 06000;
        break;
      case 't':
        change->bits |= 01000;
        break;
      default:
        return change;
    }
  }
}

struct mode_change *parse_mode(const char *text) {
  struct mode_change *first = NULL, **end = &first;
  if (*text >= '0' && *text <= '7') return octal(text);
  for (;;) {
    mode_t who = 0;
    while (class_bits(*text) != 0) who |= class_bits(*text++);
    if (*text == '\0' || strchr("+-=", *text) == NULL) return NULL;
    while (*text != '\0' && strchr("+-=", *text) != NULL) {
      *end = action(&text, who);
      end = &(*end)->next;
    }
    if (*text == '\0') return first;
    if (*text++ != ',') return NULL;
  }
}

mode_t change_mode(const struct mode_change *change, mode_t mode, int is_directory, mode_t mask) {
  mode &= 07777;
  for (; change != NULL; change = change->next) {
    if (change->operator == 0) {
      mode_t kept = is_directory && change->keeps_special ? mode & 06000 : 0;
      mode = change->bits | kept;
      continue;
    }
    mode_t bits = change->bits;
    if (change->has_execute_if && (is_directory || mode & 0111)) bits |= 0111;
    if (change->copies != 0) {
      int shift = change->copies == 'u' ? 6 : change->copies == 'g' ? 3 : 0;
      mode_t one = mode >> shift & 7;
      bits = one << 6 | one << 3 | one;
    }
    mode_t who = change->who == 0 ? 07777 : change->who;
    bits &= change->who == 0 ? ~mask & 07777 : change->who;
    mode_t kept = is_directory && !(change->bits & 06000) ? 06000 : 0;
    if (change->operator == '+') mode |= bits;
    else if (change->operator == '-') mode &= ~bits;
    else mode = (mode & (~who | kept)) | bits;
  }
  return mode;
}

void mode_text(mode_t mode, char *to) {
  static const char letters[] = "rwxrwxrwx";
  static const char types[] = "?pc?d?b?-?l?s???";
  to[0] = types[(mode & S_IFMT) >> 12];
  for (int i = 0; i < 9; i++) to[i + 1] = mode & (0400u >> i) ? letters[i] : '-';
  if (mode & S_ISUID) to[3] = mode & S_IXUSR ? 's' : 'S';
  if (mode & S_ISGID) to[6] = mode & S_IXGRP ? 's' : 'S';
  if (mode & S_ISVTX) to[9] = mode & S_IXOTH ? 't' : 'T';
  to[10] = '\0';
}

const char *file_kind(const struct stat *status) {
  switch (status->st_mode & S_IFMT) {
    case S_IFREG:
      return status->st_size == 0 ? "regular empty file" : "regular file";
    case S_IFDIR:
      return "directory";
    case S_IFLNK:
      return "symbolic link";
    case S_IFCHR:
      return "character special file";
    case S_IFBLK:
      return "block special file";
    case S_IFIFO:
      return "fifo";
    default:
      return "socket";
  }
}

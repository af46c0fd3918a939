/*
 * grep [-cilnqv] [-e] PATTERN [FILE ..]: lines that match a basic regular expression: . * [..] ^ $
 * and \ before any of them.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int ignores_case, is_inverted, shows_numbers, shows_names, counts_only, names_only, is_quiet;

/* The end of the atom that begins at `pattern`. */
static const char *atom_end(const char *pattern) {
  if (*pattern == '\\' && pattern[1] != '\0') return pattern + 2;
  if (*pattern != '[') return pattern + 1;
  const char *at = pattern + 1;
  if (*at == '^') at++;
  if (*at == ']') at++;
  while (*at != '\0' && *at != ']') at++;
  return *at == ']' ? at + 1 : pattern + 1;
}

static int fold(int c) {
  return ignores_case ? tolower(c) : c;
}

static int atom_matches(const char *pattern, const char *end, char c) {
  int character = fold((unsigned char)c);
  if (c == '\0') return 0;
  if (*pattern == '.') return 1;
  if (*pattern == '\\' && end - pattern == 2) return fold((unsigned char)pattern[1]) == character;
  if (*pattern != '[' || end - pattern == 1) return fold((unsigned char)*pattern) == character;
  int is_negated = pattern[1] == '^', is_found = 0;
  for (const char *at = pattern + 1 + is_negated; at < end - 1; at++) {
    unsigned char low = (unsigned char)*at, high = low;
    if (at[1] == '-' && at + 2 < end - 1) {
      high = (unsigned char)at[2];
      at += 2;
    }
    is_found |= character >= fold(low) && character <= fold(high);
  }
  return is_found != is_negated;
}

static int matches_here(const char *pattern, const char *text) {
  while (*pattern != '\0') {
    if (pattern[0] == '$' && pattern[1] == '\0') return *text == '\0';
    const char *end = atom_end(pattern);
    if (*end == '*') {
      const char *most = text;
      while (atom_matches(pattern, end, *most)) most++;
      for (;; most--) {
        if (matches_here(end + 1, most)) return 1;
        if (most == text) return 0;
      }
    }
    if (!atom_matches(pattern, end, *text)) return 0;
    pattern = end;
    text++;
  }
  return 1;
}

static int matches(const char *pattern, const char *text) {
  if (*pattern == '^') return matches_here(pattern + 1, text);
  for (;; text++) {
    if (matches_here(pattern, text)) return 1;
    if (*text == '\0') return 0;
  }
}

/* The number of lines that were selected. */
static long search(FILE *file, const char *name, const char *pattern) {
  char *line = NULL;
  size_t size = 0;
  long found = 0, number = 0;
  for (ssize_t length; (length = getline(&line, &size, file)) >= 0;) {
    number++;
    if (length > 0 && line[length - 1] == '\n') line[length - 1] = '\0';
    if (matches(pattern, line) == is_inverted) continue;
    found++;
    if (is_quiet || names_only) break;
    if (counts_only) continue;
    if (shows_names) printf("%s:", name);
    if (shows_numbers) printf("%ld:", number);
    puts(line);
  }
  free(line);
  if (names_only && found > 0) puts(name);
  if (counts_only && !names_only) {
    if (shows_names) printf("%s:", name);
    printf("%ld\n", found);
  }
  return found;
}

int main(int argc, char **argv) {
  const char *pattern = NULL;
  int has_error = 0;
  long found = 0;
  for (int option; (option = getopt(argc, argv, "ce:hilnqv")) != -1;) {
    if (option == '?') return 2;
    if (option == 'c') counts_only = 1;
    if (option == 'e') pattern = optarg;
    if (option == 'i') ignores_case = 1;
    if (option == 'l') names_only = 1;
    if (option == 'n') shows_numbers = 1;
    if (option == 'q') is_quiet = 1;
    if (option == 'v') is_inverted = 1;
  }
  if (pattern == NULL && optind < argc) pattern = argv[optind++];
  if (pattern == NULL) {
    fprintf(stderr, "usage: grep [-cilnqv] PATTERN [FILE ..]\n");
    return 2;
  }
  shows_names = argc - optind > 1;
  if (optind == argc) found = search(stdin, "(standard input)", pattern);
  for (int i = optind; i < argc; i++) {
    FILE *file = fopen(argv[i], "r");
    if (file == NULL) {
      fprintf(stderr, "grep: %s: %s\n", argv[i], strerror(errno));
      has_error = 1;
      continue;
    }
    found += search(file, argv[i], pattern);
    fclose(file);
  }
  return has_error ? 2 : found == 0;
}

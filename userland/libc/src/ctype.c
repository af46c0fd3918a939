/*
 * Character classes of the C locale. Functions, not table macros: objects compiled against other C
 * libraries link with them.
 */
#include <ctype.h>
#include <string.h>

int isdigit(int c) {
  return c >= '0' && c <= '9';
}

int islower(int c) {
  return c >= 'a' && c <= 'z';
}

int isupper(int c) {
  return c >= 'A' && c <= 'Z';
}

int isalpha(int c) {
  return islower(c) || isupper(c);
}

int isalnum(int c) {
  return isalpha(c) || isdigit(c);
}

int isblank(int c) {
  return c == ' ' || c == '\t';
}

int isspace(int c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

int iscntrl(int c) {
  return (c >= 0 && c < ' ') || c == 127;
}

int isprint(int c) {
  return c >= ' ' && c < 127;
}

int isgraph(int c) {
  return c > ' ' && c < 127;
}

int ispunct(int c) {
  return isgraph(c) && !isalnum(c);
}

int isxdigit(int c) {
  return isdigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

int tolower(int c) {
  return isupper(c) ? c + ('a' - 'A') : c;
}

int toupper(int c) {
  return islower(c) ? c - ('a' - 'A') : c;
}

int (*__class_test(const char *name, size_t length))(int c) {
  static const struct {
    const char *name;
    int (*test)(int);
  } classes[] = {
      {"alnum", isalnum}, {"alpha", isalpha}, {"blank", isblank}, {"cntrl", iscntrl},
      {"digit", isdigit}, {"graph", isgraph}, {"lower", islower}, {"print", isprint},
      {"punct", ispunct}, {"space", isspace}, {"upper", isupper}, {"xdigit", isxdigit},
  };
  for (unsigned i = 0; i < sizeof classes / sizeof *classes; i++) {
    if (strlen(classes[i].name) == length && memcmp(classes[i].name, name, length) == 0) {
      return classes[i].test;
    }
  }
  return NULL;
}

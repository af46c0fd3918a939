/* Character handling: C11 7.4, for the C locale. */
#ifndef _CTYPE_H
#define _CTYPE_H

#include <stddef.h>

int isalnum(int c);
int isalpha(int c);
int isblank(int c);
int iscntrl(int c);
int isdigit(int c);
int isgraph(int c);
int islower(int c);
int isprint(int c);
int ispunct(int c);
int isspace(int c);
int isupper(int c);
int isxdigit(int c);
int tolower(int c);
int toupper(int c);

/* What tells the members of the class that [:NAME:] means in a pattern; null if there is none. */
int (*__class_test(const char *name, size_t length))(int c);

#endif

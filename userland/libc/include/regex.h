/* Regular expressions: POSIX <regex.h>. */
#ifndef _REGEX_H
#define _REGEX_H

#include <sys/types.h>

#define REG_EXTENDED 1
#define REG_ICASE 2
#define REG_NEWLINE 4
#define REG_NOSUB 8

#define REG_NOTBOL 1
#define REG_NOTEOL 2
#define REG_STARTEND 4 /* the text is what the first match's offsets delimit */

enum {
  REG_NOERROR,
  REG_NOMATCH,
  REG_BADPAT,
  REG_ECOLLATE,
  REG_ECTYPE,
  REG_EESCAPE,
  REG_ESUBREG,
  REG_EBRACK,
  REG_EPAREN,
  REG_EBRACE,
  REG_BADBR,
  REG_ERANGE,
  REG_ESPACE,
  REG_BADRPT,
  REG_EEND,
  REG_ESIZE,
  REG_ERPAREN
};

typedef int regoff_t;

typedef struct {
  size_t re_nsub;
  struct __regex *__program;
} regex_t;

typedef struct {
  regoff_t rm_so;
  regoff_t rm_eo;
} regmatch_t;

int regcomp(regex_t *restrict regex, const char *restrict pattern, int flags);
int regexec(const regex_t *restrict regex, const char *restrict text, size_t count,
            regmatch_t *restrict matches, int flags);
size_t regerror(int error, const regex_t *restrict regex, char *restrict to, size_t size);
void regfree(regex_t *regex);

#endif

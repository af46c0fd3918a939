/* Groups: POSIX <grp.h>, from /etc/group. */
#ifndef _GRP_H
#define _GRP_H

#include <sys/types.h>

struct group {
  char *gr_name;
  char *gr_passwd;
  gid_t gr_gid;
  char **gr_mem; /* ends in a null pointer */
};

struct group *getgrgid(gid_t group);
struct group *getgrnam(const char *name);

#endif

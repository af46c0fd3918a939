/*
 * What procfs.c and procfile.c share: the tables of files, and the text one is written to.
 */
#ifndef KERNEL_PROC_H
#define KERNEL_PROC_H

#include <kernel/types.h>

struct proc_text {
  u32 length, room; /* length counts what did not fit, too: then more room is tried */
  char bytes[];
};

struct proc_file {
  const char *name; /* NULL ends a table */
  int (*write)(struct proc_text *text, int pid); /* 0 or -errno */
};

extern const struct proc_file proc_files[], proc_pid_files[];

#endif

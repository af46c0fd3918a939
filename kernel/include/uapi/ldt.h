/*
 * The argument of set_thread_area: one descriptor for thread-local storage. entry_number -1 asks
 * for a free slot and gets its number back; the selector is then entry_number * 8 + 3.
 */
#ifndef UAPI_LDT_H
#define UAPI_LDT_H

struct user_desc {
  unsigned int entry_number;
  unsigned int base_addr;
  unsigned int limit;
  unsigned int seg_32bit : 1;
  unsigned int contents : 2;
  unsigned int read_exec_only : 1;
  unsigned int limit_in_pages : 1;
  unsigned int seg_not_present : 1;
  unsigned int useable : 1;
};

#endif

/* System call numbers, SYS_name. */
#ifndef _SYS_SYSCALL_H
#define _SYS_SYSCALL_H

#include <uapi/syscall.h>

#endif

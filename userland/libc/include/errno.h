/* Errors: C11 7.5; the numbers are the kernel's. */
#ifndef _ERRNO_H
#define _ERRNO_H

#include <uapi/errno.h>

int *__errno_location(void);
#define errno (*__errno_location())

#endif

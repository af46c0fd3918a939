/*
 * Options of prctl. The last two are ours, for tests, and exist with `failalloc` on the kernel's
 * command line.
 */
#ifndef UAPI_PRCTL_H
#define UAPI_PRCTL_H

#define PR_SET_NAME 15
#define PR_GET_NAME 16
#define PR_RING0_FAIL_AFTER 0x52300001 /* the allocation that fails, 0: none; answers what was left */
#define PR_RING0_BLOCKS 0x52300002     /* answers how many blocks of kernel memory are in use */

#endif

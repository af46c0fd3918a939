/*
 * wait options and the encoding of the status word: exit code in bits 8..15, or the signal that
 * killed in bits 0..6, or 0x7f and the signal that stopped in bits 8..15.
 */
#ifndef UAPI_WAIT_H
#define UAPI_WAIT_H

#define WNOHANG 1
#define WUNTRACED 2
#define WCONTINUED 8

#define WAIT_CONTINUED 0xffff /* the status of a child that goes on */

#define WEXITSTATUS(status) (((status) >> 8) & 0xff)
#define WTERMSIG(status) ((status) & 0x7f)
#define WSTOPSIG(status) WEXITSTATUS(status)
#define WIFEXITED(status) (WTERMSIG(status) == 0)
#define WIFSTOPPED(status) (((status) & 0xff) == 0x7f)
#define WIFSIGNALED(status) (WTERMSIG(status) != 0 && WTERMSIG(status) != 0x7f)
#define WIFCONTINUED(status) ((status) == WAIT_CONTINUED)
#define WCOREDUMP(status) ((status) & 0x80)

#endif

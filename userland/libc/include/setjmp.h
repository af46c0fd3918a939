/* Non-local jumps: C11 7.13. As large as glibc's, so that objects of either fit. */
#ifndef _SETJMP_H
#define _SETJMP_H

typedef struct {
  /* ebx, esi, edi, ebp, esp, eip */
  int __registers[6];
  int __has_mask;
  unsigned long __mask[32];
} jmp_buf[1];
typedef jmp_buf sigjmp_buf;

int _setjmp(jmp_buf state);
int __sigsetjmp(sigjmp_buf state, int has_mask);
_Noreturn void longjmp(jmp_buf state, int value);
_Noreturn void siglongjmp(sigjmp_buf state, int value);

#define setjmp(state) _setjmp(state)
#define sigsetjmp(state, has_mask) __sigsetjmp(state, has_mask)

#endif

/*
 * SYS_name for every row of syscall.tbl: enumerators in C, symbols in assembly. Arguments travel in
 * ebx, ecx, edx, esi, edi, ebp; the number in eax, which also brings back the result; an error is
 * -errno, that is -4095..-1. The entry is `int $0x80`; every other register is preserved.
 */
#ifndef UAPI_SYSCALL_H
#define UAPI_SYSCALL_H

#define T_SYSCALL 0x80

#ifdef __ASSEMBLER__
#define SYSCALL(number, name, arguments) .set SYS_##name, number
#include <uapi/syscall.tbl>
#undef SYSCALL
#else
enum {
#define SYSCALL(number, name, arguments) SYS_##name = number,
#include <uapi/syscall.tbl>
#undef SYSCALL
  SYS_count = 512
};
#endif

#endif

/*
 * Port input and output.
 */
#ifndef ASM_IO_H
#define ASM_IO_H

#include <kernel/types.h>

static inline u8 inb(u16 port) {
  u8 value;
  __asm__ volatile("inb %1, %0" : "=a"(value) : "d"(port));
  return value;
}

static inline u32 inl(u16 port) {
  u32 value;
  __asm__ volatile("inl %1, %0" : "=a"(value) : "d"(port));
  return value;
}

static inline void outb(u16 port, u8 value) {
  __asm__ volatile("outb %0, %1" : : "a"(value), "d"(port));
}

static inline void outw(u16 port, u16 value) {
  __asm__ volatile("outw %0, %1" : : "a"(value), "d"(port));
}

static inline void outl(u16 port, u32 value) {
  __asm__ volatile("outl %0, %1" : : "a"(value), "d"(port));
}

static inline void insw(u16 port, void *to, u32 count) {
  __asm__ volatile("cld; rep insw" : "+D"(to), "+c"(count) : "d"(port) : "memory", "cc");
}

static inline void outsw(u16 port, const void *from, u32 count) {
  __asm__ volatile("cld; rep outsw" : "+S"(from), "+c"(count) : "d"(port) : "memory", "cc");
}

static inline void movsl(void *to, const void *from, u32 count) {
  __asm__ volatile("cld; rep movsl" : "+D"(to), "+S"(from), "+c"(count) : : "memory", "cc");
}

static inline void stosl(void *to, u32 value, u32 count) {
  __asm__ volatile("cld; rep stosl" : "+D"(to), "+c"(count) : "a"(value) : "memory", "cc");
}

#endif

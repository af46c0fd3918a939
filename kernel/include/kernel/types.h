/*
 * Basic types.
 */
#ifndef KERNEL_TYPES_H
#define KERNEL_TYPES_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed char s8;
typedef short s16;
typedef int s32;
typedef long long s64;

typedef unsigned int size_t;
typedef int ssize_t;
typedef _Bool bool;

#define true 1
#define false 0
#define NULL ((void *)0)

#define offsetof(type, member) __builtin_offsetof(type, member)
#define container_of(pointer, type, member) ((type *)((char *)(pointer) - offsetof(type, member)))
#define array_length(array) (sizeof(array) / sizeof((array)[0]))
#define align_up(value, unit) (((value) + ((unit) - 1)) & ~((unit) - 1))
#define align_down(value, unit) ((value) & ~((unit) - 1))

static inline u32 min_u32(u32 a, u32 b) { return a < b ? a : b; }

static inline u32 max_u32(u32 a, u32 b) { return a > b ? a : b; }

#endif

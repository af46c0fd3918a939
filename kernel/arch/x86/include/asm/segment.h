/*
 * Segment selectors. Entries 1 and 2 are the boot block's too, so loading the kernel's own table
 * changes nothing under its feet. 6..8 are the numbers Linux gives out for thread-local storage.
 */
#ifndef ASM_SEGMENT_H
#define ASM_SEGMENT_H

#define SEG_KCODE 1
#define SEG_KDATA 2
#define SEG_UCODE 3
#define SEG_UDATA 4
#define SEG_TSS 5
#define SEG_TLS 6
#define SEG_TLS_COUNT 3
#define SEG_PERCPU 9
#define SEG_DOUBLE_FAULT_TSS 10
#define SEG_COUNT 11

#define DPL_USER 3
#define KERNEL_CS (SEG_KCODE << 3)
#define KERNEL_DS (SEG_KDATA << 3)
#define USER_CS (SEG_UCODE << 3 | DPL_USER)
#define USER_DS (SEG_UDATA << 3 | DPL_USER)
#define PERCPU_SELECTOR (SEG_PERCPU << 3)

#endif

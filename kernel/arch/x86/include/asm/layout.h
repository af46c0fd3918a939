/*
 * Where things lie in virtual and physical memory. KERNBASE splits user (below) from kernel; it is
 * one constant of the build: -DKERNBASE here and --defsym KERNBASE in kernel.ld must agree, which
 * main checks. Read by assembly too.
 */
#ifndef ASM_LAYOUT_H
#define ASM_LAYOUT_H

#ifndef KERNBASE
#define KERNBASE 0x80000000
#endif

#define PAGE_SHIFT 12
#define PAGE_SIZE 4096
#define LARGE_PAGE_SIZE 0x400000

#define KERNEL_PHYSICAL 0x100000    /* the kernel is loaded here and linked KERNBASE above */
#define DIRECT_MAP_END 0xf8000000   /* RAM is mapped at KERNBASE + address, up to here */
#define KSTACK_AREA 0xfe000000      /* kernel stacks, each below an unmapped guard page */
#define KSTACK_AREA_TABLES 4        /* page tables, each maps 4 MiB of the area */
#define MMIO_AREA 0xff000000        /* device registers, one page table */
#define KSTACK_SLOT_SIZE 0x4000     /* 8 KiB guard, 8 KiB stack */
#define KSTACK_SLOTS (KSTACK_AREA_TABLES * LARGE_PAGE_SIZE / KSTACK_SLOT_SIZE)
#define KSTACKSIZE 8192

#define V2P_WO(address) ((address) - KERNBASE)

/* Left by the boot block: the end address of the E820 records at BOOT_E820_RECORDS, 20 bytes each. */
#define BOOT_E820_END 0x500
#define BOOT_E820_RECORDS 0x504

#define AP_START 0x8000     /* where the other CPUs begin, in real mode: apstart.S is copied here */
#define ELF_SCRATCH 0x10000 /* the boot block's copy of the ELF header */

#endif

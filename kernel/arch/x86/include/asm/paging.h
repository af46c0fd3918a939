/*
 * Page tables of the i386: two levels, 4 KiB pages, and 4 MiB pages for the direct map.
 */
#ifndef ASM_PAGING_H
#define ASM_PAGING_H

#include <asm/layout.h>
#include <kernel/types.h>

#define PTE_P 0x001
#define PTE_W 0x002
#define PTE_U 0x004
#define PTE_PWT 0x008
#define PTE_PCD 0x010
#define PTE_PS 0x080
#define PTE_G 0x100
#define PTE_FRAME 0xfffff000u

#define FAULT_WRITE 2 /* of the page-fault error code */

#define PDX(address) ((u32)(address) >> 22)
#define PTX(address) ((u32)(address) >> 12 & 1023)
#define V2P(address) ((u32)(address) - KERNBASE)
#define P2V(address) ((void *)((u32)(address) + KERNBASE))
#define TASK_SIZE KERNBASE

typedef u32 pte_t;

extern pte_t kernel_pgdir[1024];

void paging_init(void);
void paging_load(void);
void *mmio_map(u32 physical, u32 size);
const void *physical_map(u32 physical, u32 size);
void setup_kstack_area(void);
pte_t *pgdir_alloc(void);
void pgdir_free(pte_t *pgdir);
pte_t *pte_find(pte_t *pgdir, u32 address);
pte_t *pte_make(pte_t *pgdir, u32 address);
void *kstack_alloc(void);
void kstack_free(void *stack);
void paging_selftest(void);

#endif

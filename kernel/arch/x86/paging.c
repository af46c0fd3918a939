/*
 * Page directories. Every one has the same entries from KERNBASE up, made once at boot and never
 * changed after: the direct map of RAM in 4 MiB pages (its first 4 MiB in small ones, so that the
 * kernel's text is read-only), and the tables of the kernel stacks. Below KERNBASE lies the user.
 */
#include <asm/cpu.h>
#include <asm/paging.h>
#include <asm/uaccess.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>

extern u8 kernel_start[], rodata_end[];

/* The two entries that entry.S runs on: 4 MiB at 0 and the same 4 MiB at KERNBASE (E05). */
pte_t entrypgdir[1024] __attribute__((aligned(PAGE_SIZE))) = {
    [0] = 0 | PTE_P | PTE_W | PTE_PS,
    [KERNBASE >> 22] = 0 | PTE_P | PTE_W | PTE_PS,
};

pte_t kernel_pgdir[1024] __attribute__((aligned(PAGE_SIZE)));
static pte_t low_table[1024] __attribute__((aligned(PAGE_SIZE)));
static pte_t mmio_table[1024] __attribute__((aligned(PAGE_SIZE)));
static u32 mmio_pages;      /* used of mmio_table, at boot */
static u32 direct_map_size; /* of RAM at KERNBASE */
static u32 global_flag;

#define STACK_FILL 0x5c /* with stack_debug on the command line: not used yet */
u32 kstack_deepest;     /* bytes used of any kernel stack whose task has ended */

DEFINE_SPINLOCK(kstack_lock); /* the bitmap and the tables of the kernel stacks */
static u32 kstack_used[KSTACK_SLOTS / 32];

void paging_init(void) {
  u32 top = memory_map_top();
  u32 a, b, c, features;

  cpuid(1, &a, &b, &c, &features);
  if (features & CPUID_PGE)
    global_flag = PTE_G;
  for (u32 i = 0; i < 1024; i++) {
    u32 address = i << PAGE_SHIFT;
    bool constant = address >= V2P(kernel_start) && address < V2P(rodata_end);
    low_table[i] = address | PTE_P | global_flag | (constant ? 0 : PTE_W);
  }
  kernel_pgdir[PDX(KERNBASE)] = V2P(low_table) | PTE_P | PTE_W;
  for (u32 address = LARGE_PAGE_SIZE; address < top; address += LARGE_PAGE_SIZE)
    kernel_pgdir[PDX(KERNBASE + address)] = address | PTE_P | PTE_W | PTE_PS | global_flag;
  kernel_pgdir[PDX(MMIO_AREA)] = V2P(mmio_table) | PTE_P | PTE_W;
  direct_map_size = align_up(max_u32(top, LARGE_PAGE_SIZE), LARGE_PAGE_SIZE);
  paging_load();
}

/* For each CPU. */
void paging_load(void) {
  write_cr3(V2P(kernel_pgdir));
  if (global_flag)
    write_cr4(read_cr4() | CR4_PGE);
}

static void *area_map(u32 physical, u32 size, u32 flags) {
  u32 first = align_down(physical, PAGE_SIZE);
  u32 count = (physical - first + size + PAGE_SIZE - 1) >> PAGE_SHIFT;
  if (count > array_length(mmio_table) - mmio_pages)
    return NULL;
  u32 address = MMIO_AREA + mmio_pages * PAGE_SIZE;
  for (u32 i = 0; i < count; i++)
    mmio_table[mmio_pages++] = (first + i * PAGE_SIZE) | PTE_P | flags;
  return (void *)(address + physical - first);
}

/* Device registers, at boot, for ever: uncached. */
void *mmio_map(u32 physical, u32 size) {
  void *address = area_map(physical, size, PTE_W | PTE_PCD | PTE_PWT);
  if (!address)
    panic("no room for device registers at %08x", physical);
  return address;
}

/* Tables that firmware left anywhere; NULL if there is no room. */
const void *physical_map(u32 physical, u32 size) {
  if (physical < direct_map_size && size <= direct_map_size - physical)
    return P2V(physical);
  return area_map(physical, size, 0);
}

/* The tables are made now, so that no directory changes above KERNBASE from here on. */
void setup_kstack_area(void) {
  for (u32 i = 0; i < KSTACK_AREA_TABLES; i++) {
    struct page *page = page_alloc_zeroed();
    if (!page)
      panic("no memory for the tables of the kernel stacks");
    kernel_pgdir[PDX(KSTACK_AREA) + i] = page_physical(page) | PTE_P | PTE_W;
  }
}

pte_t *pgdir_alloc(void) {
  struct page *page = page_alloc();
  if (!page)
    return NULL;
  pte_t *pgdir = page_address(page);
  memset(pgdir, 0, PDX(KERNBASE) * sizeof(pte_t));
  memcpy(pgdir + PDX(KERNBASE), kernel_pgdir + PDX(KERNBASE),
         (1024 - PDX(KERNBASE)) * sizeof(pte_t));
  return pgdir;
}

/* The pages themselves must have been unmapped. */
void pgdir_free(pte_t *pgdir) {
  for (u32 i = 0; i < PDX(KERNBASE); i++)
    if (pgdir[i] & PTE_P)
      page_put(page_of_physical(pgdir[i] & PTE_FRAME));
  page_put(page_of_address(pgdir));
}

/* The entry of a user address, or NULL where there is no table. */
pte_t *pte_find(pte_t *pgdir, u32 address) {
  pte_t entry = pgdir[PDX(address)];
  if (!(entry & PTE_P))
    return NULL;
  return (pte_t *)P2V(entry & PTE_FRAME) + PTX(address);
}

/* The same, making the table. NULL when memory is out. */
pte_t *pte_make(pte_t *pgdir, u32 address) {
  ASSERT(address < TASK_SIZE);
  if (!(pgdir[PDX(address)] & PTE_P)) {
    struct page *page = page_alloc_zeroed();
    if (!page)
      return NULL;
    pgdir[PDX(address)] = page_physical(page) | PTE_P | PTE_W | PTE_U;
  }
  return pte_find(pgdir, address);
}

static pte_t *kstack_pte(u32 address) {
  return (pte_t *)P2V(kernel_pgdir[PDX(address)] & PTE_FRAME) + PTX(address);
}

static s32 kstack_slot_take(void) {
  s32 slot = -1;
  spin_lock(&kstack_lock);
  for (u32 i = 0; i < KSTACK_SLOTS && slot < 0; i++)
    if (!(kstack_used[i / 32] & 1u << i % 32)) {
      kstack_used[i / 32] |= 1u << i % 32;
      slot = i;
    }
  spin_unlock(&kstack_lock);
  return slot;
}

static bool stack_is_measured(void) {
  static bool is_known, is_on;
  char value[4];
  if (!is_known)
    is_on = cmdline_get("stack_debug", value, sizeof(value));
  is_known = true;
  return is_on;
}

/* How much of a kernel stack has been used since it was made. */
static void kstack_measure(const u8 *stack) {
  u32 unused = 0;
  while (unused < KSTACKSIZE && stack[unused] == STACK_FILL)
    unused++;
  kstack_deepest = max_u32(kstack_deepest, KSTACKSIZE - unused);
}

/* 8 KiB at the top of a 16 KiB slot; below them nothing is mapped. Returns the lowest byte. */
void *kstack_alloc(void) {
  s32 slot = kstack_slot_take();
  if (slot < 0)
    return NULL;
  u32 stack = KSTACK_AREA + slot * KSTACK_SLOT_SIZE + KSTACK_SLOT_SIZE - KSTACKSIZE;
  for (u32 offset = 0; offset < KSTACKSIZE; offset += PAGE_SIZE) {
    struct page *page = page_alloc();
    if (!page) {
      kstack_free((void *)stack);
      return NULL;
    }
    *kstack_pte(stack + offset) = page_physical(page) | PTE_P | PTE_W;
  }
  if (stack_is_measured())
    memset((void *)stack, STACK_FILL, KSTACKSIZE);
  return (void *)stack;
}

void kstack_free(void *stack) {
  u32 slot = ((u32)stack - KSTACK_AREA) / KSTACK_SLOT_SIZE;
  if (stack_is_measured() && *kstack_pte((u32)stack + PAGE_SIZE) & PTE_P)
    kstack_measure(stack);
  for (u32 offset = 0; offset < KSTACKSIZE; offset += PAGE_SIZE) {
    u32 address = (u32)stack + offset;
    pte_t *entry = kstack_pte(address);
    if (*entry & PTE_P)
      page_put(page_of_physical(*entry & PTE_FRAME));
    *entry = 0;
    invlpg(address);
  }
  spin_lock(&kstack_lock);
  kstack_used[slot / 32] &= ~(1u << slot % 32);
  spin_unlock(&kstack_lock);
}

/* E04: with CR0.WP a write of the kernel's own to a read-only page faults. */
void paging_selftest(void) {
  u8 before = kernel_start[0];
  u32 left = clear_raw(kernel_start, 1);
  printk("selftest: write to kernel text %s\n",
         left == 1 && kernel_start[0] == before ? "faulted" : "WENT THROUGH");
}

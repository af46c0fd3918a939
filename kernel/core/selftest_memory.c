/*
 * Tests inside the kernel: page frames, kmalloc, page tables, address spaces, copies from and to
 * user memory, the page cache.
 */
#include <asm/cpu.h>
#include <asm/paging.h>
#include <asm/uaccess.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/selftest.h>
#include <kernel/string.h>
#include <kernel/task.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>
#include <uapi/mman.h>

#define AREA 0x10000000u
#define READ_WRITE (PROT_READ | PROT_WRITE)
#define ANONYMOUS (MAP_PRIVATE | MAP_ANONYMOUS)

static bool is_filled(const u8 *block, u8 value, u32 size) {
  for (u32 i = 0; i < size; i++)
    if (block[i] != value)
      return false;
  return true;
}

/* Blocks of many sizes are filled, checked and freed: no two overlap and no page is lost. */
static bool slab_mixed(void) {
  static u8 *blocks[64];
  u32 before = frames_free();
  bool intact = true;
  for (u32 i = 0; i < array_length(blocks); i++) {
    u32 size = 1 + i * i * 3 % 9000;
    blocks[i] = kmalloc(size);
    if (blocks[i])
      memset(blocks[i], i, size);
    intact &= blocks[i] != NULL;
  }
  for (u32 i = 0; i < array_length(blocks) && intact; i++) {
    intact &= is_filled(blocks[i], i, 1 + i * i * 3 % 9000);
    kfree(blocks[i]);
  }
  return intact && frames_free() == before;
}

static bool slab_aligned(void) {
  bool good = true;
  for (u32 size = 1; size <= 2048; size++) {
    void *block = kmalloc(size);
    good &= block && (u32)block % 16 == 0;
    kfree(block);
  }
  return good;
}

static bool slab_large(void) {
  u32 before = frames_free();
  u8 *a = kmalloc(5000), *b = kmalloc(100000);
  bool good = a && b && (u32)a % PAGE_SIZE == 0 && (u32)b % PAGE_SIZE == 0;
  if (good)
    memset(b, 1, 100000);
  kfree(a);
  kfree(b);
  return good && frames_free() == before;
}

static bool slab_odd_sizes(void) {
  void *none = kmalloc(0);
  bool good = none != NULL;
  kfree(none);
  kfree(NULL);
  return good && !kmalloc(0xffffffff) && !kmalloc(0xfffffff8) && !kmalloc(0x7fffffff);
}

static bool slab_zeroed(void) {
  u8 *block = kmalloc(500);
  memset(block, 0xff, 500);
  kfree(block);
  block = kzalloc(500);
  bool good = is_filled(block, 0, 500);
  kfree(block);
  return good;
}

static bool slab_strings(void) {
  char *copy = kstrdup("a text");
  bool good = strcmp(copy, "a text") == 0;
  kfree(copy);
  return good;
}

/* A byte written behind the block's end is noticed. */
static bool slab_red_zone(void) {
  bool good = true;
  for (u32 size = 1; size < 200; size += 7) {
    u8 *block = kmalloc(size);
    good &= kmalloc_is_intact(block);
    u8 kept = block[size];
    block[size] ^= 1;
    good &= !kmalloc_is_intact(block);
    block[size] = kept;
    good &= kmalloc_is_intact(block);
    kfree(block);
  }
  return good;
}

/* What was freed is filled, so that its use shows; and looked at when it is given out again. */
static bool slab_poison(void) {
  u8 *keep = kmalloc(100), *block = kmalloc(100);
  memset(block, 1, 100);
  kfree(block);
  bool good = is_filled(block + 4, 0x6b, 96);
  u8 *again = kmalloc(100);
  good &= again == block && is_filled(again, 0xbb, 100);
  kfree(again);
  kfree(keep);
  return good;
}

static bool slab_counted(void) {
  u32 before = kmalloc_count();
  void *a = kmalloc(10), *b = kmalloc(10000);
  bool good = kmalloc_count() == before + 2;
  kfree(a);
  kfree(b);
  return good && kmalloc_count() == before;
}

static bool allocation_failure(void) {
  u32 blocks = kmalloc_count();
  current->fail_after = 2;
  void *first = kmalloc(64), *second = kmalloc(64), *third = kmalloc(64);
  bool good = first && !second && third;
  current->fail_after = 1;
  good &= page_alloc() == NULL;
  kfree(first);
  kfree(third);
  return good && kmalloc_count() == blocks && current->fail_after == 0;
}

static bool frames_orders(void) {
  u32 before = frames_free();
  bool good = true;
  for (u32 order = 0; order <= 8; order++) {
    struct page *page = page_alloc_order(order);
    good &= page && (page - frames) % (1u << order) == 0 &&
            frames_free() == before - (1u << order);
    if (page)
      page_free_order(page, order);
  }
  return good && frames_free() == before;
}

/* What is freed piece by piece in any order is one block again. */
static bool frames_merge(void) {
  struct page *pages[16], *whole = page_alloc_order(4);
  bool good = whole != NULL;
  page_free_order(whole, 4);
  for (u32 i = 0; i < 16; i++)
    good &= (pages[i] = page_alloc()) != NULL;
  for (u32 i = 0; i < 16; i++)
    page_put(pages[i * 7 % 16]);
  struct page *again = page_alloc_order(4);
  good &= again != NULL;
  page_free_order(again, 4);
  return good;
}

static struct page *held[64];
static bool are_held_good;

static void check_range(u32 start, u32 end, bool usable) {
  for (u32 i = 0; i < array_length(held); i++)
    if (held[i] && !usable && page_physical(held[i]) >= start && page_physical(held[i]) < end)
      are_held_good = false;
}

/* No frame of a hole, of the firmware or of the kernel itself is given out, and none twice. */
static bool frames_usable(void) {
  are_held_good = true;
  for (u32 i = 0; i < array_length(held); i++) {
    held[i] = page_alloc();
    are_held_good &= held[i] && held[i] != frames && !(held[i]->flags & PAGE_RESERVED);
    for (u32 j = 0; j < i; j++)
      are_held_good &= held[i] != held[j];
  }
  memory_map_visit(check_range);
  for (u32 i = 0; i < array_length(held); i++)
    if (held[i])
      page_put(held[i]);
  return are_held_good;
}

static bool frames_counted(void) {
  u32 before = frames_free();
  struct page *page = page_alloc();
  page_get(page);
  bool good = page->count == 2;
  page_put(page);
  good &= page->count == 1 && frames_free() == before - 1;
  page_put(page);
  return good && frames_free() == before;
}

static bool frames_zeroed(void) {
  struct page *page = page_alloc();
  memset(page_address(page), 0xff, PAGE_SIZE);
  page_put(page);
  page = page_alloc_zeroed();
  bool good = is_filled(page_address(page), 0, PAGE_SIZE);
  page_put(page);
  return good;
}

static bool frames_reserved(void) {
  return frames[0].flags == PAGE_RESERVED &&
         page_of_address(&held)->flags == PAGE_RESERVED &&
         page_of_address(frames)->flags == PAGE_RESERVED;
}

static bool page_tables(void) {
  u32 before = frames_free();
  pte_t *pgdir = pgdir_alloc();
  bool good = pgdir && pte_find(pgdir, AREA) == NULL;
  pte_t *entry = pte_make(pgdir, AREA);
  good &= entry && *entry == 0 && pte_find(pgdir, AREA) == entry;
  good &= pte_make(pgdir, AREA + PAGE_SIZE) == entry + 1 && frames_free() == before - 2;
  good &= pte_find(pgdir, AREA + LARGE_PAGE_SIZE) == NULL;
  pgdir_free(pgdir);
  return good && frames_free() == before;
}

static bool page_tables_kernel_half(void) {
  pte_t *pgdir = pgdir_alloc();
  bool good = memcmp(pgdir + PDX(KERNBASE), kernel_pgdir + PDX(KERNBASE),
                     (1024 - PDX(KERNBASE)) * sizeof(pte_t)) == 0;
  good &= is_filled((u8 *)pgdir, 0, PDX(KERNBASE) * sizeof(pte_t));
  pgdir_free(pgdir);
  return good;
}

/* Row E05: what the entry page directory mapped at 0 is gone. */
static bool identity_gone(void) {
  return !(current->mm->pgdir[0] & PTE_PS) && !(kernel_pgdir[0] & PTE_P);
}

static bool kernel_stack_guard(void) {
  u32 word, before = frames_free();
  u8 *stack = kstack_alloc();
  bool good = stack && copy_raw(&word, stack, 4) == 0 && copy_raw(&word, stack - 4, 4) == 4 &&
              copy_raw(stack - 4, &word, 4) == 4;
  kstack_free(stack);
  return good && copy_raw(&word, stack, 4) == 4 && frames_free() == before;
}

static u32 vma_count(const struct mm *mm) {
  u32 count = 0;
  list_for_each(link, &mm->vmas) count++;
  return count;
}

static int unmap(struct mm *mm, u32 start, u32 end) {
  mutex_lock(&mm->lock);
  int error = vma_unmap(mm, start, end);
  mutex_unlock(&mm->lock);
  return error;
}

static int protect(struct mm *mm, u32 start, u32 end, u32 protection) {
  mutex_lock(&mm->lock);
  int error = vma_protect(mm, start, end, protection);
  mutex_unlock(&mm->lock);
  return error;
}

static bool mappings_split(void) {
  struct mm *mm = mm_new();
  bool good = vma_map(mm, AREA, AREA + 8 * PAGE_SIZE, READ_WRITE, ANONYMOUS, NULL, 0) == 0;
  good &= vma_map(mm, AREA + 8 * PAGE_SIZE, AREA + 9 * PAGE_SIZE, READ_WRITE, ANONYMOUS, NULL, 0) ==
              0 && vma_count(mm) == 1 && mm_mapped(mm) == 9 * PAGE_SIZE;
  good &= unmap(mm, AREA + 2 * PAGE_SIZE, AREA + 3 * PAGE_SIZE) == 0 && vma_count(mm) == 2;
  good &= protect(mm, AREA + 5 * PAGE_SIZE, AREA + 6 * PAGE_SIZE, PROT_READ) == 0 &&
          vma_count(mm) == 4;
  good &= vma_find(mm, AREA + 2 * PAGE_SIZE)->start == AREA + 3 * PAGE_SIZE;
  good &= protect(mm, AREA, AREA + 4 * PAGE_SIZE, PROT_READ) == -ENOMEM;
  mm_put(mm);
  return good;
}

static bool mappings_gap(void) {
  struct mm *mm = mm_new();
  u32 top = vma_find_gap(mm, PAGE_SIZE);
  bool good = top != 0 && top % PAGE_SIZE == 0 && top < TASK_SIZE - (8u << 20);
  vma_map(mm, top, top + PAGE_SIZE, PROT_READ, ANONYMOUS, NULL, 0);
  good &= vma_find_gap(mm, 3 * PAGE_SIZE) == top - 3 * PAGE_SIZE;
  good &= vma_find_gap(mm, 0x7fffe000) == 0;
  mm_put(mm);
  return good;
}

static bool mappings_refused(void) {
  struct mm *mm = mm_new();
  u32 size = (frames_total() + 1) << PAGE_SHIFT;
  bool good = vma_map(mm, AREA, AREA + size, READ_WRITE, ANONYMOUS, NULL, 0) == -ENOMEM &&
              vma_count(mm) == 0;
  mm_put(mm);
  return good;
}

static bool memory_of_others(void) {
  u32 before = frames_free(), blocks = kmalloc_count();
  struct mm *mm = mm_new();
  char text[12] = "";
  bool good = vma_map(mm, AREA, AREA + 2 * PAGE_SIZE, READ_WRITE, ANONYMOUS, NULL, 0) == 0;
  good &= mm_write(mm, AREA + PAGE_SIZE - 4, "over a page", 12) == 0 && mm->resident == 2;
  good &= mm_read(mm, AREA + PAGE_SIZE - 4, text, 12) == 12 && strcmp(text, "over a page") == 0;
  good &= mm_read(mm, AREA + 2 * PAGE_SIZE - 4, text, 12) == 4;
  good &= mm_write(mm, AREA + 2 * PAGE_SIZE - 4, text, 12) == -EFAULT;
  good &= mm_write(mm, KERNBASE, text, 1) == -EFAULT;
  mm_put(mm);
  return good && frames_free() == before && kmalloc_count() == blocks;
}

static bool copy_on_write(void) {
  u32 before = frames_free();
  struct mm *mm = mm_new();
  u8 byte = 1;
  vma_map(mm, AREA, AREA + PAGE_SIZE, READ_WRITE, ANONYMOUS, NULL, 0);
  mm_write(mm, AREA, &byte, 1);
  struct mm *copy = mm_copy(mm);
  u32 shared = *pte_find(mm->pgdir, AREA);
  struct page *page = page_of_physical(shared & PTE_FRAME);
  bool good = shared == *pte_find(copy->pgdir, AREA) && !(shared & PTE_W) && page->count == 2;
  byte = 2;
  good &= mm_write(copy, AREA, &byte, 1) == 0 && page->count == 1;
  good &= *pte_find(mm->pgdir, AREA) == shared && *pte_find(copy->pgdir, AREA) != shared;
  good &= mm_read(mm, AREA, &byte, 1) == 1 && byte == 1;
  u32 free = frames_free();
  good &= mm_write(mm, AREA, &byte, 1) == 0 && frames_free() == free;
  mm_put(copy);
  mm_put(mm);
  return good && frames_free() == before;
}

/* Each allocation that mm_copy makes fails once; nothing is lost. */
static bool copy_fails(void) {
  struct mm *mm = mm_new(), *copy = NULL;
  u8 byte = 1;
  vma_map(mm, AREA, AREA + PAGE_SIZE, READ_WRITE, ANONYMOUS, NULL, 0);
  vma_map(mm, AREA + LARGE_PAGE_SIZE, AREA + LARGE_PAGE_SIZE + PAGE_SIZE, READ_WRITE, ANONYMOUS, NULL,
          0);
  mm_write(mm, AREA, &byte, 1);
  mm_write(mm, AREA + LARGE_PAGE_SIZE, &byte, 1);
  u32 before = frames_free(), blocks = kmalloc_count(), failures = 0;
  bool good = true;
  for (; !copy && failures < 20; failures++) {
    current->fail_after = failures + 1;
    copy = mm_copy(mm);
    good &= copy || (frames_free() == before && kmalloc_count() == blocks);
  }
  current->fail_after = 0;
  good &= failures > 5 && copy;
  if (copy)
    mm_put(copy);
  good &= frames_free() == before && kmalloc_count() == blocks;
  mm_put(mm);
  return good;
}

/* A copy from a bad user address ends at the fixup and says how much is missing (I13). */
static bool copy_fixups(void) {
  u32 value = 0x12345678;
  bool unmapped = copy_from_user(&value, (void *)0x1000, 4) < 0;
  bool kernel = copy_from_user(&value, (void *)KERNBASE, 4) < 0;
  bool wrapping = copy_from_user(&value, (void *)(KERNBASE - 2), 4) < 0;
  return unmapped && kernel && wrapping && value == 0x12345678;
}

static bool copy_to_bad(void) {
  u32 value = 1;
  return copy_to_user((void *)0x1000, &value, 4) < 0 && copy_to_user((void *)KERNBASE, &value, 4) < 0 &&
         copy_to_user((void *)0xfffffffe, &value, 4) < 0 && clear_user((void *)0x1000, 4) < 0;
}

static bool copy_strings(void) {
  char text[8];
  return strncpy_from_user(text, (const char *)0x1000, 8) == -EFAULT &&
         strncpy_from_user(text, (const char *)KERNBASE, 8) == -EFAULT &&
         strncpy_from_user(text, (const char *)0xffffffff, 8) == -EFAULT;
}

/* Copies that work, in the first process's only page. */
static bool copy_good(void) {
  char text[16];
  u32 end = PAGE_SIZE - 8;
  bool good = copy_to_user((void *)end, "1234567", 8) == 0;
  good &= strncpy_from_user(text, (const char *)end, 16) == 7 && strcmp(text, "1234567") == 0;
  good &= strncpy_from_user(text, (const char *)end, 4) == -ENAMETOOLONG;
  good &= copy_raw(text, (void *)(PAGE_SIZE - 3), 7) >= 4; /* the page ends after three bytes */
  return good && clear_user((void *)end, 8) == 0 && copy_from_user(text, (void *)end, 8) == 0 &&
         is_filled((u8 *)text, 0, 8);
}

static bool cache_once(void) {
  struct step *step;
  int error;
  if (path_walk(root_step, "/init", WALK_FOLLOW, &step, NULL) < 0)
    return false;
  struct page *page = cache_read(step->inode, 0, &error);
  struct page *again = cache_read(step->inode, 0, &error);
  bool good = page && page == again && (page->flags & PAGE_CACHED) &&
              memcmp(page_address(page), "\177ELF", 4) == 0 && page->count == 3;
  page_put(page);
  page_put(again);
  step_put(step);
  return good;
}

static bool cache_gives_up(void) {
  u32 before = cache_page_count();
  return before > 0 && cache_reclaim(1) && cache_page_count() < before;
}

const struct selftest memory_selftests[] = {
    {"kmalloc", slab_mixed},
    {"kmalloc alignment", slab_aligned},
    {"kmalloc of many pages", slab_large},
    {"kmalloc of odd sizes", slab_odd_sizes},
    {"kzalloc", slab_zeroed},
    {"kstrdup", slab_strings},
    {"kmalloc red zone", slab_red_zone},
    {"kmalloc poison", slab_poison},
    {"kmalloc count", slab_counted},
    {"failing allocations", allocation_failure},
    {"frames of all orders", frames_orders},
    {"frames merge", frames_merge},
    {"frames outside holes", frames_usable},
    {"frames count references", frames_counted},
    {"frames zeroed", frames_zeroed},
    {"frames reserved", frames_reserved},
    {"page tables", page_tables},
    {"page tables of the kernel", page_tables_kernel_half},
    {"no identity mapping", identity_gone},
    {"kernel stack guard", kernel_stack_guard},
    {"mappings split and merge", mappings_split},
    {"mappings find gaps", mappings_gap},
    {"mappings beyond memory", mappings_refused},
    {"memory of another process", memory_of_others},
    {"copy on write", copy_on_write},
    {"failing copies of memory", copy_fails},
    {"user copy fixups", copy_fixups},
    {"user copy to bad addresses", copy_to_bad},
    {"user strings at bad addresses", copy_strings},
    {"user copies", copy_good},
    {"page cache finds", cache_once},
    {"page cache gives up pages", cache_gives_up},
    {NULL, NULL},
};

/*
 * Page frames: a buddy allocator. A free block of 2^order frames is aligned to its size and stands in
 * the list of its order; two free halves become one whole. frame_lock protects lists, counts, flags.
 */
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>

#define ORDERS 11 /* blocks up to 4 MiB */

extern u8 kernel_end[];

DEFINE_SPINLOCK(frame_lock);
struct page *frames;
u32 frame_count;
static struct list free_blocks[ORDERS];
static u32 free_frames, usable_frames;

static void block_insert(struct page *page, u32 order) {
  page->flags = PAGE_FREE;
  page->order = order;
  list_add(&free_blocks[order], &page->link);
}

static void block_remove(struct page *page) {
  list_remove(&page->link);
  page->flags = 0;
}

/* Frees a block and merges it with its buddies as far as they are free. */
static void block_free(u32 index, u32 order) {
  ASSERT(spin_held(&frame_lock));
  free_frames += 1u << order;
  for (; order + 1 < ORDERS; order++) {
    u32 buddy = index ^ 1u << order;
    if (buddy >= frame_count || frames[buddy].flags != PAGE_FREE || frames[buddy].order != order)
      break;
    block_remove(&frames[buddy]);
    index &= ~(1u << order);
  }
  block_insert(&frames[index], order);
}

static void range_mark(u32 start, u32 end, bool usable) {
  for (u32 i = start >> PAGE_SHIFT; i < end >> PAGE_SHIFT && i < frame_count; i++)
    frames[i].flags = usable ? 0 : PAGE_RESERVED;
}

/* Frame 0 holds the BIOS's data; the kernel's image and the array of frames stay where they are. */
void frame_init(void) {
  u32 after_kernel = align_up(V2P(kernel_end), PAGE_SIZE);

  frame_count = memory_map_top() >> PAGE_SHIFT;
  frames = P2V(after_kernel);
  memset(frames, 0, frame_count * sizeof(struct page));
  for (u32 i = 0; i < frame_count; i++)
    frames[i].flags = PAGE_RESERVED;
  memory_map_visit(range_mark);
  range_mark(0, PAGE_SIZE, false);
  range_mark(AP_START, AP_START + PAGE_SIZE, false);
  range_mark(KERNEL_PHYSICAL,
             align_up(after_kernel + frame_count * sizeof(struct page), PAGE_SIZE), false);

  for (u32 order = 0; order < ORDERS; order++)
    list_init(&free_blocks[order]);
  spin_lock(&frame_lock);
  for (u32 i = 0; i < frame_count; i++)
    if (frames[i].flags == 0)
      block_free(i, 0);
  usable_frames = free_frames;
  spin_unlock(&frame_lock);
  printk("memory: %u KiB in %u page frames, %u KiB free\n", frame_count * 4, frame_count,
         free_frames * 4);
}

static struct page *block_take(u32 order) {
  ASSERT(spin_held(&frame_lock));
  u32 from = order;
  while (from < ORDERS && list_empty(&free_blocks[from]))
    from++;
  if (from == ORDERS)
    return NULL;
  struct page *page = list_entry(free_blocks[from].next, struct page, link);
  block_remove(page);
  for (; from > order; from--) /* the upper half goes back, the lower is split on */
    block_insert(page + (1u << (from - 1)), from - 1);
  free_frames -= 1u << order;
  return page;
}

/* 1 << order frames in a row; when memory is out, clean pages of the page cache are given up. */
struct page *page_alloc_order(u32 order) {
  if (allocation_fails())
    return NULL;
  for (;;) {
    spin_lock(&frame_lock);
    struct page *page = block_take(order);
    if (page) {
      page->count = 1;
      page->order = order;
    }
    spin_unlock(&frame_lock);
    if (page || !cache_reclaim(1u << order))
      return page;
  }
}

struct page *page_alloc(void) { return page_alloc_order(0); }

struct page *page_alloc_zeroed(void) {
  struct page *page = page_alloc();
  if (page)
    memset(page_address(page), 0, PAGE_SIZE);
  return page;
}

void page_get(struct page *page) {
  spin_lock(&frame_lock);
  ASSERT(page->count > 0);
  page->count++;
  spin_unlock(&frame_lock);
}

void page_put(struct page *page) {
  spin_lock(&frame_lock);
  ASSERT(page->count > 0 && !(page->flags & (PAGE_FREE | PAGE_RESERVED)));
  if (--page->count == 0) {
    page->flags = 0;
    block_free(page - frames, 0);
  }
  spin_unlock(&frame_lock);
}

void page_free_order(struct page *page, u32 order) {
  spin_lock(&frame_lock);
  ASSERT(page->count == 1 && page->order == order);
  page->count = 0;
  page->flags = 0;
  block_free(page - frames, order);
  spin_unlock(&frame_lock);
}

u32 frames_free(void) { return free_frames; }

u32 frames_total(void) { return usable_frames; }

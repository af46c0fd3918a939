/*
 * With slab_debug or selftest on the command line, what is behind a block's bytes is filled and looked
 * at when it is freed; freed blocks are filled too, and looked at when they are given out again.
 *
 * kmalloc: pages cut into objects of one size class; blocks of more than half a page are whole
 * frames. A page whose last object is freed goes back at once, so nothing lingers. slab_lock
 * protects the classes and the slab fields of their pages.
 */
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>

#define KMALLOC_MOST (4u << 20)

struct slab_class {
  u32 size;
  struct list partial; /* page->link of pages with a free object */
};

static struct slab_class classes[] = {{16, {0}},  {32, {0}},  {64, {0}},   {96, {0}},  {128, {0}},
                                      {192, {0}}, {256, {0}}, {512, {0}},  {1024, {0}}, {2048, {0}}};
DEFINE_SPINLOCK(slab_lock);
static u32 blocks;     /* in use; slab_lock */
static bool is_known, is_debugging;

#define POISON 0x6b
#define RED_ZONE 0xbb
#define DEBUG_ROOM 8 /* at least 4 bytes of red zone, and the size that was asked for */

static bool debugging(void) {
  char value[16];
  if (!is_known) {
    is_known = true;
    is_debugging = cmdline_get("slab_debug", value, sizeof(value)) ||
                   cmdline_get("selftest", value, sizeof(value));
  }
  return is_debugging;
}

static u32 *size_of_block(const void *block, const struct slab_class *class) {
  return (u32 *)((u8 *)block + class->size - 4);
}

static void block_begin(u8 *block, const struct slab_class *class, size_t size) {
  for (u32 i = 4; i < class->size; i++)
    if (block[i] != POISON)
      panic("kmalloc: byte %u of the free block %p of %u was written", i, block, class->size);
  memset(block, RED_ZONE, class->size);
  *size_of_block(block, class) = size;
}

/* Nothing was written between the block's end and the next block. */
bool kmalloc_is_intact(const void *block) {
  const struct page *page = page_of_address(block);
  if (!debugging() || (page->flags & PAGE_LARGE))
    return true;
  u32 size = *size_of_block(block, page->class);
  if (size > page->class->size - DEBUG_ROOM)
    return false;
  for (u32 i = size; i < page->class->size - 4; i++)
    if (((const u8 *)block)[i] != RED_ZONE)
      return false;
  return true;
}

u32 kmalloc_count(void) { return blocks; }

static struct slab_class *class_of_size(size_t size) {
  for (u32 i = 0; i < array_length(classes); i++)
    if (size <= classes[i].size) {
      if (!classes[i].partial.next)
        list_init(&classes[i].partial);
      return &classes[i];
    }
  return NULL;
}

static void slab_fill(struct page *page, struct slab_class *class) {
  u8 *start = page_address(page);
  void *head = NULL;
  if (debugging())
    memset(start, POISON, PAGE_SIZE);
  for (u32 i = PAGE_SIZE / class->size; i-- > 0;) {
    void **object = (void **)(start + i * class->size);
    *object = head;
    head = object;
  }
  page->flags = PAGE_SLAB;
  page->class = class;
  page->objects = head;
  page->used = 0;
  list_add(&class->partial, &page->link);
}

static void *slab_take(struct slab_class *class) {
  ASSERT(spin_held(&slab_lock));
  if (list_empty(&class->partial))
    return NULL;
  struct page *page = list_entry(class->partial.next, struct page, link);
  void **object = page->objects;
  page->objects = *object;
  page->used++;
  blocks++;
  if (!page->objects)
    list_remove(&page->link);
  return object;
}

static void *large_alloc(size_t size) {
  u32 order = 0;
  while ((size_t)PAGE_SIZE << order < size)
    order++;
  struct page *page = order < 11 ? page_alloc_order(order) : NULL;
  if (!page)
    return NULL;
  page->flags = PAGE_LARGE;
  spin_lock(&slab_lock);
  blocks++;
  spin_unlock(&slab_lock);
  return page_address(page);
}

static void *block_given(void *block, const struct slab_class *class, size_t size) {
  if (debugging())
    block_begin(block, class, size);
  return block;
}

/* NULL when memory is out. */
void *kmalloc(size_t size) {
  if (allocation_fails() || size > KMALLOC_MOST)
    return NULL;
  struct slab_class *class = class_of_size(size + (debugging() ? DEBUG_ROOM : 0));
  if (!class)
    return large_alloc(size);
  spin_lock(&slab_lock);
  void *object = slab_take(class);
  spin_unlock(&slab_lock);
  if (object)
    return block_given(object, class, size);
  struct page *page = page_alloc(); /* may take pages from the cache: no lock held */
  if (!page)
    return NULL;
  spin_lock(&slab_lock);
  slab_fill(page, class);
  object = slab_take(class);
  spin_unlock(&slab_lock);
  return block_given(object, class, size);
}

void *kzalloc(size_t size) {
  void *block = kmalloc(size);
  if (block)
    memset(block, 0, size);
  return block;
}

void kfree(void *block) {
  if (!block)
    return;
  struct page *page = page_of_address(block);
  if (page->flags & PAGE_LARGE) {
    spin_lock(&slab_lock);
    blocks--;
    spin_unlock(&slab_lock);
    page_free_order(page, page->order);
    return;
  }
  ASSERT(page->flags & PAGE_SLAB && page->used > 0);
  if (!kmalloc_is_intact(block))
    panic("kfree: something was written behind the block %p", block);
  if (debugging())
    memset(block, POISON, page->class->size);
  spin_lock(&slab_lock);
  blocks--;
  if (!page->objects)
    list_add(&page->class->partial, &page->link);
  *(void **)block = page->objects;
  page->objects = block;
  bool empty = --page->used == 0;
  if (empty) {
    list_remove(&page->link);
    page->flags = 0;
  }
  spin_unlock(&slab_lock);
  if (empty)
    page_put(page);
}

char *kstrdup(const char *text) {
  u32 size = strlen(text) + 1;
  char *copy = kmalloc(size);
  if (copy)
    memcpy(copy, text, size);
  return copy;
}

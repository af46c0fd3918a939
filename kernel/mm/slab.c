/*
 * kmalloc: pages cut into objects of one size class; blocks of more than half a page are whole
 * frames. A page whose last object is freed goes back at once, so nothing lingers. slab_lock
 * protects the classes and the slab fields of their pages.
 */
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>

struct slab_class {
  u32 size;
  struct list partial; /* page->link of pages with a free object */
};

static struct slab_class classes[] = {{16, {0}},  {32, {0}},  {64, {0}},   {96, {0}},  {128, {0}},
                                      {192, {0}}, {256, {0}}, {512, {0}},  {1024, {0}}, {2048, {0}}};
DEFINE_SPINLOCK(slab_lock);

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
  return page_address(page);
}

void *kmalloc(size_t size) {
  struct slab_class *class = class_of_size(size);
  if (!class)
    return large_alloc(size);
  spin_lock(&slab_lock);
  void *object = slab_take(class);
  spin_unlock(&slab_lock);
  if (object)
    return object;
  struct page *page = page_alloc(); /* may take pages from the cache: no lock held */
  if (!page)
    return NULL;
  spin_lock(&slab_lock);
  slab_fill(page, class);
  object = slab_take(class);
  spin_unlock(&slab_lock);
  return object;
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
    page_free_order(page, page->order);
    return;
  }
  spin_lock(&slab_lock);
  ASSERT(page->flags & PAGE_SLAB && page->used > 0);
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

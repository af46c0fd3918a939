/*
 * The page cache: pages of files and of block devices, found by (inode, index). cache_lock protects
 * the hash table, the ring of all cached pages, and these fields of a page. A page's contents are
 * filled with its inode's lock held, then PAGE_UPTODATE is set; the cache itself holds one reference.
 */
#include <asm/uaccess.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>

#define BUCKETS 1024

DEFINE_SPINLOCK(cache_lock);
static struct page *buckets[BUCKETS];
static struct list ring = LIST_INIT(ring); /* oldest first */
static u32 cached, pinned; /* pages */

static u32 bucket_of(const struct inode *inode, u32 index) {
  return (((u32)inode >> 5) + index * 31) % BUCKETS;
}

static struct page *lookup(struct inode *inode, u32 index) {
  ASSERT(spin_held(&cache_lock));
  struct page *page = buckets[bucket_of(inode, index)];
  while (page && (page->inode != inode || page->index != index))
    page = page->next;
  return page;
}

static void insert(struct page *page, struct inode *inode, u32 index) {
  ASSERT(spin_held(&cache_lock));
  struct page **bucket = &buckets[bucket_of(inode, index)];
  page->inode = inode;
  page->index = index;
  page->next = *bucket;
  *bucket = page;
  page->flags |= PAGE_CACHED;
  list_add_tail(&ring, &page->link);
  inode->cached_pages++;
  cached++;
}

/* Takes the page out; the cache's reference passes to the caller. */
static void take_out(struct page *page) {
  ASSERT(spin_held(&cache_lock));
  struct page **place = &buckets[bucket_of(page->inode, page->index)];
  while (*place != page)
    place = &(*place)->next;
  *place = page->next;
  if (page->flags & PAGE_PINNED)
    pinned--;
  page->flags &= ~(PAGE_CACHED | PAGE_PINNED | PAGE_UPTODATE);
  list_remove(&page->link);
  page->inode->cached_pages--;
  page->inode = NULL;
  cached--;
}

/* With a reference; NULL if it is not there or not filled yet. */
struct page *cache_find(struct inode *inode, u32 index) {
  spin_lock(&cache_lock);
  struct page *page = lookup(inode, index);
  if (page && !(page->flags & PAGE_UPTODATE))
    page = NULL;
  if (page) {
    page_get(page);
    list_remove(&page->link);
    list_add_tail(&ring, &page->link);
  }
  spin_unlock(&cache_lock);
  return page;
}

/* A zeroed page, up to date. The inode's lock is held, so nobody else makes the same one. */
struct page *cache_make(struct inode *inode, u32 index) {
  ASSERT(mutex_held(&inode->lock));
  struct page *page = cache_find(inode, index);
  if (page)
    return page;
  page = page_alloc_zeroed();
  if (!page)
    return NULL;
  spin_lock(&cache_lock);
  page->flags |= PAGE_UPTODATE;
  insert(page, inode, index);
  page_get(page);
  spin_unlock(&cache_lock);
  return page;
}

static struct page *read_locked(struct inode *inode, u32 index, int *error) {
  struct page *page = cache_find(inode, index); /* another task may have read it meanwhile */
  if (page)
    return page;
  page = page_alloc();
  if (!page) {
    *error = -ENOMEM;
    return NULL;
  }
  page->index = index;
  *error = inode->operations->readpage(inode, page);
  if (*error) {
    page_put(page);
    return NULL;
  }
  spin_lock(&cache_lock);
  page->flags |= PAGE_UPTODATE;
  insert(page, inode, index);
  page_get(page);
  spin_unlock(&cache_lock);
  return page;
}

/* Finds or reads a page. NULL and *error otherwise. Sleeps. */
struct page *cache_read(struct inode *inode, u32 index, int *error) {
  struct page *page = cache_find(inode, index);
  if (page)
    return page;
  bool take_lock = !mutex_held(&inode->lock);
  if (take_lock)
    mutex_lock(&inode->lock);
  page = read_locked(inode, index, error);
  if (take_lock)
    mutex_unlock(&inode->lock);
  return page;
}

/* Makes a page stay: the cache has its only copy. Half of the memory may be pinned; false beyond. */
bool cache_pin(struct page *page) {
  spin_lock(&cache_lock);
  bool fits = (page->flags & PAGE_PINNED) || pinned < frames_total() / 2;
  if (fits && !(page->flags & PAGE_PINNED)) {
    page->flags |= PAGE_PINNED;
    pinned++;
  }
  spin_unlock(&cache_lock);
  return fits;
}

/* Gives up to `wanted` clean pages that only the cache holds back to the free frames. */
bool cache_reclaim(u32 wanted) {
  u32 freed = 0;
  spin_lock(&cache_lock);
  list_for_each_safe(link, after, &ring) {
    struct page *page = list_entry(link, struct page, link);
    if (freed >= wanted)
      break;
    if (page->count > 1 || (page->flags & PAGE_PINNED))
      continue;
    take_out(page);
    page_put(page);
    freed++;
  }
  spin_unlock(&cache_lock);
  return freed > 0;
}

/* All pages from index on; mapped ones live on with their mappings. */
void cache_drop_from(struct inode *inode, u32 index) {
  spin_lock(&cache_lock);
  if (inode->cached_pages > 0)
    list_for_each_safe(link, after, &ring) {
      struct page *page = list_entry(link, struct page, link);
      if (page->inode != inode || page->index < index)
        continue;
      take_out(page);
      page_put(page);
    }
  spin_unlock(&cache_lock);
}

void cache_drop_inode(struct inode *inode) { cache_drop_from(inode, 0); }

u32 cache_page_count(void) { return cached; }

/* Copies from the cache to user memory, or to the kernel's where `to` lies there. */
ssize_t cache_file_read(struct inode *inode, char *to, size_t count, u64 offset) {
  size_t done = 0;
  int error = 0;
  while (done < count && offset + done < inode->size) {
    u64 at = offset + done;
    u32 start = (u32)at % PAGE_SIZE;
    u32 part = min_u32(count - done, PAGE_SIZE - start);
    if (at + part > inode->size)
      part = (u32)(inode->size - at);
    struct page *page = cache_read(inode, (u32)(at >> PAGE_SHIFT), &error);
    if (!page)
      return done ? (ssize_t)done : error;
    const u8 *from = (u8 *)page_address(page) + start;
    if ((u32)to >= TASK_SIZE)
      memcpy(to + done, from, part);
    else if (copy_to_user(to + done, from, part) < 0)
      error = -EFAULT;
    page_put(page);
    if (error)
      return done ? (ssize_t)done : error;
    done += part;
  }
  return done;
}

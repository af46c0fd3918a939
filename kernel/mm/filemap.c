/*
 * The page cache: pages of files and of block devices, found by (inode, index). cache_lock protects
 * the hash table, the ring of all cached pages, each inode's lists of pages, and the cache fields of
 * a page; the cache itself holds one reference to each. Who fills a page, writes it out or drops it
 * has locked it (PAGE_LOCKED), which may last long; a page that is up to date may be read and
 * written at any time by who has a reference.
 *
 * A page is dirty by sectors. A disk's own pages share the disk with those of its files: where a
 * block changes hands, its sectors must not be written from the wrong page.
 */
#include <asm/clock.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/task.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>

#define BUCKETS 1024
#define READ_AHEAD 16 /* pages at once, where a file is read in order */

DEFINE_SPINLOCK(cache_lock);
DEFINE_WAIT_QUEUE(page_wait); /* for a page's lock */
static struct page *buckets[BUCKETS];
static struct list ring = LIST_INIT(ring); /* oldest first */
static struct list dirty_inodes = LIST_INIT(dirty_inodes); /* longest dirty first */
static u32 cached, pinned, dirty; /* pages */

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
  page->dirty = 0;
  list_init(&page->dirty_link);
  list_add_tail(&ring, &page->link);
  list_add_tail(&inode->pages, &page->inode_link);
  inode->cached_pages++;
  cached++;
}

static void dirty_end(struct page *page) {
  ASSERT(spin_held(&cache_lock));
  if (!page->dirty)
    return;
  page->dirty = 0;
  dirty--;
  list_remove(&page->dirty_link);
  if (list_empty(&page->inode->dirty))
    list_remove(&page->inode->dirty_link);
}

/* Takes the page out; the cache's reference passes to the caller. */
static void take_out(struct page *page) {
  ASSERT(spin_held(&cache_lock));
  struct page **place = &buckets[bucket_of(page->inode, page->index)];
  while (*place != page)
    place = &(*place)->next;
  *place = page->next;
  dirty_end(page);
  if (page->flags & PAGE_PINNED)
    pinned--;
  page->flags &= ~(PAGE_CACHED | PAGE_PINNED | PAGE_UPTODATE);
  list_remove(&page->link);
  list_remove(&page->inode_link);
  page->inode->cached_pages--;
  page->inode = NULL;
  cached--;
}

static bool page_try_lock(struct page *page) {
  spin_lock(&cache_lock);
  bool taken = !(page->flags & PAGE_LOCKED);
  page->flags |= PAGE_LOCKED;
  spin_unlock(&cache_lock);
  return taken;
}

/* Of several pages of one inode, the lower first. */
void page_lock(struct page *page) {
  if (!page_try_lock(page))
    wait_event(&page_wait, page_try_lock(page));
}

void page_unlock(struct page *page) {
  spin_lock(&cache_lock);
  ASSERT(page->flags & PAGE_LOCKED);
  page->flags &= ~PAGE_LOCKED;
  spin_unlock(&cache_lock);
  wake_all(&page_wait);
}

/* With a reference, in whatever state it is; NULL if it is not there. */
static struct page *cache_get(struct inode *inode, u32 index) {
  spin_lock(&cache_lock);
  struct page *page = lookup(inode, index);
  if (page) {
    page_get(page);
    list_remove(&page->link);
    list_add_tail(&ring, &page->link);
  }
  spin_unlock(&cache_lock);
  return page;
}

/* With a reference; NULL if it is not there or not filled yet. */
struct page *cache_find(struct inode *inode, u32 index) {
  struct page *page = cache_get(inode, index);
  if (page && !(page->flags & PAGE_UPTODATE)) {
    page_put(page);
    page = NULL;
  }
  return page;
}

/* Puts a page with these flags into the cache, with one more reference. False if one is there. */
static bool cache_insert(struct inode *inode, u32 index, struct page *page, u32 flags) {
  spin_lock(&cache_lock);
  bool is_free = lookup(inode, index) == NULL;
  if (is_free) {
    page->flags |= flags;
    insert(page, inode, index);
    page_get(page);
  }
  spin_unlock(&cache_lock);
  return is_free;
}

/* The page if it is there or else the given one, which is up to date and whose reference passes on.
 * Sleeps while another task fills the page. */
struct page *cache_add(struct inode *inode, u32 index, struct page *page) {
  for (;;) {
    if (cache_insert(inode, index, page, PAGE_UPTODATE))
      return page;
    struct page *other = cache_get(inode, index);
    if (!other)
      continue;
    if (!(other->flags & PAGE_UPTODATE)) {
      page_lock(other);
      page_unlock(other);
    }
    if (other->flags & PAGE_UPTODATE) {
      page_put(page);
      return other;
    }
    page_put(other);
  }
}

/* The page, zeroed if it was not there. NULL when memory is out. */
struct page *cache_make(struct inode *inode, u32 index) {
  struct page *page = cache_find(inode, index);
  if (page)
    return page;
  page = page_alloc_zeroed();
  return page ? cache_add(inode, index, page) : NULL;
}

/* Fills a page that is not there, and some after it. 0 also if another task does so. */
static int cache_fill(struct inode *inode, u32 index, u32 wanted) {
  struct page *batch[READ_AHEAD];
  u32 count = 0;
  u64 pages = (inode->size + PAGE_SIZE - 1) >> PAGE_SHIFT;

  if (index < pages && wanted > pages - index)
    wanted = (u32)(pages - index);
  while (count < max_u32(wanted, 1)) {
    struct page *page = page_alloc();
    if (!page && count == 0)
      return -ENOMEM;
    if (!page)
      break;
    if (!cache_insert(inode, index + count, page, PAGE_LOCKED)) {
      page_put(page);
      break;
    }
    batch[count++] = page;
  }
  int error = count ? pages_read(inode, batch, count) : 0;
  for (u32 i = 0; i < count; i++) {
    struct page *page = batch[i];
    spin_lock(&cache_lock);
    if (error)
      take_out(page);
    else
      page->flags |= PAGE_UPTODATE;
    spin_unlock(&cache_lock);
    page_unlock(page);
    if (error)
      page_put(page);
    page_put(page);
  }
  return error;
}

/* Finds or reads a page, and up to `wanted` from it on. NULL and *error otherwise. Sleeps. */
struct page *cache_read_ahead(struct inode *inode, u32 index, u32 wanted, int *error) {
  *error = 0;
  for (;;) {
    struct page *page = cache_get(inode, index);
    if (page && (page->flags & PAGE_UPTODATE))
      return page;
    if (page) {
      page_lock(page);
      page_unlock(page);
      if (page->flags & PAGE_UPTODATE)
        return page;
      page_put(page);
      continue; /* it could not be read, or was dropped */
    }
    *error = cache_fill(inode, index, wanted);
    if (*error == -EIO && wanted > 1)
      *error = cache_fill(inode, index, wanted = 1); /* the fault may be behind */
    if (*error)
      return NULL;
  }
}

/* The same, ahead of a reader who goes on where the last one ended. */
struct page *cache_read(struct inode *inode, u32 index, int *error) {
  bool in_order = index == 0 || index == inode->read_next;
  struct page *page = cache_read_ahead(inode, index, in_order ? READ_AHEAD : 1, error);
  inode->read_next = index + 1;
  return page;
}

/* Bytes from..to of the page are newer than the disk, and so is the rest of their blocks. */
void cache_dirty(struct page *page, u32 from, u32 to) {
  ASSERT(from < to && to <= PAGE_SIZE);
  spin_lock(&cache_lock);
  struct inode *inode = page->inode;
  u32 unit = inode ? max_u32(inode->super->block_size, SECTOR_SIZE) : SECTOR_SIZE;
  u32 first = align_down(from, unit) / SECTOR_SIZE, last = (align_up(to, unit) - 1) / SECTOR_SIZE;
  if (inode && inode->operations->map) { /* not dropped meanwhile, and has a disk */
    if (!page->dirty) {
      struct list *place = inode->dirty.previous;
      while (place != &inode->dirty &&
             list_entry(place, struct page, dirty_link)->index > page->index)
        place = place->previous;
      list_add(place, &page->dirty_link);
      dirty++;
    }
    page->dirty |= (2u << last) - (1u << first);
    if (list_empty(&inode->dirty_link)) {
      inode->dirtied_at = ticks_now();
      list_add_tail(&dirty_inodes, &inode->dirty_link);
    }
  }
  spin_unlock(&cache_lock);
}

/* Bytes from..to of the page have lost their meaning: they are not to be written any more. Waits
 * for a write that is under way. */
void cache_undirty(struct inode *inode, u32 index, u32 from, u32 to) {
  u32 first = from / SECTOR_SIZE, last = (to - 1) / SECTOR_SIZE;
  struct page *page = cache_get(inode, index);
  if (!page)
    return;
  page_lock(page);
  spin_lock(&cache_lock);
  if (page->inode == inode && page->dirty) {
    u8 left = page->dirty & ~((2u << last) - (1u << first));
    if (left)
      page->dirty = left;
    else
      dirty_end(page);
  }
  spin_unlock(&cache_lock);
  page_unlock(page);
  page_put(page);
}

/* Up to `most` dirty pages in a row, from index on or after, each with a reference. */
u32 cache_dirty_run(struct inode *inode, u32 index, struct page **pages, u32 most) {
  u32 count = 0;
  spin_lock(&cache_lock);
  list_for_each(link, &inode->dirty) {
    struct page *page = list_entry(link, struct page, dirty_link);
    if (page->index < index)
      continue;
    if (count == most || (count > 0 && page->index != pages[count - 1]->index + 1))
      break;
    page_get(page);
    pages[count++] = page;
  }
  spin_unlock(&cache_lock);
  return count;
}

/* The dirty sectors of a locked page, which is clean from now on unless it is to stay dirty. */
u32 cache_clean(struct page *page, bool stays) {
  spin_lock(&cache_lock);
  u32 sectors = page->inode ? page->dirty : 0;
  if (sectors && !stays)
    dirty_end(page);
  spin_unlock(&cache_lock);
  return sectors;
}

/* The inode that has been dirty longest, of those that the filter lets through and that this pass
 * has not seen, with a reference. NULL if there is none. */
struct inode *cache_dirty_inode(u32 pass, bool (*wanted)(struct inode *inode, void *data),
                                void *data) {
  struct inode *found = NULL;
  spin_lock(&cache_lock);
  list_for_each(link, &dirty_inodes) {
    struct inode *inode = list_entry(link, struct inode, dirty_link);
    if (inode->dirty_pass == pass || !wanted(inode, data) || !inode_try_hold(inode))
      continue;
    inode->dirty_pass = pass;
    found = inode;
    break;
  }
  spin_unlock(&cache_lock);
  return found;
}

/* Between the two, pages of the inode are on their way to the disk. What stays dirty (somebody has it
 * mapped for writing) counts as dirty from the end on. */
void cache_write_begin(struct inode *inode) {
  spin_lock(&cache_lock);
  inode->writing++;
  spin_unlock(&cache_lock);
}

void cache_write_end(struct inode *inode) {
  spin_lock(&cache_lock);
  inode->writing--;
  if (!list_empty(&inode->dirty_link)) {
    inode->dirtied_at = ticks_now();
    list_remove(&inode->dirty_link);
    list_add_tail(&dirty_inodes, &inode->dirty_link);
  }
  spin_unlock(&cache_lock);
  wake_all(&page_wait);
}

/* Waits until nobody writes pages of the inode out, so that what was dirty before is on the disk. */
void cache_wait_written(struct inode *inode) { wait_event(&page_wait, inode->writing == 0); }

/* Makes a page stay: the cache has its only copy. Half of the memory may be pinned; false beyond. */
bool cache_pin(struct page *page) {
  spin_lock(&cache_lock);
  bool fits = (page->flags & PAGE_PINNED) || pinned < frames_total() / 2;
  if (fits && page->inode && !(page->flags & PAGE_PINNED)) {
    page->flags |= PAGE_PINNED;
    pinned++;
  }
  spin_unlock(&cache_lock);
  return fits;
}

u32 cache_pin_room(void) { return frames_total() / 2 - min_u32(pinned, frames_total() / 2); }

/* Gives up to `wanted` clean pages that only the cache holds back to the free frames; if there are
 * none, has dirty ones written out. False if that did not help. */
bool cache_reclaim(u32 wanted) {
  u32 freed = 0;
  spin_lock(&cache_lock);
  list_for_each_safe(link, after, &ring) {
    struct page *page = list_entry(link, struct page, link);
    if (freed >= wanted)
      break;
    if (page->count > 1 || page->dirty || (page->flags & (PAGE_PINNED | PAGE_LOCKED)))
      continue;
    take_out(page);
    page_put(page);
    freed++;
  }
  spin_unlock(&cache_lock);
  return freed > 0 || (dirty > 0 && writeback_wait());
}

/* Has so many frames free, if that can be. Sleeps. */
void cache_make_room(u32 wanted) {
  while (frames_free() < wanted && cache_reclaim(wanted))
    ;
}

/* Drops all pages from index on, dirty ones too; waits for those that are being written. Mapped ones
 * live on with their mappings. */
void cache_drop_from(struct inode *inode, u32 index) {
  for (;;) {
    struct page *found = NULL;
    spin_lock(&cache_lock);
    list_for_each(link, &inode->pages) {
      struct page *page = list_entry(link, struct page, inode_link);
      if (page->index >= index) {
        found = page;
        page_get(page);
        break;
      }
    }
    spin_unlock(&cache_lock);
    if (!found)
      return;
    page_lock(found);
    spin_lock(&cache_lock);
    bool is_ours = found->inode == inode;
    if (is_ours)
      take_out(found);
    spin_unlock(&cache_lock);
    page_unlock(found);
    if (is_ours)
      page_put(found);
    page_put(found);
  }
}

void cache_drop_inode(struct inode *inode) { cache_drop_from(inode, 0); }

/* Drops the pages that nobody uses and that are on the disk: they will be read anew. */
void cache_drop_clean(struct inode *inode) {
  spin_lock(&cache_lock);
  list_for_each_safe(link, after, &inode->pages) {
    struct page *page = list_entry(link, struct page, inode_link);
    if (page->count > 1 || page->dirty || (page->flags & (PAGE_PINNED | PAGE_LOCKED)))
      continue;
    take_out(page);
    page_put(page);
  }
  spin_unlock(&cache_lock);
}

u32 cache_page_count(void) { return cached; }

u32 cache_dirty_count(void) { return dirty; }

/*
 * Inodes in memory, found by (file system, number). Those of a disk stay when nobody uses them, for
 * their cached pages, up to a number; those without links, and those of made-up file systems, go.
 */
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/vfs.h>

#define BUCKETS 128
#define UNUSED_MAX 1024

static struct lock_class inode_lock_class = {.name = "inode_lock"};
static struct spinlock inode_lock = SPINLOCK_INIT(inode_lock_class);
static struct list buckets[BUCKETS];                    /* inode->hash_link */
static struct list unused_list = LIST_INIT(unused_list); /* inode->unused_link */
static u32 inodes, unused;

static struct list *bucket_of(struct superblock *super, u32 number) {
  struct list *bucket = &buckets[((u32)super / 32 + number) % BUCKETS];
  if (!bucket->next)
    list_init(bucket);
  return bucket;
}

/* A new inode with one reference, not to be found by number. NULL when memory is out. */
struct inode *inode_alloc(struct superblock *super, u32 number) {
  struct inode *inode = kzalloc(sizeof(*inode));
  if (!inode)
    return NULL;
  inode->super = super;
  inode->number = number;
  inode->count = 1;
  inode->links = 1;
  mutex_init(&inode->lock);
  list_init(&inode->hash_link);
  list_init(&inode->unused_link);
  list_init(&inode->pages);
  list_init(&inode->dirty);
  list_init(&inode->dirty_link);
  list_init(&inode->mappings);
  spin_lock(&inode_lock);
  inodes++;
  spin_unlock(&inode_lock);
  return inode;
}

static void hold(struct inode *inode) {
  ASSERT(spin_held(&inode_lock) && !inode->is_dying);
  if (inode->count++ == 0) {
    list_remove(&inode->unused_link);
    unused--;
  }
}

static struct inode *inode_find(struct superblock *super, u32 number) {
  ASSERT(spin_held(&inode_lock));
  list_for_each(link, bucket_of(super, number)) {
    struct inode *inode = list_entry(link, struct inode, hash_link);
    if (inode->super == super && inode->number == number) {
      hold(inode);
      return inode;
    }
  }
  return NULL;
}

/* From here on nobody finds the inode any more. */
static void die(struct inode *inode) {
  ASSERT(spin_held(&inode_lock) && inode->count == 0);
  inode->is_dying = true;
  list_remove(&inode->hash_link);
  inodes--;
}

static void bury(struct inode *inode) {
  cache_drop_inode(inode);
  ASSERT(list_empty(&inode->mappings) && list_empty(&inode->dirty_link));
  kfree(inode);
}

/* An inode that nobody has used for long, and that needs no write-back. */
static struct inode *take_unused(void) {
  ASSERT(spin_held(&inode_lock));
  list_for_each(link, &unused_list) {
    struct inode *inode = list_entry(link, struct inode, unused_link);
    if (!list_empty(&inode->dirty_link))
      continue;
    list_remove(link);
    unused--;
    die(inode);
    return inode;
  }
  return NULL;
}

static void inodes_shrink(void) {
  for (;;) {
    spin_lock(&inode_lock);
    struct inode *inode = unused > UNUSED_MAX ? take_unused() : NULL;
    spin_unlock(&inode_lock);
    if (!inode)
      return;
    bury(inode);
  }
}

void inode_insert(struct inode *inode) {
  inodes_shrink();
  spin_lock(&inode_lock);
  list_add(bucket_of(inode->super, inode->number), &inode->hash_link);
  spin_unlock(&inode_lock);
}

/* The inode with a reference, read by the file system's inode_new if need be. NULL on failure. */
struct inode *inode_get(struct superblock *super, u32 number) {
  spin_lock(&inode_lock);
  struct inode *inode = inode_find(super, number);
  spin_unlock(&inode_lock);
  if (inode)
    return inode;
  inodes_shrink();
  struct inode *made = super->inode_new(super, number); /* sleeps: another may do the same */
  if (!made)
    return NULL;
  spin_lock(&inode_lock);
  inode = inode_find(super, number);
  if (!inode)
    list_add(bucket_of(super, number), &made->hash_link);
  spin_unlock(&inode_lock);
  if (!inode)
    return made;
  made->links = 1; /* only a double: no file is to be freed with it */
  inode_put(made);
  return inode;
}

struct inode *inode_hold(struct inode *inode) {
  spin_lock(&inode_lock);
  hold(inode);
  spin_unlock(&inode_lock);
  return inode;
}

/* False if the inode is on its way out. */
bool inode_try_hold(struct inode *inode) {
  spin_lock(&inode_lock);
  bool alive = !inode->is_dying;
  if (alive)
    hold(inode);
  spin_unlock(&inode_lock);
  return alive;
}

void inode_put(struct inode *inode) {
  spin_lock(&inode_lock);
  ASSERT(inode->count > 0);
  bool last = --inode->count == 0;
  bool goes = last && (inode->links == 0 || list_empty(&inode->hash_link));
  if (goes) {
    die(inode);
  } else if (last) {
    list_add_tail(&unused_list, &inode->unused_link);
    unused++;
  }
  spin_unlock(&inode_lock);
  if (!goes)
    return;
  if (inode->operations && inode->operations->drop)
    inode->operations->drop(inode);
  bury(inode);
}

/* Forgets all inodes of a file system that is being unmounted. None is in use or dirty. */
void inodes_release(struct superblock *super) {
  for (;;) {
    struct inode *found = NULL;
    spin_lock(&inode_lock);
    list_for_each(link, &unused_list) {
      struct inode *inode = list_entry(link, struct inode, unused_link);
      if (inode->super == super) {
        found = inode;
        list_remove(link);
        unused--;
        die(inode);
        break;
      }
    }
    spin_unlock(&inode_lock);
    if (!found)
      return;
    bury(found);
  }
}

/* Are there files without a name that are still open? */
bool inodes_have_orphans(struct superblock *super) {
  bool found = false;
  spin_lock(&inode_lock);
  for (u32 i = 0; i < BUCKETS && !found; i++) {
    if (!buckets[i].next)
      continue;
    list_for_each(link, &buckets[i]) {
      const struct inode *inode = list_entry(link, struct inode, hash_link);
      found |= inode->super == super && inode->links == 0;
    }
  }
  spin_unlock(&inode_lock);
  return found;
}

/* The machine is about to halt: files without a name go, even where they are still open. */
void inodes_drop_orphans(struct superblock *super) {
  for (u32 i = 0; i < BUCKETS; i++) {
    bool again = buckets[i].next != NULL;
    while (again) {
      struct inode *found = NULL;
      spin_lock(&inode_lock);
      list_for_each(link, &buckets[i]) {
        struct inode *inode = list_entry(link, struct inode, hash_link);
        if (inode->super == super && inode->links == 0 && inode->count > 0) {
          found = inode;
          list_remove(link);
          hold(inode);
          break;
        }
      }
      spin_unlock(&inode_lock);
      again = found != NULL;
      if (found && found->operations->drop)
        found->operations->drop(found);
    }
  }
}

u32 inode_count(void) { return inodes; }

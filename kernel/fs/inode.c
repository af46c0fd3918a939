/*
 * Inodes in memory, found by (file system, number). Those of a disk stay when nobody uses them, for
 * their cached pages; those without links, and those of made-up file systems, go.
 */
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/vfs.h>

#define BUCKETS 128

DEFINE_SPINLOCK(inode_lock);
static struct list buckets[BUCKETS]; /* inode->hash_link */
static u32 inodes;

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
  spin_lock(&inode_lock);
  inodes++;
  spin_unlock(&inode_lock);
  return inode;
}

static struct inode *inode_find(struct superblock *super, u32 number) {
  ASSERT(spin_held(&inode_lock));
  list_for_each(link, bucket_of(super, number)) {
    struct inode *inode = list_entry(link, struct inode, hash_link);
    if (inode->super == super && inode->number == number) {
      inode->count++;
      return inode;
    }
  }
  return NULL;
}

/* The inode with a reference, read by the file system's inode_new if need be. NULL on failure. */
struct inode *inode_get(struct superblock *super, u32 number) {
  spin_lock(&inode_lock);
  struct inode *inode = inode_find(super, number);
  spin_unlock(&inode_lock);
  if (inode)
    return inode;
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
  inode_put(made);
  return inode;
}

struct inode *inode_hold(struct inode *inode) {
  spin_lock(&inode_lock);
  inode->count++;
  spin_unlock(&inode_lock);
  return inode;
}

void inode_put(struct inode *inode) {
  spin_lock(&inode_lock);
  ASSERT(inode->count > 0);
  bool last = --inode->count == 0 && (inode->links == 0 || list_empty(&inode->hash_link));
  if (last) {
    list_remove(&inode->hash_link);
    inodes--;
  }
  spin_unlock(&inode_lock);
  if (!last)
    return;
  if (inode->operations && inode->operations->drop)
    inode->operations->drop(inode);
  cache_drop_inode(inode);
  kfree(inode);
}

u32 inode_count(void) { return inodes; }

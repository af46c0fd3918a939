/*
 * ext2, revisions 0 and 1: mounting and unmounting, the superblock and the groups, and the blocks of
 * metadata, which are seen through the page cache of the device. While it can be written to, the
 * file system is marked as not clean on the disk; the mark goes when everything is written.
 */
#include <kernel/ext2.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <uapi/errno.h>
#include <uapi/statfs.h>

#define SUPERBLOCK_OFFSET 1024
#define ROOM 16 /* pages */
#define LOG_BLOCK_SIZE_MAX 2 /* 4 KiB: a page */

/* What is done under the lock reads metadata, and must not fail for lack of memory once it has begun
 * to change some: there is to be room before. */
void ext2_lock(struct ext2 *fs) {
  cache_make_room(ROOM);
  mutex_lock(&fs->lock);
}

/* The block's page, read if need be. */
int buffer_get(struct ext2 *fs, u32 block, struct buffer *buffer) {
  u64 at = (u64)block * fs->block_size;
  int error = 0;
  ASSERT(mutex_held(&fs->lock));
  if (block >= fs->block_count) {
    ext2_damaged(fs, "no such block", block);
    return -EIO;
  }
  buffer->page = cache_read_ahead(fs->super.block, (u32)(at >> PAGE_SHIFT), 1, &error);
  buffer->offset = (u32)at % PAGE_SIZE;
  if (!buffer->page)
    return error;
  buffer->data = (u8 *)page_address(buffer->page) + buffer->offset;
  return 0;
}

/* A block that has just been allocated: zeros, whatever the disk has there. */
int buffer_make(struct ext2 *fs, u32 block, struct buffer *buffer) {
  if (fs->block_size == PAGE_SIZE) {
    buffer->page = cache_make(fs->super.block, block);
    buffer->offset = 0;
    if (!buffer->page)
      return -ENOMEM;
    buffer->data = page_address(buffer->page);
  } else {
    int error = buffer_get(fs, block, buffer);
    if (error)
      return error;
  }
  memset(buffer->data, 0, fs->block_size);
  buffer_dirty(fs, buffer);
  return 0;
}

void buffer_dirty(struct ext2 *fs, const struct buffer *buffer) {
  cache_dirty(buffer->page, buffer->offset, buffer->offset + fs->block_size);
}

void buffer_put(struct buffer *buffer) {
  if (buffer->page)
    page_put(buffer->page);
  buffer->page = NULL;
}

/* The block is no metadata any more: what the cache has of it must not reach the disk. */
void buffer_forget(struct ext2 *fs, u32 block) {
  u64 at = (u64)block * fs->block_size;
  u32 offset = (u32)at % PAGE_SIZE;
  cache_undirty(fs->super.block, (u32)(at >> PAGE_SHIFT), offset, offset + fs->block_size);
}

/* Groups lie in the block after the superblock's, and on. */
static u64 group_at(const struct ext2 *fs, u32 group) {
  return (u64)(fs->first_data_block + 1) * fs->block_size + group * sizeof(struct ext2_group);
}

struct ext2_group *group_get(struct ext2 *fs, u32 group) {
  u64 at = group_at(fs, group);
  ASSERT(group < fs->groups);
  struct page *page =
      fs->group_pages[(u32)(at >> PAGE_SHIFT) - (u32)(group_at(fs, 0) >> PAGE_SHIFT)];
  return (struct ext2_group *)((u8 *)page_address(page) + (u32)at % PAGE_SIZE);
}

void group_dirty(struct ext2 *fs, u32 group) {
  u64 at = group_at(fs, group);
  u32 offset = (u32)at % PAGE_SIZE;
  cache_dirty(fs->group_pages[(u32)(at >> PAGE_SHIFT) - (u32)(group_at(fs, 0) >> PAGE_SHIFT)],
              offset, offset + sizeof(struct ext2_group));
}

void super_dirty(struct ext2 *fs) {
  cache_dirty(fs->super_page, SUPERBLOCK_OFFSET, SUPERBLOCK_OFFSET + sizeof(*fs->disk));
}

/* Something on the disk contradicts itself: e2fsck is to look at it, and nothing more is written to
 * the file system until then. */
void ext2_damaged(struct ext2 *fs, const char *what, u32 number) {
  printk("ext2: %s (%u); read-only from now on\n", what, number);
  fs->disk->state |= EXT2_STATE_ERRORS;
  super_dirty(fs);
  fs->super.read_only = true;
}

static void ext2_write_failed(struct superblock *super) {
  struct ext2 *fs = container_of(super, struct ext2, super);
  if (!super->read_only)
    ext2_damaged(fs, "metadata could not be written", 0);
}

static void ext2_statfs(struct superblock *super, struct statfs64 *to) {
  struct ext2 *fs = container_of(super, struct ext2, super);
  u32 tables = fs->groups * (2 + fs->inodes_per_group * fs->inode_size / fs->block_size);
  to->f_type = EXT2_MAGIC;
  to->f_bsize = to->f_frsize = fs->block_size;
  to->f_blocks = fs->block_count - tables - fs->first_data_block;
  to->f_bfree = fs->disk->free_blocks;
  to->f_bavail =
      fs->disk->free_blocks > fs->disk->reserved ? fs->disk->free_blocks - fs->disk->reserved : 0;
  to->f_files = fs->inode_count;
  to->f_ffree = fs->disk->free_inodes;
  to->f_namelen = EXT2_NAME_MAX;
}

/* All pages have been written out. The mark of a clean file system comes last, or goes first. */
static int ext2_set_writable(struct superblock *super, bool writable) {
  struct ext2 *fs = container_of(super, struct ext2, super);
  struct block_device *device = block_of_inode(super->block);
  if (writable && (!device->write || (fs->disk->read_only_compatible & ~EXT2_FEATURES_WRITABLE &&
                                      fs->disk->revision > 0)))
    return -EROFS;
  if (writable && (fs->disk->state & EXT2_STATE_ERRORS || !(fs->disk->state & EXT2_STATE_CLEAN)))
    printk("ext2: %s was not unmounted cleanly or has errors: run e2fsck\n", device->name);
  ext2_lock(fs);
  if (writable) {
    fs->was_clean = fs->disk->state & EXT2_STATE_CLEAN;
    fs->disk->state &= ~EXT2_STATE_CLEAN;
    fs->disk->mounts++;
    fs->disk->mount_time = seconds_of_day();
  } else if (fs->was_clean && !(fs->disk->state & EXT2_STATE_ERRORS)) {
    fs->disk->state |= EXT2_STATE_CLEAN;
  }
  fs->disk->write_time = seconds_of_day();
  super_dirty(fs);
  mutex_unlock(&fs->lock);
  return cache_write_super(super);
}

static void ext2_release(struct superblock *super) {
  struct ext2 *fs = container_of(super, struct ext2, super);
  if (fs->group_pages)
    for (u32 i = 0; fs->group_pages[i]; i++)
      page_put(fs->group_pages[i]);
  kfree(fs->group_pages);
  if (fs->super_page)
    page_put(fs->super_page);
  kfree(fs);
}

static const struct super_operations ext2_super_operations = {.statfs = ext2_statfs,
                                                              .set_writable = ext2_set_writable,
                                                              .write_failed = ext2_write_failed,
                                                              .release = ext2_release};

static bool is_power_of_two(u32 value) { return value && !(value & (value - 1)); }

/* What the rest relies on. */
static bool geometry_is_sound(const struct ext2 *fs, u32 device_sectors) {
  u32 bits = fs->block_size * 8;
  return fs->inodes_per_group > 0 && fs->inodes_per_group <= bits && fs->blocks_per_group > 0 &&
         fs->blocks_per_group <= bits && fs->first_data_block == (fs->block_size == 1024) &&
         is_power_of_two(fs->inode_size) && fs->inode_size >= sizeof(struct ext2_inode) &&
         fs->inode_size <= fs->block_size && fs->block_count > fs->first_data_block &&
         fs->block_count <= device_sectors / fs->sectors_per_block &&
         fs->inode_count == fs->groups * fs->inodes_per_group;
}

static int groups_read(struct ext2 *fs) {
  u32 first = (u32)(group_at(fs, 0) >> PAGE_SHIFT);
  u32 count = (u32)(group_at(fs, fs->groups - 1) >> PAGE_SHIFT) - first + 1;
  int error = 0;
  fs->group_pages = kzalloc((count + 1) * sizeof(*fs->group_pages));
  if (!fs->group_pages)
    return -ENOMEM;
  for (u32 i = 0; i < count && !error; i++)
    fs->group_pages[i] = cache_read_ahead(fs->super.block, first + i, 1, &error);
  for (u32 i = 0; i < fs->groups && !error; i++) {
    const struct ext2_group *group = group_get(fs, i);
    u32 table_blocks = fs->inodes_per_group * fs->inode_size / fs->block_size;
    if (group->block_bitmap >= fs->block_count || group->inode_bitmap >= fs->block_count ||
        group->inode_table >= fs->block_count ||
        table_blocks > fs->block_count - group->inode_table)
      error = -EINVAL;
  }
  return error;
}

static int superblock_read(struct ext2 *fs) {
  struct block_device *device = block_of_inode(fs->super.block);
  int error = 0;
  fs->super_page = cache_read_ahead(fs->super.block, 0, 1, &error);
  if (!fs->super_page)
    return error;
  const struct ext2_superblock *disk = fs->disk =
      (struct ext2_superblock *)((u8 *)page_address(fs->super_page) + SUPERBLOCK_OFFSET);
  if (disk->magic != EXT2_MAGIC || disk->log_block_size > LOG_BLOCK_SIZE_MAX)
    return -EINVAL;
  if (disk->revision > 0 && (disk->incompatible & ~EXT2_FEATURES_KNOWN)) {
    printk("ext2: unknown features %x on %s\n", disk->incompatible & ~EXT2_FEATURES_KNOWN,
           device->name);
    return -EINVAL;
  }
  fs->block_size = fs->super.block_size = 1024 << disk->log_block_size;
  fs->sectors_per_block = fs->block_size / SECTOR_SIZE;
  fs->blocks_per_group = disk->blocks_per_group;
  fs->inodes_per_group = disk->inodes_per_group;
  fs->first_data_block = disk->first_data_block;
  fs->block_count = disk->blocks;
  fs->inode_count = disk->inodes;
  fs->inode_size = disk->revision > 0 ? disk->inode_size : sizeof(struct ext2_inode);
  fs->first_inode = disk->revision > 0 ? disk->first_inode : EXT2_FIRST_INODE;
  fs->has_types = disk->revision > 0 && (disk->incompatible & EXT2_FEATURE_FILETYPE);
  if (fs->blocks_per_group > 0 && fs->block_count > fs->first_data_block)
    fs->groups =
        (fs->block_count - fs->first_data_block - 1) / fs->blocks_per_group + 1;
  return geometry_is_sound(fs, device->sectors) ? groups_read(fs) : -EINVAL;
}

/* Mounts what the device holds; read-only also if it has features that only readers can ignore. */
int ext2_mount(struct inode *device, bool read_only, struct superblock **mounted) {
  struct ext2 *fs = kzalloc(sizeof(*fs));
  if (!fs)
    return -ENOMEM;
  mutex_init(&fs->lock);
  fs->super.type = "ext2";
  fs->super.device = device->rdev;
  fs->super.block = device;
  fs->super.read_only = true;
  fs->super.operations = &ext2_super_operations;
  fs->super.inode_new = ext2_inode_new;
  cache_drop_clean(device);
  int error = superblock_read(fs);
  if (!error) {
    fs->super.size_max = ext2_size_max(fs);
    fs->super.root = inode_get(&fs->super, EXT2_ROOT);
    error = !fs->super.root ? -EIO : !S_ISDIR(fs->super.root->mode) ? -EINVAL : 0;
  }
  if (!error && !read_only) {
    int unwritable = ext2_set_writable(&fs->super, true);
    fs->super.read_only = unwritable != 0;
    error = unwritable == -EROFS ? 0 : unwritable;
  }
  if (error) {
    if (fs->super.root)
      inode_put(fs->super.root);
    inodes_release(&fs->super);
    ext2_release(&fs->super);
    return error;
  }
  *mounted = &fs->super;
  return 0;
}

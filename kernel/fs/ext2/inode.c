/*
 * Inodes of ext2: from and to the tables of the groups. What changes in memory is put into the
 * table's page at once; the write-back thread brings it to the disk.
 */
#include <kernel/ext2.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <uapi/errno.h>

#define LARGE_FILE_SIZE 0x80000000u
#define ATTRIBUTES_MAGIC 0xea020000u

struct attributes_header {
  u32 magic, references, blocks;
};

/* The inode's record on the disk; the buffer is to be put back. */
static int record_get(struct ext2 *fs, u32 number, struct buffer *buffer,
                      struct ext2_inode **record) {
  u32 index = (number - 1) % fs->inodes_per_group, per_block = fs->block_size / fs->inode_size;
  const struct ext2_group *group = group_get(fs, (number - 1) / fs->inodes_per_group);
  int error = buffer_get(fs, group->inode_table + index / per_block, buffer);
  if (!error)
    *record =
        (struct ext2_inode *)((u8 *)buffer->data + index % per_block * fs->inode_size);
  return error;
}

/* Only the sectors of the record. */
static void record_dirty(struct ext2 *fs, const struct buffer *buffer,
                         const struct ext2_inode *record) {
  u32 offset = buffer->offset + ((u8 *)record - (u8 *)buffer->data);
  cache_dirty(buffer->page, offset, offset + fs->inode_size);
}

static void record_write(struct inode *inode, struct ext2_inode *record) {
  record->mode = inode->mode;
  record->links = inode->links;
  record->uid = inode->uid;
  record->uid_high = inode->uid >> 16;
  record->gid = inode->gid;
  record->gid_high = inode->gid >> 16;
  record->size = (u32)inode->size;
  if (S_ISREG(inode->mode))
    record->size_high = (u32)(inode->size >> 32);
  record->blocks = inode->blocks;
  record->atime = inode->atime;
  record->mtime = inode->mtime;
  record->ctime = inode->ctime;
  record->flags = inode->ext2.flags;
  record->acl = inode->ext2.acl;
  memcpy(record->block, inode->ext2.block, sizeof(record->block));
}

static int store_locked(struct inode *inode) {
  struct ext2 *fs = ext2_of(inode);
  struct ext2_inode *record;
  struct buffer buffer;
  int error = record_get(fs, inode->number, &buffer, &record);
  if (error) {
    ext2_damaged(fs, "an inode cannot be written", inode->number);
    return error;
  }
  record_write(inode, record);
  record_dirty(fs, &buffer, record);
  buffer_put(&buffer);
  if (S_ISREG(inode->mode) && inode->size >= LARGE_FILE_SIZE && fs->disk->revision > 0 &&
      !(fs->disk->read_only_compatible & EXT2_FEATURE_LARGE_FILE)) {
    fs->disk->read_only_compatible |= EXT2_FEATURE_LARGE_FILE;
    super_dirty(fs);
  }
  return 0;
}

int ext2_store(struct inode *inode) {
  struct ext2 *fs = ext2_of(inode);
  ext2_lock(fs);
  int error = store_locked(inode);
  mutex_unlock(&fs->lock);
  return error;
}

int ext2_links_change(struct inode *inode, int change) {
  struct ext2 *fs = ext2_of(inode);
  ext2_lock(fs);
  inode->links += change;
  inode->ctime = seconds_of_day();
  int error = store_locked(inode);
  mutex_unlock(&fs->lock);
  return error;
}

/* What its kind can do. */
static void operations_set(struct inode *inode) {
  inode->operations = &ext2_operations;
  if (S_ISDIR(inode->mode)) {
    inode->files = &ext2_dir_operations;
  } else if (S_ISREG(inode->mode)) {
    inode->files = &regular_operations;
  } else if (S_ISCHR(inode->mode) || S_ISBLK(inode->mode)) {
    const u32 *block = inode->ext2.block;
    inode->rdev = block[0] ? block[0] : block[1];
    const struct device *device = device_find(inode->mode, inode->rdev);
    inode->files = device ? device->operations : NULL;
  }
}

static void record_read(struct inode *inode, const struct ext2_inode *record) {
  inode->mode = record->mode;
  inode->links = record->links;
  inode->uid = record->uid | record->uid_high << 16;
  inode->gid = record->gid | record->gid_high << 16;
  inode->size = record->size;
  if (S_ISREG(inode->mode))
    inode->size |= (u64)record->size_high << 32;
  inode->blocks = record->blocks;
  inode->atime = record->atime;
  inode->mtime = record->mtime;
  inode->ctime = record->ctime;
  inode->ext2.flags = record->flags;
  inode->ext2.acl = record->acl;
  memcpy(inode->ext2.block, record->block, sizeof(record->block));
  operations_set(inode);
}

struct inode *ext2_inode_new(struct superblock *super, u32 number) {
  struct ext2 *fs = container_of(super, struct ext2, super);
  struct ext2_inode *record;
  struct buffer buffer;

  if (number == 0 || number > fs->inode_count)
    return NULL;
  struct inode *inode = inode_alloc(super, number);
  if (!inode)
    return NULL;
  ext2_lock(fs);
  int error = record_get(fs, number, &buffer, &record);
  if (!error) {
    record_read(inode, record);
    buffer_put(&buffer);
  }
  mutex_unlock(&fs->lock);
  if (!error && inode->links > 0 && inode->size <= super->size_max)
    return inode;
  inode->links = 1; /* a free inode, or one that cannot be read: nothing is to be freed with it */
  inode_put(inode);
  return NULL;
}

static int record_begin(struct inode *inode) {
  struct ext2 *fs = ext2_of(inode);
  struct ext2_inode *record;
  struct buffer buffer;
  int error = record_get(fs, inode->number, &buffer, &record);
  if (error)
    return error;
  if (record->links > 0) {
    buffer_put(&buffer);
    ext2_damaged(fs, "a bitmap has a used inode as free", inode->number);
    return -EIO;
  }
  memset(record, 0, fs->inode_size);
  record->generation = fs->next_generation++;
  record_write(inode, record);
  record_dirty(fs, &buffer, record);
  buffer_put(&buffer);
  return 0;
}

/* A new inode with one link, which the caller has to make, and a reference. */
int ext2_inode_make(struct inode *dir, u32 mode, u32 rdev, struct inode **made) {
  struct ext2 *fs = ext2_of(dir);
  u32 number;
  ext2_lock(fs);
  int error = number_allocate(fs, dir, S_ISDIR(mode), &number);
  bool is_taken = !error;
  struct inode *inode = error ? NULL : inode_alloc(dir->super, number);
  if (!error && !inode)
    error = -ENOMEM;
  if (inode) {
    inode->mode = mode;
    inode->atime = inode->mtime = inode->ctime = seconds_of_day();
    if (dir->mode & S_ISGID) { /* what is made in such a directory has its group */
      inode->gid = dir->gid;
      inode->mode |= S_ISDIR(mode) ? S_ISGID : 0;
    }
    if (S_ISCHR(mode) || S_ISBLK(mode))
      inode->ext2.block[rdev > 0xffff] = rdev;
    operations_set(inode);
    error = record_begin(inode);
  }
  if (error && inode) {
    inode->operations = NULL; /* nothing to free on the disk but the number */
    inode_put(inode);
  }
  if (error && is_taken)
    number_free(fs, number, S_ISDIR(mode));
  mutex_unlock(&fs->lock);
  if (error)
    return error;
  inode_insert(inode);
  *made = inode;
  return 0;
}

/* An attribute block may be shared with other files. */
static void attributes_free(struct inode *inode) {
  struct ext2 *fs = ext2_of(inode);
  struct buffer buffer;
  u32 block = inode->ext2.acl;
  if (!block || buffer_get(fs, block, &buffer) < 0)
    return;
  struct attributes_header *header = buffer.data;
  bool is_shared = header->magic == ATTRIBUTES_MAGIC && header->references > 1;
  if (is_shared) {
    header->references--;
    buffer_dirty(fs, &buffer);
  }
  buffer_put(&buffer);
  if (!is_shared) {
    buffer_forget(fs, block);
    block_free(fs, block);
  }
  inode->ext2.acl = 0;
}

static bool is_fast_link(const struct inode *inode) {
  u32 attributes = inode->ext2.acl ? ext2_of(inode)->sectors_per_block : 0;
  return S_ISLNK(inode->mode) && inode->size < EXT2_FAST_LINK && inode->blocks == attributes;
}

static bool has_blocks(const struct inode *inode) {
  return S_ISREG(inode->mode) || S_ISDIR(inode->mode) ||
         (S_ISLNK(inode->mode) && !is_fast_link(inode));
}

/* No link and no user is left: the blocks and the number are free again. */
void ext2_drop(struct inode *inode) {
  struct ext2 *fs = ext2_of(inode);
  struct ext2_inode *record;
  struct buffer buffer;
  if (inode->links > 0)
    return;
  cache_drop_inode(inode);
  ext2_lock(fs);
  if (has_blocks(inode))
    ext2_cut(inode, 0);
  attributes_free(inode);
  inode->size = 0;
  if (record_get(fs, inode->number, &buffer, &record) == 0) {
    record_write(inode, record);
    record->dtime = seconds_of_day();
    record_dirty(fs, &buffer, record);
    buffer_put(&buffer);
  }
  number_free(fs, inode->number, S_ISDIR(inode->mode));
  mutex_unlock(&fs->lock);
}

/* The order matters: the new size keeps readers off what goes, then the pages go, then the blocks. */
int ext2_truncate(struct inode *inode, u64 size) {
  struct ext2 *fs = ext2_of(inode);
  u64 before = inode->size, kept = size < before ? size : before;
  ASSERT(mutex_held(&inode->lock));
  if (inode->super->read_only)
    return -EROFS;
  if (size > inode->super->size_max)
    return -EFBIG;
  int error = size != before ? cache_zero_tail(inode, kept) : 0;
  if (error)
    return error;
  inode->size = size;
  if (size <= before) {
    u32 pages = (u32)((size + PAGE_SIZE - 1) >> PAGE_SHIFT);
    mapping_unmap(inode, pages);
    cache_drop_from(inode, pages);
    ext2_lock(fs);
    error = ext2_cut(inode, (u32)((size + fs->block_size - 1) / fs->block_size));
    mutex_unlock(&fs->lock);
  }
  if (size != before)
    inode->mtime = inode->ctime = seconds_of_day();
  int store_error = ext2_store(inode);
  return error ? error : store_error;
}

int ext2_readlink(struct inode *inode, char *to, u32 size) {
  u32 length = inode->size < size ? (u32)inode->size : size;
  if (!is_fast_link(inode))
    return cache_file_read(inode, to, length, 0);
  memcpy(to, inode->ext2.block, length);
  return length;
}

/* Gives a new symbolic link its text. */
int ext2_link_text(struct inode *inode, const char *text) {
  u32 length = strlen(text);
  int error = 0;
  if (length < EXT2_FAST_LINK) {
    memcpy(inode->ext2.block, text, length);
    inode->size = length;
    return ext2_store(inode);
  }
  if (length >= ext2_of(inode)->block_size)
    return -ENAMETOOLONG;
  struct page *page = cache_make(inode, 0);
  if (!page)
    return -ENOMEM;
  int room = ext2_prepare(inode, page, 0, length);
  if (room == (int)length) {
    memcpy(page_address(page), text, length);
    inode->size = length;
    cache_dirty(page, 0, length);
    error = ext2_store(inode);
  } else {
    error = room < 0 ? room : -ENOSPC;
  }
  page_put(page);
  return error;
}

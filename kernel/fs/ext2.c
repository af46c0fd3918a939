/*
 * The second extended file system, revision 0 and 1, read-only: blocks of 1, 2 or 4 KiB, direct and
 * up to triply indirect, symbolic links in the inode or in a block. Metadata comes through the page
 * cache of the device, file pages through the file's own. Nothing here changes after mounting, so
 * there is nothing to lock but the page cache.
 */
#include <asm/uaccess.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/vfs.h>
#include <uapi/dirent.h>
#include <uapi/errno.h>

#define SUPERBLOCK_OFFSET 1024
#define EXT2_MAGIC 0xef53
#define ROOT_INODE 2
#define FEATURES_KNOWN 0x0002 /* incompatible features: file type in directory entries */
#define DIRECT_BLOCKS 12
#define FAST_LINK_SIZE 60

struct ext2_superblock {
  u32 inodes, blocks, reserved, free_blocks, free_inodes, first_data_block, log_block_size;
  u32 log_fragment_size, blocks_per_group, fragments_per_group, inodes_per_group;
  u32 mount_time, write_time;
  u16 mounts, mounts_max, magic, state, errors, minor;
  u32 checked, check_interval, creator, revision;
  u16 reserved_uid, reserved_gid;
  u32 first_inode;
  u16 inode_size, group;
  u32 compatible, incompatible, read_only_compatible;
};

struct ext2_group {
  u32 block_bitmap, inode_bitmap, inode_table;
  u16 free_blocks, free_inodes, directories, pad;
  u32 reserved[3];
};

struct ext2_inode {
  u16 mode, uid;
  u32 size, atime, ctime, mtime, dtime;
  u16 gid, links;
  u32 blocks, flags, version, block[15], generation, acl, size_high, fragment;
  u8 fragment_number, fragment_size;
  u16 pad, uid_high, gid_high;
  u32 reserved;
};

struct ext2_entry {
  u32 inode;
  u16 length;
  u8 name_length, type;
};

struct ext2 {
  struct superblock super;
  struct inode *device;
  u32 block_size, inode_size, inodes_per_group, first_data_block, inode_count;
};

static const struct inode_operations ext2_inode_operations;
static const struct file_operations ext2_dir_operations;

static struct ext2 *ext2_of(const struct inode *inode) {
  return container_of(inode->super, struct ext2, super);
}

static int read_at(struct ext2 *fs, u32 block, u32 offset, void *to, u32 count) {
  return block_read_bytes(fs->device, (u64)block * fs->block_size + offset, to, count);
}

/* The disk block of a file's block, 0 for a hole. */
static int block_map(struct inode *inode, u32 index, u32 *block) {
  struct ext2 *fs = ext2_of(inode);
  u32 per_block = fs->block_size / 4, span = 1, level = 0;

  if (index < DIRECT_BLOCKS) {
    *block = inode->block[index];
    return 0;
  }
  index -= DIRECT_BLOCKS;
  for (level = 1; level <= 3; level++) {
    span *= per_block; /* file blocks under a table of this level */
    if (level == 3 || index < span)
      break;
    index -= span;
  }
  u32 at = inode->block[DIRECT_BLOCKS + level - 1];
  for (; level > 0 && at != 0; level--) {
    span /= per_block;
    if (index / span >= per_block)
      return -EFBIG;
    int error = read_at(fs, at, index / span * 4, &at, 4);
    if (error)
      return error;
    index %= span;
  }
  *block = at;
  return 0;
}

/* Runs of adjacent blocks are read at once. */
static int ext2_readpage(struct inode *inode, struct page *page) {
  struct ext2 *fs = ext2_of(inode);
  struct block_device *device = fs->device->data;
  u32 per_page = PAGE_SIZE / fs->block_size, sectors = fs->block_size / 512;
  u8 *to = page_address(page);

  for (u32 i = 0; i < per_page;) {
    u32 first, next, run = 1;
    u32 index = page->index * per_page + i;
    if ((u64)index * fs->block_size >= inode->size)
      first = 0;
    else if (block_map(inode, index, &first) < 0)
      return -EIO;
    while (first && i + run < per_page && (u64)(index + run) * fs->block_size < inode->size) {
      if (block_map(inode, index + run, &next) < 0)
        return -EIO;
      if (next != first + run)
        break;
      run++;
    }
    if (first == 0)
      memset(to, 0, fs->block_size);
    else if (device->read(device, device->start + first * sectors, run * sectors, to) < 0)
      return -EIO;
    to += run * fs->block_size;
    i += run;
  }
  return 0;
}

static int ext2_readlink(struct inode *inode, char *to, u32 size) {
  u32 length = min_u32(size, inode->size);
  if (inode->size < FAST_LINK_SIZE && inode->blocks == 0) {
    memcpy(to, inode->block, length);
    return length;
  }
  return cache_file_read(inode, to, length, 0);
}

/* Reads the entry at offset; its page stays referenced. NULL at the end or if it is damaged. */
static struct ext2_entry *entry_at(struct inode *dir, u64 offset, struct page **page) {
  int error;
  if (offset >= dir->size)
    return NULL;
  *page = cache_read(dir, (u32)(offset >> PAGE_SHIFT), &error);
  if (!*page)
    return NULL;
  u32 at = (u32)offset % PAGE_SIZE;
  struct ext2_entry *entry = (struct ext2_entry *)((u8 *)page_address(*page) + at);
  if (at % 4 || at + sizeof(*entry) > PAGE_SIZE || entry->length < sizeof(*entry) ||
      entry->length % 4 || at + entry->length > PAGE_SIZE ||
      sizeof(*entry) + entry->name_length > entry->length) {
    printk("ext2: damaged directory %u at %u\n", dir->number, (u32)offset);
    page_put(*page);
    return NULL;
  }
  return entry;
}

static int ext2_lookup(struct inode *dir, const char *name, u32 length, struct inode **found) {
  struct page *page;
  struct ext2_entry *entry;
  for (u64 offset = 0; (entry = entry_at(dir, offset, &page)); offset += entry->length) {
    bool same = entry->inode && entry->name_length == length &&
                memcmp(entry + 1, name, length) == 0;
    u32 number = entry->inode;
    page_put(page);
    if (same) {
      *found = inode_get(dir->super, number);
      return *found ? 0 : -EIO;
    }
  }
  return -ENOENT;
}

static int ext2_readdir(struct file *file, struct dir_sink *sink) {
  static const u8 types[8] = {DT_UNKNOWN, DT_REG,  DT_DIR,  DT_CHR,
                              DT_BLK,     DT_FIFO, DT_SOCK, DT_LNK};
  struct page *page;
  struct ext2_entry *entry;
  while ((entry = entry_at(file->inode, file->offset, &page))) {
    u64 next = file->offset + entry->length;
    bool go_on = entry->inode == 0 || sink->entry(sink, (char *)(entry + 1), entry->name_length,
                                                  next, entry->inode, types[entry->type & 7]);
    page_put(page);
    if (!go_on)
      break;
    file->offset = next;
  }
  return 0;
}

static const struct inode_operations ext2_inode_operations = {
    .lookup = ext2_lookup, .readlink = ext2_readlink, .readpage = ext2_readpage};
static const struct file_operations ext2_dir_operations = {.readdir = ext2_readdir};

static struct inode *ext2_inode_new(struct superblock *super, u32 number) {
  struct ext2 *fs = container_of(super, struct ext2, super);
  struct ext2_group group;
  struct ext2_inode disk;

  if (number == 0 || number > fs->inode_count)
    return NULL;
  u32 index = (number - 1) / fs->inodes_per_group, within = (number - 1) % fs->inodes_per_group;
  if (read_at(fs, fs->first_data_block + 1, index * sizeof(group), &group, sizeof(group)) < 0 ||
      read_at(fs, group.inode_table, within * fs->inode_size, &disk, sizeof(disk)) < 0)
    return NULL;
  struct inode *inode = inode_alloc(super, number);
  if (!inode)
    return NULL;
  inode->mode = disk.mode;
  inode->links = disk.links;
  inode->uid = disk.uid | disk.uid_high << 16;
  inode->gid = disk.gid | disk.gid_high << 16;
  inode->size = disk.size;
  if (S_ISREG(inode->mode))
    inode->size |= (u64)disk.size_high << 32;
  inode->blocks = disk.blocks;
  inode->atime = disk.atime;
  inode->mtime = disk.mtime;
  inode->ctime = disk.ctime;
  memcpy(inode->block, disk.block, sizeof(disk.block));
  inode->operations = &ext2_inode_operations;
  if (S_ISDIR(inode->mode)) {
    inode->files = &ext2_dir_operations;
  } else if (S_ISREG(inode->mode)) {
    inode->files = &regular_operations;
  } else if (S_ISCHR(inode->mode) || S_ISBLK(inode->mode)) {
    inode->rdev = disk.block[0] ? disk.block[0] : disk.block[1];
    const struct device *device = device_find(inode->mode, inode->rdev);
    inode->files = device ? device->operations : NULL;
  }
  return inode;
}

/* NULL if the device holds no ext2 file system that we can read. */
struct superblock *ext2_mount(struct inode *device) {
  struct ext2_superblock disk;
  struct ext2 *fs = kzalloc(sizeof(*fs));

  if (!fs || block_read_bytes(device, SUPERBLOCK_OFFSET, &disk, sizeof(disk)) < 0 ||
      disk.magic != EXT2_MAGIC || disk.log_block_size > 2 || disk.inodes_per_group == 0)
    goto bad;
  if (disk.revision > 0 && (disk.incompatible & ~FEATURES_KNOWN)) {
    printk("ext2: unknown features %x\n", disk.incompatible & ~FEATURES_KNOWN);
    goto bad;
  }
  fs->device = device;
  fs->block_size = 1024 << disk.log_block_size;
  fs->inode_size = disk.revision > 0 ? disk.inode_size : 128;
  fs->inodes_per_group = disk.inodes_per_group;
  fs->first_data_block = disk.first_data_block;
  fs->inode_count = disk.inodes;
  fs->super.type = "ext2";
  fs->super.device = device->rdev;
  fs->super.read_only = true;
  fs->super.inode_new = ext2_inode_new;
  fs->super.root = inode_get(&fs->super, ROOT_INODE);
  if (fs->super.root && S_ISDIR(fs->super.root->mode))
    return &fs->super;
bad:
  kfree(fs);
  return NULL;
}

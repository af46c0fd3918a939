/*
 * Which blocks and inodes are taken: bitmaps, and the counts of the groups and of the superblock. A
 * block goes as near as possible behind the one before it; a directory below the root goes to a
 * group with much room, and what is in a directory goes to the directory's group.
 */
#include <kernel/ext2.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <uapi/errno.h>

u32 group_first_block(const struct ext2 *fs, u32 group) {
  return fs->first_data_block + group * fs->blocks_per_group;
}

static u32 blocks_in_group(const struct ext2 *fs, u32 group) {
  return min_u32(fs->blocks_per_group, fs->block_count - group_first_block(fs, group));
}

static bool bit_get(const u8 *bits, u32 index) { return bits[index / 8] >> index % 8 & 1; }

/* A free bit from `from` on, else before it; `count` if all are taken. Whole bytes first: there the
 * next blocks of the same file find room, too. */
static u32 bit_find(const u8 *bits, u32 count, u32 from, bool prefer_bytes) {
  if (from < count && !bit_get(bits, from))
    return from;
  for (u32 byte = from / 8 + 1; prefer_bytes && byte < count / 8; byte++)
    if (bits[byte] == 0)
      return byte * 8;
  for (u32 tried = 0, at = from; tried < count; tried++, at++) {
    if (at >= count)
      at = 0;
    if (at % 8 == 0 && bits[at / 8] == 0xff && at + 8 <= count) {
      tried += 7;
      at += 7;
    } else if (!bit_get(bits, at)) {
      return at;
    }
  }
  return count;
}

/* Group tables are never handed out nor taken back, whatever a bitmap says. */
static bool is_table(const struct ext2 *fs, u32 block, const struct ext2_group *group) {
  u32 table_blocks = fs->inodes_per_group * fs->inode_size / fs->block_size;
  return block == group->block_bitmap || block == group->inode_bitmap ||
         (block >= group->inode_table && block - group->inode_table < table_blocks);
}

static int block_take(struct ext2 *fs, u32 number, u32 from, u32 *block) {
  struct ext2_group *group = group_get(fs, number);
  struct buffer bitmap;
  u32 count = blocks_in_group(fs, number);
  int error = buffer_get(fs, group->block_bitmap, &bitmap);
  if (error)
    return error;
  u32 index = bit_find(bitmap.data, count, from, true);
  if (index < count) {
    *block = group_first_block(fs, number) + index;
    if (is_table(fs, *block, group)) {
      ext2_damaged(fs, "a bitmap has a table's block as free", *block);
      error = -EIO;
    } else {
      ((u8 *)bitmap.data)[index / 8] |= 1 << index % 8;
      buffer_dirty(fs, &bitmap);
      group->free_blocks--;
      fs->disk->free_blocks--;
      group_dirty(fs, number);
      super_dirty(fs);
    }
  } else {
    error = -ENOSPC; /* the count was wrong */
  }
  buffer_put(&bitmap);
  return error;
}

/* A block at the goal or behind it, else anywhere. */
int block_allocate(struct ext2 *fs, u32 goal, u32 *block) {
  ASSERT(mutex_held(&fs->lock));
  if (goal < fs->first_data_block || goal >= fs->block_count)
    goal = fs->first_data_block;
  u32 first = (goal - fs->first_data_block) / fs->blocks_per_group;
  u32 from = (goal - fs->first_data_block) % fs->blocks_per_group;
  int error = -ENOSPC;
  for (u32 i = 0; i < fs->groups && fs->disk->free_blocks > 0; i++) {
    u32 number = (first + i) % fs->groups;
    if (group_get(fs, number)->free_blocks == 0)
      continue;
    int result = block_take(fs, number, i == 0 ? from : 0, block);
    if (result == 0)
      return 0;
    if (result != -ENOSPC)
      error = result;
  }
  return error;
}

void block_free(struct ext2 *fs, u32 block) {
  struct buffer bitmap;
  ASSERT(mutex_held(&fs->lock));
  if (block < fs->first_data_block || block >= fs->block_count) {
    ext2_damaged(fs, "a file has a block that is none", block);
    return;
  }
  u32 number = (block - fs->first_data_block) / fs->blocks_per_group;
  u32 index = (block - fs->first_data_block) % fs->blocks_per_group;
  struct ext2_group *group = group_get(fs, number);
  if (buffer_get(fs, group->block_bitmap, &bitmap) < 0) {
    ext2_damaged(fs, "a bitmap cannot be read", number);
    return;
  }
  if (is_table(fs, block, group) || !bit_get(bitmap.data, index)) {
    ext2_damaged(fs, "a file has a block that was free", block);
  } else {
    ((u8 *)bitmap.data)[index / 8] &= ~(1 << index % 8);
    buffer_dirty(fs, &bitmap);
    group->free_blocks++;
    fs->disk->free_blocks++;
    group_dirty(fs, number);
    super_dirty(fs);
  }
  buffer_put(&bitmap);
}

/* The group with the most free blocks among those with at least the average of free inodes. */
static u32 group_for_spread(struct ext2 *fs) {
  u32 average = fs->disk->free_inodes / fs->groups, best = 0, most = 0;
  for (u32 i = 0; i < fs->groups; i++) {
    const struct ext2_group *group = group_get(fs, i);
    if (group->free_inodes > 0 && group->free_inodes >= average && group->free_blocks > most) {
      best = i;
      most = group->free_blocks;
    }
  }
  return best;
}

static int number_take(struct ext2 *fs, u32 group_number, bool directory, u32 *number) {
  struct ext2_group *group = group_get(fs, group_number);
  struct buffer bitmap;
  int error = buffer_get(fs, group->inode_bitmap, &bitmap);
  if (error)
    return error;
  u32 index = bit_find(bitmap.data, fs->inodes_per_group, 0, false);
  *number = group_number * fs->inodes_per_group + index + 1;
  if (index == fs->inodes_per_group || *number < fs->first_inode) {
    error = -ENOSPC;
  } else {
    ((u8 *)bitmap.data)[index / 8] |= 1 << index % 8;
    buffer_dirty(fs, &bitmap);
    group->free_inodes--;
    group->directories += directory;
    fs->disk->free_inodes--;
    group_dirty(fs, group_number);
    super_dirty(fs);
  }
  buffer_put(&bitmap);
  return error;
}

/* The number of an unused inode for something in the directory. */
int number_allocate(struct ext2 *fs, const struct inode *dir, bool directory, u32 *number) {
  u32 first = (dir->number - 1) / fs->inodes_per_group;
  int error = -ENOSPC;
  ASSERT(mutex_held(&fs->lock));
  if (directory && dir->number == EXT2_ROOT)
    first = group_for_spread(fs);
  /* A group with inodes but no blocks is a last resort. */
  for (u32 pass = 0; pass < 2; pass++)
    for (u32 i = 0; i < fs->groups && fs->disk->free_inodes > 0; i++) {
      u32 group_number = (first + i) % fs->groups;
      const struct ext2_group *group = group_get(fs, group_number);
      if (group->free_inodes == 0 || (pass == 0 && group->free_blocks == 0))
        continue;
      int result = number_take(fs, group_number, directory, number);
      if (result == 0)
        return 0;
      if (result != -ENOSPC)
        error = result;
    }
  return error;
}

void number_free(struct ext2 *fs, u32 number, bool directory) {
  u32 group_number = (number - 1) / fs->inodes_per_group;
  u32 index = (number - 1) % fs->inodes_per_group;
  struct ext2_group *group = group_get(fs, group_number);
  struct buffer bitmap;
  ASSERT(mutex_held(&fs->lock));
  if (buffer_get(fs, group->inode_bitmap, &bitmap) < 0) {
    ext2_damaged(fs, "a bitmap cannot be read", group_number);
    return;
  }
  if (!bit_get(bitmap.data, index)) {
    ext2_damaged(fs, "an inode was free already", number);
  } else {
    ((u8 *)bitmap.data)[index / 8] &= ~(1 << index % 8);
    buffer_dirty(fs, &bitmap);
    group->free_inodes++;
    group->directories -= directory;
    fs->disk->free_inodes++;
    group_dirty(fs, group_number);
    super_dirty(fs);
  }
  buffer_put(&bitmap);
}

/*
 * Where a file's blocks lie: twelve in the inode, then tables of one, two and three levels. A block
 * that was never written has the number 0 and reads as zeros: a hole.
 */
#include <kernel/ext2.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <uapi/errno.h>

#define LEVELS_MAX 3

/* The way to a block: a slot of the inode, then slots of so many tables. */
struct way {
  u32 levels;
  u32 slots[1 + LEVELS_MAX];
};

static bool way_find(const struct ext2 *fs, u32 index, struct way *way) {
  u32 per_table = fs->block_size / 4;
  if (index < EXT2_DIRECT) {
    *way = (struct way){0, {index}};
    return true;
  }
  index -= EXT2_DIRECT;
  u64 span = per_table;
  for (u32 levels = 1; levels <= LEVELS_MAX; levels++, span *= per_table) {
    if (index >= span) {
      index -= (u32)span;
      continue;
    }
    way->levels = levels;
    way->slots[0] = EXT2_DIRECT + levels - 1;
    for (u32 i = levels; i > 0; i--, index /= per_table)
      way->slots[i] = index % per_table;
    return true;
  }
  return false;
}

/* As many bytes as the tables can name, and as i_blocks can count. */
u64 ext2_size_max(const struct ext2 *fs) {
  u64 per_table = fs->block_size / 4;
  u64 blocks = EXT2_DIRECT + per_table + per_table * per_table + per_table * per_table * per_table;
  u64 countable = 0xffffffffull / fs->sectors_per_block;
  countable -= countable / per_table + countable / per_table / per_table + LEVELS_MAX + 1;
  return (blocks < countable ? blocks : countable) * fs->block_size;
}

/* The slot where the way ends, or where it stops at a hole: *level tells. A table's buffer is held. */
static int slot_find(struct inode *inode, const struct way *way, u32 *level, struct buffer *buffer,
                     u32 **slot) {
  *slot = &inode->ext2.block[way->slots[0]];
  buffer->page = NULL;
  for (*level = 0; *level < way->levels && **slot; ++*level) {
    u32 table = **slot;
    buffer_put(buffer);
    int error = buffer_get(ext2_of(inode), table, buffer);
    if (error)
      return error;
    *slot = (u32 *)buffer->data + way->slots[*level + 1];
  }
  return 0;
}

/* How many slots from this one on name blocks in a row, or all none; at most `most`. */
static u32 run_length(const u32 *slot, u32 room, u32 most) {
  u32 count = 1;
  while (count < room && count < most && slot[count] == (*slot ? *slot + count : 0))
    count++;
  return count;
}

int ext2_map(struct inode *inode, u32 sector, u32 *at, u32 *run) {
  struct ext2 *fs = ext2_of(inode);
  u32 index = sector / fs->sectors_per_block, within = sector % fs->sectors_per_block;
  u32 level, *slot, blocks = 1;
  struct buffer buffer;
  struct way way;

  *at = NO_SECTOR;
  if (!way_find(fs, index, &way))
    return -EFBIG;
  ext2_lock(fs);
  int error = slot_find(inode, &way, &level, &buffer, &slot);
  if (!error && level == way.levels) {
    u32 room = level ? fs->block_size / 4 - way.slots[level] : EXT2_DIRECT - way.slots[0];
    blocks = run_length(slot, room, *run / fs->sectors_per_block + 2);
    if (*slot >= fs->block_count || (*slot && *slot + blocks > fs->block_count)) {
      ext2_damaged(fs, "a file has a block that is none", *slot);
      error = -EIO;
    } else if (*slot) {
      *at = *slot * fs->sectors_per_block + within;
    }
  }
  buffer_put(&buffer);
  mutex_unlock(&fs->lock);
  *run = min_u32(*run, blocks * fs->sectors_per_block - within);
  return error;
}

/* Behind the block before it, else near its table, else in the inode's group. */
static u32 goal_of(struct inode *inode, u32 index, const struct way *way, u32 level,
                   const u32 *slot) {
  struct ext2 *fs = ext2_of(inode);
  if (inode->ext2.last_block && index == inode->ext2.last_index + 1)
    return inode->ext2.last_block + 1;
  bool is_table_slot = level == 0 && way->slots[0] >= EXT2_DIRECT;
  for (u32 back = 1; back <= way->slots[level] && !is_table_slot; back++)
    if (slot[-(int)back])
      return slot[-(int)back] + back;
  return group_first_block(fs, (inode->number - 1) / fs->inodes_per_group);
}

/*
 * Makes a block and the tables that are missing on the way to it. All of them are allocated before
 * one is linked, and the last link to be made is the one that the file is seen through: on an error
 * nothing has changed.
 */
static int block_make(struct inode *inode, u32 index) {
  struct ext2 *fs = ext2_of(inode);
  u32 level, *slot, made[1 + LEVELS_MAX], count = 0;
  struct buffer buffer;
  struct way way;

  if (!way_find(fs, index, &way))
    return -EFBIG;
  int error = slot_find(inode, &way, &level, &buffer, &slot);
  if (error || *slot) {
    buffer_put(&buffer);
    return error;
  }
  u32 goal = goal_of(inode, index, &way, level, slot), needed = way.levels - level + 1;
  for (; !error && count < needed; count++) {
    error = block_allocate(fs, goal, &made[count]);
    if (error)
      break;
    goal = made[count] + 1;
    if (count + 1 < needed) { /* a table: it names the block that comes next */
      struct buffer table;
      error = buffer_make(fs, made[count], &table);
      if (error) {
        count++;
        break;
      }
      buffer_put(&table);
    }
  }
  for (u32 i = 0; !error && i + 1 < needed; i++) {
    struct buffer table;
    error = buffer_get(fs, made[i], &table);
    if (error)
      break;
    ((u32 *)table.data)[way.slots[level + 1 + i]] = made[i + 1];
    buffer_dirty(fs, &table);
    buffer_put(&table);
  }
  if (error) {
    while (count > 0) {
      buffer_forget(fs, made[--count]);
      block_free(fs, made[count]);
    }
  } else {
    *slot = made[0];
    if (buffer.page)
      buffer_dirty(fs, &buffer);
    buffer_forget(fs, made[needed - 1]); /* data's from now on */
    inode->blocks += needed * fs->sectors_per_block;
    inode->ext2.last_index = index;
    inode->ext2.last_block = made[needed - 1];
  }
  buffer_put(&buffer);
  return error;
}

int ext2_prepare(struct inode *inode, struct page *page, u64 offset, u32 count) {
  struct ext2 *fs = ext2_of(inode);
  u32 first = (u32)(offset / fs->block_size), last = (u32)((offset + count - 1) / fs->block_size);
  u32 blocks_before = inode->blocks, worst = (last - first + 1) * (1 + LEVELS_MAX);
  int error = 0;

  if (inode->super->read_only)
    return -EROFS;
  ext2_lock(fs);
  u32 index = first;
  if (!page && fs->disk->free_blocks < worst)
    error = -EAGAIN; /* without a page it is all or nothing */
  while (!error && index <= last) {
    error = block_make(inode, index);
    if (!error)
      index++;
  }
  mutex_unlock(&fs->lock);
  if (inode->blocks != blocks_before)
    ext2_store(inode);
  if (index == first)
    return error;
  u64 room = (u64)index * fs->block_size - offset;
  return room < count ? (int)room : (int)count;
}

/* Frees what a slot of a table of this level names, from its block `first` on. True if all of it was
 * freed, so that the slot is empty now. */
static bool tree_free(struct inode *inode, u32 block, u32 level, u64 first, int *error) {
  struct ext2 *fs = ext2_of(inode);
  if (level > 0) {
    u32 per_table = fs->block_size / 4;
    u64 span = 1;
    struct buffer buffer;
    bool is_empty = true, is_changed = false;
    for (u32 i = 1; i < level; i++)
      span *= per_table;
    int problem = buffer_get(fs, block, &buffer);
    if (problem) { /* what it names is lost to the file, and stays taken: e2fsck can tell */
      ext2_damaged(fs, "a table of blocks cannot be read", block);
      *error = problem;
      return false;
    }
    u32 *slots = buffer.data;
    for (u32 i = 0; i < per_table; i++) {
      u64 start = i * span;
      if (slots[i] && start + span > first &&
          tree_free(inode, slots[i], level - 1, first > start ? first - start : 0, error)) {
        slots[i] = 0;
        is_changed = true;
      }
      is_empty &= slots[i] == 0;
    }
    if (is_changed)
      buffer_dirty(fs, &buffer);
    buffer_put(&buffer);
    if (!is_empty)
      return false;
    buffer_forget(fs, block);
  }
  block_free(fs, block);
  inode->blocks -= min_u32(inode->blocks, fs->sectors_per_block);
  return true;
}

/* Frees the blocks from `first` on. The file's pages there have been dropped. */
int ext2_cut(struct inode *inode, u32 first) {
  struct ext2 *fs = ext2_of(inode);
  u64 start = 0, span = 1;
  int error = 0;
  ASSERT(mutex_held(&fs->lock));
  inode->ext2.last_block = 0;
  for (u32 slot = 0; slot < EXT2_DIRECT + LEVELS_MAX; slot++) {
    u32 level = slot < EXT2_DIRECT ? 0 : slot - EXT2_DIRECT + 1;
    if (level > 0)
      span *= fs->block_size / 4;
    if (inode->ext2.block[slot] && start + span > first &&
        tree_free(inode, inode->ext2.block[slot], level, first > start ? first - start : 0, &error))
      inode->ext2.block[slot] = 0;
    start += span;
  }
  return error;
}

/*
 * Directories of ext2: files of blocks full of entries, none of which crosses a block's end. A name
 * that goes leaves its room to the entry before it; a new one takes the first room that is large
 * enough, in an unused entry or behind one that does not need all of its own. Directories do not
 * become shorter.
 */
#include <kernel/ext2.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <uapi/dirent.h>
#include <uapi/errno.h>

#define ENTRY_HEAD 8 /* bytes before the name */

static u32 entry_room(u32 name_length) { return align_up(ENTRY_HEAD + name_length, 4); }

static struct ext2_entry *entry_in(struct page *page, u32 at) {
  return (struct ext2_entry *)((u8 *)page_address(page) + at);
}

static bool entry_is_sound(const struct ext2 *fs, const struct ext2_entry *entry, u32 at) {
  return entry->length >= ENTRY_HEAD && entry->length % 4 == 0 &&
         at % fs->block_size + entry->length <= fs->block_size &&
         ENTRY_HEAD + entry->name_length <= entry->length && entry->inode <= fs->inode_count;
}

/* Called for each entry; true stops the walk, the place then has a reference to its page. */
typedef bool entry_visitor(const struct ext2_entry *entry, void *data);

/* 1 if the visitor stopped, 0 at the end, or -errno. */
static int entries_walk(struct inode *dir, entry_visitor *visit, void *data,
                        struct entry_place *place) {
  const struct ext2 *fs = ext2_of(dir);
  int error = 0;
  for (u32 index = 0; (u64)index << PAGE_SHIFT < dir->size; index++) {
    struct page *page = cache_read(dir, index, &error);
    if (!page)
      return error;
    u64 rest = dir->size - ((u64)index << PAGE_SHIFT);
    u32 end = rest < PAGE_SIZE ? (u32)rest : PAGE_SIZE;
    struct ext2_entry *previous = NULL;
    for (u32 at = 0; at < end;) {
      struct ext2_entry *entry = entry_in(page, at);
      if (at % fs->block_size == 0)
        previous = NULL;
      if (!entry_is_sound(fs, entry, at)) {
        page_put(page);
        ext2_damaged(ext2_of(dir), "a directory is damaged", dir->number);
        return -EIO;
      }
      if (visit(entry, data)) {
        *place = (struct entry_place){page, entry, previous};
        return 1;
      }
      previous = entry;
      at += entry->length;
    }
    page_put(page);
  }
  return 0;
}

struct wanted_name {
  const char *name;
  u32 length;
};

static bool has_name(const struct ext2_entry *entry, void *data) {
  const struct wanted_name *wanted = data;
  return entry->inode && entry->name_length == wanted->length &&
         memcmp(entry->name, wanted->name, wanted->length) == 0;
}

/* 0, and the place has a reference to its page; -ENOENT or another error. */
int entry_find(struct inode *dir, const char *name, u32 length, struct entry_place *place) {
  struct wanted_name wanted = {name, length};
  int found = entries_walk(dir, has_name, &wanted, place);
  return found == 1 ? 0 : found < 0 ? found : -ENOENT;
}

void entry_put(struct entry_place *place) { page_put(place->page); }

static void place_dirty(const struct entry_place *place) {
  u32 at = (u8 *)place->entry - (u8 *)page_address(place->page);
  cache_dirty(place->page, at, at + 1); /* its whole block */
}

static void dir_changed(struct inode *dir) {
  dir->mtime = dir->ctime = seconds_of_day();
  dir->ext2.flags &= ~EXT2_FLAG_INDEXED;
  ext2_store(dir);
}

static u8 type_of(const struct inode *inode) {
  static const u8 types[16] = {[DT_REG] = 1,  [DT_DIR] = 2,  [DT_CHR] = 3, [DT_BLK] = 4,
                               [DT_FIFO] = 5, [DT_SOCK] = 6, [DT_LNK] = 7};
  return ext2_of(inode)->has_types ? types[(inode->mode & S_IFMT) >> 12] : 0;
}

static void entry_write(struct ext2_entry *entry, u32 length, const char *name, u32 name_length,
                        const struct inode *inode) {
  entry->inode = inode->number;
  entry->length = length;
  entry->name_length = name_length;
  entry->type = type_of(inode);
  memcpy(entry->name, name, name_length);
}

static bool has_room(const struct ext2_entry *entry, void *data) {
  u32 used = entry->inode ? entry_room(entry->name_length) : 0;
  return entry->length >= used + *(u32 *)data;
}

/* One more block at the end, of one unused entry. */
static int block_append(struct inode *dir, struct entry_place *place) {
  struct ext2 *fs = ext2_of(dir);
  u32 index = (u32)(dir->size >> PAGE_SHIFT), at = (u32)dir->size % PAGE_SIZE;
  int error = 0;
  struct page *page = at ? cache_read(dir, index, &error) : cache_make(dir, index);
  if (!page)
    return error ? error : -ENOMEM;
  int room = ext2_prepare(dir, page, dir->size, fs->block_size);
  if (room < (int)fs->block_size) {
    page_put(page);
    return room < 0 ? room : -ENOSPC;
  }
  struct ext2_entry *entry = entry_in(page, at);
  memset(entry, 0, fs->block_size);
  entry->length = fs->block_size;
  dir->size += fs->block_size;
  *place = (struct entry_place){page, entry, NULL};
  return 0;
}

int entry_add(struct inode *dir, const char *name, u32 length, struct inode *inode) {
  struct entry_place place;
  u32 needed = entry_room(length);
  ASSERT(mutex_held(&dir->lock));
  int found = entries_walk(dir, has_room, &needed, &place);
  if (found == 0)
    found = block_append(dir, &place);
  if (found < 0)
    return found;
  struct ext2_entry *entry = place.entry;
  if (entry->inode) { /* the new one begins where its name ends */
    u32 used = entry_room(entry->name_length), rest = entry->length - used;
    entry->length = used;
    entry = (struct ext2_entry *)((u8 *)entry + used);
    entry->length = rest;
  }
  entry_write(entry, entry->length, name, length, inode);
  place_dirty(&place);
  entry_put(&place);
  dir_changed(dir);
  return 0;
}

/* The name stands for another file from now on. */
void entry_point(struct inode *dir, struct entry_place *place, struct inode *inode) {
  place->entry->inode = inode->number;
  place->entry->type = type_of(inode);
  place_dirty(place);
  dir_changed(dir);
}

void entry_remove(struct inode *dir, struct entry_place *place) {
  if (place->previous)
    place->previous->length += place->entry->length;
  place->entry->inode = 0;
  place_dirty(place);
  dir_changed(dir);
}

/* A new directory's first block: itself, and its parent. */
int directory_begin(struct inode *dir, struct inode *parent) {
  struct entry_place place;
  int error = block_append(dir, &place);
  if (error)
    return error;
  struct ext2_entry *first = place.entry;
  u32 used = entry_room(1), rest = first->length - used;
  entry_write(first, used, ".", 1, dir);
  entry_write((struct ext2_entry *)((u8 *)first + used), rest, "..", 2, parent);
  place_dirty(&place);
  entry_put(&place);
  dir_changed(dir);
  return 0;
}

static bool is_no_dot(const struct ext2_entry *entry, void *data) {
  (void)data;
  bool is_dot = entry->name_length == 1 && entry->name[0] == '.';
  bool is_parent = entry->name_length == 2 && entry->name[0] == '.' && entry->name[1] == '.';
  return entry->inode && !is_dot && !is_parent;
}

/* 1, 0 or -errno. */
int directory_is_empty(struct inode *dir) {
  struct entry_place place;
  int found = entries_walk(dir, is_no_dot, NULL, &place);
  if (found == 1)
    entry_put(&place);
  return found < 0 ? found : !found;
}

int entry_parent(struct inode *dir, struct inode **parent) {
  struct entry_place place;
  int error = entry_find(dir, "..", 2, &place);
  if (error)
    return error;
  u32 number = place.entry->inode;
  entry_put(&place);
  *parent = inode_get(dir->super, number);
  return *parent ? 0 : -EIO;
}

/* An offset within the file that no entry begins at is one that has been removed meanwhile: the walk
 * of its block starts anew, and what lies before the offset has been told already. */
static int page_readdir(struct file *file, struct page *page, struct dir_sink *sink, bool *full) {
  static const u8 types[8] = {DT_UNKNOWN, DT_REG,  DT_DIR,  DT_CHR,
                              DT_BLK,     DT_FIFO, DT_SOCK, DT_LNK};
  struct inode *dir = file->inode;
  const struct ext2 *fs = ext2_of(dir);
  u64 base = align_down(file->offset, (u64)PAGE_SIZE);
  u32 at = align_down((u32)(file->offset - base), fs->block_size);
  while (at < PAGE_SIZE && base + at < dir->size) {
    struct ext2_entry *entry = entry_in(page, at);
    if (!entry_is_sound(fs, entry, at)) {
      ext2_damaged(ext2_of(dir), "a directory is damaged", dir->number);
      return -EIO;
    }
    u64 next = base + at + entry->length;
    if (base + at >= file->offset && entry->inode &&
        !sink->entry(sink, entry->name, entry->name_length, next, entry->inode,
                     types[fs->has_types ? entry->type & 7 : 0])) {
      *full = true;
      return 0;
    }
    if (next > file->offset)
      file->offset = next;
    at += entry->length;
  }
  return 0;
}

static int ext2_readdir(struct file *file, struct dir_sink *sink) {
  struct inode *dir = file->inode;
  bool full = false;
  int error = 0;
  if (dir->links == 0)
    return -ENOENT; /* removed, and still open */
  while (!error && !full && file->offset < dir->size) {
    mutex_lock(&dir->lock);
    struct page *page = cache_read(dir, (u32)(file->offset >> PAGE_SHIFT), &error);
    if (page) {
      error = page_readdir(file, page, sink, &full);
      page_put(page);
    }
    mutex_unlock(&dir->lock);
  }
  return error;
}

const struct file_operations ext2_dir_operations = {.readdir = ext2_readdir};

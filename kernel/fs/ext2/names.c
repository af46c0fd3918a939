/*
 * What makes, links, renames and removes files of ext2. The directories are locked by the caller,
 * who has looked up what the names stand for; an operation that fails leaves everything as it was.
 */
#include <kernel/ext2.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <uapi/errno.h>

static int ext2_lookup(struct inode *dir, const char *name, u32 length, struct inode **found) {
  struct entry_place place;
  if (length > EXT2_NAME_MAX)
    return -ENAMETOOLONG;
  int error = entry_find(dir, name, length, &place);
  if (error)
    return error;
  u32 number = place.entry->inode;
  entry_put(&place);
  *found = inode_get(dir->super, number);
  return *found ? 0 : -EIO;
}

/* A name cannot be made in a directory that has been removed, or on a disk that is not written to. */
static int check_dir(const struct inode *dir) {
  return dir->super->read_only ? -EROFS : dir->links == 0 ? -ENOENT : 0;
}

/* The inode has come to nothing: with its last reference goes what it has on the disk. */
static void give_up(struct inode *inode) {
  ext2_links_change(inode, -(int)inode->links);
  inode_put(inode);
}

static int ext2_create(struct inode *dir, const char *name, u32 length, u32 mode, u32 rdev,
                       struct inode **made) {
  struct inode *inode;
  int error = check_dir(dir);
  if (!error && S_ISDIR(mode) && dir->links >= EXT2_LINKS_MAX)
    error = -EMLINK;
  if (!error)
    error = ext2_inode_make(dir, mode, rdev, &inode);
  if (error)
    return error;
  if (S_ISDIR(mode)) {
    mutex_lock(&inode->lock);
    error = directory_begin(inode, dir);
    mutex_unlock(&inode->lock);
  }
  if (!error)
    error = entry_add(dir, name, length, inode);
  if (error) {
    give_up(inode);
    return error;
  }
  if (S_ISDIR(mode)) {
    ext2_links_change(inode, 1);
    ext2_links_change(dir, 1);
  }
  *made = inode;
  return 0;
}

static int ext2_symlink(struct inode *dir, const char *name, u32 length, const char *target) {
  struct inode *inode;
  int error = check_dir(dir);
  if (!error)
    error = ext2_inode_make(dir, S_IFLNK | 0777, 0, &inode);
  if (error)
    return error;
  error = ext2_link_text(inode, target);
  if (!error)
    error = entry_add(dir, name, length, inode);
  if (error)
    give_up(inode);
  else
    inode_put(inode);
  return error;
}

static int ext2_link(struct inode *dir, const char *name, u32 length, struct inode *target) {
  int error = check_dir(dir);
  if (!error && target->links >= EXT2_LINKS_MAX)
    error = -EMLINK;
  if (!error && target->links == 0)
    error = -ENOENT;
  if (!error)
    error = entry_add(dir, name, length, target);
  if (!error)
    ext2_links_change(target, 1);
  return error;
}

/* A directory that is to go must be empty, and stays so: its links are 0 from here on. */
static int directory_end(struct inode *inode) {
  mutex_lock(&inode->lock);
  int empty = directory_is_empty(inode);
  if (empty == 1)
    ext2_links_change(inode, -(int)inode->links);
  mutex_unlock(&inode->lock);
  return empty == 1 ? 0 : empty < 0 ? empty : -ENOTEMPTY;
}

static int ext2_remove(struct inode *dir, const char *name, u32 length, bool directory) {
  struct entry_place place;
  int error = check_dir(dir);
  if (!error)
    error = entry_find(dir, name, length, &place);
  if (error)
    return error;
  struct inode *inode = inode_get(dir->super, place.entry->inode);
  if (!inode || inode == dir) /* a directory within itself: damaged */
    error = -EIO;
  else if (directory && !S_ISDIR(inode->mode))
    error = -ENOTDIR;
  else if (!directory && S_ISDIR(inode->mode))
    error = -EISDIR;
  else if (directory)
    error = directory_end(inode);
  if (!error) {
    entry_remove(dir, &place);
    ext2_links_change(directory ? dir : inode, -1);
  }
  entry_put(&place);
  if (inode)
    inode_put(inode);
  return error;
}

/* The name takes the place of another file's, which loses a link. */
static int replace(struct inode *dir, const char *name, u32 length, struct inode *source,
                   struct inode *target) {
  struct entry_place place;
  int error = entry_find(dir, name, length, &place);
  if (error)
    return error;
  if (S_ISDIR(target->mode))
    error = directory_end(target);
  if (!error) {
    entry_point(dir, &place, source);
    ext2_links_change(S_ISDIR(target->mode) ? dir : target, -1);
  }
  entry_put(&place);
  return error;
}

static int ext2_rename(struct inode *from_dir, const char *from, u32 from_length,
                       struct inode *source, struct inode *to_dir, const char *to, u32 to_length,
                       struct inode *target) {
  struct entry_place old, parent = {NULL, NULL, NULL};
  bool moves = S_ISDIR(source->mode) && from_dir != to_dir;
  int error = target == to_dir || source == from_dir ? -EIO : check_dir(to_dir);
  if (!error && moves && !target && to_dir->links >= EXT2_LINKS_MAX)
    error = -EMLINK;
  if (!error)
    error = entry_find(from_dir, from, from_length, &old);
  if (error)
    return error;
  if (moves)
    error = entry_find(source, "..", 2, &parent);
  if (!error)
    error = target ? replace(to_dir, to, to_length, source, target)
                   : entry_add(to_dir, to, to_length, source);
  entry_put(&old);
  if (!error) { /* its pages are in the cache: the rest succeeds, but the entry may have moved on */
    error = entry_find(from_dir, from, from_length, &old);
    if (!error) {
      entry_remove(from_dir, &old);
      entry_put(&old);
    }
    if (moves) {
      entry_point(source, &parent, to_dir);
      ext2_links_change(from_dir, -1);
      ext2_links_change(to_dir, 1);
    }
    source->ctime = seconds_of_day();
    ext2_store(source);
  }
  if (parent.page)
    entry_put(&parent);
  return error;
}

const struct inode_operations ext2_operations = {.lookup = ext2_lookup,
                                                 .create = ext2_create,
                                                 .remove = ext2_remove,
                                                 .link = ext2_link,
                                                 .rename = ext2_rename,
                                                 .symlink = ext2_symlink,
                                                 .parent = entry_parent,
                                                 .readlink = ext2_readlink,
                                                 .map = ext2_map,
                                                 .prepare = ext2_prepare,
                                                 .truncate = ext2_truncate,
                                                 .store = ext2_store,
                                                 .drop = ext2_drop};

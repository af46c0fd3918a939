/*
 * Files in memory alone: their pages live in the page cache, pinned, and their directories are lists
 * of names. A directory's list is under the directory's lock, a file's pages under the file's. Each
 * name holds a reference to its inode.
 */
#include <asm/uaccess.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/task.h>
#include <kernel/vfs.h>
#include <uapi/dirent.h>
#include <uapi/errno.h>

#define SIZE_MAX_FILE 0x7fffffffull
#define FIRST_OFFSET 2 /* of readdir: 0 and 1 are the dots */

struct tmpfs_entry {
  struct list link;
  struct inode *inode;
  u32 offset; /* readdir's place, growing along the list */
  char name[];
};

struct tmpfs_dir {
  struct list entries;
  struct inode *parent; /* no reference: a directory is not removed before what it holds */
  u32 next_offset;
};

static const struct inode_operations dir_operations, file_inode_operations, link_operations;
static const struct file_operations dir_files, file_files;
static struct superblock tmpfs = {.type = "tmpfs", .device = 7};

static struct tmpfs_entry *entry_find(struct inode *dir, const char *name, u32 length) {
  struct tmpfs_dir *list = dir->data;
  ASSERT(mutex_held(&dir->lock));
  list_for_each(link, &list->entries) {
    struct tmpfs_entry *entry = list_entry(link, struct tmpfs_entry, link);
    if (strlen(entry->name) == length && memcmp(entry->name, name, length) == 0)
      return entry;
  }
  return NULL;
}

/* Adds a name; takes over the reference to inode if it succeeds. */
static int entry_add(struct inode *dir, const char *name, u32 length, struct inode *inode) {
  struct tmpfs_dir *list = dir->data;
  struct tmpfs_entry *entry = kmalloc(sizeof(*entry) + length + 1);
  if (!entry)
    return -ENOMEM;
  entry->inode = inode;
  entry->offset = list->next_offset++;
  memcpy(entry->name, name, length);
  entry->name[length] = 0;
  list_add_tail(&list->entries, &entry->link);
  dir->mtime = seconds_of_day();
  return 0;
}

static void entry_delete(struct inode *dir, struct tmpfs_entry *entry) {
  struct inode *inode = entry->inode;
  list_remove(&entry->link);
  kfree(entry);
  dir->mtime = seconds_of_day();
  inode_put(inode);
}

static int tmpfs_lookup(struct inode *dir, const char *name, u32 length, struct inode **found) {
  struct tmpfs_entry *entry = entry_find(dir, name, length);
  if (!entry)
    return -ENOENT;
  *found = inode_hold(entry->inode);
  return 0;
}

static struct inode *tmpfs_inode(struct inode *parent, u32 mode, u32 rdev) {
  static u32 number;
  struct inode *inode = inode_alloc(&tmpfs, ++number);
  if (!inode)
    return NULL;
  inode->mode = mode;
  inode->rdev = rdev;
  inode->atime = inode->mtime = inode->ctime = seconds_of_day();
  if (S_ISDIR(mode)) {
    struct tmpfs_dir *list = kzalloc(sizeof(*list));
    if (!list) {
      inode_put(inode);
      return NULL;
    }
    list_init(&list->entries);
    list->parent = parent ? parent : inode;
    list->next_offset = FIRST_OFFSET;
    inode->data = list;
    inode->links = 2;
    inode->operations = &dir_operations;
    inode->files = &dir_files;
  } else if (S_ISLNK(mode)) {
    inode->operations = &link_operations;
  } else if (S_ISREG(mode)) {
    inode->operations = &file_inode_operations;
    inode->files = &file_files;
  } else {
    const struct device *device = device_find(mode, rdev);
    inode->files = device ? device->operations : NULL;
  }
  return inode;
}

static int tmpfs_create(struct inode *dir, const char *name, u32 length, u32 mode, u32 rdev,
                        struct inode **made) {
  struct inode *inode = tmpfs_inode(dir, mode, rdev);
  if (!inode)
    return -ENOMEM;
  int error = entry_add(dir, name, length, inode);
  if (error) {
    inode_put(inode);
    return error;
  }
  if (S_ISDIR(mode))
    dir->links++;
  *made = inode_hold(inode);
  return 0;
}

static int tmpfs_symlink(struct inode *dir, const char *name, u32 length, const char *target) {
  if (entry_find(dir, name, length))
    return -EEXIST;
  struct inode *inode = tmpfs_inode(dir, S_IFLNK | 0777, 0);
  if (!inode)
    return -ENOMEM;
  inode->data = kstrdup(target);
  inode->size = strlen(target);
  int error = inode->data ? entry_add(dir, name, length, inode) : -ENOMEM;
  if (error)
    inode_put(inode);
  return error;
}

static int tmpfs_readlink(struct inode *inode, char *to, u32 size) {
  u32 length = min_u32(size, inode->size);
  memcpy(to, inode->data, length);
  return length;
}

static int tmpfs_link(struct inode *dir, const char *name, u32 length, struct inode *target) {
  if (S_ISDIR(target->mode))
    return -EPERM;
  if (entry_find(dir, name, length))
    return -EEXIST;
  int error = entry_add(dir, name, length, inode_hold(target));
  if (error)
    inode_put(target);
  else
    target->links++;
  return error;
}

static bool is_empty(const struct inode *dir) {
  return list_empty(&((struct tmpfs_dir *)dir->data)->entries);
}

static int tmpfs_remove(struct inode *dir, const char *name, u32 length, bool directory) {
  struct tmpfs_entry *entry = entry_find(dir, name, length);
  if (!entry)
    return -ENOENT;
  struct inode *inode = entry->inode;
  if (directory && !S_ISDIR(inode->mode))
    return -ENOTDIR;
  if (!directory && S_ISDIR(inode->mode))
    return -EISDIR;
  if (directory && !is_empty(inode))
    return -ENOTEMPTY;
  if (directory) {
    inode->links = 0;
    dir->links--;
  } else {
    inode->links--;
  }
  inode->ctime = seconds_of_day();
  entry_delete(dir, entry);
  return 0;
}

static bool is_inside(const struct inode *dir, const struct inode *ancestor) {
  for (;;) {
    if (dir == ancestor)
      return true;
    struct inode *parent = ((struct tmpfs_dir *)dir->data)->parent;
    if (parent == dir)
      return false;
    dir = parent;
  }
}

static int tmpfs_rename(struct inode *from_dir, const char *from, u32 from_length,
                        struct inode *to_dir, const char *to, u32 to_length) {
  struct tmpfs_entry *source = entry_find(from_dir, from, from_length);
  struct tmpfs_entry *target = entry_find(to_dir, to, to_length);
  if (!source)
    return -ENOENT;
  struct inode *inode = source->inode;
  bool directory = S_ISDIR(inode->mode);
  if (target && target->inode == inode)
    return 0;
  if (directory && is_inside(to_dir, inode))
    return -EINVAL;
  if (target) {
    if (directory != (bool)S_ISDIR(target->inode->mode))
      return directory ? -ENOTDIR : -EISDIR;
    int error = tmpfs_remove(to_dir, to, to_length, directory);
    if (error)
      return error;
  }
  int error = entry_add(to_dir, to, to_length, inode_hold(inode));
  if (error) {
    inode_put(inode);
    return error;
  }
  if (directory) {
    from_dir->links--;
    to_dir->links++;
    ((struct tmpfs_dir *)inode->data)->parent = to_dir;
  }
  entry_delete(from_dir, source);
  return 0;
}

static void dir_drop(struct inode *inode) { kfree(inode->data); }

static void link_drop(struct inode *inode) { kfree(inode->data); }

static u8 type_of(u32 mode) { return (mode & S_IFMT) >> 12; }

static int tmpfs_readdir(struct file *file, struct dir_sink *sink) {
  struct inode *dir = file->inode;
  struct tmpfs_dir *list = dir->data;
  if (file->offset == 0) {
    if (!sink->entry(sink, ".", 1, 1, dir->number, DT_DIR))
      return 0;
    file->offset = 1;
  }
  if (file->offset == 1) {
    if (!sink->entry(sink, "..", 2, 2, list->parent->number, DT_DIR))
      return 0;
    file->offset = 2;
  }
  mutex_lock(&dir->lock);
  list_for_each(link, &list->entries) {
    struct tmpfs_entry *entry = list_entry(link, struct tmpfs_entry, link);
    if (entry->offset < file->offset)
      continue;
    if (!sink->entry(sink, entry->name, strlen(entry->name), entry->offset + 1,
                     entry->inode->number, type_of(entry->inode->mode)))
      break;
    file->offset = entry->offset + 1;
  }
  mutex_unlock(&dir->lock);
  return 0;
}

/* A hole in the middle: the cache has every page that was written. */
static int tmpfs_readpage(struct inode *inode, struct page *page) {
  (void)inode;
  memset(page_address(page), 0, PAGE_SIZE);
  return 0;
}

static int tmpfs_truncate(struct inode *inode, u64 size) {
  ASSERT(mutex_held(&inode->lock));
  if (size > SIZE_MAX_FILE)
    return -EFBIG;
  if (size < inode->size) {
    u32 kept = (u32)size % PAGE_SIZE;
    cache_drop_from(inode, (u32)((size + PAGE_SIZE - 1) >> PAGE_SHIFT));
    struct page *page = kept ? cache_find(inode, (u32)(size >> PAGE_SHIFT)) : NULL;
    if (page) { /* what lies behind the end reads as zero if the file grows again */
      memset((u8 *)page_address(page) + kept, 0, PAGE_SIZE - kept);
      page_put(page);
    }
  }
  inode->size = size;
  inode->blocks = inode->cached_pages * (PAGE_SIZE / 512);
  inode->mtime = inode->ctime = seconds_of_day();
  return 0;
}

static ssize_t tmpfs_write(struct file *file, const char *from, size_t count, u64 *offset) {
  struct inode *inode = file->inode;
  size_t done = 0;
  ssize_t error = 0;

  mutex_lock(&inode->lock);
  if (file->flags & O_APPEND)
    *offset = inode->size;
  if (*offset + count > SIZE_MAX_FILE)
    error = -EFBIG;
  while (!error && done < count) {
    u32 start = (u32)*offset % PAGE_SIZE;
    u32 part = min_u32(count - done, PAGE_SIZE - start);
    struct page *page = cache_make(inode, (u32)(*offset >> PAGE_SHIFT));
    if (!page || !cache_pin(page)) {
      if (page)
        page_put(page);
      error = -ENOSPC;
      break;
    }
    if (copy_from_user((u8 *)page_address(page) + start, from + done, part) < 0)
      error = -EFAULT;
    page_put(page);
    if (error)
      break;
    done += part;
    *offset += part;
    if (*offset > inode->size)
      inode->size = *offset;
  }
  inode->blocks = inode->cached_pages * (PAGE_SIZE / 512);
  inode->mtime = seconds_of_day();
  mutex_unlock(&inode->lock);
  return done ? (ssize_t)done : error;
}

static ssize_t tmpfs_read(struct file *file, char *to, size_t count, u64 *offset) {
  ssize_t done = cache_file_read(file->inode, to, count, *offset);
  if (done > 0)
    *offset += done;
  return done;
}

static const struct inode_operations dir_operations = {.lookup = tmpfs_lookup,
                                                       .create = tmpfs_create,
                                                       .remove = tmpfs_remove,
                                                       .link = tmpfs_link,
                                                       .rename = tmpfs_rename,
                                                       .symlink = tmpfs_symlink,
                                                       .drop = dir_drop};
static const struct inode_operations file_inode_operations = {.readpage = tmpfs_readpage,
                                                              .truncate = tmpfs_truncate};
static const struct inode_operations link_operations = {.readlink = tmpfs_readlink,
                                                        .drop = link_drop};
static const struct file_operations dir_files = {.readdir = tmpfs_readdir};
static const struct file_operations file_files = {.read = tmpfs_read, .write = tmpfs_write};

struct superblock *tmpfs_mount(void) {
  tmpfs.root = tmpfs_inode(NULL, S_IFDIR | 01777, 0);
  if (!tmpfs.root)
    panic("no memory for tmpfs");
  return &tmpfs;
}

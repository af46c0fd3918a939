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
#include <uapi/statfs.h>

#define SIZE_MAX_FILE 0x7fffffffull
#define TMPFS_MAGIC 0x01021994
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
static const struct file_operations dir_files;

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

static struct inode *tmpfs_inode(struct superblock *super, struct inode *parent, u32 mode,
                                 u32 rdev) {
  static u32 number = 1; /* what a root is called */
  struct inode *inode = inode_alloc(super, parent ? ++number : 1);
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
    inode->files = &regular_operations;
  } else {
    const struct device *device = device_find(mode, rdev);
    inode->files = device ? device->operations : NULL;
  }
  return inode;
}

static int tmpfs_create(struct inode *dir, const char *name, u32 length, u32 mode, u32 rdev,
                        struct inode **made) {
  if (dir->links == 0)
    return -ENOENT; /* removed, and still somebody's working directory */
  struct inode *inode = tmpfs_inode(dir->super, dir, mode, rdev);
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
  if (dir->links == 0)
    return -ENOENT;
  struct inode *inode = tmpfs_inode(dir->super, dir, S_IFLNK | 0777, 0);
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
  if (dir->links == 0 || target->links == 0)
    return -ENOENT;
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

/* Never beyond the root: a root's parent is itself. */
static int tmpfs_parent(struct inode *dir, struct inode **found) {
  *found = inode_hold(((struct tmpfs_dir *)dir->data)->parent);
  return 0;
}

static int tmpfs_rename(struct inode *from_dir, const char *from, u32 from_length,
                        struct inode *inode, struct inode *to_dir, const char *to, u32 to_length,
                        struct inode *target) {
  struct tmpfs_entry *source = entry_find(from_dir, from, from_length);
  bool directory = S_ISDIR(inode->mode);
  if (!source || to_dir->links == 0)
    return -ENOENT;
  if (target && directory && !is_empty(target))
    return -ENOTEMPTY;
  int error = entry_add(to_dir, to, to_length, inode_hold(inode));
  if (error) {
    inode_put(inode);
    return error;
  }
  if (target) /* the older of the two entries of that name */
    tmpfs_remove(to_dir, to, to_length, directory);
  if (directory) {
    from_dir->links--;
    to_dir->links++;
    ((struct tmpfs_dir *)inode->data)->parent = to_dir;
  }
  entry_delete(from_dir, source);
  inode->ctime = seconds_of_day();
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

/* A hole: the cache has every page that was written. */
static int tmpfs_readpage(struct inode *inode, struct page *page) {
  (void)inode;
  memset(page_address(page), 0, PAGE_SIZE);
  return 0;
}

/* Room is memory: the page stays. */
static int tmpfs_prepare(struct inode *inode, struct page *page, u64 offset, u32 count) {
  (void)offset;
  if (!cache_pin(page))
    return -ENOSPC;
  inode->blocks = inode->cached_pages * (PAGE_SIZE / 512);
  return count;
}

static int tmpfs_truncate(struct inode *inode, u64 size) {
  u64 before = inode->size;
  ASSERT(mutex_held(&inode->lock));
  if (size > SIZE_MAX_FILE)
    return -EFBIG;
  int error = cache_zero_tail(inode, size < before ? size : before);
  if (error)
    return error;
  inode->size = size;
  if (size < before) {
    u32 pages = (u32)((size + PAGE_SIZE - 1) >> PAGE_SHIFT);
    mapping_unmap(inode, pages);
    cache_drop_from(inode, pages);
  }
  inode->blocks = inode->cached_pages * (PAGE_SIZE / 512);
  inode->mtime = inode->ctime = seconds_of_day();
  return 0;
}

static const struct inode_operations dir_operations = {.lookup = tmpfs_lookup,
                                                       .create = tmpfs_create,
                                                       .remove = tmpfs_remove,
                                                       .link = tmpfs_link,
                                                       .rename = tmpfs_rename,
                                                       .symlink = tmpfs_symlink,
                                                       .parent = tmpfs_parent,
                                                       .drop = dir_drop};
static const struct inode_operations file_inode_operations = {
    .readpage = tmpfs_readpage, .prepare = tmpfs_prepare, .truncate = tmpfs_truncate};
static const struct inode_operations link_operations = {.readlink = tmpfs_readlink,
                                                        .drop = link_drop};
static const struct file_operations dir_files = {.readdir = tmpfs_readdir};

static void tmpfs_statfs(struct superblock *super, struct statfs64 *to) {
  (void)super;
  to->f_type = TMPFS_MAGIC;
  to->f_bsize = to->f_frsize = PAGE_SIZE;
  to->f_blocks = frames_total() / 2;
  to->f_bfree = to->f_bavail = cache_pin_room();
  to->f_files = frames_total();
  to->f_ffree = frames_free();
  to->f_namelen = NAME_MAX;
}

/* Everything in a directory loses its name. Deep trees are taken down from the leaves. */
static void tree_delete(struct inode *top) {
  struct inode *dir = top;
  for (;;) {
    struct tmpfs_dir *list = dir->data;
    if (list_empty(&list->entries)) {
      if (dir == top)
        return;
      dir = list->parent;
      continue;
    }
    struct tmpfs_entry *entry = list_entry(list->entries.next, struct tmpfs_entry, link);
    if (S_ISDIR(entry->inode->mode) && !is_empty(entry->inode)) {
      dir = entry->inode;
      continue;
    }
    entry->inode->links = 0;
    entry_delete(dir, entry);
  }
}

static void tmpfs_release(struct superblock *super) {
  tree_delete(super->root);
  super->root->links = 0;
  inode_put(super->root);
  kfree(super);
}

static const struct super_operations tmpfs_super_operations = {.statfs = tmpfs_statfs,
                                                               .release = tmpfs_release};

int tmpfs_mount(struct superblock **mounted) {
  struct superblock *super = kzalloc(sizeof(*super));
  if (!super)
    return -ENOMEM;
  *super = (struct superblock){.type = "tmpfs",
                               .device = simple_device_number(),
                               .size_max = SIZE_MAX_FILE,
                               .operations = &tmpfs_super_operations};
  super->root = tmpfs_inode(super, NULL, S_IFDIR | 01777, 0);
  if (!super->root) {
    kfree(super);
    return -ENOMEM;
  }
  *mounted = super;
  return 0;
}

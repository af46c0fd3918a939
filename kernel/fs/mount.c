/*
 * Mounting: a directory's inode points to the root of what covers it, and all mounts stand in a
 * list. mount_mutex is held while one is made or goes; mount_lock protects the list and the pointers.
 */
#include <asm/uaccess.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/task.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>
#include <uapi/mount.h>
#include <uapi/statfs.h>

#define SIMPLE_DEVICES 16 /* the first number of file systems without a device */

DEFINE_SPINLOCK(mount_lock);
static struct mutex mount_mutex = MUTEX_INIT(mount_mutex);
static struct list mounts = LIST_INIT(mounts); /* struct mount; mount_lock */

/* For the caller that can bear that the list changes after each step: the last one's link stays. */
struct mount *mount_next(struct mount *after) {
  struct list *next = after ? after->link.next : mounts.next;
  return next == &mounts ? NULL : list_entry(next, struct mount, link);
}

u32 simple_device_number(void) {
  static u32 next = SIMPLE_DEVICES;
  return next++;
}

static void super_release(struct superblock *super) {
  if (super->operations && super->operations->release)
    super->operations->release(super);
}

/* Covers a directory of the tree; NULL for the root itself. */
static int mount_add(struct step *step, struct superblock *super, const char *source,
                     const char *target) {
  struct mount *mount = kzalloc(sizeof(*mount));
  if (mount) {
    mount->source = kstrdup(source);
    mount->target = kstrdup(target);
  }
  if (!mount || !mount->source || !mount->target) {
    if (mount) {
      kfree(mount->source);
      kfree(mount->target);
    }
    kfree(mount);
    return -ENOMEM;
  }
  mount->super = super;
  mount->covered = step ? inode_hold(step->inode) : NULL;
  spin_lock(&mount_lock);
  if (step)
    step->inode->mounted = super->root;
  if (super->block)
    block_of_inode(super->block)->mounted = super;
  list_add_tail(&mounts, &mount->link);
  spin_unlock(&mount_lock);
  return 0;
}

/* A new superblock of that type. */
static int super_make(const char *type, const char *source, bool read_only,
                      struct superblock **made) {
  if (strcmp(type, "tmpfs") == 0)
    return tmpfs_mount(made);
  if (strcmp(type, "proc") == 0 || strcmp(type, "devfs") == 0) {
    *made = type[0] == 'p' ? procfs_mount() : devfs_mount();
    return *made ? 0 : -ENOMEM;
  }
  if (strcmp(type, "ext2") != 0)
    return -ENODEV;
  struct step *step;
  int error = path_walk(current->cwd, source, WALK_FOLLOW, &step, NULL);
  if (error)
    return error;
  const struct device *device = device_find(step->inode->mode, step->inode->rdev);
  struct block_device *block =
      device && S_ISBLK(step->inode->mode) ? block_find(device->name) : NULL;
  if (!S_ISBLK(step->inode->mode))
    error = -ENOTBLK;
  else if (!block)
    error = -ENXIO;
  else if (block_is_busy(block))
    error = -EBUSY;
  step_put(step);
  return error ? error : ext2_mount(block->inode, read_only, made);
}

static int mount_on(struct step *step, const char *type, const char *source, bool read_only) {
  struct superblock *super;
  char *target = kmalloc(PATH_MAX);
  if (!target)
    return -ENOMEM;
  int error = path_name(step, target, PATH_MAX);
  error = error < 0 ? error : super_make(type, source, read_only, &super);
  if (!error) {
    super->read_only |= read_only;
    error = mount_add(step, super, source, target);
    if (error)
      super_release(super);
  }
  kfree(target);
  return error;
}

static int mount_at(const char *path, const char *type, const char *source) {
  struct step *step;
  int error = path_walk(NULL, path, WALK_FOLLOW, &step, NULL);
  if (!error) {
    error = S_ISDIR(step->inode->mode) ? mount_on(step, type, source, false) : -ENOTDIR;
    step_put(step);
  }
  if (error)
    printk("cannot mount %s on %s: error %d\n", type, path, -error);
  return error;
}

/* The root is ext2 on the first partition, or on the whole disk if that has no partitions. It can be
 * written to unless the command line says ro. */
void mount_root(void) {
  char source[16], value[8];
  struct superblock *root;
  struct block_device *device = block_find("hda1");
  if (!device)
    device = block_find("hda");
  if (!device)
    panic("no disk to mount the root from");
  if (ext2_mount(device->inode, cmdline_get("ro", value, sizeof(value)), &root) < 0)
    panic("no ext2 file system on %s", device->name);
  snprintk(source, sizeof(source), "/dev/%s", device->name);
  root_step = step_new(NULL, inode_hold(root->root), "", 0);
  if (!root_step || mount_add(NULL, root, source, "/") < 0)
    panic("no memory to mount the root");
  current->cwd = step_hold(root_step);
  mount_at("/dev", "devfs", "devfs");
  mount_at("/proc", "proc", "proc");
  mount_at("/tmp", "tmpfs", "tmpfs");
  writeback_start();
}

/* The mount whose root this is; NULL if it is none. */
static struct mount *mount_of_root(const struct inode *inode) {
  list_for_each(link, &mounts) {
    struct mount *mount = list_entry(link, struct mount, link);
    if (mount->super->root == inode)
      return mount;
  }
  return NULL;
}

/* Everything of the file system is on the disk, and the disk's cache is empty. */
int super_sync(struct superblock *super) { return super->block ? cache_write_super(super) : 0; }

static int remount(struct superblock *super, bool read_only) {
  if (read_only == super->read_only)
    return 0;
  if (!super->operations || !super->operations->set_writable) {
    super->read_only = read_only;
    return 0;
  }
  if (read_only && !super->is_stopped && (super->writers > 0 || inodes_have_orphans(super)))
    return -EBUSY;
  if (!read_only) {
    int error = super->operations->set_writable(super, true);
    super->read_only = error != 0;
    return error;
  }
  super->read_only = true;
  if (super->is_stopped)
    inodes_drop_orphans(super);
  int error = super_sync(super);
  int state_error = super->operations->set_writable(super, false);
  return error ? error : state_error;
}

static int text_from_user(char *to, const char *from, u32 size) {
  to[0] = 0;
  int length = from ? strncpy_from_user(to, from, size) : 0;
  return length < 0 ? length : 0;
}

static int mount_user(const char *source, const char *target, const char *type, u32 flags,
                      char *text) {
  char *source_text = text, *type_text = text + PATH_MAX;
  struct step *step;
  int error = text_from_user(source_text, source, PATH_MAX);
  if (!error)
    error = text_from_user(type_text, type, 64);
  if (!error)
    error = path_walk_user(AT_FDCWD, target, WALK_FOLLOW, &step, NULL);
  if (error)
    return error;
  mutex_lock(&mount_mutex);
  if (flags & MS_REMOUNT) {
    struct mount *mount = mount_of_root(step->inode);
    error = mount ? remount(mount->super, flags & MS_RDONLY) : -EINVAL;
  } else if (flags & MS_BIND) {
    error = -EINVAL;
  } else if (!S_ISDIR(step->inode->mode)) {
    error = -ENOTDIR;
  } else if (!step->parent || step->inode->mounted) {
    error = -EBUSY; /* nothing covers the root */
  } else {
    error = mount_on(step, type_text, source_text, flags & MS_RDONLY);
  }
  mutex_unlock(&mount_mutex);
  step_put(step);
  return error;
}

long sys_mount(const char *source, const char *target, const char *type, u32 flags) {
  char *text = kmalloc(PATH_MAX + 64);
  if (!text)
    return -ENOMEM;
  int error = mount_user(source, target, type, flags, text);
  kfree(text);
  return error;
}

static int unmount(struct mount *mount) {
  struct superblock *super = mount->super;
  if (!mount->covered || super->steps > 0 || super->mappings > 0 || super->root->mounted)
    return -EBUSY;
  spin_lock(&mount_lock);
  mount->covered->mounted = NULL;
  spin_unlock(&mount_lock);
  int error = super->read_only ? 0 : remount(super, true);
  spin_lock(&mount_lock);
  list_remove(&mount->link);
  if (super->block)
    block_of_inode(super->block)->mounted = NULL;
  spin_unlock(&mount_lock);
  if (super->block) {
    inode_put(super->root);
    inodes_release(super);
  }
  struct inode *block = super->block;
  super_release(super);
  if (block)
    block_forget(block_of_inode(block));
  inode_put(mount->covered);
  kfree(mount->source);
  kfree(mount->target);
  kfree(mount);
  return error;
}

long sys_umount2(const char *target, u32 flags) {
  struct step *step;
  int error = path_walk_user(AT_FDCWD, target, flags & UMOUNT_NOFOLLOW ? 0 : WALK_FOLLOW, &step,
                             NULL);
  if (error)
    return error;
  mutex_lock(&mount_mutex);
  struct mount *mount = mount_of_root(step->inode);
  step_put(step);
  error = mount ? unmount(mount) : -EINVAL;
  mutex_unlock(&mount_mutex);
  return error;
}

long sys_umount(const char *target) { return sys_umount2(target, 0); }

/* Before the machine stops. No file is written to from here on, and those without a name are gone;
 * what cannot be brought to the disk is told. */
void mounts_shut_down(void) {
  mutex_lock(&mount_mutex);
  list_for_each(link, &mounts) {
    struct mount *mount = list_entry(link, struct mount, link);
    struct superblock *super = mount->super;
    super->is_stopped = true;
    if (!super->block)
      continue;
    int error = super->read_only ? super_sync(super) : remount(super, true);
    if (error)
      printk("%s: not everything could be written: error %d\n", mount->source, -error);
  }
}

long sys_sync(void) {
  mutex_lock(&mount_mutex);
  cache_write_all();
  list_for_each(link, &mounts)
    super_sync(list_entry(link, struct mount, link)->super);
  mutex_unlock(&mount_mutex);
  return 0;
}

static void statfs_of(struct superblock *super, struct statfs64 *stat) {
  memset(stat, 0, sizeof(*stat));
  stat->f_bsize = stat->f_frsize = PAGE_SIZE;
  stat->f_namelen = NAME_MAX;
  stat->f_fsid[0] = super->device;
  stat->f_flags = ST_VALID | (super->read_only ? ST_RDONLY : 0) | (super->block ? ST_NOATIME : 0);
  if (super->operations && super->operations->statfs)
    super->operations->statfs(super, stat);
}

static long statfs64_put(struct superblock *super, u32 size, struct statfs64 *to) {
  struct statfs64 stat;
  if (size != sizeof(stat))
    return -EINVAL;
  statfs_of(super, &stat);
  return copy_to_user(to, &stat, sizeof(stat));
}

static long statfs_put(struct superblock *super, struct statfs *to) {
  struct statfs64 wide;
  statfs_of(super, &wide);
  struct statfs stat = {.f_type = wide.f_type,
                        .f_bsize = wide.f_bsize,
                        .f_blocks = (u32)wide.f_blocks,
                        .f_bfree = (u32)wide.f_bfree,
                        .f_bavail = (u32)wide.f_bavail,
                        .f_files = (u32)wide.f_files,
                        .f_ffree = (u32)wide.f_ffree,
                        .f_fsid = {wide.f_fsid[0], wide.f_fsid[1]},
                        .f_namelen = wide.f_namelen,
                        .f_frsize = wide.f_frsize,
                        .f_flags = wide.f_flags};
  return copy_to_user(to, &stat, sizeof(stat));
}

long sys_statfs64(const char *path, u32 size, struct statfs64 *to) {
  struct step *step;
  long error = path_walk_user(AT_FDCWD, path, WALK_FOLLOW, &step, NULL);
  if (error)
    return error;
  error = statfs64_put(step->inode->super, size, to);
  step_put(step);
  return error;
}

long sys_statfs(const char *path, struct statfs *to) {
  struct step *step;
  long error = path_walk_user(AT_FDCWD, path, WALK_FOLLOW, &step, NULL);
  if (error)
    return error;
  error = statfs_put(step->inode->super, to);
  step_put(step);
  return error;
}

long sys_fstatfs64(int fd, u32 size, struct statfs64 *to) {
  struct file *file = file_get(fd);
  if (!file)
    return -EBADF;
  long error = statfs64_put(file->inode->super, size, to);
  file_put(file);
  return error;
}

long sys_fstatfs(int fd, struct statfs *to) {
  struct file *file = file_get(fd);
  if (!file)
    return -EBADF;
  long error = statfs_put(file->inode->super, to);
  file_put(file);
  return error;
}

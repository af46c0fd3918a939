/*
 * Mounting: a directory's inode points to the root of what covers it. All mounts are made once, by
 * the first process before it enters user mode.
 */
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/task.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>

#define MOUNTS_MAX 8

DEFINE_SPINLOCK(mount_lock);
static struct mount_record mounts[MOUNTS_MAX]; /* mount_lock */
static u32 mount_count;

static void mount_record_add(const char *source, const char *target,
                             const struct superblock *super) {
  spin_lock(&mount_lock);
  ASSERT(mount_count < MOUNTS_MAX);
  mounts[mount_count++] =
      (struct mount_record){source, target, super->type, super->read_only ? "ro" : "rw"};
  spin_unlock(&mount_lock);
}

const struct mount_record *mount_list(u32 *count) {
  *count = mount_count;
  return mounts;
}

/* Covers a directory of the tree. path and source must last. */
int mount_at(const char *path, struct superblock *super, const char *source) {
  struct step *step;
  int error = path_walk(NULL, path, WALK_FOLLOW, &step, NULL);
  if (!error && !S_ISDIR(step->inode->mode))
    error = -ENOTDIR;
  if (!error) {
    inode_hold(step->inode); /* the covered directory stays in memory */
    spin_lock(&mount_lock);
    step->inode->mounted = super->root;
    spin_unlock(&mount_lock);
    mount_record_add(source, path, super);
  }
  if (error)
    printk("cannot mount %s on %s: error %d\n", super->type, path, -error);
  else
    step_put(step);
  return error;
}

/* The root is ext2 on the first partition, or on the whole disk if that has no partitions. */
void mount_root(void) {
  static char source[16];
  struct block_device *device = block_find("hda1");
  if (!device)
    device = block_find("hda");
  if (!device)
    panic("no disk to mount the root from");
  struct superblock *root = ext2_mount(device->inode);
  if (!root)
    panic("no ext2 file system on %s", device->name);
  snprintk(source, sizeof(source), "/dev/%s", device->name);
  root_step = step_new(NULL, inode_hold(root->root), "", 0);
  current->cwd = step_hold(root_step);
  mount_record_add(source, "/", root);
  mount_at("/dev", devfs_mount(), "devfs");
  mount_at("/proc", procfs_mount(), "proc");
  mount_at("/tmp", tmpfs_mount(), "tmpfs");
}

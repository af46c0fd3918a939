/*
 * /dev: one file for each registered device, and the table of devices itself. Devices are registered
 * at boot and never go away, so the table needs no lock after that.
 */
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/time.h>
#include <kernel/vfs.h>
#include <uapi/dirent.h>
#include <uapi/errno.h>

#define DEVICES_MAX 32
#define ROOT_NUMBER 1
#define FIRST_NUMBER 2 /* inode number of device 0; also its place in readdir, after the dots */

static const struct device *devices[DEVICES_MAX];
static u32 device_count;

void device_register(const struct device *device) {
  if (device_count == DEVICES_MAX)
    panic("too many devices");
  devices[device_count++] = device;
}

const struct device *device_at(u32 index) { return index < device_count ? devices[index] : NULL; }

const struct device *device_find(u32 mode, u32 rdev) {
  for (u32 i = 0; i < device_count; i++)
    if ((devices[i]->mode & S_IFMT) == (mode & S_IFMT) &&
        device_number(devices[i]->major, devices[i]->minor) == rdev)
      return devices[i];
  return NULL;
}

static int devfs_lookup(struct inode *dir, const char *name, u32 length, struct inode **found) {
  for (u32 i = 0; i < device_count; i++)
    if (strlen(devices[i]->name) == length && memcmp(devices[i]->name, name, length) == 0) {
      *found = inode_get(dir->super, FIRST_NUMBER + i);
      return *found ? 0 : -ENOMEM;
    }
  return -ENOENT;
}

static int devfs_readdir(struct file *file, struct dir_sink *sink) {
  for (;; file->offset++) {
    u32 at = (u32)file->offset;
    const struct device *device = at < FIRST_NUMBER ? NULL : device_at(at - FIRST_NUMBER);
    const char *name = at == 0 ? "." : at == 1 ? ".." : device ? device->name : NULL;
    if (!name)
      return 0;
    u8 type = device ? (device->mode & S_IFMT) >> 12 : DT_DIR;
    if (!sink->entry(sink, name, strlen(name), at + 1, device ? at : ROOT_NUMBER, type))
      return 0;
  }
}

static const struct inode_operations devfs_operations = {.lookup = devfs_lookup};
static const struct file_operations devfs_files = {.readdir = devfs_readdir};

static struct inode *devfs_inode_new(struct superblock *super, u32 number) {
  const struct device *device = device_at(number - FIRST_NUMBER);
  struct inode *inode = number == ROOT_NUMBER || device ? inode_alloc(super, number) : NULL;
  if (!inode)
    return NULL;
  inode->atime = inode->mtime = inode->ctime = seconds_of_day();
  if (number == ROOT_NUMBER) {
    inode->mode = S_IFDIR | 0755;
    inode->links = 2;
    inode->operations = &devfs_operations;
    inode->files = &devfs_files;
  } else {
    inode->mode = device->mode;
    inode->rdev = device_number(device->major, device->minor);
    inode->files = device->operations;
  }
  return inode;
}

static struct superblock devfs = {.type = "devfs", .device = 6, .inode_new = devfs_inode_new};

/* There is one, however often it is mounted. NULL when memory is out. */
struct superblock *devfs_mount(void) {
  if (!devfs.root)
    devfs.root = inode_get(&devfs, ROOT_NUMBER);
  return devfs.root ? &devfs : NULL;
}

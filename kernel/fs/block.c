/*
 * Block devices: the table of disks and partitions, the page cache of each, the partition table, and
 * the files in /dev. A device that a file system is mounted from, or that overlaps such a one, is not
 * opened for writing. The pages of a disk and those of its partitions are not the same: what was
 * written is put on the disk when the file is closed, and opening reads anew.
 */
#include <asm/uaccess.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>

#define DEVICES_MAX 20
#define MBR_TABLE 446
#define MBR_ENTRIES 4
#define MBR_SIGNATURE 0xaa55

struct mbr_entry {
  u8 status, chs_first[3], type, chs_last[3];
  u32 start, sectors;
} __attribute__((packed));

static struct block_device *devices[DEVICES_MAX]; /* written at boot */
static u32 device_count;
static struct superblock block_super = {.type = "bdev", .device = 5, .size_max = ~0ull};

static int block_map(struct inode *inode, u32 sector, u32 *at, u32 *run) {
  const struct block_device *device = inode->data;
  *at = sector < device->sectors ? sector : NO_SECTOR;
  if (*at != NO_SECTOR)
    *run = min_u32(*run, device->sectors - sector);
  return 0;
}

static int block_prepare(struct inode *inode, struct page *page, u64 offset, u32 count) {
  (void)page;
  return offset + count <= inode->size ? (int)count : -ENOSPC;
}

static int block_truncate(struct inode *inode, u64 size) {
  (void)inode, (void)size;
  return 0;
}

static const struct inode_operations block_inode_operations = {
    .map = block_map, .prepare = block_prepare, .truncate = block_truncate};

struct block_device *block_of_inode(const struct inode *inode) { return inode->data; }

static struct block_device *device_of(const struct file *file) {
  for (u32 i = 0; i < device_count; i++)
    if (device_number(devices[i]->device.major, devices[i]->device.minor) == file->inode->rdev)
      return devices[i];
  return NULL;
}

static bool overlap(const struct block_device *a, const struct block_device *b) {
  return a->driver == b->driver && a->read == b->read && a->start < b->start + b->sectors &&
         b->start < a->start + a->sectors;
}

/* Is something mounted from it, or from a device that shares sectors with it? */
bool block_is_busy(const struct block_device *device) {
  for (u32 i = 0; i < device_count; i++)
    if (devices[i]->mounted && overlap(device, devices[i]))
      return true;
  return false;
}

/* Has the disk put what it was given on the medium. */
int block_flush(struct inode *inode) {
  struct block_device *device = inode->data;
  return device->flush ? device->flush(device) : 0;
}

/* What lies on the device's sectors is read anew. */
void block_forget(struct block_device *device) {
  for (u32 i = 0; i < device_count; i++)
    if (overlap(device, devices[i]))
      cache_drop_clean(devices[i]->inode);
}

/* Reads through the device's page cache to kernel memory. Sleeps. */
int block_read_bytes(struct inode *device, u64 offset, void *to, u32 count) {
  ssize_t done = cache_file_read(device, to, count, offset);
  return done == (ssize_t)count ? 0 : done < 0 ? (int)done : -EIO;
}

static int block_open(struct file *file) {
  struct block_device *device = device_of(file);
  bool write = (file->flags & O_ACCMODE) != O_RDONLY;
  if (!device)
    return -ENXIO;
  if (write && !device->write)
    return -EROFS;
  if (write && block_is_busy(device))
    return -EBUSY;
  file->data = device;
  for (u32 i = 0; i < device_count; i++)
    if (overlap(device, devices[i])) {
      if (devices[i]->mounted)
        cache_write_super(devices[i]->mounted);
      cache_write_inode(devices[i]->inode);
    }
  if (block_is_busy(device)) /* the file system moves its files' sectors past these pages */
    block_forget(device);
  return 0;
}

static void block_release(struct file *file) {
  struct block_device *device = file->data;
  if ((file->flags & O_ACCMODE) == O_RDONLY)
    return;
  cache_write_inode(device->inode);
  block_flush(device->inode);
  block_forget(device);
}

static ssize_t block_read(struct file *file, char *to, size_t count, u64 *offset) {
  struct block_device *device = file->data;
  ssize_t done = cache_file_read(device->inode, to, count, *offset);
  if (done > 0)
    *offset += done;
  return done;
}

static ssize_t block_write(struct file *file, const char *from, size_t count, u64 *offset) {
  struct block_device *device = file->data;
  struct inode *inode = device->inode;
  if (block_is_busy(device))
    return -EBUSY; /* mounted since it was opened */
  if (*offset >= inode->size)
    return count ? -ENOSPC : 0;
  mutex_lock(&inode->lock);
  ssize_t done =
      cache_file_write(inode, from, min_u32(count, (u32)(inode->size - *offset)), *offset);
  mutex_unlock(&inode->lock);
  if (done > 0)
    *offset += done;
  writeback_throttle(inode);
  return done;
}

static int block_sync(struct file *file) {
  struct block_device *device = file->data;
  int error = cache_write_inode(device->inode);
  int flush_error = block_flush(device->inode);
  return error ? error : flush_error;
}

static const struct file_operations block_operations = {.open = block_open,
                                                        .release = block_release,
                                                        .read = block_read,
                                                        .write = block_write,
                                                        .sync = block_sync};

void block_register(struct block_device *device) {
  struct inode *inode = inode_alloc(&block_super, device_count + 1);
  if (!inode || device_count == DEVICES_MAX)
    panic("no room for block device %s", device->name);
  inode->mode = S_IFBLK | 0600;
  inode->size = (u64)device->sectors * SECTOR_SIZE;
  inode->rdev = device_number(device->device.major, device->device.minor);
  inode->data = device;
  inode->operations = &block_inode_operations;
  device->inode = inode;
  device->device.name = device->name;
  device->device.mode = S_IFBLK | 0600;
  device->device.operations = &block_operations;
  devices[device_count++] = device;
  device_register(&device->device);
}

struct block_device *block_at(u32 index) {
  return index < device_count ? devices[index] : NULL;
}

struct block_device *block_find(const char *name) {
  for (u32 i = 0; i < device_count; i++)
    if (strcmp(devices[i]->name, name) == 0)
      return devices[i];
  return NULL;
}

/* The primary partitions of a disk. Polls: called at boot, before there are tasks. */
void partitions_scan(struct block_device *disk) {
  static u8 sector[SECTOR_SIZE];
  if (disk->read(disk, 0, 1, sector) < 0 || *(u16 *)(sector + 510) != MBR_SIGNATURE)
    return;
  const struct mbr_entry *table = (const struct mbr_entry *)(sector + MBR_TABLE);
  for (u32 i = 0; i < MBR_ENTRIES; i++) {
    const struct mbr_entry *entry = &table[i];
    if (entry->type == 0 || entry->sectors == 0 || entry->start >= disk->sectors ||
        entry->sectors > disk->sectors - entry->start)
      continue;
    struct block_device *partition = kzalloc(sizeof(*partition));
    if (!partition)
      panic("no memory for a partition");
    snprintk(partition->name, sizeof(partition->name), "%s%u", disk->name, i + 1);
    partition->start = entry->start;
    partition->sectors = entry->sectors;
    partition->driver = disk->driver;
    partition->read = disk->read;
    partition->write = disk->write;
    partition->flush = disk->flush;
    partition->device.major = disk->device.major;
    partition->device.minor = disk->device.minor + i + 1;
    block_register(partition);
  }
}

/*
 * Block devices: the table of disks and partitions, the page cache of each, and the partition table.
 */
#include <asm/uaccess.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>

#define SECTOR 512
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
static struct superblock block_super = {.type = "bdev", .device = 5};

static int block_readpage(struct inode *inode, struct page *page) {
  struct block_device *device = inode->data;
  u32 sector = page->index * (PAGE_SIZE / SECTOR);
  u32 count = sector < device->sectors ? min_u32(PAGE_SIZE / SECTOR, device->sectors - sector) : 0;
  memset((u8 *)page_address(page) + count * SECTOR, 0, PAGE_SIZE - count * SECTOR);
  return count ? device->read(device, device->start + sector, count, page_address(page)) : 0;
}

static const struct inode_operations block_inode_operations = {.readpage = block_readpage};

static struct block_device *device_of(const struct file *file) {
  for (u32 i = 0; i < device_count; i++)
    if (device_number(devices[i]->device.major, devices[i]->device.minor) == file->inode->rdev)
      return devices[i];
  return NULL;
}

static int block_open(struct file *file) {
  struct block_device *device = device_of(file);
  if (!device)
    return -ENXIO;
  if ((file->flags & O_ACCMODE) != O_RDONLY)
    return -EROFS;
  file->data = device;
  return 0;
}

static ssize_t block_read(struct file *file, char *to, size_t count, u64 *offset) {
  struct block_device *device = file->data;
  ssize_t done = cache_file_read(device->inode, to, count, *offset);
  if (done > 0)
    *offset += done;
  return done;
}

static const struct file_operations block_operations = {.open = block_open, .read = block_read};

void block_register(struct block_device *device) {
  struct inode *inode = inode_alloc(&block_super, device_count + 1);
  if (!inode || device_count == DEVICES_MAX)
    panic("no room for block device %s", device->name);
  inode->mode = S_IFBLK | 0600;
  inode->size = (u64)device->sectors * SECTOR;
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

/* Reads through the device's page cache to kernel memory. Sleeps. */
int block_read_bytes(struct inode *device, u64 offset, void *to, u32 count) {
  ssize_t done = cache_file_read(device, to, count, offset);
  return done == (ssize_t)count ? 0 : done < 0 ? (int)done : -EIO;
}

/* The primary partitions of a disk. Polls: called at boot, before there are tasks. */
void partitions_scan(struct block_device *disk) {
  static u8 sector[SECTOR];
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

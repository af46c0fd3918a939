/*
 * ATA disks hda..hdd: found at boot on the two channels of a PC, moved by DMA where there is an IDE
 * function that can be bus master (not with `ata=pio` on the command line), else by PIO. A transfer
 * that fails is tried again after a reset of the channel; then the caller gets -EIO.
 */
#include <asm/io.h>
#include <asm/percpu.h>
#include <asm/trapframe.h>
#include <kernel/ata.h>
#include <kernel/mm.h>
#include <kernel/pci.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/task.h>
#include <uapi/errno.h>

#define MAJOR_FIRST 3   /* of the first channel's disks */
#define MAJOR_SECOND 22
#define MINORS 64
#define TRIES 2
#define DMA_TIMEOUTS_MAX 2
#define INTERFACE_MASTER 0x80
#define BAR_MASTER 4
#define MASTER_STATUS 2
#define MASTER_PORTS 8 /* of each channel */
#define MASTER_DRIVE0_DMA 0x20

/* words of IDENTIFY DEVICE */
#define ID_ABILITIES 49
#define ID_SECTORS 60
#define ID_MULTIWORD_DMA 63
#define ID_COMMANDS 83
#define ID_ULTRA_DMA 88
#define ID_SECTORS48 100
#define ABILITY_DMA 0x100
#define COMMANDS_LBA48 0x400
#define MODE_MULTIWORD 0x20

static struct ata_drive drives[ATA_CHANNELS * ATA_UNITS]; /* made at boot */
static const char *const kind_names[] = {"read", "write", "flush"};

static void report(const struct ata_request *request) {
  char sector[16] = "its cache";
  if (request->kind != ATA_FLUSH)
    snprintk(sector, sizeof(sector), "sector %u", request->sector);
  printk("%s: cannot %s %s: status %02x, error %02x\n", request->drive->disk.name,
         kind_names[request->kind], sector, request->status, request->reason);
}

/* After the drive did not answer to DMA once more: true if it is left for PIO now. */
static bool dma_give_up(struct ata_drive *drive) {
  if (++drive->dma_timeouts < DMA_TIMEOUTS_MAX || !drive->by_dma)
    return false;
  drive->by_dma = false;
  printk("%s: no DMA from now on\n", drive->disk.name);
  return true;
}

/* Merged requests that fail are tried one by one, to find the one that is at fault. */
static int request_do(struct ata_request wanted) {
  struct ata_drive *drive = wanted.drive;
  for (u32 tries = 0; tries < TRIES;) {
    struct ata_request request = wanted;
    list_init(&request.link);
    if (current == this_cpu()->idle) {
      ata_poll(&request);
      if (request.error)
        report(&request);
      return request.error;
    }
    ata_do(&request);
    if (!request.error) {
      if (request.was_dma)
        drive->dma_timeouts = 0;
      return 0;
    }
    wanted.is_alone = true;
    if (!request.was_merged || request.has_timed_out) {
      tries++;
      report(&request);
      ata_reset(drive->channel);
    }
    if (request.has_timed_out && request.was_dma && dma_give_up(drive))
      tries = TRIES - 1; /* once by PIO */
  }
  return -EIO;
}

static int transfer(struct block_device *device, u8 kind, u32 sector, u32 count, u8 *data) {
  struct ata_request request = {.drive = device->driver, .device = device, .kind = kind};
  if (count == 0 || sector < device->start || sector - device->start > device->sectors ||
      count > device->sectors - (sector - device->start))
    return -EINVAL;
  int error = 0;
  while (count > 0 && !error) {
    request.sector = sector;
    request.count = min_u32(count, ATA_REQUEST_SECTORS);
    request.data = data;
    error = request_do(request);
    sector += request.count;
    count -= request.count;
    data += request.count * ATA_SECTOR;
  }
  return error;
}

static int ata_read(struct block_device *device, u32 sector, u32 count, void *to) {
  return transfer(device, ATA_READ, sector, count, to);
}

static int ata_write(struct block_device *device, u32 sector, u32 count, const void *from) {
  return transfer(device, ATA_WRITE, sector, count, (u8 *)from);
}

static int ata_flush(struct block_device *device) {
  struct ata_request request = {.drive = device->driver, .device = device, .kind = ATA_FLUSH};
  return request_do(request);
}

static void ata0_interrupt(void) { ata_channel_interrupt(&ata_channels[0]); }

static void ata1_interrupt(void) { ata_channel_interrupt(&ata_channels[1]); }

/* The ports of the bus master, made usable; 0 if there is none, or none is wanted. */
static u16 bus_master_find(void) {
  char option[8] = "";
  const struct pci_function *function = pci_find_class(PCI_CLASS_IDE);
  if (cmdline_get("ata", option, sizeof(option)) && strcmp(option, "pio") == 0)
    return 0;
  if (!function || !(function->interface & INTERFACE_MASTER))
    return 0;
  u16 ports = pci_io_base(function, BAR_MASTER);
  if (ports)
    pci_enable(function, PCI_COMMAND_IO | PCI_COMMAND_MASTER);
  return ports;
}

/* The mode that the firmware selected, else the fastest multiword one. */
static void dma_enable(struct ata_drive *drive, const u16 *identity) {
  struct ata_channel *channel = drive->channel;
  u32 modes = identity[ID_MULTIWORD_DMA] & 7;
  if (!channel->master || !(identity[ID_ABILITIES] & ABILITY_DMA))
    return;
  drive->by_dma = true;
  if (identity[ID_MULTIWORD_DMA] >> 8 == 0 && identity[ID_ULTRA_DMA] >> 8 == 0)
    ata_set_mode(drive, MODE_MULTIWORD | (modes & 4 ? 2 : modes & 2 ? 1 : 0));
  outb(channel->master + MASTER_STATUS,
       (inb(channel->master + MASTER_STATUS) & 0x60) | MASTER_DRIVE0_DMA << drive->unit);
}

static void drive_register(struct ata_drive *drive, const u16 *identity) {
  u8 number = drive->channel->number, index = number * ATA_UNITS + drive->unit;
  struct block_device *disk = &drive->disk;
  drive->has_lba48 = identity[ID_COMMANDS] & COMMANDS_LBA48;
  disk->sectors = identity[ID_SECTORS] | (u32)identity[ID_SECTORS + 1] << 16;
  if (drive->has_lba48) {
    disk->sectors = identity[ID_SECTORS48] | (u32)identity[ID_SECTORS48 + 1] << 16;
    if (identity[ID_SECTORS48 + 2] || identity[ID_SECTORS48 + 3])
      disk->sectors = 0xffffffff; /* of more than 2 TiB the rest is out of reach */
  }
  snprintk(disk->name, sizeof(disk->name), "hd%c", 'a' + index);
  disk->device.major = number ? MAJOR_SECOND : MAJOR_FIRST;
  disk->device.minor = drive->unit * MINORS;
  disk->driver = drive;
  disk->read = ata_read;
  disk->write = ata_write;
  disk->flush = ata_flush;
  dma_enable(drive, identity);
  printk("%s: %u sectors, %s\n", disk->name, disk->sectors, drive->by_dma ? "DMA" : "PIO");
  block_register(disk);
  partitions_scan(disk);
}

/* The page of regions lies within 64 KiB as it must. */
static void channel_set_up(struct ata_channel *channel, u16 master) {
  struct page *page = master ? page_alloc() : NULL;
  ata_channel_init(channel);
  if (!page)
    return;
  channel->regions = page_address(page);
  channel->master = master + channel->number * MASTER_PORTS;
}

void ata_init(void) {
  static irq_handler *const handlers[ATA_CHANNELS] = {ata0_interrupt, ata1_interrupt};
  static u16 identity[ATA_SECTOR / 2];
  u16 master = bus_master_find();
  u32 found = 0;
  for (u32 i = 0; i < ATA_CHANNELS * ATA_UNITS; i++) {
    struct ata_drive *drive = &drives[i];
    drive->channel = &ata_channels[i / ATA_UNITS];
    drive->unit = i % ATA_UNITS;
    if (drive->unit == 0) {
      channel_set_up(drive->channel, master);
      irq_install(IRQ_DISK + drive->channel->number, drive->channel->number ? "ata1" : "ata0",
                  handlers[drive->channel->number]);
    }
    if (ata_probe(drive->channel, drive->unit, identity)) {
      drive_register(drive, identity);
      found++;
    }
  }
  if (found == 0)
    printk("ata: no disks\n");
}

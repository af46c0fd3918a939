/*
 * The first ATA disk, by programmed input and output: a command names sectors, the disk interrupts
 * when it has or wants the next one, the handler moves it, and the task that asked sleeps until the
 * last one. One command at a time (ata_busy). Before there are tasks the status register is polled.
 */
#include <asm/io.h>
#include <asm/percpu.h>
#include <asm/trapframe.h>
#include <kernel/lock.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/task.h>
#include <kernel/tty.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>

#define ATA_DATA 0x1f0
#define ATA_COUNT 0x1f2
#define ATA_LBA_LOW 0x1f3
#define ATA_LBA_MIDDLE 0x1f4
#define ATA_LBA_HIGH 0x1f5
#define ATA_DEVICE 0x1f6
#define ATA_COMMAND 0x1f7 /* written; status when read */
#define ATA_CONTROL 0x3f6
#define ATA_NO_INTERRUPT 2
#define ATA_BUSY 0x80
#define ATA_READY 0x40
#define ATA_FAULT 0x20
#define ATA_REQUEST 0x08
#define ATA_ERROR 0x01
#define ATA_LBA_DRIVE0 0xe0
#define COMMAND_READ 0x20
#define COMMAND_WRITE 0x30
#define COMMAND_FLUSH 0xe7
#define COMMAND_IDENTIFY 0xec
#define SECTOR 512
#define POLL_LIMIT 10000000
#define LBA28_SECTORS 0x0fffffff

DEFINE_SPINLOCK(ata_lock); /* the request; taken by the interrupt handler */
static struct {
  u8 command;
  u8 *data;
  u32 left; /* sectors to come, or to go */
  int error;
  bool done;
} request;

static struct mutex ata_busy; /* the channel, for one command */
DEFINE_WAIT_QUEUE(ata_done);
static struct block_device disk = {.name = "hda", .device = {.major = 3, .minor = 0}};

/* 0 when the wanted bits are there and the disk is not busy; -EIO on an error or never. */
static int status_wait(u8 wanted) {
  for (u32 tries = 0; tries < POLL_LIMIT; tries++) {
    u8 status = inb(ATA_COMMAND);
    if (status & ATA_BUSY)
      continue;
    if (status & (ATA_ERROR | ATA_FAULT))
      return -EIO;
    if ((status & wanted) == wanted)
      return 0;
  }
  return -EIO;
}

static void command_send(u32 sector, u32 count, u8 command) {
  outb(ATA_COUNT, count);
  outb(ATA_LBA_LOW, sector);
  outb(ATA_LBA_MIDDLE, sector >> 8);
  outb(ATA_LBA_HIGH, sector >> 16);
  outb(ATA_DEVICE, ATA_LBA_DRIVE0 | sector >> 24);
  outb(ATA_COMMAND, command);
}

/* Moves the next sector; false when the command has ended. */
static bool sector_move(u8 status) {
  if (status & (ATA_ERROR | ATA_FAULT)) {
    request.error = -EIO;
    return false;
  }
  if (!(status & ATA_REQUEST) || request.left == 0)
    return request.left > 0;
  if (request.command == COMMAND_READ)
    insw(ATA_DATA, request.data, SECTOR / 2);
  else
    outsw(ATA_DATA, request.data, SECTOR / 2);
  request.data += SECTOR;
  request.left--;
  return request.left > 0 || request.command == COMMAND_WRITE;
}

/* A sector is ready or wanted, or the command has ended: the status read here ends the interrupt. */
static void ata_interrupt(void) {
  u8 status = inb(ATA_COMMAND);
  spin_lock(&ata_lock);
  if (!request.done && !(status & ATA_BUSY)) {
    if (!sector_move(status)) {
      request.done = true;
      wake_all(&ata_done);
    }
  }
  spin_unlock(&ata_lock);
}

/* Starts the request. A write's first sector goes without an interrupt. */
static void request_start(u8 command, u32 sector, u32 count, void *data) {
  request.command = command;
  request.data = data;
  request.left = count;
  request.error = 0;
  request.done = false;
  command_send(sector, count, command);
  if (command != COMMAND_WRITE)
    return;
  request.error = status_wait(ATA_REQUEST);
  request.done = request.error != 0;
  if (!request.done)
    sector_move(ATA_REQUEST);
}

/* The same without interrupts: before there are tasks, and in a panic. */
static int command_polled(u8 command, u32 sector, u32 count, void *data) {
  outb(ATA_CONTROL, ATA_NO_INTERRUPT);
  request_start(command, sector, count, data);
  while (!request.error && request.left > 0) {
    request.error = status_wait(ATA_REQUEST);
    if (!request.error)
      sector_move(ATA_REQUEST);
  }
  if (!request.error)
    request.error = status_wait(ATA_READY);
  request.done = true;
  inb(ATA_COMMAND);
  outb(ATA_CONTROL, 0);
  return request.error;
}

/* Up to 255 sectors. Sleeps, except on the boot stack. */
static int ata_command(u8 command, u32 sector, u32 count, void *data) {
  if (current == this_cpu()->idle)
    return command_polled(command, sector, count, data);
  mutex_lock(&ata_busy);
  bool were_on = spin_lock_save(&ata_lock);
  request_start(command, sector, count, data);
  spin_unlock_restore(&ata_lock, were_on);
  wait_event(&ata_done, request.done);
  int error = request.error;
  mutex_unlock(&ata_busy);
  return error;
}

static bool is_transfer_allowed(const struct block_device *device, u32 sector, u32 count) {
  return count > 0 && count <= 255 && sector <= LBA28_SECTORS - count &&
         sector >= device->start && sector - device->start <= device->sectors &&
         count <= device->sectors - (sector - device->start);
}

static int ata_read(struct block_device *device, u32 sector, u32 count, void *to) {
  if (!is_transfer_allowed(device, sector, count))
    return -EINVAL;
  int error = ata_command(COMMAND_READ, sector, count, to);
  if (error)
    printk("hda: cannot read sector %u\n", sector);
  return error;
}

static int ata_write(struct block_device *device, u32 sector, u32 count, const void *from) {
  if (!is_transfer_allowed(device, sector, count))
    return -EINVAL;
  int error = ata_command(COMMAND_WRITE, sector, count, (void *)from);
  if (error)
    printk("hda: cannot write sector %u\n", sector);
  return error;
}

static int ata_flush(struct block_device *device) {
  (void)device;
  int error = ata_command(COMMAND_FLUSH, 0, 0, NULL);
  if (error)
    printk("hda: cannot flush its cache\n");
  return error;
}

void ata_init(void) {
  static u16 identity[SECTOR / 2];
  mutex_init(&ata_busy);
  outb(ATA_CONTROL, ATA_NO_INTERRUPT);
  outb(ATA_DEVICE, ATA_LBA_DRIVE0);
  if (inb(ATA_COMMAND) == 0xff || status_wait(ATA_READY) < 0)
    return;
  command_send(0, 0, COMMAND_IDENTIFY);
  if (inb(ATA_COMMAND) == 0 || status_wait(ATA_REQUEST) < 0)
    return;
  insw(ATA_DATA, identity, SECTOR / 2);
  inb(ATA_COMMAND);
  disk.sectors = identity[60] | (u32)identity[61] << 16;
  disk.read = ata_read;
  disk.write = ata_write;
  disk.flush = ata_flush;
  request.done = true;
  irq_install(IRQ_DISK, "ata0", ata_interrupt);
  outb(ATA_CONTROL, 0);
  printk("hda: %u sectors\n", disk.sectors);
  block_register(&disk);
  partitions_scan(&disk);
}

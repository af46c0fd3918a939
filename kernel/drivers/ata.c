/*
 * The first ATA disk, by programmed input: a command asks for sectors, the disk interrupts when each
 * is ready, the handler takes it, and the task that asked sleeps until the last one. One command at a
 * time (ata_busy). Before there are tasks the status register is polled instead.
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
#define COMMAND_IDENTIFY 0xec
#define SECTOR 512
#define POLL_LIMIT 10000000
#define LBA28_SECTORS 0x0fffffff

DEFINE_SPINLOCK(ata_lock); /* the request; taken by the interrupt handler */
static struct {
  u8 *to;
  u32 left; /* sectors to come */
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

/* One sector is ready, or the command has failed. */
static void ata_interrupt(void) {
  u8 status = inb(ATA_COMMAND); /* reading it ends the disk's request */
  spin_lock(&ata_lock);
  if (request.left > 0 && !(status & ATA_BUSY)) {
    if (status & (ATA_ERROR | ATA_FAULT)) {
      request.error = -EIO;
      request.left = 0;
    } else if (status & ATA_REQUEST) {
      insw(ATA_DATA, request.to, SECTOR / 2);
      request.to += SECTOR;
      request.left--;
    }
    if (request.left == 0) {
      request.done = true;
      wake_all(&ata_done);
    }
  }
  spin_unlock(&ata_lock);
}

static int read_polled(u32 sector, u32 count, u8 *to) {
  outb(ATA_CONTROL, ATA_NO_INTERRUPT);
  command_send(sector, count, COMMAND_READ);
  int error = 0;
  for (; count > 0 && !error; count--, to += SECTOR) {
    error = status_wait(ATA_REQUEST);
    if (!error)
      insw(ATA_DATA, to, SECTOR / 2);
  }
  inb(ATA_COMMAND);
  outb(ATA_CONTROL, 0);
  return error;
}

/* Up to 255 sectors. Sleeps, except on the boot stack. */
static int ata_read(u32 sector, u32 count, void *to) {
  if (count == 0 || count > 255 || sector > LBA28_SECTORS - count)
    return -EINVAL;
  if (current == this_cpu()->idle)
    return read_polled(sector, count, to);
  mutex_lock(&ata_busy);
  bool were_on = spin_lock_save(&ata_lock);
  request.to = to;
  request.left = count;
  request.error = 0;
  request.done = false;
  command_send(sector, count, COMMAND_READ);
  spin_unlock_restore(&ata_lock, were_on);
  wait_event(&ata_done, request.done);
  int error = request.error;
  mutex_unlock(&ata_busy);
  if (error)
    printk("hda: cannot read sector %u\n", sector);
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
  irq_install(IRQ_DISK, "ata0", ata_interrupt);
  outb(ATA_CONTROL, 0);
  printk("hda: %u sectors\n", disk.sectors);
  block_register(&disk);
  partitions_scan(&disk);
}

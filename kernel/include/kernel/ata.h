/*
 * ATA drives inside the kernel's driver: ata.c finds drives and serves block devices, ata_channel.c
 * carries out requests.
 */
#ifndef KERNEL_ATA_H
#define KERNEL_ATA_H

#include <kernel/list.h>
#include <kernel/lock.h>
#include <kernel/time.h>
#include <kernel/types.h>
#include <kernel/vfs.h>

#define ATA_CHANNELS 2
#define ATA_UNITS 2
#define ATA_SECTOR 512
#define ATA_REQUEST_SECTORS 256 /* the most that one command moves */

enum { ATA_READ, ATA_WRITE, ATA_FLUSH };

struct ata_channel;

struct ata_drive {
  struct ata_channel *channel;
  u8 unit;
  bool has_lba48;
  bool by_dma;
  u32 dma_timeouts; /* in a row */
  struct block_device disk;
};

/* What one task waits for. It lies on the task's stack. */
struct ata_request {
  struct list link; /* channel->queue, then channel->batch; ata_lock */
  struct ata_drive *drive;
  struct block_device *device; /* the disk or partition, for its counters */
  u8 kind;
  bool is_alone; /* not to be merged with others */
  u32 sector, count;
  u8 *data;
  u32 queued_at; /* tick */
  /* the answer; ata_lock until it is done */
  volatile bool is_done;
  int error;
  bool was_merged, was_dma, has_timed_out;
  u8 status, reason; /* the drive's registers at the end */
};

struct ata_channel {
  u8 number;
  u16 port, control;
  u16 master;  /* ports of the bus master; 0: none */
  u32 (*regions)[2]; /* its table: one page, physical address and size */
  /* ata_lock */
  struct list queue;  /* requests to come, by unit and sector */
  struct list batch;  /* requests of the command under way, in order of sectors */
  bool is_busy;       /* a command is under way */
  bool is_held;       /* no command may start: a reset is near or under way */
  bool is_by_dma;     /* the command under way */
  u8 unit;            /* selected */
  u32 head_unit, head; /* where the last command ended */
  u32 started_at;      /* tick of the command under way */
  struct ata_request *cursor; /* PIO: the request whose sectors move next, NULL at the end */
  u32 cursor_moved;           /* sectors of it that have */
  struct timer timer;
  struct wait_queue finished; /* requests are done, or the channel is free */
  struct mutex resetting;
};

extern struct ata_channel ata_channels[ATA_CHANNELS];

void ata_channel_init(struct ata_channel *channel);
void ata_channel_interrupt(struct ata_channel *channel);
bool ata_probe(struct ata_channel *channel, u8 unit, u16 *identity);
void ata_set_mode(struct ata_drive *drive, u8 mode);
void ata_do(struct ata_request *request);   /* sleeps until it is done */
void ata_poll(struct ata_request *request); /* the same on the boot stack, by PIO */
void ata_reset(struct ata_channel *channel); /* sleeps */

#endif

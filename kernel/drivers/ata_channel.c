/*
 * An ATA channel: a queue of requests, sorted by sector, and one command at a time. The queue is
 * served in one direction (the next sector at or above where the last command ended, else the
 * lowest), and requests that continue each other on the disk become one command. By DMA the bus
 * master moves the command's sectors from and to the pages that its table of regions names, and
 * interrupts once; by PIO the handler moves each sector. A command that does not end is given up
 * when its timer fires; its tasks then reset the channel. Ports: ATA/ATAPI-6; bus master: 82371SB.
 */
#include <asm/clock.h>
#include <asm/io.h>
#include <asm/percpu.h>
#include <kernel/ata.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/task.h>
#include <uapi/errno.h>

/* from the channel's port on */
#define DATA 0
#define REASON 1
#define COUNT 2
#define LBA_LOW 3
#define LBA_MIDDLE 4
#define LBA_HIGH 5
#define DEVICE 6
#define COMMAND 7 /* written; status when read, which ends the interrupt */
#define DEVICE_LBA 0xe0

#define CONTROL_NO_INTERRUPT 2
#define CONTROL_RESET 4

#define BUSY 0x80
#define READY 0x40
#define FAULT 0x20
#define WANTS_DATA 0x08
#define FAILED 0x01

/* from the bus master's port on */
#define MASTER_COMMAND 0
#define MASTER_STATUS 2
#define MASTER_TABLE 4
#define MASTER_START 1
#define MASTER_TO_MEMORY 8
#define MASTER_ACTIVE 1
#define MASTER_ERROR 2
#define MASTER_INTERRUPT 4

#define REGION_LIMIT 0x10000 /* no region crosses a multiple of it */
#define REGION_LAST 0x80000000
#define REGIONS_MAX (PAGE_SIZE / 8)

#define COMMAND_IDENTIFY 0xec
#define COMMAND_SET_FEATURES 0xef
#define FEATURE_MODE 3
#define LBA28_SECTORS 0x10000000

#define POLL_LIMIT 1000000
#define TIMEOUT (5 * HZ)
#define RESET_PATIENCE (31 * HZ) /* ATA/ATAPI-6, 9.2 */

DEFINE_SPINLOCK(ata_lock); /* queues and ports; taken by the interrupt handlers */

struct ata_channel ata_channels[ATA_CHANNELS] = {
    {.number = 0, .port = 0x1f0, .control = 0x3f6},
    {.number = 1, .port = 0x170, .control = 0x376},
};

/* By kind; DMA; 48-bit addresses. */
static const u8 commands[3][2][2] = {
    [ATA_READ] = {{0x20, 0x24}, {0xc8, 0x25}},
    [ATA_WRITE] = {{0x30, 0x34}, {0xca, 0x35}},
    [ATA_FLUSH] = {{0xe7, 0xea}, {0xe7, 0xea}},
};

static void batch_end(struct ata_channel *channel, int error, u8 status);

#define request_of(link_) list_entry(link_, struct ata_request, link)

/* 0 when the wanted bits are there and the drive is not busy; -EIO on an error or never. */
static int status_wait(struct ata_channel *channel, u8 wanted) {
  for (u32 tries = 0; tries < POLL_LIMIT; tries++) {
    u8 status = inb(channel->control);
    if (status & BUSY)
      continue;
    if (status & (FAILED | FAULT))
      return -EIO;
    if ((status & wanted) == wanted)
      return 0;
  }
  return -EIO;
}

/* A drive has 400 ns to answer after it is selected: four reads of a port. */
static void unit_select(struct ata_channel *channel, u8 unit, u8 bits) {
  outb(channel->port + DEVICE, DEVICE_LBA | unit << 4 | bits);
  for (u32 i = 0; i < 4 && channel->unit != unit; i++)
    inb(channel->control);
  channel->unit = unit;
}

static void command_send(const struct ata_request *first, u32 count, bool by_dma) {
  struct ata_channel *channel = first->drive->channel;
  u16 port = channel->port;
  u32 sector = first->sector;
  bool is_long = first->drive->has_lba48 && (sector >= LBA28_SECTORS - count);
  unit_select(channel, first->drive->unit, is_long ? 0 : sector >> 24);
  if (is_long) { /* each register takes its upper byte first */
    outb(port + COUNT, count >> 8);
    outb(port + LBA_LOW, sector >> 24);
    outb(port + LBA_MIDDLE, 0);
    outb(port + LBA_HIGH, 0);
  }
  outb(port + COUNT, count);
  outb(port + LBA_LOW, sector);
  outb(port + LBA_MIDDLE, sector >> 8);
  outb(port + LBA_HIGH, sector >> 16);
  outb(port + COMMAND, commands[first->kind][by_dma][is_long]);
}

/* Kernel stacks are not in the direct map, and a region begins at an even address. */
static bool is_dma_possible(const struct ata_request *request) {
  u32 start = (u32)request->data, size = request->count * ATA_SECTOR;
  return request->drive->by_dma && request->kind != ATA_FLUSH && start % 2 == 0 &&
         start >= KERNBASE && start < DIRECT_MAP_END && size <= DIRECT_MAP_END - start;
}

/* The table of the batch's regions: at most two for each of its sectors. */
static void regions_write(struct ata_channel *channel) {
  u32 count = 0;
  list_for_each(link, &channel->batch) {
    const struct ata_request *request = request_of(link);
    u32 from = V2P(request->data), left = request->count * ATA_SECTOR;
    while (left > 0) {
      u32 size = min_u32(left, REGION_LIMIT - from % REGION_LIMIT);
      ASSERT(count < REGIONS_MAX);
      channel->regions[count][0] = from;
      channel->regions[count++][1] = size % REGION_LIMIT; /* 0 means all of it */
      from += size;
      left -= size;
    }
  }
  channel->regions[count - 1][1] |= REGION_LAST;
}

/* PIO: moves the cursor's sector; the drive is ready for it. */
static void sector_move(struct ata_channel *channel) {
  struct ata_request *request = channel->cursor;
  u8 *data = request->data + channel->cursor_moved * ATA_SECTOR;
  if (request->kind == ATA_READ)
    insw(channel->port + DATA, data, ATA_SECTOR / 2);
  else
    outsw(channel->port + DATA, data, ATA_SECTOR / 2);
  if (++channel->cursor_moved < request->count)
    return;
  channel->cursor_moved = 0;
  channel->cursor =
      request->link.next == &channel->batch ? NULL : request_of(request->link.next);
}

static u32 batch_sectors(struct ata_channel *channel) {
  u32 count = 0;
  list_for_each(link, &channel->batch) count += request_of(link)->count;
  return count;
}

/* Starts the command of the batch. A PIO write's first sector goes without an interrupt. */
static void batch_start(struct ata_channel *channel) {
  struct ata_request *first = request_of(channel->batch.next);
  u32 count = batch_sectors(channel);
  u8 direction = first->kind == ATA_READ ? MASTER_TO_MEMORY : 0;
  channel->is_busy = true;
  channel->is_by_dma = is_dma_possible(first);
  channel->cursor = first->kind == ATA_FLUSH ? NULL : first;
  channel->cursor_moved = 0;
  channel->started_at = ticks_now();
  channel->head_unit = first->drive->unit;
  channel->head = first->sector + count;
  timer_arm(&channel->timer, ticks_now() + TIMEOUT);
  if (channel->is_by_dma) {
    regions_write(channel);
    outl(channel->master + MASTER_TABLE, V2P(channel->regions));
    outb(channel->master + MASTER_COMMAND, direction);
    outb(channel->master + MASTER_STATUS,
         inb(channel->master + MASTER_STATUS) | MASTER_ERROR | MASTER_INTERRUPT);
  }
  command_send(first, count, channel->is_by_dma);
  if (channel->is_by_dma) {
    outb(channel->master + MASTER_COMMAND, direction | MASTER_START);
  } else if (first->kind == ATA_WRITE) {
    if (status_wait(channel, WANTS_DATA) < 0)
      batch_end(channel, -EIO, inb(channel->port + COMMAND));
    else
      sector_move(channel);
  }
}

static bool is_before(const struct ata_request *request, u32 unit, u32 sector) {
  if (request->drive->unit != unit)
    return request->drive->unit < unit;
  return request->sector < sector;
}

/* May the request go in one command after the batch so far, which ends before `sector`? */
static bool is_mergeable(const struct ata_request *last, const struct ata_request *next,
                         u32 count) {
  return !last->is_alone && !next->is_alone && next->kind == last->kind &&
         next->drive == last->drive && next->sector == last->sector + last->count &&
         is_dma_possible(next) == is_dma_possible(last) &&
         count + next->count <= ATA_REQUEST_SECTORS;
}

/* The next command, if one is wanted and possible. */
static void channel_start(struct ata_channel *channel) {
  ASSERT(spin_held(&ata_lock));
  if (channel->is_busy || channel->is_held || list_empty(&channel->queue))
    return;
  struct list *link = channel->queue.next;
  while (link != &channel->queue &&
         is_before(request_of(link), channel->head_unit, channel->head))
    link = link->next;
  if (link == &channel->queue)
    link = channel->queue.next;
  struct ata_request *last = request_of(link);
  u32 count = last->count;
  for (;;) {
    struct list *next = link->next;
    list_remove(link);
    list_add_tail(&channel->batch, link);
    if (next == &channel->queue || !is_mergeable(last, request_of(next), count))
      break;
    link = next;
    last = request_of(link);
    count += last->count;
  }
  batch_start(channel);
}

/* A request's part in the counters of its partition, then of the disk. */
static void request_count(const struct ata_request *request, bool is_first) {
  struct block_device *devices[2] = {request->device, &request->drive->disk};
  for (u32 i = request->device == devices[1]; i < 2; i++) {
    struct block_counts *counts = &devices[i]->counts[request->kind == ATA_WRITE];
    counts->commands += is_first;
    counts->merged += !is_first;
    counts->sectors += request->count;
    counts->ticks += ticks_now() - request->queued_at;
  }
}

static void in_flight_add(const struct ata_request *request, s32 change) {
  request->drive->disk.in_flight += change;
  if (request->device != &request->drive->disk)
    request->device->in_flight += change;
}

/* The command is over: its tasks wake, the next command starts. */
static void batch_end(struct ata_channel *channel, int error, u8 status) {
  struct ata_request *first = request_of(channel->batch.next);
  bool was_merged = channel->batch.next != channel->batch.previous;
  u8 reason = error ? inb(channel->port + REASON) : 0;
  ASSERT(spin_held(&ata_lock));
  timer_cancel(&channel->timer);
  first->drive->disk.busy_ticks += ticks_now() - channel->started_at;
  if (first->device != &first->drive->disk)
    first->device->busy_ticks += ticks_now() - channel->started_at;
  list_for_each_safe(link, after, &channel->batch) {
    struct ata_request *request = request_of(link);
    list_remove(link);
    in_flight_add(request, -1);
    if (!error && request->kind != ATA_FLUSH)
      request_count(request, request == first);
    request->error = error;
    request->was_merged = was_merged;
    request->was_dma = channel->is_by_dma;
    request->has_timed_out = error == -ETIMEDOUT;
    request->status = status;
    request->reason = reason;
    request->is_done = true; /* the task may return from here on */
  }
  channel->is_busy = false;
  wake_all(&channel->finished);
  channel_start(channel);
}

/* The drive has interrupted, or might have: the end of a DMA command, or a sector by PIO. */
static void channel_service(struct ata_channel *channel) {
  u8 status;
  if (!channel->is_busy) {
    inb(channel->port + COMMAND);
    return;
  }
  if (channel->is_by_dma) {
    u8 master = inb(channel->master + MASTER_STATUS);
    if (!(master & MASTER_INTERRUPT))
      return;
    outb(channel->master + MASTER_COMMAND, 0);
    outb(channel->master + MASTER_STATUS, master);
    status = inb(channel->port + COMMAND);
    bool is_well = !(status & (BUSY | WANTS_DATA | FAILED | FAULT)) &&
                   !(master & (MASTER_ERROR | MASTER_ACTIVE));
    batch_end(channel, is_well ? 0 : -EIO, status);
    return;
  }
  status = inb(channel->port + COMMAND);
  if (status & BUSY)
    return;
  struct ata_request *request = channel->cursor;
  if (status & (FAILED | FAULT)) {
    batch_end(channel, -EIO, status);
  } else if (!request) {
    batch_end(channel, 0, status);
  } else if (status & WANTS_DATA) {
    sector_move(channel);
    if (!channel->cursor && request->kind == ATA_READ)
      batch_end(channel, 0, status);
  }
}

void ata_channel_interrupt(struct ata_channel *channel) {
  spin_lock(&ata_lock);
  channel_service(channel);
  spin_unlock(&ata_lock);
}

/* In the timer interrupt: the command should have ended long ago. */
static void command_timeout(struct timer *timer) {
  struct ata_channel *channel = timer->data;
  bool is_lost = false, is_stuck = false;
  spin_lock(&ata_lock);
  if (channel->is_busy) {
    u8 status = inb(channel->control);
    is_lost = !(status & BUSY) && (!channel->is_by_dma || inb(channel->master + MASTER_STATUS) &
                                                              MASTER_INTERRUPT);
    is_stuck = !is_lost;
    if (is_lost) {
      timer_arm(timer, ticks_now() + TIMEOUT);
      channel_service(channel);
    } else {
      if (channel->is_by_dma)
        outb(channel->master + MASTER_COMMAND, 0);
      channel->is_held = true;
      batch_end(channel, -ETIMEDOUT, status);
    }
  }
  spin_unlock(&ata_lock);
  if (is_lost)
    printk("ata%u: an interrupt was lost\n", channel->number);
  if (is_stuck)
    printk("ata%u: no answer for %u s\n", channel->number, TIMEOUT / HZ);
}

void ata_do(struct ata_request *request) {
  struct ata_channel *channel = request->drive->channel;
  bool were_on = spin_lock_save(&ata_lock);
  struct list *place = &channel->queue;
  request->queued_at = ticks_now();
  in_flight_add(request, 1);
  list_for_each(link, &channel->queue) {
    if (is_before(request, request_of(link)->drive->unit, request_of(link)->sector)) {
      place = link;
      break;
    }
  }
  list_add_tail(place, &request->link);
  channel_start(channel);
  spin_unlock_restore(&ata_lock, were_on);
  wait_event(&channel->finished, request->is_done);
}

void ata_poll(struct ata_request *request) {
  struct ata_channel *channel = request->drive->channel;
  int error = 0;
  outb(channel->control, CONTROL_NO_INTERRUPT);
  list_add_tail(&channel->batch, &request->link);
  channel->cursor = request->kind == ATA_FLUSH ? NULL : request;
  channel->cursor_moved = 0;
  command_send(request, request->count, false);
  while (!error && channel->cursor) {
    error = status_wait(channel, WANTS_DATA);
    if (!error)
      sector_move(channel);
  }
  if (!error)
    error = status_wait(channel, READY);
  list_remove(&request->link);
  request->reason = inb(channel->port + REASON);
  request->status = inb(channel->port + COMMAND);
  request->error = error;
  request->is_done = true;
  outb(channel->control, 0);
}

/* Software reset of both drives (ATA/ATAPI-6, 9.2). Whoever comes while one is under way waits, and
 * then does another. */
void ata_reset(struct ata_channel *channel) {
  mutex_lock(&channel->resetting);
  bool were_on = spin_lock_save(&ata_lock);
  channel->is_held = true;
  spin_unlock_restore(&ata_lock, were_on);
  wait_event(&channel->finished, !channel->is_busy);

  outb(channel->control, CONTROL_NO_INTERRUPT | CONTROL_RESET);
  for (u32 i = 0; i < 20; i++)
    inb(channel->control); /* 5 us at least */
  outb(channel->control, CONTROL_NO_INTERRUPT);
  for (u32 i = 0; i < RESET_PATIENCE; i++) {
    current->state = TASK_UNINTERRUPTIBLE;
    schedule_timeout(1);
    if (!(inb(channel->control) & BUSY))
      break;
  }
  if (inb(channel->control) & BUSY)
    printk("ata%u: still busy after a reset\n", channel->number);
  inb(channel->port + COMMAND);
  outb(channel->control, 0);

  were_on = spin_lock_save(&ata_lock);
  channel->unit = ATA_UNITS; /* to be selected anew */
  channel->is_held = false;
  channel_start(channel);
  spin_unlock_restore(&ata_lock, were_on);
  mutex_unlock(&channel->resetting);
}

/* At boot, by polling: is there an ATA drive, and what does it say of itself? */
bool ata_probe(struct ata_channel *channel, u8 unit, u16 *identity) {
  outb(channel->control, CONTROL_NO_INTERRUPT);
  unit_select(channel, unit, 0);
  u8 status = inb(channel->port + COMMAND);
  bool is_there = status != 0 && status != 0xff && status != 0x7f;
  if (is_there && status_wait(channel, READY) == 0) {
    outb(channel->port + COMMAND, COMMAND_IDENTIFY);
    is_there = inb(channel->control) != 0 && status_wait(channel, WANTS_DATA) == 0;
    if (is_there)
      insw(channel->port + DATA, identity, ATA_SECTOR / 2);
  } else {
    is_there = false;
  }
  inb(channel->port + COMMAND);
  outb(channel->control, 0);
  return is_there;
}

/* At boot: the transfer mode, as SET FEATURES codes it. */
void ata_set_mode(struct ata_drive *drive, u8 mode) {
  struct ata_channel *channel = drive->channel;
  outb(channel->control, CONTROL_NO_INTERRUPT);
  unit_select(channel, drive->unit, 0);
  outb(channel->port + REASON, FEATURE_MODE);
  outb(channel->port + COUNT, mode);
  outb(channel->port + COMMAND, COMMAND_SET_FEATURES);
  if (status_wait(channel, READY) < 0)
    drive->by_dma = false;
  inb(channel->port + COMMAND);
  outb(channel->control, 0);
}

void ata_channel_init(struct ata_channel *channel) {
  list_init(&channel->queue);
  list_init(&channel->batch);
  list_init(&channel->timer.link);
  wait_queue_init(&channel->finished);
  mutex_init(&channel->resetting);
  channel->timer.fire = command_timeout;
  channel->timer.data = channel;
  channel->unit = ATA_UNITS;
}

/*
 * When dirty pages go to the disks. A kernel thread looks every five seconds and writes the files
 * that have been dirty for thirty; it is woken at once where a tenth of the memory is dirty. Who
 * dirties more than a fifth writes his own file before he goes on. sync, fsync, unmounting and
 * halting write without waiting for an age. File data goes first, then the disks' own pages, which
 * are the file systems' metadata, then the disk's cache is flushed.
 */
#include <asm/clock.h>
#include <asm/cpu.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/task.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>

#define INTERVAL (5 * HZ)
#define AGE (30 * HZ)
#define BACKGROUND_PART 10 /* of the memory */
#define THROTTLE_PART 5
#define RECLAIM_ROUNDS 100 /* ticks that an allocation waits for the thread at most */

static struct task *thread;
static bool is_urgent;

/* What one pass writes. */
struct selection {
  struct superblock *super; /* only files of this one; NULL: all */
  bool devices;             /* the disks' own pages, or files */
  u32 age;                  /* dirty for so many ticks */
};

static bool is_selected(struct inode *inode, void *data) {
  const struct selection *selection = data;
  bool is_device = inode->super->block == NULL;
  return is_device == selection->devices && ticks_now() - inode->dirtied_at >= selection->age &&
         (!selection->super || (is_device ? inode == selection->super->block
                                          : inode->super == selection->super));
}

static int write_selected(const struct selection *selection) {
  static u32 passes;
  u32 pass = ++passes;
  struct inode *inode;
  int result = 0;
  while ((inode = cache_dirty_inode(pass, is_selected, (void *)selection))) {
    int error = pages_write(inode);
    result = result ? result : error;
    inode_put(inode);
  }
  return result;
}

/* Writes an inode's dirty pages and waits for those that others write. 0, or the first error since
 * somebody asked last. */
int cache_write_inode(struct inode *inode) {
  pages_write(inode);
  cache_wait_written(inode);
  int error = inode->write_error;
  inode->write_error = 0;
  return error;
}

/* fsync: the file's pages, and all metadata, since it is not known which is the file's. */
int file_sync(struct inode *inode) {
  const struct selection devices = {inode->super, true, 0};
  int error = cache_write_inode(inode);
  if (!inode->super->block)
    return error;
  int metadata_error = write_selected(&devices);
  cache_wait_written(inode->super->block);
  int flush_error = block_flush(inode->super->block);
  return error ? error : metadata_error ? metadata_error : flush_error;
}

/* Everything of one file system, metadata last, and the disk's cache. */
int cache_write_super(struct superblock *super) {
  const struct selection files = {super, false, 0}, devices = {super, true, 0};
  if (!super->block)
    return 0;
  int error = write_selected(&files);
  int metadata_error = write_selected(&devices);
  cache_wait_written(super->block);
  int flush_error = block_flush(super->block);
  return error ? error : metadata_error ? metadata_error : flush_error;
}

/* Everything of all disks, but for flushing. */
int cache_write_all(void) {
  const struct selection files = {NULL, false, 0}, devices = {NULL, true, 0};
  int error = write_selected(&files);
  int metadata_error = write_selected(&devices);
  return error ? error : metadata_error;
}

static void writeback_thread(void) {
  for (;;) {
    current->state = TASK_UNINTERRUPTIBLE;
    if (is_urgent)
      current->state = TASK_RUNNING;
    else
      schedule_timeout(INTERVAL);
    u32 age = is_urgent ? 0 : AGE;
    is_urgent = false;
    const struct selection files = {NULL, false, age}, devices = {NULL, true, age};
    write_selected(&files);
    write_selected(&devices);
  }
}

/* Called once there is a file system to write to. */
void writeback_start(void) {
  if (!thread)
    thread = kthread_start("writeback", writeback_thread);
  if (!thread)
    panic("no memory for the writeback thread");
}

void writeback_wake(void) {
  is_urgent = true;
  if (thread)
    wake(thread);
}

/* A task that allocates memory waits for pages to become clean. False if none did. The thread may
 * need what the task holds: the wait has an end. */
bool writeback_wait(void) {
  u32 before = cache_dirty_count();
  if (!thread || current == thread || current == this_cpu()->idle || this_cpu()->irq_depth > 0 ||
      this_cpu()->lock_depth > 0)
    return false;
  writeback_wake();
  for (u32 round = 0; round < RECLAIM_ROUNDS && cache_dirty_count() >= before; round++) {
    current->state = TASK_UNINTERRUPTIBLE;
    schedule_timeout(1);
  }
  return cache_dirty_count() < before;
}

/* After a write, with no lock held. */
void writeback_throttle(struct inode *inode) {
  u32 dirty = cache_dirty_count();
  if (dirty > frames_total() / THROTTLE_PART)
    pages_write(inode);
  else if (dirty > frames_total() / BACKGROUND_PART && !is_urgent)
    writeback_wake();
}

/*
 * Pages from and to disks. Sectors that lie in a row on the disk are moved by one request, through a
 * buffer where they belong to several pages. What is written is a copy: the pages may change while
 * the disk is busy, and are then dirty again.
 */
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/task.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>

#define RUN_PAGES 16
#define RUN_SECTORS (RUN_PAGES * SECTORS_PER_PAGE)

static u8 buffer[RUN_SECTORS * SECTOR_SIZE] __attribute__((aligned(PAGE_SIZE)));
static struct mutex buffer_mutex = MUTEX_INIT(buffer_mutex); /* the last of all locks */

static struct block_device *device_of(const struct inode *inode) {
  return block_of_inode(inode->super->block ? inode->super->block : inode);
}

/* Where a sector of the batch lies in memory. */
static u8 *sector_address(struct page **pages, u32 sector) {
  return (u8 *)page_address(pages[sector / SECTORS_PER_PAGE]) +
         sector % SECTORS_PER_PAGE * SECTOR_SIZE;
}

static bool is_one_page(u32 sector, u32 count) {
  return sector / SECTORS_PER_PAGE == (sector + count - 1) / SECTORS_PER_PAGE;
}

static int run_read(struct inode *inode, u32 at, struct page **pages, u32 sector, u32 count) {
  struct block_device *device = device_of(inode);
  if (is_one_page(sector, count))
    return device->read(device, device->start + at, count, sector_address(pages, sector));
  mutex_lock(&buffer_mutex);
  int error = device->read(device, device->start + at, count, buffer);
  for (u32 done = 0; !error && done < count;) {
    u32 part = min_u32(count - done, SECTORS_PER_PAGE - (sector + done) % SECTORS_PER_PAGE);
    memcpy(sector_address(pages, sector + done), buffer + done * SECTOR_SIZE, part * SECTOR_SIZE);
    done += part;
  }
  mutex_unlock(&buffer_mutex);
  return error;
}

static void run_clear(struct page **pages, u32 sector, u32 count) {
  for (; count > 0; count--, sector++)
    memset(sector_address(pages, sector), 0, SECTOR_SIZE);
}

/* Sectors of the file that hold bytes of it. The size is looked at only now that the pages stand in
 * the cache: who makes the file shorter sets the size first and then drops pages. */
static u64 sectors_in_file(const struct inode *inode) {
  return (inode->size + SECTOR_SIZE - 1) / SECTOR_SIZE;
}

/* Fills locked pages of consecutive indices. 0 or -errno. */
int pages_read(struct inode *inode, struct page **pages, u32 count) {
  u32 first = pages[0]->index * SECTORS_PER_PAGE, total = count * SECTORS_PER_PAGE;
  int error = 0;

  if (!inode->operations->map) {
    for (u32 i = 0; i < count && !error; i++)
      error = inode->operations->readpage(inode, pages[i]);
    return error;
  }
  for (u32 sector = 0; sector < total && !error;) {
    u64 limit = sectors_in_file(inode);
    u32 at = NO_SECTOR, run = min_u32(total - sector, RUN_SECTORS);
    if (first + sector < limit) {
      run = min_u32(run, (u32)(limit - first - sector));
      error = inode->operations->map(inode, first + sector, &at, &run);
    }
    if (error)
      break;
    if (at == NO_SECTOR)
      run_clear(pages, sector, run);
    else
      error = run_read(inode, at, pages, sector, run);
    sector += run;
  }
  u64 end = inode->size - ((u64)pages[0]->index << PAGE_SHIFT);
  if (!error && inode->size > (u64)pages[0]->index << PAGE_SHIFT && end < total * SECTOR_SIZE &&
      (u32)end % SECTOR_SIZE)
    memset(sector_address(pages, (u32)end / SECTOR_SIZE) + (u32)end % SECTOR_SIZE, 0,
           SECTOR_SIZE - (u32)end % SECTOR_SIZE);
  return error;
}

/* Bytes of the buffer that lie behind the end of the file: a mapping may have put something there. */
static void tail_clear(const struct inode *inode, u32 sector, u32 count) {
  u64 start = (u64)sector * SECTOR_SIZE;
  if (!S_ISREG(inode->mode) || start + count * SECTOR_SIZE <= inode->size)
    return;
  u32 kept = inode->size > start ? (u32)(inode->size - start) : 0;
  memset(buffer + kept, 0, count * SECTOR_SIZE - kept);
}

static int run_write(struct inode *inode, u32 at, struct page **pages, u32 sector, u32 count) {
  struct block_device *device = device_of(inode);
  if (!device->write)
    return -EROFS;
  mutex_lock(&buffer_mutex);
  for (u32 done = 0; done < count;) {
    u32 part = min_u32(count - done, SECTORS_PER_PAGE - (sector + done) % SECTORS_PER_PAGE);
    memcpy(buffer + done * SECTOR_SIZE, sector_address(pages, sector + done), part * SECTOR_SIZE);
    done += part;
  }
  tail_clear(inode, pages[0]->index * SECTORS_PER_PAGE + sector, count);
  int error = device->write(device, device->start + at, count, buffer);
  mutex_unlock(&buffer_mutex);
  return error;
}

static void write_failed(struct inode *inode, int error) {
  struct block_device *device = device_of(inode);
  struct superblock *super = device->mounted;
  inode->write_error = error;
  printk("%s: cannot write %s %u: error %d\n", device->name,
         inode->super->block ? "file" : "metadata of", inode->number, -error);
  if (!inode->super->block && super && super->operations->write_failed)
    super->operations->write_failed(super);
}

/* Is the sector, counted in the batch, among the dirty ones? */
static bool is_dirty(const u8 *dirty, u32 sector) {
  return dirty[sector / SECTORS_PER_PAGE] >> sector % SECTORS_PER_PAGE & 1;
}

/* Writes the dirty sectors of locked pages of consecutive indices. 0 or the first error. */
static int batch_write(struct inode *inode, struct page **pages, const u8 *dirty, u32 count) {
  u32 first = pages[0]->index * SECTORS_PER_PAGE, total = count * SECTORS_PER_PAGE;
  int result = 0;
  for (u32 sector = 0; sector < total;) {
    u32 at, run = 0;
    while (sector + run < total && is_dirty(dirty, sector + run))
      run++;
    if (run == 0) {
      sector++;
      continue;
    }
    int error = inode->operations->map(inode, first + sector, &at, &run);
    if (!error && at != NO_SECTOR)
      error = run_write(inode, at, pages, sector, run);
    if (error) {
      write_failed(inode, error);
      result = result ? result : error;
    }
    sector += max_u32(run, 1);
  }
  return result;
}

/* Writes the dirty pages of an inode, of which the caller has a reference, in the order of the file.
 * 0 or the first error; the others are tried nevertheless. */
int pages_write(struct inode *inode) {
  struct page *pages[RUN_PAGES];
  u8 dirty[RUN_PAGES];
  int result = 0;
  u32 count, next = 0;
  cache_write_begin(inode);
  while ((count = cache_dirty_run(inode, next, pages, RUN_PAGES)) > 0) {
    next = pages[count - 1]->index + 1;
    for (u32 i = 0; i < count; i++) {
      page_lock(pages[i]);
      bool is_protected = mapping_protect(inode, pages[i]->index);
      dirty[i] = pages[i]->inode == inode ? cache_clean(pages[i], !is_protected) : 0;
    }
    int error = batch_write(inode, pages, dirty, count);
    result = result ? result : error;
    for (u32 i = 0; i < count; i++) {
      page_unlock(pages[i]);
      page_put(pages[i]);
    }
    if (next == 0)
      break;
  }
  cache_write_end(inode);
  return result;
}

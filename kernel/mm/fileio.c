/*
 * Reading and writing files through the page cache. No page is locked while user memory is copied:
 * the copy may fault, and the fault may want that very page.
 */
#include <asm/uaccess.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/task.h>
#include <kernel/time.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>

/* Bytes not copied. The kernel's own memory is told by its address. */
static u32 copy_out(char *to, const u8 *from, u32 count) {
  if ((u32)to < TASK_SIZE)
    return copy_raw(to, from, count);
  memcpy(to, from, count);
  return 0;
}

static u32 copy_in(u8 *to, const char *from, u32 count) {
  if ((u32)from < TASK_SIZE)
    return copy_raw(to, from, count);
  memcpy(to, from, count);
  return 0;
}

/* Copies from the cache to user memory, or to the kernel's where `to` lies there. */
ssize_t cache_file_read(struct inode *inode, char *to, size_t count, u64 offset) {
  size_t done = 0;
  int error = 0;
  ASSERT(this_cpu()->lock_depth == 0);
  while (!error && done < count && offset + done < inode->size) {
    u64 at = offset + done;
    u32 start = (u32)at % PAGE_SIZE;
    struct page *page = cache_read(inode, (u32)(at >> PAGE_SHIFT), &error);
    if (!page)
      break;
    u32 part = min_u32(count - done, PAGE_SIZE - start);
    if (at + part > inode->size) /* which may have shrunk while the page was read */
      part = at < inode->size ? (u32)(inode->size - at) : 0;
    u32 left = copy_out(to + done, (u8 *)page_address(page) + start, part);
    page_put(page);
    done += part - left;
    if (left)
      error = -EFAULT;
    else if (part == 0)
      break;
  }
  return done ? (ssize_t)done : error;
}

/* A byte at each end of the buffer is brought in, so that a bad address is found before the file
 * has changed. */
static int buffer_check(const char *from, u32 count) {
  u8 byte;
  if ((u32)from >= TASK_SIZE)
    return 0;
  return copy_raw(&byte, from, 1) || copy_raw(&byte, from + count - 1, 1) ? -EFAULT : 0;
}

/*
 * A page that is overwritten as a whole need not be read: the bytes are copied first, then there is
 * room made on the disk, then the page enters the cache. NULL with *error 0: to be done otherwise.
 */
static struct page *page_overwrite(struct inode *inode, const char *from, u64 at, int *error) {
  struct page *page = page_alloc();
  if (!page) {
    *error = -ENOMEM;
    return NULL;
  }
  *error = copy_in(page_address(page), from, PAGE_SIZE) ? -EFAULT : 0;
  int room = *error ? 0 : inode->operations->prepare(inode, NULL, at, PAGE_SIZE);
  if (room != PAGE_SIZE) {
    if (room < 0 && room != -EAGAIN)
      *error = room;
    page_put(page);
    return NULL;
  }
  struct page *cached = cache_add(inode, (u32)(at >> PAGE_SHIFT), page);
  if (cached != page && copy_in(page_address(cached), from, PAGE_SIZE))
    *error = -EFAULT;
  return cached;
}

/* Bytes within one page; how many were written, or -errno. The inode's lock is held. */
static ssize_t write_part(struct inode *inode, const char *from, u32 count, u64 at) {
  u32 index = (u32)(at >> PAGE_SHIFT), start = (u32)at % PAGE_SIZE, left = 0;
  int error = buffer_check(from, count), room = count;
  if (error)
    return error;
  struct page *page = cache_find(inode, index);
  bool is_copied = false;
  if (!page && count == PAGE_SIZE && inode->operations->map) {
    page = page_overwrite(inode, from, at, &error);
    is_copied = page != NULL;
  }
  if (!page && !error)
    page = cache_read(inode, index, &error);
  if (!page)
    return error;
  if (!is_copied)
    room = inode->operations->prepare(inode, page, at, count);
  if (room > 0) {
    if (!is_copied)
      left = copy_in((u8 *)page_address(page) + start, from, room);
    cache_dirty(page, start, start + room);
  }
  page_put(page);
  return error ? error : room <= 0 ? room : (u32)room > left ? (ssize_t)(room - left) : -EFAULT;
}

/* The bytes between the end of the file and the end of its last page become zero: the file is about
 * to grow over them. The inode's lock is held. */
int cache_zero_tail(struct inode *inode, u64 size) {
  u32 start = (u32)size % PAGE_SIZE;
  int error = 0;
  if (start == 0)
    return 0;
  struct page *page = cache_read(inode, (u32)(size >> PAGE_SHIFT), &error);
  if (!page)
    return error;
  memset((u8 *)page_address(page) + start, 0, PAGE_SIZE - start);
  cache_dirty(page, start, start + 1);
  page_put(page);
  return 0;
}

/* Writes to a regular file, whose lock is held; it may grow. How many bytes were written, fewer than
 * asked for where an error stopped it, or -errno. */
ssize_t cache_file_write(struct inode *inode, const char *from, size_t count, u64 offset) {
  size_t done = 0;
  ssize_t part = 0;
  ASSERT(mutex_held(&inode->lock) && this_cpu()->lock_depth == 0);
  if (count == 0)
    return 0;
  if (offset >= inode->super->size_max)
    return -EFBIG;
  if (count > inode->super->size_max - offset)
    count = (size_t)(inode->super->size_max - offset);
  if (offset > inode->size)
    part = cache_zero_tail(inode, inode->size);
  while (part >= 0 && done < count) {
    u64 at = offset + done;
    u32 wanted = min_u32(count - done, PAGE_SIZE - (u32)at % PAGE_SIZE);
    part = write_part(inode, from + done, wanted, at);
    if (part <= 0)
      break;
    done += part;
    if (at + part > inode->size)
      inode->size = at + part;
  }
  if (part < 0 && inode->operations->map)
    inode->operations->truncate(inode, inode->size); /* room that was made in vain goes back */
  if (done > 0) {
    inode->mtime = inode->ctime = seconds_of_day();
    if (inode->operations->store)
      inode->operations->store(inode);
  }
  return done ? (ssize_t)done : part;
}

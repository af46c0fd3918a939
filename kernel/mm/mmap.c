/*
 * The system calls of memory: brk, mmap2, munmap, mprotect. And the copies from and to user memory.
 */
#include <asm/uaccess.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/task.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>
#include <uapi/mman.h>
#include <uapi/resource.h>

int copy_to_user(void *to, const void *from, u32 size) {
  ASSERT(this_cpu()->lock_depth == 0);
  return user_range_ok(to, size) && copy_raw(to, from, size) == 0 ? 0 : -EFAULT;
}

int copy_from_user(void *to, const void *from, u32 size) {
  ASSERT(this_cpu()->lock_depth == 0);
  return user_range_ok(from, size) && copy_raw(to, from, size) == 0 ? 0 : -EFAULT;
}

int clear_user(void *to, u32 size) {
  return user_range_ok(to, size) && clear_raw(to, size) == 0 ? 0 : -EFAULT;
}

int strncpy_from_user(char *to, const char *from, u32 size) {
  ASSERT(this_cpu()->lock_depth == 0);
  if ((u32)from >= TASK_SIZE)
    return -EFAULT;
  u32 limit = min_u32(size, TASK_SIZE - (u32)from);
  s32 length = strncpy_raw(to, from, limit);
  if (length < 0 || (length == (s32)limit && limit < size))
    return -EFAULT;
  return length == (s32)limit ? -ENAMETOOLONG : length;
}

/* Whether the process may map so much more. */
static bool is_within_limit(const struct mm *mm, u32 more, u32 resource) {
  u32 limit = current->limits[resource].rlim_cur;
  if (limit == RLIM_INFINITY)
    return true;
  u32 size = resource == RLIMIT_DATA ? mm->brk - mm->brk_start : mm_mapped(mm);
  return more <= limit && size <= limit - more;
}

/* The new end of the heap, or the old one if that cannot be. */
long sys_brk(u32 wanted) {
  struct mm *mm = current->mm;
  mutex_lock(&mm->lock);
  u32 old_end = align_up(mm->brk, PAGE_SIZE), new_end = align_up(wanted, PAGE_SIZE);
  if (wanted >= mm->brk_start && new_end >= wanted && new_end < TASK_SIZE) {
    struct vma *above = vma_find(mm, old_end);
    bool fits = new_end <= old_end || !above || new_end <= above->start;
    u32 more = wanted > mm->brk ? wanted - mm->brk : 0;
    fits &= is_within_limit(mm, more, RLIMIT_DATA) && is_within_limit(mm, more, RLIMIT_AS);
    int error = fits ? 0 : -ENOMEM;
    if (!error && new_end > old_end)
      error = vma_map(mm, old_end, new_end, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
                      NULL, 0);
    else if (!error && new_end < old_end)
      error = vma_unmap(mm, new_end, old_end);
    if (!error)
      mm->brk = wanted;
  }
  u32 end = mm->brk;
  mutex_unlock(&mm->lock);
  return end;
}

long sys_mmap2(u32 address, u32 size, u32 protection, u32 flags, int fd, u32 page_offset) {
  struct mm *mm = current->mm;
  struct file *file = NULL;
  long result;

  if (size == 0 || size > TASK_SIZE || !(flags & (MAP_SHARED | MAP_PRIVATE)))
    return -EINVAL;
  size = align_up(size, PAGE_SIZE);
  if (!(flags & MAP_ANONYMOUS)) {
    file = file_get(fd);
    if (!file)
      return -EBADF;
    if (!file->inode->operations ||
        (!file->inode->operations->readpage && !file->inode->operations->map)) {
      file_put(file);
      return -ENODEV;
    }
    if (!S_ISREG(file->inode->mode) || ((flags & MAP_SHARED) && (protection & PROT_WRITE) &&
                                        (file->flags & O_ACCMODE) != O_RDWR)) {
      file_put(file);
      return -EACCES;
    }
  }
  mutex_lock(&mm->lock);
  if (flags & MAP_FIXED) {
    result = address % PAGE_SIZE || address > TASK_SIZE - size ? -EINVAL : (long)address;
  } else {
    struct vma *above = vma_find(mm, address);
    if (address < PAGE_SIZE || address % PAGE_SIZE || address > TASK_SIZE - size ||
        (above && above->start < address + size))
      address = vma_find_gap(mm, size);
    result = address ? (long)address : -ENOMEM;
  }
  if (!is_within_limit(mm, size, RLIMIT_AS))
    result = -ENOMEM;
  if (result > -4096 && result < 0) {
    ;
  } else {
    int error = vma_map(mm, address, address + size, protection,
                        flags & (MAP_SHARED | MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN),
                        file ? file->inode : NULL, page_offset);
    if (error)
      result = error;
  }
  mutex_unlock(&mm->lock);
  if (file)
    file_put(file);
  return result;
}

static bool range_is_bad(u32 address, u32 size) {
  return address % PAGE_SIZE || size > TASK_SIZE || address > TASK_SIZE - size;
}

long sys_munmap(u32 address, u32 size) {
  if (size == 0 || range_is_bad(address, size))
    return -EINVAL;
  mutex_lock(&current->mm->lock);
  long error = vma_unmap(current->mm, address, address + align_up(size, PAGE_SIZE));
  mutex_unlock(&current->mm->lock);
  return error;
}

long sys_mprotect(u32 address, u32 size, u32 protection) {
  if (range_is_bad(address, size))
    return -EINVAL;
  mutex_lock(&current->mm->lock);
  long error =
      vma_protect(current->mm, address, address + align_up(size, PAGE_SIZE), protection & 7);
  mutex_unlock(&current->mm->lock);
  return error;
}

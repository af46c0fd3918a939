/*
 * Which address spaces map a file: each inode has the list of its vmas. A shared page is mapped for
 * reading until it is written to; that fault marks it dirty, and whoever writes it to the disk takes
 * the right to write away again, so that the next change is noticed too.
 */
#include <asm/cpu.h>
#include <asm/percpu.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/task.h>
#include <kernel/vfs.h>
#include <uapi/mman.h>

DEFINE_SPINLOCK(mapping_lock);

/* Under the lock of the vma's mm, as the next. */
void mapping_add(struct vma *vma) {
  list_init(&vma->mapping_link);
  if (!vma->inode)
    return;
  spin_lock(&mapping_lock);
  list_add_tail(&vma->inode->mappings, &vma->mapping_link);
  vma->inode->super->mappings++;
  spin_unlock(&mapping_lock);
}

void mapping_remove(struct vma *vma) {
  if (!vma->inode)
    return;
  spin_lock(&mapping_lock);
  list_remove(&vma->mapping_link);
  vma->inode->super->mappings--;
  spin_unlock(&mapping_lock);
}

static bool covers(const struct vma *vma, u32 index) {
  return index >= vma->page_offset &&
         index - vma->page_offset < (vma->end - vma->start) >> PAGE_SHIFT;
}

static void page_protect(struct vma *vma, u32 index) {
  u32 address = vma->start + ((index - vma->page_offset) << PAGE_SHIFT);
  pte_t *entry = pte_find(vma->mm->pgdir, address);
  if (!entry || !(*entry & PTE_P) || !(*entry & PTE_W))
    return;
  *entry &= ~(pte_t)PTE_W;
  if (this_cpu()->mm == vma->mm)
    invlpg(address);
}

/* Nobody may write to a page of the file any more without a fault. False if an address space was
 * busy: then the page has to count as dirty still. Does not sleep. */
bool mapping_protect(struct inode *inode, u32 index) {
  bool done = true;
  if (list_empty(&inode->mappings))
    return true;
  spin_lock(&mapping_lock);
  list_for_each(link, &inode->mappings) {
    struct vma *vma = list_entry(link, struct vma, mapping_link);
    if (!(vma->flags & MAP_SHARED) || !covers(vma, index))
      continue;
    bool taken = !mutex_held(&vma->mm->lock) && mutex_try(&vma->mm->lock);
    if (taken) {
      page_protect(vma, index);
      mutex_unlock(&vma->mm->lock);
    } else {
      done = false;
    }
  }
  spin_unlock(&mapping_lock);
  return done;
}

/* A vma that maps pages from index on and that is there, with the lock of its mm; *busy if there is
 * one, but its mm is locked by another. */
static struct vma *vma_take(struct inode *inode, u32 index, bool *busy) {
  struct vma *found = NULL;
  *busy = false;
  spin_lock(&mapping_lock);
  list_for_each(link, &inode->mappings) {
    struct vma *vma = list_entry(link, struct vma, mapping_link);
    u32 end = vma->page_offset + ((vma->end - vma->start) >> PAGE_SHIFT);
    if (end <= index || vma->unmapped_from <= index)
      continue;
    if (mutex_try(&vma->mm->lock))
      found = vma;
    else
      *busy = true;
    if (found)
      break;
  }
  spin_unlock(&mapping_lock);
  return found;
}

/* Unmaps the file's pages from index on wherever they are mapped: the file has become shorter, an
 * access faults from now on. The inode's lock is held, no mm's. */
void mapping_unmap(struct inode *inode, u32 index) {
  bool busy = true;
  ASSERT(mutex_held(&inode->lock));
  while (busy) {
    struct vma *vma = vma_take(inode, index, &busy);
    if (vma) {
      struct mm *mm = vma->mm;
      u32 first = max_u32(index, vma->page_offset) - vma->page_offset;
      pages_unmap(mm, vma->start + (first << PAGE_SHIFT), vma->end);
      vma->unmapped_from = index;
      mutex_unlock(&mm->lock);
      busy = true;
    } else if (busy) {
      current->state = TASK_UNINTERRUPTIBLE;
      schedule_timeout(1);
    }
  }
  spin_lock(&mapping_lock);
  list_for_each(link, &inode->mappings)
    list_entry(link, struct vma, mapping_link)->unmapped_from = 0xffffffff;
  spin_unlock(&mapping_lock);
}

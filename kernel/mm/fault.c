/*
 * Page faults on user addresses: the mapping says what the page holds. Zero pages and copies are
 * made here; file pages come from the page cache, shared as long as nobody writes.
 */
#include <asm/cpu.h>
#include <asm/percpu.h>
#include <kernel/mm.h>
#include <kernel/string.h>
#include <kernel/task.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>
#include <uapi/mman.h>

#define STACK_GUARD (16 * PAGE_SIZE)

u32 cow_copies, cow_reuses; /* writes to pages that had been shared */

static void pte_set(struct mm *mm, pte_t *entry, u32 address, pte_t value) {
  *entry = value;
  if (this_cpu()->mm == mm)
    invlpg(address);
}

/* The stack grows down to an address within its limit that keeps its distance from others. */
static bool stack_grow(struct mm *mm, struct vma *vma, u32 address) {
  if (!(vma->flags & MAP_GROWSDOWN) || vma->end - address > mm->stack_limit)
    return false;
  if (vma->link.previous != &mm->vmas) {
    struct vma *below = list_entry(vma->link.previous, struct vma, link);
    if (address < below->end + STACK_GUARD)
      return false;
  }
  vma->start = align_down(address, PAGE_SIZE);
  return true;
}

static int map_page(struct mm *mm, u32 address, struct page *page, u32 bits) {
  pte_t *entry = pte_make(mm->pgdir, address);
  if (!entry) {
    page_put(page);
    return FAULT_NO_MEMORY;
  }
  pte_set(mm, entry, address, page_physical(page) | PTE_P | PTE_U | bits);
  mm->resident++;
  return FAULT_OK;
}

static int fault_anonymous(struct mm *mm, struct vma *vma, u32 address) {
  struct page *page = page_alloc_user();
  if (!page)
    return FAULT_NO_MEMORY;
  memset(page_address(page), 0, PAGE_SIZE);
  return map_page(mm, address, page, vma->protection & PROT_WRITE ? PTE_W : 0);
}

/* A page of a file is about to be changed through a mapping: there must be room for it on the disk,
 * and it is dirty from now on. */
static int share_for_writing(struct inode *inode, struct page *page) {
  u64 at = (u64)page->index << PAGE_SHIFT;
  if (inode->super->read_only || page->inode != inode || at >= inode->size)
    return FAULT_IO;
  u32 count = inode->size - at > PAGE_SIZE ? PAGE_SIZE : (u32)(inode->size - at);
  if (inode->operations->prepare(inode, page, at, count) != (int)count)
    return FAULT_IO; /* the disk is full, or broken */
  cache_dirty(page, 0, count);
  return FAULT_OK;
}

static int fault_file(struct mm *mm, struct vma *vma, u32 address, bool write) {
  int error;
  u32 index = vma->page_offset + ((address - vma->start) >> PAGE_SHIFT);
  if ((u64)index << PAGE_SHIFT >= vma->inode->size)
    return FAULT_IO; /* the mapping is longer than the file */
  struct page *page = cache_read(vma->inode, index, &error);
  if (!page)
    return error == -ENOMEM ? FAULT_NO_MEMORY : FAULT_IO;
  if (write && (vma->flags & MAP_SHARED)) {
    int result = share_for_writing(vma->inode, page);
    if (result == FAULT_OK)
      return map_page(mm, address, page, PTE_W);
    page_put(page);
    return result;
  }
  if (!write)
    return map_page(mm, address, page, 0);
  struct page *copy = page_alloc_user();
  if (copy)
    memcpy(page_address(copy), page_address(page), PAGE_SIZE);
  page_put(page);
  return copy ? map_page(mm, address, copy, PTE_W) : FAULT_NO_MEMORY;
}

/* A write to a present read-only page of a writable mapping: ours alone, or to be copied. */
static int fault_write(struct mm *mm, struct vma *vma, pte_t *entry, u32 address) {
  struct page *page = page_of_physical(*entry & PTE_FRAME);
  if (vma->inode && vma->flags & MAP_SHARED) {
    int result = share_for_writing(vma->inode, page);
    if (result != FAULT_OK)
      return result;
  }
  if ((page->count == 1 && !(page->flags & PAGE_CACHED)) || vma->flags & MAP_SHARED) {
    pte_set(mm, entry, address, *entry | PTE_W);
    cow_reuses++;
    return FAULT_OK;
  }
  struct page *copy = page_alloc_user();
  if (!copy)
    return FAULT_NO_MEMORY;
  cow_copies++;
  memcpy(page_address(copy), page_address(page), PAGE_SIZE);
  pte_set(mm, entry, address, page_physical(copy) | PTE_P | PTE_W | PTE_U);
  page_put(page);
  return FAULT_OK;
}

static int fault_locked(struct mm *mm, u32 address, bool write) {
  struct vma *vma = vma_find(mm, address);
  if (!vma || (address < vma->start && !stack_grow(mm, vma, address)))
    return FAULT_NO_MAPPING;
  if (!(vma->protection & (write ? PROT_WRITE : PROT_READ | PROT_WRITE | PROT_EXEC)))
    return FAULT_NO_ACCESS;
  address = align_down(address, PAGE_SIZE);
  pte_t *entry = pte_find(mm->pgdir, address);
  if (entry && *entry & PTE_P) {
    if (write && !(*entry & PTE_W))
      return fault_write(mm, vma, entry, address);
    pte_set(mm, entry, address, *entry); /* another task was faster, or a stale entry */
    return FAULT_OK;
  }
  if (vma->inode)
    return fault_file(mm, vma, address, write);
  return fault_anonymous(mm, vma, address);
}

/* May sleep. The lock is the mm's own unless the faulting code holds it already. */
int fault_handle(struct mm *mm, u32 address, bool write) {
  bool take_lock = !mutex_held(&mm->lock);
  if (take_lock)
    mutex_lock(&mm->lock);
  int result = fault_locked(mm, address, write);
  if (take_lock)
    mutex_unlock(&mm->lock);
  current->minor_faults++;
  return result;
}

static u8 *page_for(struct mm *mm, u32 address, bool write, int *error) {
  *error = -EFAULT;
  if (address >= TASK_SIZE)
    return NULL;
  pte_t *entry = pte_find(mm->pgdir, address);
  if (!entry || !(*entry & PTE_P) || (write && !(*entry & PTE_W))) {
    int result = fault_handle(mm, address, write);
    *error = result == FAULT_NO_MEMORY ? -ENOMEM : -EFAULT;
    if (result != FAULT_OK)
      return NULL;
    entry = pte_find(mm->pgdir, address);
  }
  return (u8 *)P2V(*entry & PTE_FRAME) + address % PAGE_SIZE;
}

int mm_write(struct mm *mm, u32 address, const void *from, u32 size) {
  while (size > 0) {
    u32 part = min_u32(size, PAGE_SIZE - address % PAGE_SIZE);
    int error;
    u8 *to = page_for(mm, address, true, &error);
    if (!to)
      return error;
    memcpy(to, from, part);
    address += part;
    from = (const u8 *)from + part;
    size -= part;
  }
  return 0;
}

/* The bytes read, fewer than size where nothing is mapped. */
u32 mm_read(struct mm *mm, u32 address, void *to, u32 size) {
  u32 done = 0;
  while (done < size) {
    u32 part = min_u32(size - done, PAGE_SIZE - address % PAGE_SIZE);
    int error;
    u8 *from = page_for(mm, address, false, &error);
    if (!from)
      break;
    memcpy((u8 *)to + done, from, part);
    address += part;
    done += part;
  }
  return done;
}

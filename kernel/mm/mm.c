/*
 * Address spaces: a page directory and a sorted list of vmas, the mappings that say what a page
 * fault shall bring. mm->lock protects both; the count of users has its own lock.
 */
#include <asm/cpu.h>
#include <asm/percpu.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/task.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>
#include <uapi/mman.h>

#define MMAP_LOWEST 0x10000
#define STACK_SIZE_MAX (8u << 20)
#define STACK_RESERVE (STACK_SIZE_MAX + (1u << 20)) /* below the top: mmap stays away */

DEFINE_SPINLOCK(mm_count_lock);

struct mm *mm_new(void) {
  struct mm *mm = kzalloc(sizeof(*mm));
  if (!mm)
    return NULL;
  mm->pgdir = pgdir_alloc();
  if (!mm->pgdir) {
    kfree(mm);
    return NULL;
  }
  mm->users = 1;
  mm->stack_limit = STACK_SIZE_MAX;
  mutex_init(&mm->lock);
  list_init(&mm->vmas);
  return mm;
}

void mm_get(struct mm *mm) {
  spin_lock(&mm_count_lock);
  mm->users++;
  spin_unlock(&mm_count_lock);
}

/* With the last user everything goes. Must not be loaded in CR3 then. */
void mm_put(struct mm *mm) {
  spin_lock(&mm_count_lock);
  bool last = --mm->users == 0;
  spin_unlock(&mm_count_lock);
  if (!last)
    return;
  ASSERT(this_cpu()->mm != mm);
  mutex_lock(&mm->lock);
  vma_unmap(mm, 0, TASK_SIZE);
  mutex_unlock(&mm->lock);
  pgdir_free(mm->pgdir);
  kfree(mm);
}

void mm_switch(struct mm *mm) {
  struct cpu *cpu = this_cpu();
  if (cpu->mm == mm)
    return;
  cpu->mm = mm;
  write_cr3(mm ? V2P(mm->pgdir) : V2P(kernel_pgdir));
}

struct vma *vma_find(struct mm *mm, u32 address) {
  list_for_each(link, &mm->vmas) {
    struct vma *vma = list_entry(link, struct vma, link);
    if (address < vma->end)
      return vma;
  }
  return NULL;
}

/* Unmaps the pages of a range and drops their references. */
void pages_unmap(struct mm *mm, u32 start, u32 end) {
  for (u32 address = start; address < end;) {
    pte_t *entry = pte_find(mm->pgdir, address);
    if (!entry) { /* no table: on to the next one's range */
      u32 next = align_down(address, LARGE_PAGE_SIZE) + LARGE_PAGE_SIZE;
      if (next <= address)
        return;
      address = next;
      continue;
    }
    if (*entry & PTE_P) {
      struct page *page = page_of_physical(*entry & PTE_FRAME);
      *entry = 0;
      if (this_cpu()->mm == mm)
        invlpg(address);
      page_put(page);
      mm->resident--;
    }
    address += PAGE_SIZE;
  }
}

static void vma_free(struct vma *vma) {
  list_remove(&vma->link);
  mapping_remove(vma);
  if (vma->inode)
    inode_put(vma->inode);
  kfree(vma);
}

/* Cuts the vma that contains `at` in two, so that one begins there. */
static int vma_split(struct mm *mm, u32 at) {
  struct vma *vma = vma_find(mm, at);
  if (!vma || vma->start >= at)
    return 0;
  struct vma *upper = kmalloc(sizeof(*upper));
  if (!upper)
    return -ENOMEM;
  *upper = *vma;
  upper->start = at;
  upper->page_offset += (at - vma->start) >> PAGE_SHIFT;
  if (upper->inode)
    inode_hold(upper->inode);
  vma->end = at;
  mapping_add(upper);
  list_insert(&upper->link, &vma->link, vma->link.next);
  return 0;
}

int vma_unmap(struct mm *mm, u32 start, u32 end) {
  ASSERT(mutex_held(&mm->lock));
  if (vma_split(mm, start) < 0 || vma_split(mm, end) < 0)
    return -ENOMEM;
  list_for_each_safe(link, after, &mm->vmas) {
    struct vma *vma = list_entry(link, struct vma, link);
    if (vma->start >= start && vma->end <= end) {
      pages_unmap(mm, vma->start, vma->end);
      vma_free(vma);
    }
  }
  return 0;
}

static u32 pte_protection(const struct vma *vma) {
  return vma->protection & (PROT_READ | PROT_WRITE | PROT_EXEC) ? PTE_P | PTE_U : 0;
}

/* Pages that are present lose the right to be written: a fault decides what to do. */
int vma_protect(struct mm *mm, u32 start, u32 end, u32 protection) {
  ASSERT(mutex_held(&mm->lock));
  if (vma_split(mm, start) < 0 || vma_split(mm, end) < 0)
    return -ENOMEM;
  u32 covered = start;
  list_for_each(link, &mm->vmas) {
    struct vma *vma = list_entry(link, struct vma, link);
    if (vma->start >= start && vma->end <= end && vma->start == covered)
      covered = vma->end;
  }
  if (covered < end)
    return -ENOMEM;
  list_for_each(link, &mm->vmas) {
    struct vma *vma = list_entry(link, struct vma, link);
    if (vma->start < start || vma->end > end)
      continue;
    vma->protection = protection;
    if (pte_protection(vma) == 0) { /* contents stay behind a present page without U */
      for (u32 at = vma->start; at < vma->end; at += PAGE_SIZE) {
        pte_t *entry = pte_find(mm->pgdir, at);
        if (entry && *entry & PTE_P)
          *entry &= ~(pte_t)(PTE_U | PTE_W);
      }
    } else {
      for (u32 at = vma->start; at < vma->end; at += PAGE_SIZE) {
        pte_t *entry = pte_find(mm->pgdir, at);
        if (entry && *entry & PTE_P)
          *entry = (*entry & ~(pte_t)PTE_W) | PTE_U;
      }
    }
  }
  if (this_cpu()->mm == mm)
    write_cr3(V2P(mm->pgdir));
  return 0;
}

static bool can_extend(const struct vma *vma, u32 start, u32 protection, u32 flags,
                       const struct inode *inode) {
  return vma->end == start && vma->protection == protection && vma->flags == flags &&
         !vma->inode && !inode;
}

/* Maps a range; what was there is unmapped. Takes its own reference to the inode. */
int vma_map(struct mm *mm, u32 start, u32 end, u32 protection, u32 flags, struct inode *inode,
            u32 page_offset) {
  if ((!(flags & MAP_SHARED) || !inode) && (protection & PROT_WRITE) && !may_commit((end - start) >> PAGE_SHIFT))
    return -ENOMEM;
  bool take_lock = !mutex_held(&mm->lock);
  if (take_lock)
    mutex_lock(&mm->lock);
  int error = vma_unmap(mm, start, end);
  struct list *place = &mm->vmas;
  struct vma *before = NULL;
  list_for_each(link, &mm->vmas) {
    struct vma *vma = list_entry(link, struct vma, link);
    if (vma->start >= end) {
      place = link;
      break;
    }
    before = vma;
  }
  bool heap_begins = start == mm->brk_start; /* told apart in /proc/PID/maps */
  if (!error && before && !heap_begins &&
      can_extend(before, start, protection, flags, inode)) {
    before->end = end;
  } else if (!error) {
    struct vma *vma = kmalloc(sizeof(*vma));
    if (vma) {
      *vma = (struct vma){.start = start,
                          .end = end,
                          .protection = protection,
                          .flags = flags,
                          .inode = inode,
                          .page_offset = page_offset,
                          .mm = mm,
                          .unmapped_from = 0xffffffff};
      if (inode)
        inode_hold(inode);
      mapping_add(vma);
      list_add_tail(place, &vma->link);
    } else {
      error = -ENOMEM;
    }
  }
  if (take_lock)
    mutex_unlock(&mm->lock);
  return error;
}

u32 mm_mapped(const struct mm *mm) {
  u32 size = 0;
  list_for_each(link, &mm->vmas) {
    const struct vma *vma = list_entry(link, struct vma, link);
    size += vma->end - vma->start;
  }
  return size;
}

/* The highest gap of the size below the stack's reserve; 0 if there is none. */
u32 vma_find_gap(struct mm *mm, u32 size) {
  u32 ceiling = TASK_SIZE - STACK_RESERVE;
  for (struct list *link = mm->vmas.previous; link != &mm->vmas; link = link->previous) {
    struct vma *vma = list_entry(link, struct vma, link);
    if (vma->end <= ceiling && ceiling - vma->end >= size)
      return ceiling - size;
    ceiling = min_u32(ceiling, vma->start);
  }
  return ceiling >= size + MMAP_LOWEST ? ceiling - size : 0;
}

static pte_t *zero_page_map(struct mm *mm, const struct vma *vma, u32 address) {
  pte_t *entry = pte_make(mm->pgdir, address);
  struct page *page = entry ? page_alloc_user() : NULL;
  if (!page)
    return NULL;
  memset(page_address(page), 0, PAGE_SIZE);
  *entry = page_physical(page) | PTE_P | pte_protection(vma) |
           (vma->protection & PROT_WRITE ? PTE_W : 0);
  mm->resident++;
  return entry;
}

/* fork: both sides keep the frames, read-only where they were private; a write fault copies. */
static int pages_share(struct mm *to, struct mm *from, const struct vma *vma) {
  bool is_common = (vma->flags & MAP_SHARED) && !vma->inode;
  for (u32 address = vma->start; address < vma->end; address += PAGE_SIZE) {
    pte_t *entry = pte_find(from->pgdir, address);
    if (is_common && !(entry && *entry & PTE_P)) { /* what will be written there, both shall see */
      entry = zero_page_map(from, vma, address);
      if (!entry)
        return -ENOMEM;
    }
    if (!entry) {
      address = align_down(address, LARGE_PAGE_SIZE) + LARGE_PAGE_SIZE - PAGE_SIZE;
      continue;
    }
    if (!(*entry & PTE_P))
      continue;
    pte_t *copy = pte_make(to->pgdir, address);
    if (!copy)
      return -ENOMEM;
    if (!(vma->flags & MAP_SHARED))
      *entry &= ~(pte_t)PTE_W;
    *copy = *entry;
    page_get(page_of_physical(*entry & PTE_FRAME));
    to->resident++;
  }
  return 0;
}

struct mm *mm_copy(struct mm *from) {
  struct mm *to = mm_new();
  int error = 0;
  if (!to)
    return NULL;
  mutex_lock(&from->lock);
  to->brk_start = from->brk_start;
  to->brk = from->brk;
  to->stack_limit = from->stack_limit;
  to->arguments_start = from->arguments_start;
  to->arguments_end = from->arguments_end;
  list_for_each(link, &from->vmas) {
    struct vma *vma = list_entry(link, struct vma, link);
    struct vma *copy = kmalloc(sizeof(*copy));
    if (!copy) {
      error = -ENOMEM;
      break;
    }
    *copy = *vma;
    copy->mm = to;
    if (copy->inode)
      inode_hold(copy->inode);
    mapping_add(copy);
    list_add_tail(&to->vmas, &copy->link);
    error = pages_share(to, from, vma);
    if (error)
      break;
  }
  if (this_cpu()->mm == from)
    write_cr3(V2P(from->pgdir)); /* pages have become read-only */
  mutex_unlock(&from->lock);
  if (error) {
    mm_put(to);
    return NULL;
  }
  return to;
}

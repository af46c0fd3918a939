/*
 * Memory: page frames with reference counts, kmalloc, address spaces as sorted lists of vmas.
 */
#ifndef KERNEL_MM_H
#define KERNEL_MM_H

#include <asm/paging.h>
#include <kernel/list.h>
#include <kernel/lock.h>
#include <kernel/types.h>

struct inode;
struct superblock;
struct task;

#define PAGE_RESERVED 1 /* never handed out: firmware, the kernel's image, no RAM */
#define PAGE_FREE 2     /* first frame of a free block of 1 << order frames */
#define PAGE_SLAB 4
#define PAGE_CACHED 8   /* in the page cache */
#define PAGE_PINNED 16  /* in the page cache and the only copy (tmpfs): not to be reclaimed */
#define PAGE_UPTODATE 32
#define PAGE_LARGE 64   /* first frame of a kmalloc of more than half a page */
#define PAGE_LOCKED 128 /* in the page cache and being filled, written out or dropped */

/*
 * One page frame. count, flags and order are under frame_lock; the cache fields under cache_lock;
 * the slab fields under slab_lock.
 */
struct page {
  u32 count; /* references; 0 is free */
  u16 flags;
  u8 order;
  u8 dirty;         /* page cache: a bit for each sector that is newer than the disk's */
  struct list link; /* free list, page cache ring, or slab class's partial pages */
  union {
    struct { /* page cache */
      struct inode *inode;
      u32 index;
      struct page *next; /* hash chain */
      struct list inode_link; /* inode->pages */
      struct list dirty_link; /* inode->dirty while a dirty bit is set */
    };
    struct { /* slab */
      struct slab_class *class;
      void *objects; /* free objects of the page */
      u32 used;
    };
  };
};

extern struct page *frames;
extern u32 frame_count; /* frames described by `frames` */

#define page_of_physical(address) (&frames[(u32)(address) >> PAGE_SHIFT])
#define page_physical(page) ((u32)((page) - frames) << PAGE_SHIFT)
#define page_address(page) P2V(page_physical(page))
#define page_of_address(address) page_of_physical(V2P(address))

/* arch: what RAM there is. Ranges are physical and page-aligned; later ones override earlier ones. */
void memory_map_init(void);
u32 memory_map_top(void);
void memory_map_visit(void (*visit)(u32 start, u32 end, bool usable));

void frame_init(void);
struct page *page_alloc_order(u32 order);
struct page *page_alloc(void);        /* NULL when memory is out; contents undefined */
struct page *page_alloc_zeroed(void);
void page_get(struct page *page);
void page_put(struct page *page); /* frees with the last reference */
void page_free_order(struct page *page, u32 order);
u32 frames_free(void);
u32 frames_total(void);

void *kmalloc(size_t size); /* NULL when memory is out */
void *kzalloc(size_t size);
void kfree(void *block);
char *kstrdup(const char *text);
bool kmalloc_is_intact(const void *block); /* with slab_debug: nothing was written behind it */
u32 kmalloc_count(void);                   /* blocks in use */

/* shortage.c */
bool allocation_fails(void);
struct page *page_alloc_user(void);
bool may_commit(u32 pages);
bool is_dying(const struct task *task);
bool out_of_memory(void);
extern u32 oom_kills, cow_copies, cow_reuses;

/* One mapping. Under mm->lock. */
struct vma {
  struct list link; /* mm->vmas, by address */
  u32 start, end;
  u32 protection; /* PROT_ */
  u32 flags;      /* MAP_; MAP_GROWSDOWN for the stack */
  struct inode *inode; /* NULL: zero pages */
  u32 page_offset;     /* of start, in pages of the file */
  struct mm *mm;
  struct list mapping_link; /* inode->mappings; mapping_lock */
  u32 unmapped_from;        /* of mapping_unmap: done from this page of the file on */
};

struct mm {
  u32 users; /* under mm_count_lock */
  struct mutex lock; /* vmas, page tables below KERNBASE, brk */
  pte_t *pgdir;
  struct list vmas;
  u32 brk_start, brk;
  u32 stack_limit;
  u32 resident;     /* user pages mapped */
  u32 arguments_start, arguments_end;
};

struct mm *mm_new(void);
struct mm *mm_copy(struct mm *from);
void mm_get(struct mm *mm);
void mm_put(struct mm *mm);
void mm_switch(struct mm *mm); /* loads CR3 if needed; NULL is the kernel's */

struct vma *vma_find(struct mm *mm, u32 address); /* the first that ends above address */
int vma_map(struct mm *mm, u32 start, u32 end, u32 protection, u32 flags, struct inode *inode,
            u32 page_offset);
int vma_unmap(struct mm *mm, u32 start, u32 end);
int vma_protect(struct mm *mm, u32 start, u32 end, u32 protection);
u32 vma_find_gap(struct mm *mm, u32 size);
u32 mm_mapped(const struct mm *mm); /* bytes */
void pages_unmap(struct mm *mm, u32 start, u32 end);

#define FAULT_OK 0
#define FAULT_NO_MAPPING 1
#define FAULT_NO_ACCESS 2
#define FAULT_NO_MEMORY 3
#define FAULT_IO 4

int fault_handle(struct mm *mm, u32 address, bool write);
/* Writes into an address space that need not be current: exec's stack. 0 or -errno. */
int mm_write(struct mm *mm, u32 address, const void *from, u32 size);
u32 mm_read(struct mm *mm, u32 address, void *to, u32 size);

/* The page cache; pages come with a reference of the caller's. filemap.c */
#define SECTOR_SIZE 512
#define SECTORS_PER_PAGE (PAGE_SIZE / SECTOR_SIZE)

struct page *cache_find(struct inode *inode, u32 index);
struct page *cache_read(struct inode *inode, u32 index, int *error);
struct page *cache_read_ahead(struct inode *inode, u32 index, u32 wanted, int *error);
struct page *cache_make(struct inode *inode, u32 index);
struct page *cache_add(struct inode *inode, u32 index, struct page *page);
void cache_dirty(struct page *page, u32 from, u32 to);
void cache_undirty(struct inode *inode, u32 index, u32 from, u32 to);
void page_lock(struct page *page);
void page_unlock(struct page *page);
u32 cache_dirty_run(struct inode *inode, u32 index, struct page **pages, u32 most);
u32 cache_clean(struct page *page, bool stays);
struct inode *cache_dirty_inode(u32 pass, bool (*wanted)(struct inode *inode, void *data),
                                void *data);
void cache_write_begin(struct inode *inode);
void cache_write_end(struct inode *inode);
void cache_wait_written(struct inode *inode);
bool cache_pin(struct page *page);
u32 cache_pin_room(void); /* pages that may still be pinned */
void cache_drop_from(struct inode *inode, u32 index);
void cache_drop_inode(struct inode *inode);
void cache_drop_clean(struct inode *inode);
bool cache_reclaim(u32 wanted);
void cache_make_room(u32 wanted);
u32 cache_page_count(void);
u32 cache_dirty_count(void);

/* Reading and writing files through the cache. fileio.c */
ssize_t cache_file_read(struct inode *inode, char *to, size_t count, u64 offset);
ssize_t cache_file_write(struct inode *inode, const char *from, size_t count, u64 offset);
int cache_zero_tail(struct inode *inode, u64 size);

/* Pages from and to disks. pageio.c, writeback.c */
int pages_read(struct inode *inode, struct page **pages, u32 count);
int pages_write(struct inode *inode);
int cache_write_inode(struct inode *inode);
int file_sync(struct inode *inode);
int cache_write_super(struct superblock *super);
int cache_write_all(void);
void writeback_start(void);
void writeback_wake(void);
bool writeback_wait(void);
void writeback_throttle(struct inode *inode);

/* Which address spaces map a file. mapping.c */
void mapping_add(struct vma *vma);
void mapping_remove(struct vma *vma);
bool mapping_protect(struct inode *inode, u32 index);
void mapping_unmap(struct inode *inode, u32 index);

#endif

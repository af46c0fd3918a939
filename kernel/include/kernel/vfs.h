/*
 * Files: inodes, open files, mounts and the path log. An inode is one file of one file system; a
 * step is one name on the way to it; an open file holds the last step of the way it was opened by.
 */
#ifndef KERNEL_VFS_H
#define KERNEL_VFS_H

#include <kernel/list.h>
#include <kernel/lock.h>
#include <kernel/types.h>
#include <uapi/fcntl.h>
#include <uapi/limits.h>
#include <uapi/stat.h>

struct inode;
struct file;
struct page;
struct statfs64;
struct superblock;

/* What an inode of ext2 has of its own; under the file system's lock. */
struct ext2_node {
  u32 block[15];
  u32 flags, acl;
  u32 last_index, last_block; /* of the block that was allocated last: the next goes behind it */
};

/* What readdir hands out: returns false to stop before this entry. */
struct dir_sink {
  bool (*entry)(struct dir_sink *sink, const char *name, u32 length, u64 next, u32 number,
                u8 type);
};

/*
 * Locks, each taken only before those that stand behind it: rename_mutex; the locks of directories,
 * a directory's before those below it; the lock of a file; mm->lock; a page's lock; what the file
 * system has of its own. The spinlocks (inode_lock, cache_lock, mapping_lock) are held for no sleep.
 */
struct inode_operations {
  /* directories; called with dir->lock held; results carry a reference */
  int (*lookup)(struct inode *dir, const char *name, u32 length, struct inode **found);
  int (*create)(struct inode *dir, const char *name, u32 length, u32 mode, u32 rdev,
                struct inode **made);
  int (*remove)(struct inode *dir, const char *name, u32 length, bool directory);
  int (*link)(struct inode *dir, const char *name, u32 length, struct inode *target);
  /* Both directories are locked, and what the names stand for is known; target may be NULL. */
  int (*rename)(struct inode *from_dir, const char *from, u32 from_length, struct inode *source,
                struct inode *to_dir, const char *to, u32 to_length, struct inode *target);
  int (*symlink)(struct inode *dir, const char *name, u32 length, const char *target);
  int (*parent)(struct inode *dir, struct inode **found); /* needs no lock but rename_mutex */
  /* symbolic links: length of the text copied */
  int (*readlink)(struct inode *inode, char *to, u32 size);
  /* Pages: where a sector of the file lies on the disk (NO_SECTOR: a hole, which reads as zeros),
   * and how many after it lie or miss in a row, *run being the most that is wanted. Without map,
   * readpage fills a page. */
  int (*map)(struct inode *inode, u32 sector, u32 *at, u32 *run);
  int (*readpage)(struct inode *inode, struct page *page);
  /* Makes room for bytes of one page that are about to be written. Answers for how many there is
   * room, from the offset on, or -errno if for none. The page may be NULL if there is map. */
  int (*prepare)(struct inode *inode, struct page *page, u64 offset, u32 count);
  /* inode->lock held */
  int (*truncate)(struct inode *inode, u64 size);
  /* Attributes have changed. */
  int (*store)(struct inode *inode);
  /* the last reference is gone, and the last link too */
  void (*drop)(struct inode *inode);
};

#define NO_SECTOR 0xffffffffu

struct file_operations {
  int (*open)(struct file *file);
  void (*release)(struct file *file);
  ssize_t (*read)(struct file *file, char *to, size_t count, u64 *offset);
  ssize_t (*write)(struct file *file, const char *from, size_t count, u64 *offset);
  int (*readdir)(struct file *file, struct dir_sink *sink);
  long (*ioctl)(struct file *file, u32 request, u32 argument);
  int (*sync)(struct file *file); /* what was written is on the medium; regular files need none */
  u32 (*poll)(struct file *file); /* POLL bits that hold now */
};

struct super_operations {
  void (*statfs)(struct superblock *super, struct statfs64 *to); /* filled with zeros before */
  int (*set_writable)(struct superblock *super, bool writable); /* all pages are written out */
  void (*write_failed)(struct superblock *super); /* a block of metadata is not on the disk */
  void (*release)(struct superblock *super); /* unmounted; frees it */
};

struct superblock {
  const char *type;
  u32 device; /* st_dev */
  bool read_only;
  bool is_stopped; /* for good: the machine is about to halt */
  struct inode *root;
  u32 writers;            /* files open for writing; files_lock */
  u32 steps;              /* of paths into it; step_lock */
  u32 mappings;           /* vmas of its files; mapping_lock */
  u64 size_max;           /* of a file, bytes */
  u32 block_size;         /* files are written in units of so many bytes; 0: of sectors */
  struct inode *block;    /* the block device's inode, or NULL */
  const struct super_operations *operations; /* or NULL */
  struct inode *(*inode_new)(struct superblock *super, u32 number);
};

/*
 * count, is_dying, hash_link, unused_link: inode_lock. pages, dirty, dirty_link, dirtied_at,
 * cached_pages, writing: cache_lock. mappings: mapping_lock. links and what the file system keeps:
 * its own lock. The rest changes only with `lock` held; size and times may be read without.
 */
struct inode {
  u32 number;
  struct superblock *super;
  u32 count;
  bool is_dying;
  struct list hash_link;
  struct list unused_link; /* of inodes without references, the longest unused first */
  struct mutex lock;
  u32 mode, links, uid, gid, rdev;
  u64 size;
  u32 blocks; /* of 512 bytes */
  u32 atime, mtime, ctime;
  const struct inode_operations *operations;
  const struct file_operations *files;
  struct inode *mounted; /* root of what is mounted here; mount_lock */
  struct list pages;     /* page->inode_link */
  struct list dirty;     /* page->dirty_link, by index */
  struct list dirty_link; /* of inodes with dirty pages, in the order of dirtied_at */
  u32 dirtied_at;         /* tick of its first dirty page */
  u32 dirty_pass;         /* number of the write-back that came here last */
  u32 cached_pages;
  u32 writing;            /* tasks that write its pages out */
  int write_error;        /* of a write-back, to be told to the next fsync */
  u32 writers, executions; /* files open for writing, processes that run it; files_lock */
  u32 read_next;          /* the page after those read last: reading on there is sequential */
  struct list mappings;   /* vma->mapping_link */
  union {
    struct ext2_node ext2;
    void *data;           /* tmpfs, procfs, pipes */
  };
};

/*
 * One step of a path as it was walked: never changes once made, so it is shared freely. `..` is the
 * parent step, and the names from the root down are the working directory's name.
 */
struct step {
  u32 count; /* step_lock */
  struct step *parent; /* NULL at the root */
  struct inode *inode;
  char name[];
};

/* An open file: what fork and dup share. count is under files_lock, the rest under lock. */
struct file {
  u32 count;
  struct mutex lock;
  u32 flags; /* O_ */
  u64 offset;
  struct step *path; /* the path log; NULL for pipes */
  struct inode *inode;
  const struct file_operations *operations;
  void *data;
  bool is_writer; /* counted as such in the inode and its superblock */
};

/* inode.c */
struct inode *inode_alloc(struct superblock *super, u32 number);
void inode_insert(struct inode *inode); /* can be found by its number from now on */
bool inode_try_hold(struct inode *inode);
void inodes_release(struct superblock *super);
bool inodes_have_orphans(struct superblock *super);
void inodes_drop_orphans(struct superblock *super);
struct inode *inode_get(struct superblock *super, u32 number); /* cached, or by inode_new */
struct inode *inode_hold(struct inode *inode);
void inode_put(struct inode *inode);
u32 inode_count(void);

/* namei.c */
#define WALK_FOLLOW 1    /* follow a symbolic link in the last place */
#define WALK_PARENT 2    /* stop at the directory; the last name goes to last */
struct step *step_new(struct step *parent, struct inode *inode, const char *name, u32 length);
struct step *step_hold(struct step *step);
void step_put(struct step *step);
struct last_name {
  char name[NAME_MAX + 1]; /* empty: the path is / */
  u32 length;
  bool has_slash; /* behind it: it must be a directory */
};
int path_walk(struct step *from, const char *path, u32 flags, struct step **found,
              struct last_name *last);
int path_walk_user(int directory, const char *user_path, u32 flags, struct step **found,
                   struct last_name *last);
int path_from_user(int directory, const char *user_path, char **path, struct step **from);
int path_name(struct step *step, char *to, u32 size);
extern struct step *root_step;

/* names.c */
int name_make(struct inode *dir, const struct last_name *last, u32 mode, u32 rdev,
              struct inode **made);

/* mount.c */
struct mount {
  struct list link; /* of all mounts, oldest first; mount_lock */
  struct superblock *super;
  struct inode *covered; /* NULL for the root */
  char *source, *target;
};
void mount_root(void);
struct mount *mount_next(struct mount *after); /* NULL: the first, or no more */
void mounts_shut_down(void); /* everything is on the disks, and stays as it is */
int super_sync(struct superblock *super);

/* file.c */
struct file *file_new(void);
struct file *file_hold(struct file *file);
struct inode *executable_hold(struct inode *inode); /* nobody writes to what is executed */
void executable_put(struct inode *inode);
void file_put(struct file *file);
struct file *file_get(int fd); /* current's, with a reference; NULL if not open */
int fd_install(struct file *file, int lowest, bool close_on_exec);
int fd_close(int fd);
void files_copy(struct task *to, struct task *from);
void files_close_all(struct task *task);
void files_close_on_exec(struct task *task);
void file_count_writer(struct file *file);
int file_open_step(struct step *step, u32 flags, struct file **opened);

/* the file systems */
int ext2_mount(struct inode *device, bool read_only, struct superblock **mounted);
int tmpfs_mount(struct superblock **mounted);
struct superblock *devfs_mount(void);
struct superblock *procfs_mount(void);
extern const struct file_operations regular_operations, pipe_operations;
u32 simple_device_number(void); /* st_dev for a file system without a device */

/* devices */
struct device {
  const char *name;
  u32 mode; /* S_IFCHR or S_IFBLK, and permissions */
  u32 major, minor;
  const struct file_operations *operations;
};
#define device_number(major, minor) ((major) << 8 | (minor))
void device_register(const struct device *device);
const struct device *device_find(u32 mode, u32 rdev);
const struct device *device_at(u32 index);

/* block devices */
struct block_counts {
  u32 commands; /* to the disk */
  u32 merged;   /* requests that went in one command with the one before */
  u32 sectors;
  u32 ticks; /* from request to answer, of all requests */
};

struct block_device {
  char name[8];
  u32 start, sectors; /* of 512 bytes; a partition's start is on its disk */
  void *driver; /* the driver's own; a partition has its disk's */
  /* All sleep; sectors are counted on the disk (device->start is added already), at most 255 a
   * call, and lie within the device; 0 or a negative errno. */
  int (*read)(struct block_device *device, u32 sector, u32 count, void *to);
  int (*write)(struct block_device *device, u32 sector, u32 count, const void *from);
  int (*flush)(struct block_device *device); /* what was written is on the medium */
  struct inode *inode; /* its page cache */
  struct device device;
  struct superblock *mounted; /* mount_lock */
  /* kept by the driver; a disk's are its partitions' too */
  struct block_counts counts[2]; /* of reads, of writes */
  u32 in_flight;                 /* requests without an answer yet */
  u32 busy_ticks;                /* while commands were under way */
};
void block_register(struct block_device *device);
struct block_device *block_at(u32 index); /* NULL past the last one */
struct block_device *block_find(const char *name);
void partitions_scan(struct block_device *disk);
struct block_device *block_of_inode(const struct inode *inode);
bool block_is_busy(const struct block_device *device);
int block_flush(struct inode *device);
void block_forget(struct block_device *device);
int block_read_bytes(struct inode *device, u64 offset, void *to, u32 count);

#endif

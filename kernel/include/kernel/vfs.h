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

/* What readdir hands out: returns false to stop before this entry. */
struct dir_sink {
  bool (*entry)(struct dir_sink *sink, const char *name, u32 length, u64 next, u32 number,
                u8 type);
};

struct inode_operations {
  /* directories; all called with dir->lock held; results carry a reference */
  int (*lookup)(struct inode *dir, const char *name, u32 length, struct inode **found);
  int (*create)(struct inode *dir, const char *name, u32 length, u32 mode, u32 rdev,
                struct inode **made);
  int (*remove)(struct inode *dir, const char *name, u32 length, bool directory);
  int (*link)(struct inode *dir, const char *name, u32 length, struct inode *target);
  int (*rename)(struct inode *from_dir, const char *from, u32 from_length, struct inode *to_dir,
                const char *to, u32 to_length);
  int (*symlink)(struct inode *dir, const char *name, u32 length, const char *target);
  /* symbolic links: length of the text copied */
  int (*readlink)(struct inode *inode, char *to, u32 size);
  /* regular files */
  int (*readpage)(struct inode *inode, struct page *page);
  int (*truncate)(struct inode *inode, u64 size);
  /* the last reference is gone */
  void (*drop)(struct inode *inode);
};

struct file_operations {
  int (*open)(struct file *file);
  void (*release)(struct file *file);
  ssize_t (*read)(struct file *file, char *to, size_t count, u64 *offset);
  ssize_t (*write)(struct file *file, const char *from, size_t count, u64 *offset);
  int (*readdir)(struct file *file, struct dir_sink *sink);
  long (*ioctl)(struct file *file, u32 request, u32 argument);
  u32 (*poll)(struct file *file); /* POLL bits that hold now */
};

struct superblock {
  const char *type;
  u32 device; /* st_dev */
  bool read_only;
  struct inode *root;
  void *data; /* the file system's own */
  struct inode *(*inode_new)(struct superblock *super, u32 number);
};

/*
 * count, hash_link: inode_lock. The rest changes only with `lock` held; size may be read without.
 */
struct inode {
  u32 number;
  struct superblock *super;
  u32 count;
  struct list hash_link;
  struct mutex lock;
  u32 mode, links, uid, gid, rdev;
  u64 size;
  u32 blocks; /* of 512 bytes */
  u32 atime, mtime, ctime;
  const struct inode_operations *operations;
  const struct file_operations *files;
  struct inode *mounted; /* root of what is mounted here; mount_lock */
  u32 cached_pages;      /* cache_lock */
  union {
    u32 block[15];        /* ext2 */
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
};

/* inode.c */
struct inode *inode_alloc(struct superblock *super, u32 number);
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
int path_walk(struct step *from, const char *path, u32 flags, struct step **found, char *last);
int path_walk_user(int directory, const char *user_path, u32 flags, struct step **found,
                   char *last);
int path_name(struct step *step, char *to, u32 size);
extern struct step *root_step;

/* mount.c */
struct mount_record {
  const char *source, *target, *type, *options;
};
void mount_root(void);
int mount_at(const char *path, struct superblock *super, const char *source);
const struct mount_record *mount_list(u32 *count);

/* file.c */
struct file *file_new(void);
struct file *file_hold(struct file *file);
void file_put(struct file *file);
struct file *file_get(int fd); /* current's, with a reference; NULL if not open */
int fd_install(struct file *file, int lowest, bool close_on_exec);
int fd_close(int fd);
void files_copy(struct task *to, struct task *from);
void files_close_all(struct task *task);
void files_close_on_exec(struct task *task);
int file_open_step(struct step *step, u32 flags, struct file **opened);

/* the file systems */
struct superblock *ext2_mount(struct inode *device);
struct superblock *tmpfs_mount(void);
struct superblock *devfs_mount(void);
struct superblock *procfs_mount(void);
extern const struct file_operations regular_operations, pipe_operations;

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
  /* kept by the driver; a disk's are its partitions' too */
  struct block_counts counts[2]; /* of reads, of writes */
  u32 in_flight;                 /* requests without an answer yet */
  u32 busy_ticks;                /* while commands were under way */
};
void block_register(struct block_device *device);
struct block_device *block_at(u32 index); /* NULL past the last one */
struct block_device *block_find(const char *name);
void partitions_scan(struct block_device *disk);
int block_read_bytes(struct inode *device, u64 offset, void *to, u32 count);

#endif

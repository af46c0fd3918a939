/*
 * The second extended file system: what lies on the disk, and what the files of fs/ext2 share.
 */
#ifndef KERNEL_EXT2_H
#define KERNEL_EXT2_H

#include <kernel/lock.h>
#include <kernel/vfs.h>

#define EXT2_MAGIC 0xef53
#define EXT2_ROOT 2             /* inode numbers */
#define EXT2_FIRST_INODE 11     /* of revision 0 */
#define EXT2_NAME_MAX 255
#define EXT2_LINKS_MAX 32000
#define EXT2_DIRECT 12          /* blocks named in the inode itself */
#define EXT2_FAST_LINK 60       /* symbolic links shorter than that lie in the inode */
#define EXT2_STATE_CLEAN 1
#define EXT2_STATE_ERRORS 2
#define EXT2_FEATURE_FILETYPE 0x02   /* incompatible: directory entries have a type */
#define EXT2_FEATURES_KNOWN EXT2_FEATURE_FILETYPE
#define EXT2_FEATURE_SPARSE 0x01     /* for writers: copies of the superblock in few groups */
#define EXT2_FEATURE_LARGE_FILE 0x02 /* for writers: sizes of 2 GiB and more */
#define EXT2_FEATURES_WRITABLE (EXT2_FEATURE_SPARSE | EXT2_FEATURE_LARGE_FILE)
#define EXT2_FLAG_INDEXED 0x1000 /* a directory has a hash tree, which we do not keep up */

struct ext2_superblock {
  u32 inodes, blocks, reserved, free_blocks, free_inodes, first_data_block, log_block_size;
  u32 log_fragment_size, blocks_per_group, fragments_per_group, inodes_per_group;
  u32 mount_time, write_time;
  u16 mounts, mounts_max, magic, state, errors, minor;
  u32 checked, check_interval, creator, revision;
  u16 reserved_uid, reserved_gid;
  u32 first_inode;
  u16 inode_size, group;
  u32 compatible, incompatible, read_only_compatible;
};

struct ext2_group {
  u32 block_bitmap, inode_bitmap, inode_table;
  u16 free_blocks, free_inodes, directories, pad;
  u32 reserved[3];
};

struct ext2_inode {
  u16 mode, uid;
  u32 size, atime, ctime, mtime, dtime;
  u16 gid, links;
  u32 blocks, flags, version, block[15], generation, acl, size_high, fragment;
  u8 fragment_number, fragment_size;
  u16 pad, uid_high, gid_high;
  u32 reserved;
};

struct ext2_entry {
  u32 inode; /* 0: unused */
  u16 length; /* to the next entry; the last one's goes to the end of the block */
  u8 name_length, type;
  char name[];
};

/*
 * A mounted file system. Under `lock`: the bitmaps, groups, superblock, inode tables and tables of
 * blocks, which are all in the device's page cache, and every inode's links, blocks and ext2. It is
 * the last lock but for those of the device's pages: under it no page of a file is looked for.
 */
struct ext2 {
  struct superblock super;
  struct mutex lock;
  u32 block_size, sectors_per_block, blocks_per_group, inodes_per_group, groups;
  u32 first_data_block, first_inode, inode_size, inode_count, block_count;
  bool has_types, was_clean;
  u32 next_generation;
  struct page *super_page, **group_pages; /* stay in the cache */
  struct ext2_superblock *disk;
};

/* A block of metadata; its page has a reference until buffer_put. */
struct buffer {
  struct page *page;
  u32 offset; /* of the block in the page */
  void *data;
};

static inline struct ext2 *ext2_of(const struct inode *inode) {
  return container_of(inode->super, struct ext2, super);
}

/* super.c */
void ext2_lock(struct ext2 *fs);
int buffer_get(struct ext2 *fs, u32 block, struct buffer *buffer);
int buffer_make(struct ext2 *fs, u32 block, struct buffer *buffer);
void buffer_dirty(struct ext2 *fs, const struct buffer *buffer);
void buffer_put(struct buffer *buffer);
void buffer_forget(struct ext2 *fs, u32 block);
struct ext2_group *group_get(struct ext2 *fs, u32 group);
void group_dirty(struct ext2 *fs, u32 group);
void super_dirty(struct ext2 *fs);
void ext2_damaged(struct ext2 *fs, const char *what, u32 number);

/* allocate.c; fs->lock held */
int block_allocate(struct ext2 *fs, u32 goal, u32 *block);
void block_free(struct ext2 *fs, u32 block);
int number_allocate(struct ext2 *fs, const struct inode *dir, bool directory, u32 *number);
void number_free(struct ext2 *fs, u32 number, bool directory);
u32 group_first_block(const struct ext2 *fs, u32 group);

/* map.c */
int ext2_map(struct inode *inode, u32 sector, u32 *at, u32 *run);
int ext2_prepare(struct inode *inode, struct page *page, u64 offset, u32 count);
int ext2_cut(struct inode *inode, u32 first);
u64 ext2_size_max(const struct ext2 *fs);

/* inode.c */
struct inode *ext2_inode_new(struct superblock *super, u32 number);
int ext2_inode_make(struct inode *dir, u32 mode, u32 rdev, struct inode **made);
int ext2_store(struct inode *inode);
int ext2_links_change(struct inode *inode, int change);
int ext2_truncate(struct inode *inode, u64 size);
void ext2_drop(struct inode *inode);
int ext2_readlink(struct inode *inode, char *to, u32 size);
int ext2_link_text(struct inode *inode, const char *text);

/* directory.c; the directory's lock is held, but for entry_parent */
struct entry_place {
  struct page *page; /* with a reference */
  struct ext2_entry *entry, *previous; /* previous: in the same block, or NULL */
};
int entry_find(struct inode *dir, const char *name, u32 length, struct entry_place *place);
int entry_add(struct inode *dir, const char *name, u32 length, struct inode *inode);
void entry_point(struct inode *dir, struct entry_place *place, struct inode *inode);
void entry_remove(struct inode *dir, struct entry_place *place);
void entry_put(struct entry_place *place);
int directory_begin(struct inode *dir, struct inode *parent);
int directory_is_empty(struct inode *dir);
int entry_parent(struct inode *dir, struct inode **parent);
extern const struct file_operations ext2_dir_operations;

/* names.c */
extern const struct inode_operations ext2_operations;

#endif

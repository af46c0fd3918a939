/*
 * The system calls that make, remove and rename names. What they have in common is checked here; the
 * file systems do the rest, with the directories locked.
 */
#include <asm/uaccess.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/task.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>

static struct mutex rename_mutex = MUTEX_INIT(rename_mutex); /* the shape of the trees */

static bool is_dots(const struct last_name *last) {
  return last->name[0] == '.' && (!last->name[1] || (last->name[1] == '.' && !last->name[2]));
}

static int look_up(struct inode *dir, const struct last_name *last, struct inode **found) {
  ASSERT(mutex_held(&dir->lock));
  return dir->operations->lookup(dir, last->name, last->length, found);
}

/* Makes a file. With -EEXIST *made is what is there, also with a reference, or NULL for . and .. */
int name_make(struct inode *dir, const struct last_name *last, u32 mode, u32 rdev,
              struct inode **made) {
  *made = NULL;
  if (!last->name[0] || is_dots(last))
    return -EEXIST;
  mutex_lock(&dir->lock);
  int error = look_up(dir, last, made);
  if (!error)
    error = -EEXIST;
  else if (error == -ENOENT)
    error = dir->super->read_only      ? -EROFS
            : !dir->operations->create ? -EPERM
                                       : dir->operations->create(dir, last->name, last->length,
                                                                 mode, rdev, made);
  mutex_unlock(&dir->lock);
  return error;
}

/* The directory that a path's last name is in. *last is to be freed unless there is an error. */
static int parent_user(int directory, const char *path, struct step **dir,
                       struct last_name **last) {
  *last = kmalloc(sizeof(**last));
  if (!*last)
    return -ENOMEM;
  int error = path_walk_user(directory, path, WALK_PARENT, dir, *last);
  if (error)
    kfree(*last);
  return error;
}

static int make_user(int directory, const char *path, u32 mode, u32 rdev) {
  struct last_name *last;
  struct inode *inode = NULL;
  struct step *dir;
  int error = parent_user(directory, path, &dir, &last);
  if (error)
    return error;
  error = last->has_slash && !S_ISDIR(mode) ? -ENOENT
                                            : name_make(dir->inode, last, mode, rdev, &inode);
  if (inode)
    inode_put(inode);
  step_put(dir);
  kfree(last);
  return error;
}

long sys_mkdirat(int directory, const char *path, u32 mode) {
  return make_user(directory, path, S_IFDIR | (mode & 01777 & ~current->umask), 0);
}

long sys_mkdir(const char *path, u32 mode) { return sys_mkdirat(AT_FDCWD, path, mode); }

long sys_mknodat(int directory, const char *path, u32 mode, u32 rdev) {
  if ((mode & S_IFMT) == 0)
    mode |= S_IFREG;
  if (S_ISDIR(mode))
    return -EPERM;
  if (!S_ISREG(mode) && !S_ISCHR(mode) && !S_ISBLK(mode) && !S_ISFIFO(mode) && !S_ISSOCK(mode))
    return -EINVAL;
  return make_user(directory, path, mode & ~current->umask, rdev);
}

long sys_mknod(const char *path, u32 mode, u32 rdev) {
  return sys_mknodat(AT_FDCWD, path, mode, rdev);
}

/* What a name that is to go stands for may be a mount point, or a file that a slash is behind. */
static int remove_check(struct inode *dir, const struct last_name *last, bool is_directory) {
  struct inode *inode;
  if (!last->name[0])
    return is_directory ? -EBUSY : -EISDIR;
  if (is_dots(last))
    return !is_directory ? -EISDIR : last->name[1] ? -ENOTEMPTY : -EINVAL;
  int error = look_up(dir, last, &inode);
  if (error)
    return error;
  if (dir->super->read_only)
    error = -EROFS;
  else if (!dir->operations->remove)
    error = -EPERM;
  else if (inode->mounted)
    error = -EBUSY;
  else if (last->has_slash && !S_ISDIR(inode->mode))
    error = -ENOTDIR;
  inode_put(inode);
  return error;
}

static int remove_user(int directory, const char *path, bool is_directory) {
  struct last_name *last;
  struct step *dir;
  int error = parent_user(directory, path, &dir, &last);
  if (error)
    return error;
  struct inode *inode = dir->inode;
  mutex_lock(&inode->lock);
  error = remove_check(inode, last, is_directory);
  if (!error)
    error = inode->operations->remove(inode, last->name, last->length, is_directory);
  mutex_unlock(&inode->lock);
  step_put(dir);
  kfree(last);
  return error;
}

long sys_unlink(const char *path) { return remove_user(AT_FDCWD, path, false); }

long sys_rmdir(const char *path) { return remove_user(AT_FDCWD, path, true); }

long sys_unlinkat(int directory, const char *path, u32 flags) {
  return flags & ~AT_REMOVEDIR ? -EINVAL : remove_user(directory, path, flags & AT_REMOVEDIR);
}

/* 1 if the directory is the ancestor or lies below it, 0, or -errno. The tree keeps its shape. */
static int is_below(struct inode *dir, const struct inode *ancestor) {
  ASSERT(mutex_held(&rename_mutex));
  struct inode *at = inode_hold(dir);
  for (;;) {
    struct inode *parent;
    bool found = at == ancestor;
    int error = found ? 0 : at->operations->parent(at, &parent);
    bool is_root = !found && !error && parent == at;
    inode_put(at);
    if (found || error)
      return found ? 1 : error;
    if (is_root) {
      inode_put(parent);
      return 0;
    }
    at = parent;
  }
}

/* A directory before those below it; of two that are not related, whichever. */
static void lock_two(struct inode *a, struct inode *b) {
  bool a_first = a == b || is_below(b, a) != 0;
  mutex_lock(a_first ? &a->lock : &b->lock);
  if (a != b)
    mutex_lock(a_first ? &b->lock : &a->lock);
}

static void unlock_two(struct inode *a, struct inode *b) {
  mutex_unlock(&a->lock);
  if (a != b)
    mutex_unlock(&b->lock);
}

/* One end of a rename. */
struct rename_end {
  struct step *dir;
  struct last_name *last;
  struct inode *inode; /* what the name stands for, or NULL */
};

/* 0 if the source may take the target's name. 1: nothing is to be done. */
static int rename_check(const struct rename_end *from, const struct rename_end *to, u32 flags) {
  struct inode *source = from->inode, *target = to->inode;
  bool is_dir = S_ISDIR(source->mode);
  int below = is_dir ? is_below(to->dir->inode, source) : 0;
  if (below < 0)
    return below;
  if (below)
    return -EINVAL;
  if (target && (flags & RENAME_NOREPLACE))
    return -EEXIST;
  bool slash_on_new = to->last->has_slash && (!target || S_ISDIR(target->mode));
  if (!is_dir && (from->last->has_slash || slash_on_new))
    return -ENOTDIR;
  if (source == target)
    return 1;
  if (source->mounted || (target && target->mounted))
    return -EBUSY;
  if (!target)
    return 0;
  if (is_dir != (bool)S_ISDIR(target->mode))
    return is_dir ? -ENOTDIR : -EISDIR;
  below = is_dir ? is_below(from->dir->inode, target) : 0;
  return below < 0 ? below : below ? -ENOTEMPTY : 0;
}

static int rename_locked(struct rename_end *from, struct rename_end *to, u32 flags) {
  struct inode *a = from->dir->inode, *b = to->dir->inode;
  int error = look_up(a, from->last, &from->inode);
  if (!error) {
    error = look_up(b, to->last, &to->inode);
    if (error == -ENOENT)
      error = 0;
  }
  if (!error)
    error = rename_check(from, to, flags);
  if (!error)
    error = a->operations->rename(a, from->last->name, from->last->length, from->inode, b,
                                  to->last->name, to->last->length, to->inode);
  if (from->inode)
    inode_put(from->inode);
  if (to->inode)
    inode_put(to->inode);
  return error == 1 ? 0 : error;
}

static int rename_ends(struct rename_end *from, struct rename_end *to, u32 flags) {
  struct inode *a = from->dir->inode, *b = to->dir->inode;
  if (a->super != b->super)
    return -EXDEV;
  if (!from->last->name[0] || !to->last->name[0] || is_dots(from->last) || is_dots(to->last))
    return -EBUSY;
  if (a->super->read_only)
    return -EROFS;
  if (!a->operations->rename)
    return -EPERM;
  mutex_lock(&rename_mutex);
  lock_two(a, b);
  int error = rename_locked(from, to, flags);
  unlock_two(a, b);
  mutex_unlock(&rename_mutex);
  return error;
}

long sys_renameat2(int from_directory, const char *from_path, int to_directory,
                   const char *to_path, u32 flags) {
  struct rename_end from = {NULL, NULL, NULL}, to = {NULL, NULL, NULL};
  if (flags & ~RENAME_NOREPLACE)
    return -EINVAL;
  int error = parent_user(from_directory, from_path, &from.dir, &from.last);
  if (error)
    return error;
  error = parent_user(to_directory, to_path, &to.dir, &to.last);
  if (!error) {
    error = rename_ends(&from, &to, flags);
    step_put(to.dir);
    kfree(to.last);
  }
  step_put(from.dir);
  kfree(from.last);
  return error;
}

long sys_renameat(int from_directory, const char *from, int to_directory, const char *to) {
  return sys_renameat2(from_directory, from, to_directory, to, 0);
}

long sys_rename(const char *from, const char *to) {
  return sys_renameat2(AT_FDCWD, from, AT_FDCWD, to, 0);
}

/* Locks the directory for a link of any kind, if nothing in it has the name yet and no slash is behind it. */
static int lock_for_link(struct inode *dir, const struct last_name *last) {
  struct inode *found;
  if (!last->name[0] || is_dots(last))
    return -EEXIST;
  mutex_lock(&dir->lock);
  int error = look_up(dir, last, &found);
  if (error == -ENOENT && !last->has_slash)
    return 0;
  if (!error) {
    inode_put(found);
    error = -EEXIST;
  }
  mutex_unlock(&dir->lock);
  return error;
}

static int link_at(struct inode *dir, const struct last_name *last, struct inode *target) {
  int error = lock_for_link(dir, last);
  if (error)
    return error;
  error = dir->super != target->super ? -EXDEV
          : dir->super->read_only     ? -EROFS
          : S_ISDIR(target->mode) || !dir->operations->link
              ? -EPERM
              : dir->operations->link(dir, last->name, last->length, target);
  mutex_unlock(&dir->lock);
  return error;
}

long sys_linkat(int from_directory, const char *old, int to_directory, const char *new,
                u32 flags) {
  struct last_name *last;
  struct step *target, *dir;
  if (flags & ~AT_SYMLINK_FOLLOW)
    return -EINVAL;
  int error = path_walk_user(from_directory, old, flags & AT_SYMLINK_FOLLOW ? WALK_FOLLOW : 0,
                             &target, NULL);
  if (error)
    return error;
  error = parent_user(to_directory, new, &dir, &last);
  if (!error) {
    error = link_at(dir->inode, last, target->inode);
    step_put(dir);
    kfree(last);
  }
  step_put(target);
  return error;
}

long sys_link(const char *old, const char *new) {
  return sys_linkat(AT_FDCWD, old, AT_FDCWD, new, 0);
}

static int symlink_at(struct inode *dir, const struct last_name *last, const char *text) {
  int error = lock_for_link(dir, last);
  if (error)
    return error;
  error = dir->super->read_only       ? -EROFS
          : !dir->operations->symlink ? -EPERM
                                      : dir->operations->symlink(dir, last->name, last->length, text);
  mutex_unlock(&dir->lock);
  return error;
}

long sys_symlinkat(const char *target, int directory, const char *path) {
  char *text = kmalloc(PATH_MAX);
  struct last_name *last;
  struct step *dir;
  if (!text)
    return -ENOMEM;
  int error = strncpy_from_user(text, target, PATH_MAX);
  if (error == 0)
    error = -ENOENT; /* an empty text leads nowhere */
  if (error > 0)
    error = parent_user(directory, path, &dir, &last);
  if (error == 0) {
    error = symlink_at(dir->inode, last, text);
    step_put(dir);
    kfree(last);
  }
  kfree(text);
  return error;
}

long sys_symlink(const char *target, const char *path) {
  return sys_symlinkat(target, AT_FDCWD, path);
}

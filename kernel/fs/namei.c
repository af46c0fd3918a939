/*
 * From path to file. A walk goes name by name and leaves a chain of steps, each holding the one
 * before: the path log. `..` goes back along it, so it undoes the last name even where that was a
 * symbolic link or a mount, and the working directory's name is read off it.
 */
#include <asm/uaccess.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/task.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>

#define LINKS_MAX 40
#define LINK_DEPTH_MAX 6

DEFINE_SPINLOCK(step_lock);
struct step *root_step; /* set once, when the root is mounted */

/* Takes over the reference to inode, and its own to parent. NULL when memory is out. */
struct step *step_new(struct step *parent, struct inode *inode, const char *name, u32 length) {
  struct step *step = kmalloc(sizeof(*step) + length + 1);
  if (!step) {
    inode_put(inode);
    return NULL;
  }
  step->count = 1;
  step->parent = parent ? step_hold(parent) : NULL;
  step->inode = inode;
  memcpy(step->name, name, length);
  step->name[length] = 0;
  spin_lock(&step_lock);
  inode->super->steps++;
  spin_unlock(&step_lock);
  return step;
}

struct step *step_hold(struct step *step) {
  spin_lock(&step_lock);
  step->count++;
  spin_unlock(&step_lock);
  return step;
}

void step_put(struct step *step) {
  while (step) {
    spin_lock(&step_lock);
    bool last = --step->count == 0;
    if (last)
      step->inode->super->steps--;
    spin_unlock(&step_lock);
    if (!last)
      return;
    struct step *parent = step->parent;
    inode_put(step->inode);
    kfree(step);
    step = parent;
  }
}

struct walk {
  u32 links; /* symbolic links followed so far */
  u32 depth; /* of links within links */
};

static int walk_from(struct walk *walk, struct step *from, const char *path, u32 flags,
                     struct step **found, struct last_name *last);

static int lookup(struct inode *dir, const char *name, u32 length, struct inode **found) {
  if (!S_ISDIR(dir->mode))
    return -ENOTDIR;
  mutex_lock(&dir->lock);
  int error = dir->operations->lookup(dir, name, length, found);
  mutex_unlock(&dir->lock);
  while (!error && (*found)->mounted) {
    struct inode *covering = inode_hold((*found)->mounted);
    inode_put(*found);
    *found = covering;
  }
  return error;
}

/* Walks to where a link points; the inode there replaces the link's. */
static int follow(struct walk *walk, struct step *dir, struct inode **inode) {
  if (++walk->links > LINKS_MAX || walk->depth >= LINK_DEPTH_MAX)
    return -ELOOP;
  char *target = kmalloc(PATH_MAX);
  if (!target)
    return -ENOMEM;
  int length = (*inode)->operations->readlink(*inode, target, PATH_MAX - 1);
  struct step *step = NULL;
  int error = length < 0 ? length : 0;
  if (!error) {
    target[length] = 0;
    walk->depth++;
    error = walk_from(walk, dir, target, WALK_FOLLOW, &step, NULL);
    walk->depth--;
  }
  kfree(target);
  if (error)
    return error;
  inode_put(*inode);
  *inode = inode_hold(step->inode);
  step_put(step);
  return 0;
}

/* One name further; *step is replaced, its reference passes on. */
static int walk_name(struct walk *walk, struct step **step, const char *name, u32 length,
                     bool follow_links) {
  struct inode *inode;

  if (length == 1 && name[0] == '.')
    return S_ISDIR((*step)->inode->mode) ? 0 : -ENOTDIR;
  if (length == 2 && name[0] == '.' && name[1] == '.') {
    if (!S_ISDIR((*step)->inode->mode))
      return -ENOTDIR;
    if ((*step)->parent) {
      struct step *parent = step_hold((*step)->parent);
      step_put(*step);
      *step = parent;
    }
    return 0;
  }
  int error = lookup((*step)->inode, name, length, &inode);
  if (error)
    return error;
  if (S_ISLNK(inode->mode) && follow_links) {
    error = follow(walk, *step, &inode);
    if (error) {
      inode_put(inode);
      return error;
    }
  }
  struct step *next = step_new(*step, inode, name, length);
  if (!next)
    return -ENOMEM;
  step_put(*step);
  *step = next;
  return 0;
}

static int walk_from(struct walk *walk, struct step *from, const char *path, u32 flags,
                     struct step **found, struct last_name *last) {
  int error = *path ? 0 : -ENOENT;
  struct step *step = step_hold(*path == '/' ? root_step : from);

  if (last)
    *last = (struct last_name){{0}, 0, false};
  while (!error) {
    while (*path == '/')
      path++;
    if (!*path)
      break;
    u32 length = 0;
    while (path[length] && path[length] != '/')
      length++;
    const char *rest = path + length;
    while (*rest == '/')
      rest++;
    bool is_last = *rest == 0;
    if (length > NAME_MAX) {
      error = -ENAMETOOLONG;
    } else if (is_last && (flags & WALK_PARENT)) {
      memcpy(last->name, path, length);
      last->length = length;
      last->has_slash = path[length] == '/';
      error = S_ISDIR(step->inode->mode) ? 0 : -ENOTDIR;
      break;
    } else {
      bool slash_after = path[length] == '/';
      error = walk_name(walk, &step, path, length,
                        !is_last || slash_after || (flags & WALK_FOLLOW));
      if (!error && slash_after && !S_ISDIR(step->inode->mode))
        error = -ENOTDIR;
    }
    path = rest;
  }
  if (error) {
    step_put(step);
    return error;
  }
  *found = step;
  return 0;
}

/* Walks a path of the kernel's. *found carries a reference. */
int path_walk(struct step *from, const char *path, u32 flags, struct step **found,
              struct last_name *last) {
  struct walk walk = {0, 0};
  return walk_from(&walk, from ? from : root_step, path, flags, found, last);
}

/* Copies a path of the user's, and finds the step it starts from, an open directory's or AT_FDCWD.
 * The path is to be freed and the step, which may be NULL, to be put, unless there is an error. */
int path_from_user(int directory, const char *user_path, char **path, struct step **from) {
  char *text = kmalloc(PATH_MAX);
  *from = NULL;
  if (!text)
    return -ENOMEM;
  int error = strncpy_from_user(text, user_path, PATH_MAX);
  if (error >= 0 && directory != AT_FDCWD && text[0] != '/') {
    struct file *file = file_get(directory);
    error = !file ? -EBADF : !file->path ? -ENOTDIR : 0;
    if (!error)
      *from = step_hold(file->path);
    if (file)
      file_put(file);
  } else if (error >= 0) {
    *from = step_hold(current->cwd);
  }
  if (error < 0)
    kfree(text);
  else
    *path = text;
  return error < 0 ? error : 0;
}

/* Walks a path of the user's, from an open directory or AT_FDCWD. */
int path_walk_user(int directory, const char *user_path, u32 flags, struct step **found,
                   struct last_name *last) {
  struct step *from;
  char *path;
  int error = path_from_user(directory, user_path, &path, &from);
  if (error)
    return error;
  error = path_walk(from, path, flags, found, last);
  if (from)
    step_put(from);
  kfree(path);
  return error;
}

/* The name of a step from the root, read backwards off the log. Length with the final zero. */
int path_name(struct step *step, char *to, u32 size) {
  u32 at = size - 1;
  to[at] = 0;
  if (!step->parent)
    to[--at] = '/';
  for (; step->parent; step = step->parent) {
    u32 length = strlen(step->name);
    if (at < length + 1)
      return -ERANGE;
    at -= length;
    memcpy(to + at, step->name, length);
    to[--at] = '/';
  }
  memmove(to, to + at, size - at);
  return size - at;
}

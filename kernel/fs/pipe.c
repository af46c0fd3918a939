/*
 * Pipes: a ring of one page between writers and readers, under the pipe's mutex.
 */
#include <asm/uaccess.h>
#include <kernel/mm.h>
#include <kernel/string.h>
#include <kernel/task.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>
#include <uapi/poll.h>

#define PIPE_SIZE PAGE_SIZE

struct pipe {
  struct mutex lock; /* held across copies; the wait queues have their own */
  char *ring;
  u32 read_at, write_at; /* counters run on */
  u32 readers, writers;
  struct wait_queue changed;
};

static struct superblock pipe_super = {.type = "pipefs", .device = 8};

static u32 pipe_used(const struct pipe *pipe) { return pipe->write_at - pipe->read_at; }

static ssize_t pipe_take(struct pipe *pipe, char *to, size_t count) {
  size_t done = 0;
  count = min_u32(count, pipe_used(pipe));
  while (done < count) {
    u32 at = pipe->read_at % PIPE_SIZE;
    u32 part = min_u32(count - done, PIPE_SIZE - at);
    if (copy_to_user(to + done, pipe->ring + at, part) < 0)
      return -EFAULT;
    pipe->read_at += part;
    done += part;
  }
  return done;
}

static ssize_t pipe_give(struct pipe *pipe, const char *from, size_t count) {
  size_t done = 0;
  count = min_u32(count, PIPE_SIZE - pipe_used(pipe));
  while (done < count) {
    u32 at = pipe->write_at % PIPE_SIZE;
    u32 part = min_u32(count - done, PIPE_SIZE - at);
    if (copy_from_user(pipe->ring + at, from + done, part) < 0)
      return -EFAULT;
    pipe->write_at += part;
    done += part;
  }
  return done;
}

static ssize_t pipe_read(struct file *file, char *to, size_t count, u64 *offset) {
  struct pipe *pipe = file->data;
  ssize_t done;
  (void)offset;
  if (count == 0)
    return 0;
  for (;;) {
    mutex_lock(&pipe->lock);
    done = pipe_take(pipe, to, count);
    bool ended = pipe->writers == 0;
    mutex_unlock(&pipe->lock);
    if (done != 0 || ended)
      break;
    if (file->flags & O_NONBLOCK)
      return -EAGAIN;
    if (wait_event_interrupted(&pipe->changed, pipe_used(pipe) > 0 || pipe->writers == 0))
      return -ERESTARTSYS;
  }
  if (done > 0)
    wake_all(&pipe->changed);
  return done;
}

/* Up to PIPE_BUF bytes go in at once or not yet; longer writes go piece by piece. */
static ssize_t pipe_write(struct file *file, const char *from, size_t count, u64 *offset) {
  struct pipe *pipe = file->data;
  size_t total = 0;
  u32 wanted = count <= PIPE_BUF ? count : 1;
  (void)offset;
  while (total < count) {
    ssize_t done = 0;
    mutex_lock(&pipe->lock);
    bool broken = pipe->readers == 0;
    if (!broken && PIPE_SIZE - pipe_used(pipe) >= wanted)
      done = pipe_give(pipe, from + total, count - total);
    mutex_unlock(&pipe->lock);
    if (broken) {
      signal_send(current, SIGPIPE, NULL);
      return total ? (ssize_t)total : -EPIPE;
    }
    if (done < 0)
      return total ? (ssize_t)total : done;
    if (done > 0) {
      total += done;
      wake_all(&pipe->changed);
      continue;
    }
    if (file->flags & O_NONBLOCK)
      return total ? (ssize_t)total : -EAGAIN;
    if (wait_event_interrupted(&pipe->changed,
                               PIPE_SIZE - pipe_used(pipe) >= wanted || pipe->readers == 0))
      return total ? (ssize_t)total : -ERESTARTSYS;
  }
  return total;
}

static void pipe_release(struct file *file) {
  struct pipe *pipe = file->data;
  mutex_lock(&pipe->lock);
  if ((file->flags & O_ACCMODE) == O_RDONLY)
    pipe->readers--;
  else
    pipe->writers--;
  mutex_unlock(&pipe->lock);
  wake_all(&pipe->changed);
}

static u32 pipe_poll(struct file *file) {
  struct pipe *pipe = file->data;
  u32 events = 0;
  if ((file->flags & O_ACCMODE) == O_RDONLY) {
    if (pipe_used(pipe) > 0)
      events |= POLLIN;
    if (pipe->writers == 0)
      events |= POLLHUP;
  } else {
    if (PIPE_SIZE - pipe_used(pipe) >= PIPE_BUF)
      events |= POLLOUT;
    if (pipe->readers == 0)
      events |= POLLERR;
  }
  return events;
}

const struct file_operations pipe_operations = {
    .read = pipe_read, .write = pipe_write, .release = pipe_release, .poll = pipe_poll};

/* The inode goes with its last file; so does the pipe. */
static void pipe_drop(struct inode *inode) {
  struct pipe *pipe = inode->data;
  kfree(pipe->ring);
  kfree(pipe);
}

static const struct inode_operations pipe_inode_operations = {.drop = pipe_drop};

static struct inode *pipe_new(void) {
  static u32 number;
  struct pipe *pipe = kzalloc(sizeof(*pipe));
  char *ring = kmalloc(PIPE_SIZE);
  struct inode *inode = inode_alloc(&pipe_super, ++number);
  if (!pipe || !ring || !inode) {
    kfree(pipe);
    kfree(ring);
    if (inode)
      inode_put(inode);
    return NULL;
  }
  pipe->ring = ring;
  pipe->readers = pipe->writers = 1;
  mutex_init(&pipe->lock);
  wait_queue_init(&pipe->changed);
  inode->mode = S_IFIFO | 0600;
  inode->data = pipe;
  inode->operations = &pipe_inode_operations;
  return inode;
}

static struct file *pipe_end(struct inode *inode, u32 flags) {
  struct file *file = file_new();
  if (file) {
    file->inode = inode_hold(inode);
    file->flags = flags;
    file->operations = &pipe_operations;
    file->data = inode->data;
  }
  return file;
}

long sys_pipe2(int *to, u32 flags) {
  int fds[2] = {-1, -1};
  if (flags & ~(O_CLOEXEC | O_NONBLOCK))
    return -EINVAL;
  struct inode *inode = pipe_new();
  if (!inode)
    return -ENOMEM;
  struct file *reader = pipe_end(inode, O_RDONLY | (flags & O_NONBLOCK));
  struct file *writer = pipe_end(inode, O_WRONLY | (flags & O_NONBLOCK));
  inode_put(inode);
  if (reader && writer) {
    fds[0] = fd_install(reader, 0, flags & O_CLOEXEC);
    fds[1] = fd_install(writer, 0, flags & O_CLOEXEC);
  }
  if (fds[0] >= 0 && fds[1] >= 0 && copy_to_user(to, fds, sizeof(fds)) == 0)
    return 0;
  long error = !reader || !writer ? -ENOMEM : fds[1] < 0 ? -EMFILE : -EFAULT;
  if (fds[0] >= 0)
    fd_close(fds[0]);
  else if (reader)
    file_put(reader);
  if (fds[1] >= 0)
    fd_close(fds[1]);
  else if (writer)
    file_put(writer);
  return error;
}

long sys_pipe(int *to) { return sys_pipe2(to, 0); }

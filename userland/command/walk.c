/*
 * Walks through directory trees. One descriptor is open at a time, for the directory in hand; the
 * way back leads through "..", which must be the directory that was left. Only where links are
 * followed do the directories around stay open, since ".." is another directory then.
 */
#include "command.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct frame {
  char **names;
  int count, next;
  size_t path_length; /* of the directory's path */
  int fd;             /* WALK_FOLLOW_ALL: the directory around it; else -1 */
  struct stat status;
};

struct state {
  struct buffer path;
  struct frame *frames;
  int depth, room;
  int fd; /* of the innermost frame's directory; AT_FDCWD outside */
  enum walk_links links;
  dev_t device;
};

struct numbered {
  char *name;
  ino_t inode;
};

static int by_inode(const void *first, const void *second) {
  const struct numbered *a = first, *b = second;
  return (a->inode > b->inode) - (a->inode < b->inode);
}

static int list(int fd, struct frame *frame, int is_by_inode) {
  int room = 0, copy = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *directory = copy < 0 ? NULL : fdopendir(copy);
  frame->names = NULL;
  frame->count = frame->next = 0;
  if (directory == NULL) return -1;
  struct numbered *entries = NULL;
  errno = 0;
  for (struct dirent *entry; (entry = readdir(directory)) != NULL;) {
    const char *name = entry->d_name;
    if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0) continue;
    if (frame->count == room) {
      room = room == 0 ? 16 : room * 2;
      entries = must_have(entries, (size_t)room * sizeof *entries);
    }
    entries[frame->count++] = (struct numbered){copy_text(name), entry->d_ino};
  }
  int error = errno;
  closedir(directory);
  size_t count = (size_t)frame->count;
  if (is_by_inode && count > 1) qsort(entries, count, sizeof *entries, by_inode);
  frame->names = must_have(NULL, count * sizeof *frame->names);
  for (size_t i = 0; i < count; i++) frame->names[i] = entries[i].name;
  free(entries);
  errno = error;
  return error == 0 ? 0 : -1;
}

static void drop(struct frame *frame) {
  for (int i = 0; i < frame->count; i++) free(frame->names[i]);
  free(frame->names);
}

static int is_around(const struct state *state, const struct stat *status) {
  for (int i = 0; i < state->depth; i++) {
    if (is_same_file(&state->frames[i].status, status)) return 1;
  }
  return 0;
}

/* Goes into the directory walk->name; false when it cannot, with errno. */
static int enter(struct state *state, struct walk *walk) {
  int follows = state->links == WALK_FOLLOW_ALL ||
                (state->links == WALK_FOLLOW_OPERANDS && walk->depth == 0);
  int fd = openat(state->fd, walk->name,
                  O_RDONLY | O_DIRECTORY | O_CLOEXEC | (follows ? 0 : O_NOFOLLOW));
  if (fd < 0) return 0;
  if (state->depth == state->room) {
    state->room = state->room == 0 ? 16 : state->room * 2;
    state->frames = must_have(state->frames, (size_t)state->room * sizeof *state->frames);
  }
  struct frame *frame = &state->frames[state->depth];
  if (list(fd, frame, walk->is_by_inode) < 0) {
    int error = errno;
    drop(frame);
    close(fd);
    errno = error;
    return 0;
  }
  frame->path_length = state->path.length;
  frame->status = walk->status;
  frame->fd = -1;
  if (state->links == WALK_FOLLOW_ALL || state->depth == 0) frame->fd = state->fd;
  else close(state->fd);
  state->fd = fd;
  state->depth++;
  return 1;
}

/* Back to the directory around; false when ".." is not it any more. */
static int leave(struct state *state) {
  struct frame *frame = &state->frames[--state->depth];
  int fd = frame->fd;
  drop(frame);
  if (fd == -1) {
    struct stat status;
    fd = openat(state->fd, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0 && (fstat(fd, &status) < 0 ||
                    !is_same_file(&status, &state->frames[state->depth - 1].status))) {
      close(fd);
      fd = -1;
      errno = ENOENT;
    }
  }
  close(state->fd);
  state->fd = fd;
  return fd != -1;
}

/* Looks at walk->name and tells the visitor; goes into it if it is a directory. */
static enum walk_answer look(struct state *state, struct walk *walk,
                             enum walk_answer (*visit)(struct walk *, enum walk_event)) {
  int follows = state->links == WALK_FOLLOW_ALL ||
                (state->links == WALK_FOLLOW_OPERANDS && walk->depth == 0);
  walk->path = state->path.bytes;
  walk->fd = state->fd;
  int failed = fstatat(state->fd, walk->name, &walk->status, follows ? 0 : AT_SYMLINK_NOFOLLOW);
  if (failed && follows && errno == ENOENT) {
    failed = fstatat(state->fd, walk->name, &walk->status, AT_SYMLINK_NOFOLLOW);
  }
  if (failed) {
    walk->error = errno;
    return visit(walk, WALK_FAILED);
  }
  if (walk->depth == 0) state->device = walk->status.st_dev;
  if (!S_ISDIR(walk->status.st_mode)) return visit(walk, WALK_FILE);
  if (is_around(state, &walk->status)) return visit(walk, WALK_CYCLE);
  enum walk_answer answer = visit(walk, WALK_DIRECTORY);
  if (answer != WALK_ON) return answer;
  if (walk->is_one_device && walk->status.st_dev != state->device) return visit(walk, WALK_AFTER);
  if (enter(state, walk)) return WALK_ON;
  walk->error = errno;
  answer = visit(walk, WALK_UNREADABLE);
  return answer == WALK_ON ? visit(walk, WALK_AFTER) : answer;
}

enum walk_answer walk_tree(const char *path, enum walk_links links, struct walk *walk,
                           enum walk_answer (*visit)(struct walk *walk, enum walk_event event)) {
  struct state state = {.fd = AT_FDCWD, .links = links};
  buffer_add(&state.path, path, strlen(path));
  walk->name = path;
  walk->depth = 0;
  enum walk_answer answer = look(&state, walk, visit);
  while (state.depth > 0) {
    struct frame *frame = &state.frames[state.depth - 1];
    int is_over = frame->next == frame->count || answer == WALK_STOP;
    state.path.length = frame->path_length;
    state.path.bytes[state.path.length] = '\0';
    if (!is_over) {
      const char *name = frame->names[frame->next++];
      if (state.path.bytes[state.path.length - 1] != '/') buffer_add_char(&state.path, '/');
      buffer_add(&state.path, name, strlen(name));
      walk->name = name;
      walk->depth = state.depth;
      answer = look(&state, walk, visit);
      continue;
    }
    walk->status = frame->status;
    walk->depth = state.depth - 1;
    if (!leave(&state)) {
      walk->error = errno;
      walk->path = walk->name = state.path.bytes;
      answer = visit(walk, WALK_UNREADABLE);
      while (state.depth > 0) drop(&state.frames[--state.depth]);
      break;
    }
    if (answer == WALK_STOP) continue;
    walk->path = state.path.bytes;
    walk->fd = state.fd;
    frame = state.depth == 0 ? NULL : &state.frames[state.depth - 1];
    walk->name = frame == NULL ? path : frame->names[frame->next - 1];
    answer = visit(walk, WALK_AFTER);
  }
  free(state.frames);
  free(state.path.bytes);
  return answer;
}

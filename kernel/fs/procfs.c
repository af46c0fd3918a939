/*
 * /proc: the tree. Numbers of inodes say what they are: the process in the upper bits, the file in
 * the lower. Inodes are made at each look-up and never kept. procfile.c writes the contents.
 */
#include <asm/uaccess.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/proc.h>
#include <kernel/string.h>
#include <kernel/task.h>
#include <kernel/vfs.h>
#include <uapi/dirent.h>
#include <uapi/errno.h>

#define ROOT_NUMBER 1
#define SELF_NUMBER 2
#define FILE_NUMBER 16 /* + index in proc_files */
#define PID_SHIFT 8
#define PROC_TEXT_MAX 65536

static const struct inode_operations root_operations, pid_operations, self_operations,
    exe_operations;
static const struct file_operations root_files, pid_files, text_files;
static struct superblock procfs = {.type = "proc", .device = 4, .read_only = true};

static struct inode *proc_inode(u32 number, u32 mode) {
  struct inode *inode = inode_alloc(&procfs, number);
  if (inode) {
    inode->mode = mode;
    inode->mtime = inode->atime = inode->ctime = seconds_of_day();
  }
  return inode;
}

static struct inode *dir_inode(u32 number, const struct inode_operations *operations,
                               const struct file_operations *files) {
  struct inode *inode = proc_inode(number, S_IFDIR | 0555);
  if (inode) {
    inode->links = 2;
    inode->operations = operations;
    inode->files = files;
  }
  return inode;
}

/* A file's contents depend on its row of the table and, for a process, on its number. */
static struct inode *text_inode(u32 number, const struct proc_file *file) {
  struct inode *inode = proc_inode(number, S_IFREG | 0444);
  if (inode) {
    inode->data = (void *)file;
    inode->files = &text_files;
  }
  return inode;
}

static const struct proc_file *file_find(const struct proc_file *files, const char *name,
                                         u32 length) {
  for (; files->name; files++)
    if (strlen(files->name) == length && memcmp(files->name, name, length) == 0)
      return files;
  return NULL;
}

static bool task_exists(int pid) {
  bool irqs = spin_lock_save(&task_lock);
  bool exists = task_find(pid) != NULL;
  spin_unlock_restore(&task_lock, irqs);
  return exists;
}

static int parse_pid(const char *name, u32 length) {
  int pid = 0;
  for (u32 i = 0; i < length; i++) {
    if (name[i] < '0' || name[i] > '9' || pid > 100000)
      return 0;
    pid = pid * 10 + name[i] - '0';
  }
  return pid;
}

static int root_lookup(struct inode *dir, const char *name, u32 length, struct inode **found) {
  const struct proc_file *file = file_find(proc_files, name, length);
  int pid = parse_pid(name, length);
  (void)dir;
  if (file) {
    *found = text_inode(FILE_NUMBER + (file - proc_files), file);
  } else if (length == 4 && memcmp(name, "self", 4) == 0) {
    *found = proc_inode(SELF_NUMBER, S_IFLNK | 0777);
    if (*found)
      (*found)->operations = &self_operations;
  } else if (pid > 0 && task_exists(pid)) {
    *found = dir_inode(pid << PID_SHIFT, &pid_operations, &pid_files);
  } else {
    return -ENOENT;
  }
  return *found ? 0 : -ENOMEM;
}

static int pid_lookup(struct inode *dir, const char *name, u32 length, struct inode **found) {
  const struct proc_file *file = file_find(proc_pid_files, name, length);
  if (!task_exists(dir->number >> PID_SHIFT))
    return -ENOENT;
  if (file) {
    *found = text_inode(dir->number + 1 + (file - proc_pid_files), file);
  } else if (length == 3 && memcmp(name, "exe", 3) == 0) {
    *found = proc_inode(dir->number + 0xff, S_IFLNK | 0777);
    if (*found)
      (*found)->operations = &exe_operations;
  } else {
    return -ENOENT;
  }
  return *found ? 0 : -ENOMEM;
}

static int self_readlink(struct inode *inode, char *to, u32 size) {
  char text[12];
  (void)inode;
  u32 length = snprintk(text, sizeof(text), "%d", current->tgid);
  length = min_u32(length, size);
  memcpy(to, text, length);
  return length;
}

static int exe_readlink(struct inode *inode, char *to, u32 size) {
  (void)inode, (void)to, (void)size;
  return -ENOENT; /* an executable's name is not kept */
}

static bool dots(struct file *file, struct dir_sink *sink) {
  for (; file->offset < 2; file->offset++)
    if (!sink->entry(sink, "..", file->offset + 1, file->offset + 1, file->inode->number, DT_DIR))
      return false;
  return true;
}

/* The lowest process number above a given one; 0 if there is none. */
static int next_pid(int after) {
  int best = 0;
  bool irqs = spin_lock_save(&task_lock);
  list_for_each(link, &all_tasks) {
    int pid = list_entry(link, struct task, all_link)->pid;
    if (pid > after && (best == 0 || pid < best))
      best = pid;
  }
  spin_unlock_restore(&task_lock, irqs);
  return best;
}

/* Offsets: 0 and 1 the dots, 2 self, then the files, then 1000 + pid. */
#define OFFSET_SELF 2
#define OFFSET_FILES 3
#define OFFSET_PIDS 1000

static int root_readdir(struct file *file, struct dir_sink *sink) {
  if (!dots(file, sink))
    return 0;
  if (file->offset == OFFSET_SELF) {
    if (!sink->entry(sink, "self", 4, OFFSET_FILES, SELF_NUMBER, DT_LNK))
      return 0;
    file->offset = OFFSET_FILES;
  }
  while (file->offset < OFFSET_PIDS) {
    u32 index = (u32)file->offset - OFFSET_FILES;
    const char *name = proc_files[index].name;
    if (!name)
      file->offset = OFFSET_PIDS;
    else if (!sink->entry(sink, name, strlen(name), file->offset + 1, FILE_NUMBER + index, DT_REG))
      return 0;
    else
      file->offset++;
  }
  int pid;
  while ((pid = next_pid((u32)file->offset - OFFSET_PIDS))) {
    char name[12];
    u32 length = snprintk(name, sizeof(name), "%d", pid);
    if (!sink->entry(sink, name, length, OFFSET_PIDS + pid, pid << PID_SHIFT, DT_DIR))
      return 0;
    file->offset = OFFSET_PIDS + pid;
  }
  return 0;
}

static int pid_readdir(struct file *file, struct dir_sink *sink) {
  if (!dots(file, sink))
    return 0;
  for (; proc_pid_files[(u32)file->offset - 2].name; file->offset++) {
    u32 index = (u32)file->offset - 2;
    const char *name = proc_pid_files[index].name;
    if (!sink->entry(sink, name, strlen(name), file->offset + 1, file->inode->number + 1 + index,
                     DT_REG))
      return 0;
  }
  return 0;
}

/* The text is written once, at open, so that reads in pieces fit together. */
static int text_open(struct file *file) {
  const struct proc_file *source = file->inode->data;
  for (u32 room = PAGE_SIZE; room <= PROC_TEXT_MAX; room *= 4) {
    struct proc_text *text = kmalloc(sizeof(*text) + room);
    if (!text)
      return -ENOMEM;
    *text = (struct proc_text){0, room};
    int error = source->write(text, file->inode->number >> PID_SHIFT);
    if (!error && text->length < room) {
      file->data = text;
      return 0;
    }
    kfree(text);
    if (error)
      return error;
  }
  return -EFBIG;
}

static ssize_t text_read(struct file *file, char *to, size_t count, u64 *offset) {
  struct proc_text *text = file->data;
  if (*offset >= text->length)
    return 0;
  u32 part = min_u32(count, text->length - (u32)*offset);
  int error = copy_to_user(to, text->bytes + (u32)*offset, part);
  if (error)
    return error;
  *offset += part;
  return part;
}

static void text_release(struct file *file) { kfree(file->data); }

static const struct inode_operations root_operations = {.lookup = root_lookup};
static const struct inode_operations pid_operations = {.lookup = pid_lookup};
static const struct inode_operations self_operations = {.readlink = self_readlink};
static const struct inode_operations exe_operations = {.readlink = exe_readlink};
static const struct file_operations root_files = {.readdir = root_readdir};
static const struct file_operations pid_files = {.readdir = pid_readdir};
static const struct file_operations text_files = {
    .open = text_open, .read = text_read, .release = text_release};

/* There is one, however often it is mounted. NULL when memory is out. */
struct superblock *procfs_mount(void) {
  if (!procfs.root)
    procfs.root = dir_inode(ROOT_NUMBER, &root_operations, &root_files);
  return procfs.root ? &procfs : NULL;
}

/*
 * exec: a new program in the same process. The new address space is built whole beside the old one;
 * only when nothing can fail any more does it take its place. The stack gets, from the top down: the
 * strings, the auxiliary vector, envp, argv, argc (X05).
 */
#include <asm/clock.h>
#include <asm/cpu.h>
#include <asm/segment.h>
#include <asm/uaccess.h>
#include <kernel/mm.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/task.h>
#include <kernel/vfs.h>
#include <uapi/auxvec.h>
#include <uapi/elf.h>
#include <uapi/errno.h>
#include <uapi/mman.h>
#include <uapi/resource.h>

#define STACK_TOP (TASK_SIZE - PAGE_SIZE) /* one page free, as a fence */
#define STACK_FIRST (32 * PAGE_SIZE)      /* mapped at once; grows by faults */
#define SEGMENTS_MAX 16
#define SCRIPT_HEAD 256
#define SCRIPT_DEPTH 4
#define STRING_MAX (32 * PAGE_SIZE) /* one argument */
#define STRINGS_MOST (2u << 20)    /* all of them, and the pointers to them */

struct program {
  struct mm *mm;
  struct inode *inode;
  struct elf32_header header;
  struct elf32_program_header segments[SEGMENTS_MAX];
  char path[PATH_MAX];
  char head[SCRIPT_HEAD];
  u32 sp; /* next free byte below the strings */
  u32 room; /* for the strings and the pointers to them */
  u32 strings_start, strings_end;
  u32 argc, envc;
  u32 entry, segments_address, brk;
};

/* Puts bytes on the new stack. */
static int push(struct program *program, const void *from, u32 size) {
  if (STACK_TOP - program->sp + size > program->room)
    return -E2BIG;
  program->sp -= size;
  return mm_write(program->mm, program->sp, from, size);
}

static int push_kernel_string(struct program *program, const char *text) {
  return push(program, text, strlen(text) + 1);
}

/* Its length comes first: strings are pushed from their ends. It may change meanwhile. */
static int push_user_string(struct program *program, u32 address, char *buffer) {
  u32 length = 0;
  int part, error = 0;
  while ((part = strncpy_from_user(buffer, (const char *)address + length, PATH_MAX)) ==
         -ENAMETOOLONG)
    if ((length += PATH_MAX) >= STRING_MAX)
      return -E2BIG;
  if (part < 0)
    return part;
  length += part;
  buffer[part] = 0;
  error = push(program, buffer, part + 1);
  for (u32 left = length - part; !error && left > 0; left -= PATH_MAX) {
    error = copy_from_user(buffer, (const char *)address + left - PATH_MAX, PATH_MAX);
    for (u32 i = 0; i < PATH_MAX; i++)
      if (!error && buffer[i] == 0)
        error = -EFAULT;
    if (!error)
      error = push(program, buffer, PATH_MAX);
  }
  return error;
}

static int count_user_strings(struct program *program, const u32 *vector, u32 *count) {
  u32 address = 0;
  *count = 0;
  if (!vector)
    return 0;
  for (;;) {
    if (get_user(address, vector + *count) < 0)
      return -EFAULT;
    if (address == 0)
      return 0;
    ++*count;
    if (program->room < STACK_FIRST / 2 + 4)
      return -E2BIG;
    program->room -= 4;
  }
}

/* Strings go in backwards, so that they stand in order. */
static int push_user_strings(struct program *program, const u32 *vector, u32 count, u32 first) {
  char *buffer = kmalloc(PATH_MAX);
  int error = buffer ? 0 : -ENOMEM;
  u32 address;
  while (!error && count-- > first) {
    error = get_user(address, vector + count);
    if (!error)
      error = push_user_string(program, address, buffer);
  }
  kfree(buffer);
  return error;
}

static int program_read(struct program *program, u32 offset, void *to, u32 size) {
  ssize_t done = cache_file_read(program->inode, to, size, offset);
  return done == (ssize_t)size ? 0 : done < 0 ? (int)done : -ENOEXEC;
}

/* Maps one loadable segment: file pages on demand, the rest of the last page and beyond zero. */
static int segment_map(struct program *program, const struct elf32_program_header *segment) {
  u32 protection = (segment->flags & PF_R ? PROT_READ : 0) |
                   (segment->flags & PF_W ? PROT_WRITE : 0) |
                   (segment->flags & PF_X ? PROT_EXEC : 0);
  u32 start = align_down(segment->vaddr, PAGE_SIZE);
  u32 file_end = segment->vaddr + segment->filesz, end = segment->vaddr + segment->memsz;
  u32 mapped = align_up(file_end, PAGE_SIZE);
  int error = 0;

  if (segment->memsz < segment->filesz || segment->vaddr < PAGE_SIZE ||
      segment->vaddr >= TASK_SIZE || (segment->vaddr - segment->offset) % PAGE_SIZE ||
      (u64)segment->offset + segment->filesz > program->inode->size)
    return -ENOEXEC;
  if (end < segment->vaddr || end > TASK_SIZE - LARGE_PAGE_SIZE)
    return -ENOMEM;
  if (segment->filesz > 0)
    error = vma_map(program->mm, start, mapped, protection, MAP_PRIVATE, program->inode,
                    align_down(segment->offset, PAGE_SIZE) >> PAGE_SHIFT);
  else
    mapped = start;
  if (!error && end > file_end && file_end % PAGE_SIZE && segment->filesz > 0 &&
      (protection & PROT_WRITE)) {
    static const u8 zeros[256];
    for (u32 at = file_end; at < mapped && !error; at += sizeof(zeros))
      error = mm_write(program->mm, at, zeros, min_u32(mapped - at, sizeof(zeros)));
  }
  if (!error && align_up(end, PAGE_SIZE) > mapped)
    error = vma_map(program->mm, mapped, align_up(end, PAGE_SIZE), protection,
                    MAP_PRIVATE | MAP_ANONYMOUS, NULL, 0);
  program->brk = max_u32(program->brk, end);
  if (segment->offset <= program->header.phoff &&
      program->header.phoff < segment->offset + segment->filesz)
    program->segments_address = segment->vaddr + program->header.phoff - segment->offset;
  return error;
}

static int elf_check(struct program *program) {
  const struct elf32_header *header = &program->header;
  if (program_read(program, 0, &program->header, sizeof(*header)) < 0 ||
      header->magic != ELF_MAGIC || header->class_and_pad[0] != 1 || header->type != ET_EXEC ||
      header->machine != EM_386 || header->phentsize != sizeof(program->segments[0]) ||
      header->phnum == 0 || header->phnum > SEGMENTS_MAX)
    return -ENOEXEC;
  int error = program_read(program, header->phoff, program->segments,
                           header->phnum * sizeof(program->segments[0]));
  for (u32 i = 0; !error && i < header->phnum; i++)
    if (program->segments[i].type == PT_INTERP)
      error = -ENOEXEC; /* dynamic programs need a loader that is not there */
  return error;
}

static int elf_map(struct program *program) {
  int error = 0;
  for (u32 i = 0; !error && i < program->header.phnum; i++)
    if (program->segments[i].type == PT_LOAD)
      error = segment_map(program, &program->segments[i]);
  program->entry = program->header.entry;
  program->mm->brk_start = program->mm->brk = align_up(program->brk, PAGE_SIZE);
  return error;
}

/* A vector of pointers to strings that stand one after the other from *at on. */
static int write_pointers(struct program *program, u32 *sp, u32 count, u32 *at) {
  char piece[64];
  u32 zero = 0;
  for (u32 i = 0; i < count; i++) {
    if (mm_write(program->mm, *sp, at, 4) < 0)
      return -EFAULT;
    *sp += 4;
    for (bool ended = false; !ended;) { /* to behind the string's zero */
      u32 length = mm_read(program->mm, *at, piece, sizeof(piece)), i = 0;
      while (i < length && piece[i])
        i++;
      ended = i < length;
      *at += i + ended;
      if (length == 0)
        return -EFAULT;
    }
  }
  *sp += 4;
  return mm_write(program->mm, *sp - 4, &zero, 4);
}

/* Everything below the strings. The stack pointer ends up at argc, aligned to 16 bytes. */
static int stack_finish(struct program *program) {
  static const char platform[] = "i686";
  u32 random[4], features, a, b, c;
  u32 strings = program->strings_start, execfn = program->strings_end;

  for (u32 i = 0; i < 4; i++)
    random[i] = (u32)rdtsc() * 2654435761u + i * 40503u + current->pid;
  cpuid(1, &a, &b, &c, &features);
  program->room = STACK_TOP; /* what was asked for has been counted */
  if (push(program, platform, sizeof(platform)) < 0)
    return -E2BIG;
  u32 platform_at = program->sp;
  program->sp = align_down(program->sp, 16);
  if (push(program, random, sizeof(random)) < 0)
    return -E2BIG;
  u32 random_at = program->sp;

  const u32 vector[] = {
      AT_PHDR,   program->segments_address, AT_PHENT,  sizeof(struct elf32_program_header),
      AT_PHNUM,  program->header.phnum,     AT_PAGESZ, PAGE_SIZE,
      AT_BASE,   0,                         AT_FLAGS,  0,
      AT_ENTRY,  program->entry,            AT_UID,    0,
      AT_EUID,   0,                         AT_GID,    0,
      AT_EGID,   0,                         AT_CLKTCK, HZ,
      AT_HWCAP,  features,                  AT_SECURE, 0,
      AT_RANDOM, random_at,                 AT_EXECFN, execfn,
      AT_PLATFORM, platform_at,             AT_NULL,   0,
  };
  u32 words = 1 + program->argc + 1 + program->envc + 1 + array_length(vector);
  u32 sp = align_down(program->sp - words * 4, 16);
  program->sp = sp;
  if (mm_write(program->mm, sp, &program->argc, 4) < 0)
    return -E2BIG;
  sp += 4;
  program->mm->arguments_start = strings;
  if (write_pointers(program, &sp, program->argc, &strings) < 0)
    return -EFAULT;
  program->mm->arguments_end = strings;
  if (write_pointers(program, &sp, program->envc, &strings) < 0)
    return -EFAULT;
  return mm_write(program->mm, sp, vector, sizeof(vector));
}

/* The point of no return: the old program is gone. */
static void program_start(struct program *program) {
  struct task *task = current;
  struct trapframe *frame = task->frame;
  struct mm *old = task->mm;
  const char *name = program->path;

  for (const char *at = name; *at; at++)
    if (*at == '/' && at[1])
      name = at + 1;
  strlcpy(task->name, name, sizeof(task->name));
  irq_disable(); /* task->mm and CR3 change together */
  task->mm = program->mm;
  program->mm = NULL;
  mm_switch(task->mm);
  memset(task->tls, 0, sizeof(task->tls));
  gdt_set_tls(task->tls);
  irq_enable();
  mm_put(old);

  bool irqs = spin_lock_save(&task_lock);
  if (task->vfork_parent) {
    wake_all(&task->vfork_parent->child_wait);
    task->vfork_parent = NULL;
  }
  spin_unlock_restore(&task_lock, irqs);
  files_close_on_exec(task);
  signals_reset_on_exec(task);
  fpu_drop(task);
  task->clear_child_tid = NULL;
  task->fail_after = 0;
  task->executed++;
  if (task->executable)
    executable_put(task->executable);
  task->executable = executable_hold(program->inode);

  memset(frame, 0, offsetof(struct trapframe, trapno));
  frame->ds = frame->es = frame->ss = USER_DS;
  frame->cs = USER_CS;
  frame->eip = program->entry;
  frame->esp = program->sp;
  frame->eflags = EFLAGS_IF | EFLAGS_FIXED;
}

static int inode_open(struct program *program, const char *path) {
  struct step *step;
  int error = path_walk(current->cwd, path, WALK_FOLLOW, &step, NULL);
  if (error)
    return error;
  if (program->inode)
    inode_put(program->inode);
  program->inode = inode_hold(step->inode);
  step_put(step);
  if (!S_ISREG(program->inode->mode) || !(program->inode->mode & 0111))
    return -EACCES;
  if (program->inode->writers > 0)
    return -ETXTBSY;
  return 0;
}

/* "#!interpreter argument": the script's path and these go before the other arguments. */
static int script_expand(struct program *program) {
  for (u32 depth = 0;; depth++) {
    ssize_t length =
        cache_file_read(program->inode, program->head, sizeof(program->head) - 1, 0);
    if (length < 2 || program->head[0] != '#' || program->head[1] != '!')
      return 0;
    if (depth == SCRIPT_DEPTH)
      return -ELOOP;
    program->head[length] = 0;
    char *line = program->head + 2, *end = strchr(line, '\n');
    if (!end && length == sizeof(program->head) - 1)
      return -ENOEXEC; /* too long to know its end */
    if (!end)
      end = program->head + length;
    *end = 0;
    while (end > line && (end[-1] == ' ' || end[-1] == '\t'))
      *--end = 0;
    while (*line == ' ' || *line == '\t')
      line++;
    char *argument = line;
    while (*argument && *argument != ' ' && *argument != '\t')
      argument++;
    if (argument == line)
      return -ENOEXEC;
    if (*argument)
      *argument++ = 0;
    while (*argument == ' ' || *argument == '\t')
      argument++;
    if (push_kernel_string(program, program->path) < 0)
      return -E2BIG;
    program->argc++;
    if (*argument) {
      if (push_kernel_string(program, argument) < 0)
        return -E2BIG;
      program->argc++;
    }
    /* The interpreter's name stands as argv[0] below; the script's own argv[0] was left out. */
    strlcpy(program->path, line, sizeof(program->path));
    int error = inode_open(program, program->path);
    if (error)
      return error;
  }
}

static bool is_script(struct program *program) {
  return cache_file_read(program->inode, program->head, 2, 0) == 2 && program->head[0] == '#' &&
         program->head[1] == '!';
}

static int program_build(struct program *program, const u32 *argv, const u32 *envp) {
  int error = inode_open(program, program->path);
  u32 argc, envc;
  if (error)
    return error;
  bool script = is_script(program);
  if (!script && (error = elf_check(program)) < 0)
    return error;
  program->mm = mm_new();
  if (!program->mm)
    return -ENOMEM;
  program->sp = STACK_TOP - 4;
  program->mm->stack_limit = current->limits[RLIMIT_STACK].rlim_cur;
  program->room = min_u32(max_u32(program->mm->stack_limit / 4, ARG_MAX), STRINGS_MOST) + 8;
  if ((error = vma_map(program->mm, STACK_TOP - STACK_FIRST, STACK_TOP, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, NULL, 0)) < 0 ||
      (error = count_user_strings(program, argv, &argc)) < 0 ||
      (error = count_user_strings(program, envp, &envc)) < 0 ||
      (error = push_kernel_string(program, program->path)) < 0)
    return error;
  program->strings_end = program->sp; /* AT_EXECFN */
  program->argc = argc;
  program->envc = envc;
  if ((error = push_user_strings(program, envp, envc, 0)) < 0 ||
      (error = push_user_strings(program, argv, argc, script && argc ? 1 : 0)) < 0)
    return error;
  if (script) {
    if (argc)
      program->argc--;
    if ((error = script_expand(program)) < 0 || (error = elf_check(program)) < 0 ||
        (error = push_kernel_string(program, program->path)) < 0)
      return error;
    program->argc++;
  } else if (argc == 0) { /* programs expect an argv[0] */
    if ((error = push_kernel_string(program, "")) < 0)
      return error;
    program->argc = 1;
  }
  program->strings_start = program->sp;
  if ((error = elf_map(program)) < 0)
    return error;
  return stack_finish(program);
}

long sys_execve(const char *path, const u32 *argv, const u32 *envp) {
  struct program *program = kzalloc(sizeof(*program));
  char option[64];
  if (!program)
    return -ENOMEM;
  int error = strncpy_from_user(program->path, path, PATH_MAX);
  if (current == init_task && current->executed == 0 &&
      cmdline_get("init", option, sizeof(option)))
    strlcpy(program->path, option, sizeof(program->path));
  if (error >= 0)
    error = program_build(program, argv, envp);
  if (error >= 0) {
    error = 0;
    program_start(program);
  } else if (current == init_task && current->executed == 0) {
    printk("cannot execute %s: error %d\n", program->path, -error);
  }
  if (program->mm)
    mm_put(program->mm);
  if (program->inode)
    inode_put(program->inode);
  kfree(program);
  return error;
}

/*
 * Runs as the first process: does what /script says, one operation a line, prints what the kernel
 * answered to each (a number, or a checksum), and turns the power off. The host knows what should
 * have come out.
 */
#include <uapi/errno.h>
#include <uapi/fcntl.h>
#include <uapi/mman.h>
#include <uapi/mount.h>
#include <uapi/reboot.h>
#include <uapi/stat.h>
#include <uapi/statfs.h>
#include <uapi/syscall.h>

#define BUFFER (1 << 17)
#define SLOTS 8
#define WORDS 8

long system_call(long number, ...);

static unsigned char buffer[BUFFER];
static char script[1 << 20];
static int slots[SLOTS];
static char *words[WORDS];
static char output[64];

static long number_of(const char *text) {
  unsigned long value = 0;
  int negative = *text == '-';
  for (text += negative; *text; text++)
    value = value * 10 + (*text - '0');
  return negative ? -value : value;
}

static void print_number(long value) {
  char *at = output + sizeof(output);
  unsigned long rest = value < 0 ? -(unsigned long)value : (unsigned long)value;
  *--at = '\n';
  do
    *--at = '0' + rest % 10;
  while (rest /= 10);
  if (value < 0)
    *--at = '-';
  system_call(SYS_write, 1, at, output + sizeof(output) - at);
}

/* What a file has at an offset, where a write with this seed put it. */
static unsigned char pattern(unsigned seed, unsigned offset) {
  return seed + offset * 7 + (offset >> 9) * 13;
}

static void fill(unsigned seed, unsigned offset, unsigned count) {
  for (unsigned i = 0; i < count; i++)
    buffer[i] = pattern(seed, offset + i);
}

static long checksum(const unsigned char *bytes, unsigned count) {
  unsigned sum = count;
  for (unsigned i = 0; i < count; i++)
    sum = sum * 31 + bytes[i];
  return sum & 0x7fffffff;
}

static long n(int word) { return number_of(words[word]); }

/* An error of a write is told from one of the open before it. */
static long written(long result) { return result < 0 ? result - 1000 : result; }

static long write_to(int fd, unsigned offset, unsigned count, unsigned seed) {
  if (fd < 0)
    return fd;
  fill(seed, offset, count);
  return written(system_call(SYS_pwrite64, fd, buffer, count, offset, 0));
}

static long with_file(long result, int fd) {
  if (fd >= 0)
    system_call(SYS_close, fd);
  return result;
}

static int open_file(const char *path, int flags) {
  return system_call(SYS_open, path, flags, 0644);
}

static long do_write(void) { /* path offset count seed */
  int fd = open_file(words[1], O_WRONLY | O_CREAT);
  return with_file(write_to(fd, n(2), n(3), n(4)), fd);
}

static long do_append(void) { /* path offset-for-the-pattern count seed */
  int fd = open_file(words[1], O_WRONLY | O_CREAT | O_APPEND);
  if (fd < 0)
    return fd;
  fill(n(4), n(2), n(3));
  return with_file(written(system_call(SYS_write, fd, buffer, n(3))), fd);
}

static long do_read(void) { /* path offset count */
  int fd = open_file(words[1], O_RDONLY);
  long count = fd < 0 ? fd : system_call(SYS_pread64, fd, buffer, n(3), n(2), 0);
  return with_file(count < 0 ? count : checksum(buffer, count), fd);
}

static long do_create(void) { /* path: must not be there */
  int fd = open_file(words[1], O_WRONLY | O_CREAT | O_EXCL);
  return with_file(fd < 0 ? fd : 0, fd);
}

static long do_empty(void) { /* path */
  int fd = open_file(words[1], O_RDWR | O_CREAT | O_TRUNC);
  return with_file(fd < 0 ? fd : 0, fd);
}

/* path offset count seed: through a shared mapping; the file has these bytes already. Afterwards
 * read() must see them: the answer is their checksum as read. */
static long do_map(void) {
  unsigned offset = n(2), count = n(3), seed = n(4), base = offset & ~4095u;
  int fd = open_file(words[1], O_RDWR);
  if (fd < 0)
    return fd;
  unsigned char *at = (unsigned char *)system_call(
      SYS_mmap2, 0, offset - base + count, PROT_READ | PROT_WRITE, MAP_SHARED, fd, base >> 12);
  if ((unsigned)at > 0xfffff000u)
    return with_file((long)at, fd);
  for (unsigned i = 0; i < count; i++)
    at[offset - base + i] = pattern(seed, offset + i);
  long got = system_call(SYS_pread64, fd, buffer, count, offset, 0);
  system_call(SYS_munmap, at, offset - base + count);
  return with_file(got < 0 ? got : checksum(buffer, got), fd);
}

static long do_sync_file(void) { /* path */
  int fd = open_file(words[1], O_RDONLY);
  return with_file(fd < 0 ? fd : system_call(SYS_fsync, fd), fd);
}

static long do_open(void) { /* slot path */
  int fd = open_file(words[2], O_RDWR);
  if (slots[n(1)] > 0)
    system_call(SYS_close, slots[n(1)]);
  slots[n(1)] = fd > 0 ? fd : 0;
  return fd < 0 ? fd : 0;
}

static long do_slot_write(void) { /* slot offset count seed */
  return slots[n(1)] ? write_to(slots[n(1)], n(2), n(3), n(4)) : -EBADF;
}

static long do_slot_read(void) { /* slot offset count */
  if (!slots[n(1)])
    return -EBADF;
  long count = system_call(SYS_pread64, slots[n(1)], buffer, n(3), n(2), 0);
  return count < 0 ? count : checksum(buffer, count);
}

static long do_close(void) { /* slot */
  long result = slots[n(1)] ? system_call(SYS_close, slots[n(1)]) : -EBADF;
  slots[n(1)] = 0;
  return result;
}

static long do_stat(void) { /* path: size, links and kind in one number */
  struct stat stat;
  long error = system_call(SYS_lstat64, words[1], &stat);
  return error ? error : (long)((stat.st_size * 31 + stat.st_nlink * 7 + (stat.st_mode >> 12)) &
                                0x7fffffff);
}

static long do_free(void) { /* what: 0 blocks, 1 inodes */
  struct statfs64 stat;
  long error = system_call(SYS_statfs64, "/", sizeof(stat), &stat);
  return error ? error : n(1) ? (long)stat.f_ffree : (long)stat.f_bfree;
}

/* Files of so many bytes in a directory until one cannot be made: how many were. path count seed */
static long do_fill(void) {
  char *path = (char *)buffer + BUFFER - 256, *end;
  long made = 0, result;
  for (;;) {
    end = path;
    for (const char *at = words[1]; *at;)
      *end++ = *at++;
    *end++ = '/';
    for (long rest = made, i = 0; i < 6; i++, rest /= 10)
      *end++ = '0' + rest % 10;
    *end = 0;
    int fd = open_file(path, O_WRONLY | O_CREAT | O_EXCL);
    fill(n(3), 0, n(2));
    result = fd < 0 ? fd : n(2) ? system_call(SYS_write, fd, buffer, n(2)) : 0;
    if (fd >= 0)
      system_call(SYS_close, fd);
    if (result < n(2))
      return result == -ENOSPC || result >= 0 ? made : result;
    made++;
  }
}

static long do_sleep(void) { /* seconds */
  long time[2] = {n(1), 0};
  return system_call(SYS_nanosleep, time, 0);
}

static long do_link(void) { return system_call(SYS_link, words[1], words[2]); }
static long do_symlink(void) { return system_call(SYS_symlink, words[1], words[2]); }
static long do_unlink(void) { return system_call(SYS_unlink, words[1]); }
static long do_rename(void) { return system_call(SYS_rename, words[1], words[2]); }
static long do_mkdir(void) { return system_call(SYS_mkdir, words[1], 0755); }
static long do_rmdir(void) { return system_call(SYS_rmdir, words[1]); }
static long do_chmod(void) { return system_call(SYS_chmod, words[1], n(2)); }
static long do_chdir(void) { return system_call(SYS_chdir, words[1]); }
static long do_sync(void) { return system_call(SYS_sync); }

static long do_truncate(void) { return system_call(SYS_truncate64, words[1], n(2), 0); }

static long do_mount(void) { /* source target type flags */
  return system_call(SYS_mount, words[1], words[2], words[3], n(4), 0);
}

static long do_umount(void) { return system_call(SYS_umount2, words[1], 0); }

/* The children are done: how many. */
static long do_wait(void) {
  long count = 0;
  while (system_call(SYS_wait4, -1, 0, 0, 0) > 0)
    count++;
  return count;
}

static const struct {
  char letter;
  long (*run)(void);
} operations[] = {
    {'w', do_write},     {'a', do_append},     {'R', do_read},       {'c', do_create},
    {'e', do_empty},     {'M', do_map},        {'f', do_sync_file},  {'o', do_open},
    {'W', do_slot_write}, {'r', do_slot_read}, {'x', do_close},      {'g', do_stat},
    {'F', do_free},      {'L', do_fill},       {'z', do_sleep},      {'l', do_link},
    {'s', do_symlink},   {'u', do_unlink},     {'n', do_rename},     {'m', do_mkdir},
    {'d', do_rmdir},     {'p', do_chmod},      {'C', do_chdir},      {'y', do_sync},
    {'t', do_truncate},  {'k', do_mount},      {'K', do_umount},     {'Z', do_wait},
};

/* P: a child runs the lines up to the next Q, without a word, while we go on behind it. */
static int is_child;

static long line_run(char *line) {
  int count = 0;
  while (*line && count < WORDS) {
    words[count++] = line;
    while (*line && *line != ' ')
      line++;
    if (*line)
      *line++ = 0;
  }
  for (unsigned i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
    if (operations[i].letter == words[0][0])
      return operations[i].run();
  return -ENOSYS;
}

int program(unsigned *stack) {
  (void)stack;
  int console = system_call(SYS_open, "/dev/console", O_RDWR, 0);
  system_call(SYS_dup, console);
  int fd = system_call(SYS_open, "/script", O_RDONLY, 0);
  long size = 0, part;
  while ((part = system_call(SYS_read, fd, script + size, sizeof(script) - 1 - size)) > 0)
    size += part;
  system_call(SYS_close, fd);
  for (char *line = script; *line;) {
    char *end = line;
    while (*end && *end != '\n')
      end++;
    int more = *end != 0;
    *end = 0;
    if (*line == 'P') {
      is_child = system_call(SYS_fork) == 0;
      for (line = end + more; !is_child && *line != 'Q'; line++)
        while (*line != '\n')
          line++;
      end = line + !is_child; /* behind the Q */
      more = !is_child;
    } else if (*line == 'Q') {
      system_call(SYS_exit, 0);
    } else {
      long result = line_run(line);
      if (!is_child)
        print_number(result);
    }
    line = end + more;
  }
  system_call(SYS_write, 1, "end\n", 4);
  system_call(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_POWER_OFF, 0);
  return 0;
}

/*
 * /dev/null, zero, full, random and urandom. The random numbers come from a small generator seeded
 * by time: good for games and hash seeds, not for secrets.
 */
#include <asm/cpu.h>
#include <asm/uaccess.h>
#include <kernel/task.h>
#include <kernel/tty.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>

DEFINE_SPINLOCK(random_lock);
static u64 random_state;

static ssize_t null_read(struct file *file, char *to, size_t count, u64 *offset) {
  (void)file, (void)to, (void)count, (void)offset;
  return 0;
}

static ssize_t null_write(struct file *file, const char *from, size_t count, u64 *offset) {
  (void)file, (void)from, (void)offset;
  return count;
}

static ssize_t full_write(struct file *file, const char *from, size_t count, u64 *offset) {
  (void)file, (void)from, (void)count, (void)offset;
  return -ENOSPC;
}

static ssize_t zero_read(struct file *file, char *to, size_t count, u64 *offset) {
  (void)file, (void)offset;
  for (size_t done = 0; done < count;) {
    u32 part = min_u32(count - done, 65536);
    if (signal_pending())
      return done ? (ssize_t)done : -EINTR;
    if (clear_user(to + done, part) < 0)
      return -EFAULT;
    done += part;
  }
  return count;
}

/* xorshift64*: shifts and one multiplication. */
static u32 random_next(void) {
  spin_lock(&random_lock);
  if (random_state == 0)
    random_state = rdtsc() | 1;
  random_state ^= random_state >> 12;
  random_state ^= random_state << 25;
  random_state ^= random_state >> 27;
  u32 value = (random_state * 0x2545f4914f6cdd1dull) >> 32;
  spin_unlock(&random_lock);
  return value;
}

static ssize_t random_read(struct file *file, char *to, size_t count, u64 *offset) {
  (void)file, (void)offset;
  for (size_t done = 0; done < count; done += 4) {
    u32 value = random_next();
    if (copy_to_user(to + done, &value, min_u32(count - done, 4)) < 0)
      return -EFAULT;
  }
  return count;
}

static const struct file_operations null_operations = {.read = null_read, .write = null_write};
static const struct file_operations zero_operations = {.read = zero_read, .write = null_write};
static const struct file_operations full_operations = {.read = zero_read, .write = full_write};
static const struct file_operations random_operations = {.read = random_read,
                                                         .write = null_write};

static const struct device mem_devices[] = {
    {"null", S_IFCHR | 0666, 1, 3, &null_operations},
    {"zero", S_IFCHR | 0666, 1, 5, &zero_operations},
    {"full", S_IFCHR | 0666, 1, 7, &full_operations},
    {"random", S_IFCHR | 0666, 1, 8, &random_operations},
    {"urandom", S_IFCHR | 0666, 1, 9, &random_operations},
};

void mem_devices_init(void) {
  for (u32 i = 0; i < array_length(mem_devices); i++)
    device_register(&mem_devices[i]);
}

/* exec: what it refuses and with which error, its limits, scripts, and hostile ELF files. */
#include <uapi/elf.h>
#include "limits.h"

#define FILE_NAME "/tmp/program"
#define MANY 10000

struct image {
  struct elf32_header header;
  struct elf32_program_header segments[1];
  unsigned char code[64];
};

extern unsigned *start_stack;
static char *environment[] = {"A=1", NULL};
static char *plain_arguments[] = {"program", "quit", NULL};

static void write_file(const char *name, const void *bytes, unsigned size, int mode) {
  system_call(SYS_unlink, name);
  int fd = system_call(SYS_open, name, O_CREAT | O_TRUNC | O_WRONLY, mode);
  CHECK(fd >= 0);
  CHECK_IS(system_call(SYS_write, fd, bytes, size), size);
  CHECK_IS(system_call(SYS_close, fd), 0);
}

static long exec_plain(const char *name) {
  return system_call(SYS_execve, name, plain_arguments, environment);
}

/* exec in a child: -errno, or the status word that the program ended with. */
static long exec_child(const char *name, char **arguments) {
  int child = fork();
  if (child == 0)
    leave(-system_call(SYS_execve, name, arguments, environment));
  int status = wait_for(child);
  return WIFEXITED(status) ? -WEXITSTATUS(status) : status;
}

/* exit(0) as a whole program of one segment. */
static struct image small_program(void) {
  static const unsigned char code[] = {0x31, 0xdb, 0x31, 0xc0, 0x40, 0xcd, 0x80};
  struct image image;
  memset(&image, 0, sizeof(image));
  image.header.magic = ELF_MAGIC;
  image.header.class_and_pad[0] = 1;
  image.header.type = ET_EXEC;
  image.header.machine = EM_386;
  image.header.phentsize = sizeof(image.segments[0]);
  image.header.phnum = 1;
  image.header.phoff = (char *)image.segments - (char *)&image;
  image.header.entry = 0x400000 + (unsigned)((char *)image.code - (char *)&image);
  image.segments[0].type = PT_LOAD;
  image.segments[0].vaddr = 0x400000;
  image.segments[0].filesz = image.segments[0].memsz = sizeof(image);
  image.segments[0].flags = PF_R | PF_X;
  memcpy(image.code, code, sizeof(code));
  return image;
}

static void errors(void) {
  static char longest[5000];
  memset(longest, 'x', sizeof(longest) - 1);
  write_file(FILE_NAME, "\177ELF", 4, 0755);
  CHECK_IS(exec_plain(FILE_NAME), -ENOEXEC);
  write_file(FILE_NAME, "", 0, 0755);
  CHECK_IS(exec_plain(FILE_NAME), -ENOEXEC);
  write_file(FILE_NAME, "garbage of some length, which is no program", 40, 0755);
  CHECK_IS(exec_plain(FILE_NAME), -ENOEXEC);
  write_file(FILE_NAME, "x", 1, 0644);
  CHECK_IS(exec_plain(FILE_NAME), -EACCES);
  CHECK_IS(exec_plain("/tmp"), -EACCES);
  CHECK_IS(exec_plain("/dev/null"), -EACCES);
  CHECK_IS(exec_plain("/bin/nothing"), -ENOENT);
  CHECK_IS(exec_plain("/bin/sh/x"), -ENOTDIR);
  CHECK_IS(exec_plain(""), -ENOENT);
  CHECK_IS(exec_plain(longest), -ENAMETOOLONG);
  system_call(SYS_unlink, "/tmp/loop");
  CHECK_IS(system_call(SYS_symlink, "/tmp/loop", "/tmp/loop"), 0);
  CHECK_IS(exec_plain("/tmp/loop"), -ELOOP);
  CHECK_IS(exec_plain((char *)8), -EFAULT);
  CHECK_IS(system_call(SYS_execve, SELF, 8, environment), -EFAULT);
  CHECK_IS(system_call(SYS_execve, SELF, 0x80000000u, environment), -EFAULT);
}

static void headers(void) {
  struct image good = small_program(), bad;
  write_file(FILE_NAME, &good, sizeof(good), 0755);
  CHECK_IS(exec_child(FILE_NAME, plain_arguments), 0);
#define REFUSED(change, wanted)                                                                    \
  do {                                                                                             \
    bad = good;                                                                                    \
    change;                                                                                        \
    write_file(FILE_NAME, &bad, sizeof(bad), 0755);                                                \
    CHECK_IS(exec_child(FILE_NAME, plain_arguments), wanted);                                      \
  } while (0)
  REFUSED(bad.segments[0].memsz = 0x90000000, -ENOMEM);
  REFUSED(bad.segments[0].memsz = 0x7f900000, -ENOMEM);
  REFUSED((bad.segments[0].memsz = 0x40000000, bad.segments[0].flags |= PF_W), -ENOMEM);
  REFUSED(bad.segments[0].vaddr = 0x80000000, -ENOEXEC);
  REFUSED(bad.segments[0].vaddr = 0xfffff000, -ENOEXEC);
  REFUSED(bad.segments[0].vaddr = 0, -ENOEXEC);
  REFUSED(bad.segments[0].vaddr += 1, -ENOEXEC);
  REFUSED(bad.segments[0].filesz += 0x10000, -ENOEXEC);
  REFUSED(bad.segments[0].offset = 0xfffff000, -ENOEXEC);
  REFUSED(bad.header.phoff = 0xfffffff0, -ENOEXEC);
  REFUSED(bad.header.phnum = 0, -ENOEXEC);
  REFUSED(bad.header.phnum = 0xffff, -ENOEXEC);
  REFUSED(bad.header.phentsize = 31, -ENOEXEC);
  REFUSED(bad.header.machine = 62, -ENOEXEC);
  REFUSED(bad.header.entry = 0x80100000, SIGSEGV);
  REFUSED(bad.header.entry = 0, SIGSEGV);
}

/* Bytes of the headers are changed at random: an error, or the program's end; never the kernel's. */
static void fuzz(void) {
  struct image good = small_program();
  unsigned random = 12345, refused = 0, ended = 0, killed = 0;
  for (unsigned i = 0; i < 2000; i++) {
    struct image bad = good;
    unsigned changes = 1 + i % 4, size = i % 7 ? sizeof(bad) : i % sizeof(bad);
    for (; changes > 0; changes--) {
      random = random * 1103515245 + 12345;
      unsigned at = (random >> 8) % (sizeof(bad.header) + sizeof(bad.segments));
      random = random * 1103515245 + 12345;
      static const unsigned char liked[] = {0, 1, 0x7f, 0x80, 0xff, 0x10, 0x40, 0xfe};
      ((unsigned char *)&bad)[at] = random & 0x10000 ? liked[random >> 20 & 7] : random >> 24;
    }
    write_file(FILE_NAME, &bad, size, 0755);
    int child = fork();
    if (child == 0) {
      system_call(SYS_alarm, 1);
      leave(exec_plain(FILE_NAME) < 0 ? 77 : 78);
    }
    int status = wait_for(child);
    refused += WIFEXITED(status) && WEXITSTATUS(status) == 77;
    ended += WIFEXITED(status) && WEXITSTATUS(status) != 77;
    killed += !WIFEXITED(status);
  }
  CHECK(refused > 300 && ended > 100 && killed > 20 && refused + ended + killed == 2000);
}

/* How many arguments and how long: `limits strings` is what they are handed to. */
static void strings(void) {
  unsigned count = start_stack[0], bytes = 0;
  for (unsigned i = 0; i < count; i++)
    bytes += length((const char *)start_stack[1 + i]) + 1;
  print_number(count);
  print(" ");
  print_number(bytes);
  print((unsigned)start_stack % 16 == 0 && start_stack[1 + count] == 0 ? "\n" : " wrong\n");
}

static void arguments(void) {
  static char *vector[MANY + 1], *one[] = {SELF, "strings", NULL, NULL}, *none[] = {NULL};
  unsigned most = 32 * PAGE;
  char *longest = map_memory(33, MAP_PRIVATE);
  memset(longest, 'a', most - 1);
  one[2] = longest;
  CHECK_IS(exec_child(SELF, one), 0);
  longest[most - 1] = 'a';
  CHECK_IS(exec_child(SELF, one), -E2BIG);
  vector[0] = SELF;
  vector[1] = "strings";
  for (unsigned i = 2; i < MANY; i++)
    vector[i] = "x";
  CHECK_IS(exec_child(SELF, vector), 0);
  longest[PAGE] = 0; /* 2 MiB and more, in pieces */
  for (unsigned i = 2; i < 600; i++)
    vector[i] = longest;
  CHECK_IS(exec_child(SELF, vector), -E2BIG);
  vector[300] = NULL;
  CHECK_IS(exec_child(SELF, vector), 0);
  for (unsigned i = 2; i < MANY; i++)
    vector[i] = "";
  CHECK_IS(exec_child(SELF, none), -2); /* no such test: argv[0] is "" */
}

static void script(const char *name, const char *text) {
  write_file(name, text, length(text), 0755);
}

static void scripts(void) {
  static char line[400] = "#!", *handed[] = {"ignored", "one", "two", NULL};
  script("/tmp/s1", "#!/bin/traps args of it \n");
  CHECK_IS(exec_child("/tmp/s1", handed), -2); /* "args of it" is one argument */
  script("/tmp/s1", "#! \t/bin/traps \t args\t \n");
  CHECK_IS(exec_child("/tmp/s1", handed), 0);
  script("/tmp/s1", "#!/bin/traps args"); /* no end of line */
  CHECK_IS(exec_child("/tmp/s1", handed), 0);
  script("/tmp/s2", "#!/tmp/s1\n");
  script("/tmp/s3", "#!/tmp/s2\n");
  script("/tmp/s4", "#!/tmp/s3\n");
  script("/tmp/s5", "#!/tmp/s4\n");
  CHECK_IS(exec_child("/tmp/s4", handed), 0);
  CHECK_IS(exec_child("/tmp/s5", handed), -ELOOP);
  script("/tmp/s1", "#!/tmp/s1\n");
  CHECK_IS(exec_child("/tmp/s1", handed), -ELOOP);
  script("/tmp/s1", "#!\n");
  CHECK_IS(exec_child("/tmp/s1", handed), -ENOEXEC);
  script("/tmp/s1", "#!/tmp/none\n");
  CHECK_IS(exec_child("/tmp/s1", handed), -ENOENT);
  memset(line + 2, 'i', sizeof(line) - 3);
  script("/tmp/s1", line);
  CHECK_IS(exec_child("/tmp/s1", handed), -ENOEXEC);
}

/* A descriptor to be closed on exec is; another stays. */
static void descriptors(void) {
  char *check[] = {SELF, "closed", NULL};
  CHECK_IS(system_call(SYS_open, "/dev/null", O_RDONLY, 0), 3);
  CHECK_IS(system_call(SYS_open, "/dev/null", O_RDONLY | O_CLOEXEC, 0), 4);
  CHECK_IS(exec_child(SELF, check), 0);
}

static void closed(void) {
  char byte;
  CHECK_IS(system_call(SYS_read, 3, &byte, 1), 0);
  CHECK_IS(system_call(SYS_read, 4, &byte, 1), -EBADF);
}

/* 8 MiB go back when another program takes the place of theirs. */
static void frees(void) {
  char *area = map_memory(2048, MAP_PRIVATE), *next[] = {SELF, "freed", NULL, NULL};
  char number[2] = {0, 0};
  long before = frames_free();
  memset(area, 1, 2048 * PAGE);
  long used = before - frames_free();
  CHECK(used >= 2048 && used < 2060);
  number[0] = before / 256 + 1; /* in MiB, none of which is 0 */
  next[2] = number;
  CHECK_IS(system_call(SYS_execve, SELF, next, environment), 0);
}

static void freed(void) {
  long before = (((const unsigned char *)start_stack[3])[0] - 1) * 256;
  CHECK(frames_free() >= before - 20);
}

const struct deed exec_deeds[] = {
    {"exec-errors", errors},   {"exec-headers", headers}, {"exec-fuzz", fuzz},
    {"exec-arguments", arguments}, {"exec-scripts", scripts}, {"exec-closes", descriptors},
    {"exec-frees", frees},     {"strings", strings},      {"closed", closed},
    {"freed", freed},          {NULL, NULL},
};

/*
 * dd [if=FILE] [of=FILE] [bs=N] [ibs=N] [obs=N] [count=N] [skip=N] [seek=N] [conv=LIST]
 * [status=none]: copies blocks.
 */
#include "command.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static long long input_size = 512, output_size = 512, count = -1, skipped, sought, whole_in, part_in;
static long long whole_out, part_out, bytes;
static int keeps_rest, pads, goes_on, to_upper, to_lower, swaps, syncs, is_exclusive, needs_file;
static int is_silent;
static const char *input_name, *output_name;

static void set_conversions(char *list) {
  static const struct {
    const char *name;
    int *flag;
  } rows[] = {{"notrunc", &keeps_rest}, {"sync", &pads},    {"noerror", &goes_on},
              {"ucase", &to_upper},     {"lcase", &to_lower}, {"swab", &swaps},
              {"fsync", &syncs},        {"excl", &is_exclusive}, {"nocreat", &needs_file}};
  for (char *rest = list, *word; (word = strsep(&rest, ",")) != NULL;) {
    unsigned i = 0;
    while (i < sizeof rows / sizeof *rows && strcmp(rows[i].name, word) != 0) i++;
    if (i == sizeof rows / sizeof *rows) wrong_usage("invalid conversion: %s", quoted(word));
    *rows[i].flag = 1;
  }
}

static void set_operand(char *operand) {
  static const struct {
    const char *name;
    long long *value;
    int is_size;
  } rows[] = {{"bs", NULL, 1},         {"ibs", &input_size, 1}, {"obs", &output_size, 1},
              {"count", &count, 0},    {"skip", &skipped, 0},   {"seek", &sought, 0}};
  char *equals = strchr(operand, '=');
  if (equals == NULL) wrong_usage("unrecognized operand %s", quoted(operand));
  *equals = '\0';
  const char *value = equals + 1;
  if (strcmp(operand, "if") == 0) input_name = value;
  else if (strcmp(operand, "of") == 0) output_name = value;
  else if (strcmp(operand, "conv") == 0) set_conversions(equals + 1);
  else if (strcmp(operand, "status") == 0) is_silent = strcmp(value, "none") == 0;
  else {
    unsigned i = 0;
    long long number;
    while (i < sizeof rows / sizeof *rows && strcmp(rows[i].name, operand) != 0) i++;
    if (i == sizeof rows / sizeof *rows) {
      *equals = '=';
      wrong_usage("unrecognized operand %s", quoted(operand));
    }
    if (!parse_size(value, &number) || number < 0 || (rows[i].is_size && number == 0)) {
      give_up("invalid number: %s", quoted(value));
    }
    if (rows[i].value != NULL) *rows[i].value = number;
    else input_size = output_size = number;
  }
}

static void convert(char *block, size_t length) {
  for (size_t i = 0; i + 1 < length && swaps; i += 2) {
    char held = block[i];
    block[i] = block[i + 1];
    block[i + 1] = held;
  }
  for (size_t i = 0; i < length && to_upper; i++) block[i] = (char)toupper((unsigned char)block[i]);
  for (size_t i = 0; i < length && to_lower; i++) block[i] = (char)tolower((unsigned char)block[i]);
}

static int put(const char *block, size_t length) {
  while (length > 0) {
    size_t part = length < (size_t)output_size ? length : (size_t)output_size;
    for (size_t done = 0; done < part;) {
      ssize_t written = write(1, block + done, part - done);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) {
        complain("error writing %s", quoted(output_name == NULL ? "standard output" : output_name));
        return -1;
      }
      done += (size_t)written;
      bytes += written;
    }
    if (part == (size_t)output_size) whole_out++;
    else part_out++;
    block += part;
    length -= part;
  }
  return 0;
}

static void copy(void) {
  char *block = must_have(NULL, (size_t)input_size);
  struct buffer waiting = {0};
  while (count < 0 || whole_in + part_in < count) {
    ssize_t length = read(0, block, (size_t)input_size);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) {
      complain("error reading %s", quoted(input_name == NULL ? "standard input" : input_name));
      if (!goes_on || lseek64(0, input_size, SEEK_CUR) < 0) break;
      length = 0;
    } else if (length == 0) {
      break;
    }
    if (length == input_size) whole_in++;
    else part_in++;
    if (pads && length < input_size) {
      memset(block + length, 0, (size_t)(input_size - length));
      length = (ssize_t)input_size;
    }
    convert(block, (size_t)length);
    if (input_size == output_size) {
      if (put(block, (size_t)length) < 0) break;
      continue;
    }
    buffer_add(&waiting, block, (size_t)length);
    size_t full = waiting.length / (size_t)output_size * (size_t)output_size;
    if (put(waiting.bytes, full) < 0) break;
    waiting.length -= full;
    memmove(waiting.bytes, waiting.bytes + full, waiting.length);
  }
  if (waiting.length > 0) put(waiting.bytes, waiting.length);
}

static void use(const char *name, int flags, int as) {
  int fd = open(name, flags, 0666);
  if (fd < 0) {
    complain("failed to open %s", quoted(name));
    exit(1);
  }
  if (fd != as) {
    dup2(fd, as);
    close(fd);
  }
}

/* Where the input cannot seek it is read and thrown away. */
static void skip(void) {
  char block[512];
  long long left = skipped * input_size;
  if (lseek64(0, left, SEEK_CUR) >= 0) return;
  while (left > 0) {
    ssize_t length = read(0, block, left < 512 ? (size_t)left : sizeof block);
    if (length <= 0) break;
    left -= length;
  }
}

int main(int argc, char **argv) {
  while (next_option(argc, argv, "", NULL, "dd [if=FILE] [of=FILE] [bs=N] [count=N] ..\n") != -1) {
    continue;
  }
  for (int i = optind; i < argc; i++) set_operand(argv[i]);
  if (input_name != NULL) use(input_name, O_RDONLY, 0);
  if (output_name != NULL) {
    int flags = O_WRONLY | (needs_file ? 0 : O_CREAT) | (is_exclusive ? O_EXCL : 0);
    if (!keeps_rest && sought == 0) flags |= O_TRUNC;
    use(output_name, flags, 1);
    struct stat status;
    if (!keeps_rest && sought > 0 && fstat(1, &status) == 0 && S_ISREG(status.st_mode) &&
        ftruncate64(1, sought * output_size) < 0) {
      complain("failed to truncate to %lld bytes in output file %s", sought * output_size,
               quoted(output_name));
    }
  }
  if (skipped > 0) skip();
  if (sought > 0) lseek64(1, sought * output_size, SEEK_CUR);
  copy();
  if (syncs && fsync(1) < 0) complain("fsync failed");
  if (close(1) < 0) complain("closing output file");
  if (!is_silent) {
    fprintf(stderr, "%lld+%lld records in\n%lld+%lld records out\n%lld bytes copied\n", whole_in,
            part_in, whole_out, part_out, bytes);
  }
  return exit_status;
}

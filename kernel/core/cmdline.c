/*
 * The kernel's command line. The image builder writes it into the kernel's data: it looks for the
 * sixteen bytes of the magic and fills what follows, ending in a zero byte.
 */
#include <kernel/printk.h>
#include <kernel/string.h>

#define BOOT_ARGS_SIZE 496

static volatile struct {
  char magic[16];
  char text[BOOT_ARGS_SIZE];
} boot_args __attribute__((aligned(16), used)) = {"ring0 boot args", ""};

const char *cmdline_text(void) {
  boot_args.text[BOOT_ARGS_SIZE - 1] = 0;
  return (const char *)boot_args.text;
}

/* True if the word is there; its value, "" without one, is copied. */
bool cmdline_get(const char *key, char *value, size_t size) {
  u32 length = strlen(key);
  for (const char *word = cmdline_text(); *word;) {
    const char *end = word;
    while (*end && *end != ' ')
      end++;
    if (strncmp(word, key, length) == 0 &&
        (word + length == end || word[length] == '=')) {
      const char *from = word + length + (word[length] == '=');
      strlcpy(value, from, min_u32(size, end - from + 1));
      return true;
    }
    while (*end == ' ')
      end++;
    word = end;
  }
  return false;
}

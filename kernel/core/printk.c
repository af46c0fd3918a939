/*
 * Formatted kernel messages, to the serial line and the screen at once, in any context.
 */
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/tty.h>

struct output {
  char *to;
  size_t size, length; /* length counts what did not fit, too */
};

static void put(struct output *output, char character) {
  if (output->length + 1 < output->size)
    output->to[output->length] = character;
  output->length++;
}

struct conversion {
  bool left, zero, upper;
  int width;
  u32 longs;
};

static void put_padded(struct output *output, const char *text, u32 length,
                       const struct conversion *conversion, const char *sign) {
  int padding = conversion->width - (int)(length + strlen(sign));
  if (!conversion->left && !conversion->zero)
    for (; padding > 0; padding--)
      put(output, ' ');
  for (; *sign; sign++)
    put(output, *sign);
  if (!conversion->left)
    for (; padding > 0; padding--)
      put(output, '0');
  for (u32 i = 0; i < length; i++)
    put(output, text[i]);
  for (; padding > 0; padding--)
    put(output, ' ');
}

static void put_number(struct output *output, u64 value, u32 base, bool negative,
                       const struct conversion *conversion) {
  char digits[24];
  u32 at = sizeof(digits);
  do {
    digits[--at] = (conversion->upper ? "0123456789ABCDEF" : "0123456789abcdef")[value % base];
    value /= base;
  } while (value);
  put_padded(output, digits + at, sizeof(digits) - at, conversion, negative ? "-" : "");
}

static const char *parse_conversion(const char *format, struct conversion *conversion) {
  *conversion = (struct conversion){0};
  for (;; format++) {
    if (*format == '-')
      conversion->left = true;
    else if (*format == '0')
      conversion->zero = true;
    else
      break;
  }
  for (; *format >= '0' && *format <= '9'; format++)
    conversion->width = conversion->width * 10 + *format - '0';
  for (; *format == 'l'; format++)
    conversion->longs++;
  return format;
}

int vsnprintk(char *to, size_t size, const char *format, __builtin_va_list arguments) {
  struct output output = {to, size, 0};
  struct conversion conversion;

  for (; *format; format++) {
    if (*format != '%') {
      put(&output, *format);
      continue;
    }
    format = parse_conversion(format + 1, &conversion);
    if (*format == 's') {
      const char *text = __builtin_va_arg(arguments, const char *);
      if (!text)
        text = "(null)";
      put_padded(&output, text, strlen(text), &conversion, "");
    } else if (*format == 'c') {
      char character = __builtin_va_arg(arguments, int);
      put_padded(&output, &character, 1, &conversion, "");
    } else if (*format == 'd' || *format == 'i') {
      s64 value = conversion.longs > 1 ? __builtin_va_arg(arguments, s64)
                                       : __builtin_va_arg(arguments, int);
      put_number(&output, value < 0 ? -(u64)value : (u64)value, 10, value < 0, &conversion);
    } else if (*format == 'u' || *format == 'x' || *format == 'X' || *format == 'o' ||
               *format == 'p') {
      u64 value = conversion.longs > 1 ? __builtin_va_arg(arguments, u64)
                                       : __builtin_va_arg(arguments, u32);
      u32 base = *format == 'u' ? 10 : *format == 'o' ? 8 : 16;
      conversion.upper = *format == 'X';
      put_number(&output, value, base, false, &conversion);
    } else {
      put(&output, '%');
      if (*format != '%')
        put(&output, *format);
      if (*format == 0)
        break;
    }
  }
  if (size > 0)
    to[output.length < size ? output.length : size - 1] = 0;
  return output.length;
}

int snprintk(char *to, size_t size, const char *format, ...) {
  __builtin_va_list arguments;
  __builtin_va_start(arguments, format);
  int length = vsnprintk(to, size, format, arguments);
  __builtin_va_end(arguments);
  return length;
}

void printk(const char *format, ...) {
  char line[256];
  __builtin_va_list arguments;
  __builtin_va_start(arguments, format);
  u32 length = vsnprintk(line, sizeof(line), format, arguments);
  __builtin_va_end(arguments);
  console_write(line, min_u32(length, sizeof(line) - 1));
}

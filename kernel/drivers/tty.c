/*
 * The console terminal's line discipline. Received characters are echoed, edited and collected in a
 * ring until a line is complete; ^C and its kin become signals for the foreground group. tty->lock
 * protects the ring and is taken by the receive interrupts.
 */
#include <asm/uaccess.h>
#include <kernel/printk.h>
#include <kernel/string.h>
#include <kernel/task.h>
#include <kernel/tty.h>
#include <kernel/vfs.h>
#include <uapi/errno.h>
#include <uapi/poll.h>

#define CTRL(letter) ((letter) & 0x1f)
#define DELETE 0x7f
#define PIECE 256

static struct lock_class tty_lock_class = {.name = "tty_lock"};

struct tty console_tty = {
    .lock = SPINLOCK_INIT(tty_lock_class),
    .termios = {.c_iflag = ICRNL | IXON,
                .c_oflag = OPOST | ONLCR,
                .c_cflag = B38400 | CS8 | CREAD | HUPCL,
                .c_lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
                .c_cc = {[VINTR] = CTRL('C'),
                         [VQUIT] = CTRL('\\'),
                         [VERASE] = DELETE,
                         [VKILL] = CTRL('U'),
                         [VEOF] = CTRL('D'),
                         [VMIN] = 1,
                         [VSTART] = CTRL('Q'),
                         [VSTOP] = CTRL('S'),
                         [VSUSP] = CTRL('Z'),
                         [VREPRINT] = CTRL('R'),
                         [VWERASE] = CTRL('W'),
                         [VLNEXT] = CTRL('V')}},
    .size = {25, 80, 0, 0},
    .readers = WAIT_QUEUE_INIT(console_tty.readers),
};

static bool has(const struct tty *tty, u32 flag) { return (tty->termios.c_lflag & flag) != 0; }

static void echo(struct tty *tty, u8 character) {
  char text[2] = {'^', character ^ 0x40};
  if (!has(tty, ECHO) && !(character == '\n' && has(tty, ECHONL) && has(tty, ICANON)))
    return;
  if ((character < ' ' || character == DELETE) && character != '\n' && character != '\t' &&
      has(tty, ECHOCTL)) {
    console_write(text, 2);
  } else {
    text[0] = character;
    console_write(text, 1);
  }
}

/* Takes the last character of the unfinished line back, from the screen too. */
static bool erase(struct tty *tty) {
  if (tty->write_at == tty->line_end)
    return false;
  u8 character = tty->input[--tty->write_at % TTY_BUFFER];
  if (has(tty, ECHO) && has(tty, ECHOE)) {
    bool wide = (character < ' ' && character != '\t') || character == DELETE;
    console_write("\b \b\b \b", wide ? 6 : 3);
  }
  return true;
}

static void erase_word(struct tty *tty) {
  bool in_word = false;
  while (tty->write_at != tty->line_end) {
    bool blank = tty->input[(tty->write_at - 1) % TTY_BUFFER] == ' ';
    if (blank && in_word)
      break;
    in_word |= !blank;
    erase(tty);
  }
}

/* The last place is for the end of a line, so that an overlong line can be ended and read. */
static bool store(struct tty *tty, u8 character, bool ends_line) {
  if (tty->write_at - tty->read_at >= TTY_BUFFER - !ends_line) {
    tty->lost++;
    return false;
  }
  tty->input[tty->write_at++ % TTY_BUFFER] = character;
  return true;
}

static void line_complete(struct tty *tty) {
  tty->line_end = tty->write_at;
  tty->lines++;
  wake_all(&tty->readers);
}

/* The signal that a character stands for, or 0. */
static int signal_of(const struct tty *tty, u8 character) {
  const u8 *keys = tty->termios.c_cc;
  if (!has(tty, ISIG) || character == 0)
    return 0;
  return character == keys[VINTR]   ? SIGINT
         : character == keys[VQUIT] ? SIGQUIT
         : character == keys[VSUSP] ? SIGTSTP
                                    : 0;
}

static void receive_canonical(struct tty *tty, u8 character) {
  const u8 *keys = tty->termios.c_cc;
  if (character == keys[VERASE] || character == '\b' || character == DELETE) {
    erase(tty);
  } else if (character == keys[VKILL]) {
    while (erase(tty))
      ;
  } else if (character == keys[VWERASE] && has(tty, IEXTEN)) {
    erase_word(tty);
  } else if (character == keys[VEOF]) {
    if (store(tty, 0, true)) /* the mark: read stops before it and takes it off */
      line_complete(tty);
  } else if (store(tty, character, character == '\n')) {
    echo(tty, character);
    if (character == '\n')
      line_complete(tty);
  } else {
    console_write("\a", 1);
  }
}

static u8 translate(const struct tty *tty, u8 character) {
  u32 flags = tty->termios.c_iflag;
  if (character == '\r' && (flags & ICRNL))
    return '\n';
  if (character == '\n' && (flags & INLCR))
    return '\r';
  return character;
}

/*
 * Whether a sender that can wait should go on. While a line is unfinished, all of it is taken: it may
 * hold the characters that edit it.
 */
bool tty_has_room(void) {
  const struct tty *tty = &console_tty;
  bool unfinished = has(tty, ICANON) && tty->lines == 0;
  return unfinished || tty->write_at - tty->read_at < TTY_BUFFER - 1;
}

/* Interrupt context: one character from the serial line or the keyboard. */
void tty_receive(u8 character) {
  struct tty *tty = &console_tty;
  int foreground = 0, number;

  spin_lock(&tty->lock);
  character = translate(tty, character);
  number = signal_of(tty, character);
  if (number) {
    echo(tty, character);
    foreground = tty->foreground;
    if (!has(tty, NOFLSH)) {
      tty->read_at = tty->line_end = tty->write_at;
      tty->lines = 0;
    }
  } else if (has(tty, ICANON)) {
    receive_canonical(tty, character);
  } else if (store(tty, character, true)) {
    echo(tty, character);
    tty->line_end = tty->write_at;
    wake_all(&tty->readers);
  }
  spin_unlock(&tty->lock);
  if (number && foreground > 0) {
    bool irqs = spin_lock_save(&task_lock);
    signal_send_group(foreground, number);
    spin_unlock_restore(&task_lock, irqs);
  }
}

static bool can_read(const struct tty *tty) {
  if (has(tty, ICANON))
    return tty->lines > 0;
  return tty->write_at != tty->read_at || tty->termios.c_cc[VMIN] == 0;
}

/* Moves up to count bytes, at most one line, to a kernel buffer. *ended: the line or file ended. */
static u32 take(struct tty *tty, char *to, u32 count, bool *ended) {
  u32 done = 0;
  bool irqs = spin_lock_save(&tty->lock);
  bool canonical = has(tty, ICANON);
  *ended = canonical && tty->lines == 0;
  while (done < count && !*ended && tty->read_at != (canonical ? tty->line_end : tty->write_at)) {
    char character = tty->input[tty->read_at++ % TTY_BUFFER];
    *ended = canonical && (character == '\n' || character == 0);
    if (*ended)
      tty->lines--;
    if (!canonical || character != 0)
      to[done++] = character;
  }
  if (tty->write_at - tty->read_at < TTY_BUFFER / 2)
    serial_resume();
  spin_unlock_restore(&tty->lock, irqs);
  return done;
}

/* A background process that reads its terminal is stopped. */
static bool is_background(const struct tty *tty) {
  return current->tty == tty && tty->foreground > 0 && current->pgid != tty->foreground;
}

static ssize_t tty_read(struct file *file, char *to, size_t count, u64 *offset) {
  struct tty *tty = &console_tty;
  char piece[PIECE];
  size_t done = 0;
  bool ended = false;
  (void)offset;

  if (is_background(tty)) {
    bool irqs = spin_lock_save(&task_lock);
    signal_send_group(current->pgid, SIGTTIN);
    spin_unlock_restore(&task_lock, irqs);
    return -ERESTARTSYS;
  }
  if (!can_read(tty) && (file->flags & O_NONBLOCK))
    return -EAGAIN;
  if (wait_event_interrupted(&tty->readers, can_read(tty)))
    return -ERESTARTSYS;
  while (done < count && !ended) {
    u32 part = take(tty, piece, min_u32(count - done, PIECE), &ended);
    if (copy_to_user(to + done, piece, part) < 0)
      return -EFAULT;
    done += part;
    if (part == 0)
      break;
  }
  return done;
}

static ssize_t tty_write(struct file *file, const char *from, size_t count, u64 *offset) {
  char piece[PIECE];
  (void)file, (void)offset;
  for (size_t done = 0; done < count;) {
    u32 part = min_u32(count - done, PIECE);
    if (copy_from_user(piece, from + done, part) < 0)
      return done ? (ssize_t)done : -EFAULT;
    console_write(piece, part);
    done += part;
  }
  return count;
}

/* A session leader without a terminal gets this one, if no other session has it; init, which opens
 * it for the shell's session, does not. */
static int tty_open(struct file *file) {
  struct tty *tty = &console_tty;
  bool irqs = spin_lock_save(&task_lock);
  spin_lock(&tty->lock);
  if (!(file->flags & O_NOCTTY) && current->sid == current->pid && current != init_task &&
      !current->tty && tty->session == 0) {
    current->tty = tty;
    tty->session = current->sid;
    tty->foreground = current->pgid;
  }
  spin_unlock(&tty->lock);
  spin_unlock_restore(&task_lock, irqs);
  return 0;
}

static u32 tty_poll(struct file *file) {
  (void)file;
  return POLLOUT | (can_read(&console_tty) ? POLLIN : 0);
}

static void termios_set(struct tty *tty, const struct kernel_termios *termios, bool flush) {
  bool irqs = spin_lock_save(&tty->lock);
  bool was_canonical = has(tty, ICANON);
  tty->termios = *termios;
  if (flush) {
    tty->read_at = tty->line_end = tty->write_at;
    tty->lines = 0;
  } else if (was_canonical != has(tty, ICANON)) {
    tty->line_end = tty->write_at;
    tty->lines = has(tty, ICANON) && tty->write_at != tty->read_at;
  }
  serial_resume();
  wake_all(&tty->readers);
  spin_unlock_restore(&tty->lock, irqs);
}

static long session_claim(struct tty *tty) {
  long result = -EPERM;
  bool irqs = spin_lock_save(&task_lock);
  if (current->sid == current->pid && (tty->session == 0 || tty->session == current->sid)) {
    current->tty = tty;
    tty->session = current->sid;
    tty->foreground = current->pgid;
    result = 0;
  }
  spin_unlock_restore(&task_lock, irqs);
  return result;
}

static long tty_ioctl(struct file *file, u32 request, u32 argument) {
  struct tty *tty = &console_tty;
  struct kernel_termios termios;
  void *user = (void *)argument;
  int number;
  (void)file;

  switch (request) {
  case TCGETS:
    return copy_to_user(user, &tty->termios, sizeof(tty->termios));
  case TCSETS:
  case TCSETSW:
  case TCSETSF:
    if (copy_from_user(&termios, user, sizeof(termios)) < 0)
      return -EFAULT;
    termios_set(tty, &termios, request == TCSETSF);
    return 0;
  case TIOCGWINSZ:
    return copy_to_user(user, &tty->size, sizeof(tty->size));
  case TIOCSWINSZ:
    return copy_from_user(&tty->size, user, sizeof(tty->size));
  case TIOCGPGRP:
    number = tty->foreground;
    return current->tty == tty ? copy_to_user(user, &number, sizeof(number)) : -ENOTTY;
  case TIOCSPGRP:
    if (copy_from_user(&number, user, sizeof(number)) < 0)
      return -EFAULT;
    if (current->tty != tty || tty->session != current->sid)
      return -ENOTTY;
    if (number <= 0)
      return -EINVAL;
    tty->foreground = number;
    return 0;
  case TIOCGSID:
    number = tty->session;
    return current->tty == tty ? copy_to_user(user, &number, sizeof(number)) : -ENOTTY;
  case TIOCSCTTY:
    return session_claim(tty);
  case TIOCNOTTY:
    current->tty = NULL;
    return 0;
  case FIONREAD:
    number = (has(tty, ICANON) ? tty->line_end : tty->write_at) - tty->read_at;
    return copy_to_user(user, &number, sizeof(number));
  case TCSBRK:
  case TCFLSH:
    return 0;
  default:
    return -ENOTTY;
  }
}

static const struct file_operations tty_operations = {.open = tty_open,
                                                      .read = tty_read,
                                                      .write = tty_write,
                                                      .ioctl = tty_ioctl,
                                                      .poll = tty_poll};
static const struct device console_device = {"console", S_IFCHR | 0620, 5, 1, &tty_operations};
static const struct device tty_device = {"tty", S_IFCHR | 0666, 5, 0, &tty_operations};

void tty_init(void) {
  device_register(&console_device);
  device_register(&tty_device);
  keyboard_init();
  serial_irq_init();
}

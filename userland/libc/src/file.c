/*
 * Streams. One buffer a stream serves reading or writing, never both at once: a stream open for
 * both is flushed or repositioned when it changes direction.
 */
#include "internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static FILE streams[3] = {
    {.fd = 0, .mode = _IOFBF, .is_readable = 1, .pushed_back = -1, .next = &streams[1]},
    {.fd = 1, .mode = _IOFBF, .is_writable = 1, .pushed_back = -1, .next = &streams[2]},
    {.fd = 2, .mode = _IONBF, .is_writable = 1, .pushed_back = -1, .next = NULL},
};
FILE *(stdin) = &streams[0];
FILE *(stdout) = &streams[1];
FILE *(stderr) = &streams[2];

static FILE *open_streams = &streams[0];

/* Gives the stream its buffer at the first transfer; a terminal's output is line-buffered. */
static void prepare(FILE *file) {
  if (file->buffer != NULL || file->mode == _IONBF) return;
  if (file->mode == _IOFBF && file->is_writable && isatty(file->fd)) file->mode = _IOLBF;
  file->buffer = malloc(BUFSIZ);
  file->capacity = BUFSIZ;
  file->owns_buffer = 1;
  if (file->buffer == NULL) file->mode = _IONBF;
}

static int write_all(FILE *file, const unsigned char *from, size_t count) {
  while (count > 0) {
    ssize_t written = write(file->fd, from, count);
    if (written < 0) {
      if (errno == EINTR) continue;
      file->has_error = 1;
      return EOF;
    }
    from += written;
    count -= (size_t)written;
  }
  return 0;
}

static int flush_written(FILE *file) {
  size_t count = file->end;
  file->at = file->end = 0;
  file->is_writing = 0;
  return count == 0 ? 0 : write_all(file, file->buffer, count);
}

int fflush(FILE *file) {
  if (file == NULL) {
    __flush_all();
    return 0;
  }
  if (file->is_writing) return flush_written(file);
  /* Give back what was read ahead, so that the next reader of the file goes on from there. */
  if (file->end > file->at) lseek(file->fd, (off_t)file->at - (off_t)file->end, SEEK_CUR);
  file->at = file->end = 0;
  return 0;
}

void __flush_all(void) {
  for (FILE *file = open_streams; file != NULL; file = file->next) {
    if (file->is_writing) flush_written(file);
  }
}

/* Open flags for a mode string, or -1. */
static int mode_flags(const char *mode) {
  int is_update = strchr(mode, '+') != NULL;
  int access = is_update ? O_RDWR : *mode == 'r' ? O_RDONLY : O_WRONLY;
  int extra = strchr(mode, 'e') != NULL ? O_CLOEXEC : 0;
  if (strchr(mode, 'x') != NULL) extra |= O_EXCL;
  switch (*mode) {
    case 'r':
      return access | extra;
    case 'w':
      return access | O_CREAT | O_TRUNC | extra;
    case 'a':
      return access | O_CREAT | O_APPEND | extra;
    default:
      errno = EINVAL;
      return -1;
  }
}

static void set_up(FILE *file, int fd, int flags) {
  memset(file, 0, offsetof(FILE, next));
  file->fd = fd;
  file->mode = _IOFBF;
  file->is_readable = (flags & O_ACCMODE) != O_WRONLY;
  file->is_writable = (flags & O_ACCMODE) != O_RDONLY;
  file->is_append = (flags & O_APPEND) != 0;
  file->pushed_back = -1;
}

FILE *fdopen(int fd, const char *mode) {
  int flags = mode_flags(mode);
  FILE *file = flags < 0 ? NULL : malloc(sizeof *file);
  if (file == NULL) return NULL;
  set_up(file, fd, flags);
  file->next = open_streams;
  open_streams = file;
  return file;
}

FILE *fopen(const char *restrict path, const char *restrict mode) {
  int flags = mode_flags(mode);
  int fd = flags < 0 ? -1 : open(path, flags, 0666);
  if (fd < 0) return NULL;
  FILE *file = fdopen(fd, mode);
  if (file == NULL) close(fd);
  return file;
}

static int release(FILE *file) {
  int result = fflush(file);
  if (file->owns_buffer) free(file->buffer);
  file->buffer = NULL;
  if (close(file->fd) < 0) result = EOF;
  return result;
}

FILE *freopen(const char *restrict path, const char *restrict mode, FILE *restrict file) {
  int flags = mode_flags(mode);
  int fd = flags < 0 ? -1 : open(path, flags, 0666);
  int as = file->fd;
  release(file);
  if (fd < 0) return NULL;
  if (fd != as && dup2(fd, as) == as) {
    close(fd);
    fd = as;
  }
  set_up(file, fd, flags);
  return file;
}

int fclose(FILE *file) {
  int result = release(file);
  FILE **at = &open_streams;
  while (*at != NULL && *at != file) at = &(*at)->next;
  if (*at != NULL) *at = file->next;
  if (file < streams || file >= streams + 3) free(file);
  return result;
}

int setvbuf(FILE *restrict file, char *restrict buffer, int mode, size_t size) {
  if (mode < _IOFBF || mode > _IONBF || file->buffer != NULL) return -1;
  file->mode = mode;
  if (buffer != NULL && mode != _IONBF) {
    file->buffer = (unsigned char *)buffer;
    file->capacity = size;
  }
  return 0;
}

void setbuf(FILE *restrict file, char *restrict buffer) {
  setvbuf(file, buffer, buffer == NULL ? _IONBF : _IOFBF, BUFSIZ);
}

int fileno(FILE *file) {
  return file->fd;
}

int feof(FILE *file) {
  return file->is_at_end;
}

int ferror(FILE *file) {
  return file->has_error;
}

void clearerr(FILE *file) {
  file->is_at_end = file->has_error = 0;
}

/* --- reading */

/* Refills the buffer; false at the end of the file or on an error, which it notes. */
static int refill(FILE *file) {
  static unsigned char single[1];
  if (!file->is_readable) {
    errno = EBADF;
    file->has_error = 1;
    return 0;
  }
  if (file->is_writing) flush_written(file);
  /* What was asked on a terminal shows before the answer is read. */
  if (stdout->is_writing && stdout->mode == _IOLBF) flush_written(stdout);
  prepare(file);
  unsigned char *to = file->buffer == NULL ? single : file->buffer;
  ssize_t count;
  do {
    count = read(file->fd, to, file->buffer == NULL ? 1 : file->capacity);
  } while (count < 0 && errno == EINTR);
  file->at = 0;
  file->end = count > 0 ? (size_t)count : 0;
  if (count == 0) file->is_at_end = 1;
  if (count < 0) file->has_error = 1;
  if (file->buffer == NULL && count > 0) {
    file->end = 0;
    file->pushed_back = single[0];
  }
  return count > 0;
}

int fgetc(FILE *file) {
  if (file->pushed_back < 0 && (file->is_writing || file->at >= file->end) && !refill(file)) {
    return EOF;
  }
  if (file->pushed_back >= 0) {
    int c = file->pushed_back;
    file->pushed_back = -1;
    return c;
  }
  return file->buffer[file->at++];
}

int getc(FILE *file) {
  return fgetc(file);
}

int getchar(void) {
  return fgetc(stdin);
}

int ungetc(int c, FILE *file) {
  if (c == EOF || file->pushed_back >= 0) return EOF;
  file->pushed_back = (unsigned char)c;
  file->is_at_end = 0;
  return c;
}

size_t fread(void *restrict to, size_t size, size_t count, FILE *restrict file) {
  unsigned char *out = to;
  size_t wanted = size * count, got = 0;
  while (got < wanted) {
    size_t have = file->is_writing ? 0 : file->end - file->at;
    if (file->pushed_back < 0 && have > 0) {
      size_t part = have < wanted - got ? have : wanted - got;
      memcpy(out + got, file->buffer + file->at, part);
      file->at += part;
      got += part;
      continue;
    }
    int c = fgetc(file);
    if (c == EOF) break;
    out[got++] = (unsigned char)c;
  }
  return size == 0 ? 0 : got / size;
}

char *fgets(char *restrict to, int size, FILE *restrict file) {
  int length = 0;
  while (length < size - 1) {
    int c = fgetc(file);
    if (c == EOF) break;
    to[length++] = (char)c;
    if (c == '\n') break;
  }
  if (length == 0) return NULL;
  to[length] = '\0';
  return to;
}

ssize_t getdelim(char **restrict line, size_t *restrict size, int delimiter, FILE *restrict file) {
  size_t length = 0;
  if (*line == NULL) *size = 0;
  for (;;) {
    if (length + 2 > *size) {
      size_t larger = *size < 64 ? 128 : *size * 2;
      char *moved = realloc(*line, larger);
      if (moved == NULL) return -1;
      *line = moved;
      *size = larger;
    }
    int c = fgetc(file);
    if (c == EOF) break;
    (*line)[length++] = (char)c;
    if (c == delimiter) break;
  }
  if (length == 0) return -1;
  (*line)[length] = '\0';
  return (ssize_t)length;
}

ssize_t getline(char **restrict line, size_t *restrict size, FILE *restrict file) {
  return getdelim(line, size, '\n', file);
}

/* --- writing */

static int begin_writing(FILE *file) {
  if (!file->is_writable) {
    errno = EBADF;
    file->has_error = 1;
    return EOF;
  }
  if (file->is_writing) return 0;
  fflush(file);
  prepare(file);
  file->is_writing = 1;
  return 0;
}

size_t fwrite(const void *restrict from, size_t size, size_t count, FILE *restrict file) {
  const unsigned char *in = from;
  size_t wanted = size * count;
  if (wanted == 0 || begin_writing(file) < 0) return 0;
  if (file->mode == _IONBF) return write_all(file, in, wanted) < 0 ? 0 : count;
  size_t left = wanted;
  while (left > 0) {
    size_t room = file->capacity - file->end;
    size_t part = left < room ? left : room;
    memcpy(file->buffer + file->end, in, part);
    file->end += part;
    in += part;
    left -= part;
    if (file->end < file->capacity) break;
    if (flush_written(file) < 0) return 0;
    file->is_writing = 1;
  }
  if (file->mode == _IOLBF && memrchr(from, '\n', wanted) != NULL && flush_written(file) < 0) {
    return 0;
  }
  return count;
}

int fputc(int c, FILE *file) {
  unsigned char byte = (unsigned char)c;
  if (file->is_writing && file->mode == _IOFBF && file->end + 1 < file->capacity) {
    file->buffer[file->end++] = byte;
    return byte;
  }
  return fwrite(&byte, 1, 1, file) == 1 ? byte : EOF;
}

int putc(int c, FILE *file) {
  return fputc(c, file);
}

int putchar(int c) {
  return fputc(c, stdout);
}

int fputs(const char *restrict text, FILE *restrict file) {
  size_t length = strlen(text);
  return fwrite(text, 1, length, file) == length ? 0 : EOF;
}

int puts(const char *text) {
  return fputs(text, stdout) < 0 || fputc('\n', stdout) < 0 ? EOF : 0;
}

/* --- position */

int fseek(FILE *file, long offset, int whence) {
  if (file->is_writing && flush_written(file) < 0) return -1;
  if (whence == SEEK_CUR) {
    offset -= (long)(file->end - file->at) + (file->pushed_back >= 0);
  }
  file->at = file->end = 0;
  file->pushed_back = -1;
  file->is_at_end = 0;
  return lseek(file->fd, offset, whence) < 0 ? -1 : 0;
}

long ftell(FILE *file) {
  long at = lseek(file->fd, 0, file->is_append && file->is_writing ? SEEK_END : SEEK_CUR);
  if (at < 0) return -1;
  if (file->is_writing) return at + (long)file->end;
  return at - (long)(file->end - file->at) - (file->pushed_back >= 0);
}

void rewind(FILE *file) {
  fseek(file, 0, SEEK_SET);
  clearerr(file);
}

int fgetpos(FILE *restrict file, fpos_t *restrict position) {
  position->__position = ftell(file);
  return position->__position < 0 ? -1 : 0;
}

int fsetpos(FILE *file, const fpos_t *position) {
  return fseek(file, position->__position, SEEK_SET);
}

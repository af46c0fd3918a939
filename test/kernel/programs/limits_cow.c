/* Copy on write: what a fork shares, and what a write to it costs, counted in free page frames. */
#include "limits.h"

#define PAGES 64

static int pipe_ends[2];

static void signal_other(void) { CHECK_IS(system_call(SYS_write, pipe_ends[1], "x", 1), 1); }

static void wait_other(void) {
  char byte;
  CHECK_IS(system_call(SYS_read, pipe_ends[0], &byte, 1), 1);
}

/* A write copies one page, the next to it none; the last owner copies nothing. */
static void one_page(void) {
  volatile char *area = map_memory(PAGES, MAP_PRIVATE);
  CHECK_IS(system_call(SYS_pipe, pipe_ends), 0);
  for (unsigned i = 0; i < PAGES; i++)
    area[i * PAGE] = i;
  frames_free();
  int child = fork();
  if (child == 0) {
    frames_free(); /* the stack and the data of the child's own are there from here on */
    long before = frames_free();
    for (unsigned i = 0; i < PAGES; i++)
      CHECK(area[i * PAGE] == (char)i);
    CHECK_IS(before - frames_free(), 0); /* reading copies nothing */
    area[5 * PAGE] = 99;
    CHECK_IS(before - frames_free(), 1);
    area[5 * PAGE + 7] = 98;
    CHECK_IS(before - frames_free(), 1);
    for (unsigned i = 0; i < PAGES; i++)
      area[i * PAGE] = 50;
    CHECK_IS(before - frames_free(), PAGES);
    leave(0);
  }
  CHECK_IS(wait_for(child), 0);
  frames_free();
  long before = frames_free();
  for (unsigned i = 0; i < PAGES; i++) {
    CHECK(area[i * PAGE] == (char)i);
    area[i * PAGE] = 7;
  }
  CHECK_IS(before - frames_free(), 0);
}

/* The kernel's own write, in read(), copies as well. */
static void kernel_writes(void) {
  char *area = map_memory(2, MAP_PRIVATE);
  int zero = system_call(SYS_open, "/dev/zero", O_RDONLY, 0);
  memset(area, 'p', 2 * PAGE);
  int child = fork();
  if (child == 0) {
    frames_free();
    long before = frames_free();
    CHECK_IS(system_call(SYS_read, zero, area + PAGE - 2, 4), 4);
    CHECK_IS(before - frames_free(), 2);
    CHECK(area[PAGE - 2] == 0 && area[PAGE + 1] == 0 && area[PAGE + 2] == 'p');
    leave(0);
  }
  CHECK_IS(wait_for(child), 0);
  for (unsigned i = 0; i < 2 * PAGE; i++)
    CHECK(area[i] == 'p');
}

/* Private mappings of a file: each writer has its own copy, the file keeps its bytes. */
static void file_private(void) {
  char head[4];
  int fd = system_call(SYS_open, SELF, O_RDONLY, 0);
  char *map = (char *)system_call(SYS_mmap2, 0, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
  CHECK(map[1] == 'E');
  int child = fork();
  if (child == 0) {
    frames_free();
    long before = frames_free();
    map[1] = 'c';
    CHECK_IS(before - frames_free(), 1);
    leave(map[1] != 'c');
  }
  CHECK_IS(wait_for(child), 0);
  CHECK(map[1] == 'E');
  map[1] = 'p';
  child = fork();
  if (child == 0) {
    CHECK(map[1] == 'p');
    map[1] = 'c';
    leave(map[1] != 'c');
  }
  CHECK_IS(wait_for(child), 0);
  CHECK(map[1] == 'p');
  CHECK_IS(system_call(SYS_pread64, fd, head, 4, 0, 0), 4);
  CHECK(head[1] == 'E');
}

static void fork_of_fork(void) {
  volatile char *area = map_memory(1, MAP_PRIVATE);
  *area = 1;
  int child = fork();
  if (child == 0) {
    int grandchild = fork();
    if (grandchild == 0) {
      CHECK(*area == 1);
      *area = 3;
      leave(*area != 3);
    }
    *area = 2;
    CHECK_IS(wait_for(grandchild), 0);
    leave(*area != 2);
  }
  CHECK_IS(wait_for(child), 0);
  CHECK(*area == 1);
}

/* Shared memory is not copied, even where nobody had touched it before the fork. */
static void shared(void) {
  volatile char *area = map_memory(2, MAP_SHARED);
  area[0] = 1;
  int child = fork();
  if (child == 0) {
    CHECK(area[0] == 1);
    area[0] = 2;
    area[PAGE] = 3;
    leave(0);
  }
  CHECK_IS(wait_for(child), 0);
  CHECK(area[0] == 2 && area[PAGE] == 3);
}

/* 1,000 children that write to what they share leave no page behind. */
static void many(void) {
  volatile char *area = map_memory(4, MAP_PRIVATE);
  long before = 0;
  memset((char *)area, 1, 4 * PAGE);
  for (unsigned i = 0; i < 1010; i++) {
    int child = fork();
    if (child == 0) {
      area[i % 4 * PAGE] = 2;
      leave(0);
    }
    CHECK_IS(wait_for(child), 0);
    if (i == 9) {
      frames_free();
      before = frames_free();
    }
  }
  CHECK_IS(before - frames_free(), 0);
}

const struct deed cow_deeds[] = {
    {"cow-page", one_page},      {"cow-kernel", kernel_writes}, {"cow-file", file_private},
    {"cow-forks", fork_of_fork}, {"cow-shared", shared},        {"cow-many", many},
    {NULL, NULL},
};

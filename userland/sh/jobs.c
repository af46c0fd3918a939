/*
 * Jobs: pipelines in the background, and the wait for one in the foreground.
 */
#include "sh.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static struct job *jobs;

int status_of(int wait_status) {
  return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : 128 + WTERMSIG(wait_status);
}

void join_group(pid_t process, pid_t *group, int is_foreground) {
  if (*group == 0) *group = process;
  if (!is_interactive) return;
  setpgid(process, *group);
  if (is_foreground) tcsetpgrp(0, *group);
}

static void say_killed(int wait_status) {
  int signal = WTERMSIG(wait_status);
  if (signal == SIGINT) dprintf(2, "\n");
  else if (signal != SIGPIPE) dprintf(2, "%s\n", strsignal(signal));
}

/* Notes the end of a process in the job it belongs to. */
static void note_end(pid_t process, int status) {
  for (struct job *job = jobs; job != NULL; job = job->next) {
    for (int i = 0; i < job->count; i++) {
      if (job->processes[i] != process) continue;
      job->processes[i] = 0;
      job->left--;
      if (i == job->count - 1) job->status = status;
      return;
    }
  }
}

int wait_foreground(const pid_t *processes, int count) {
  int left = count, result = 0;
  while (left > 0) {
    int status;
    pid_t ended = waitpid(-1, &status, 0);
    if (ended < 0) {
      if (errno == EINTR) continue;
      break;
    }
    int is_ours = 0;
    for (int i = 0; i < count; i++) {
      if (processes[i] != ended) continue;
      is_ours = 1;
      left--;
      if (i == count - 1) result = status;
    }
    if (!is_ours) note_end(ended, status);
  }
  if (is_interactive) tcsetpgrp(0, getpgrp());
  if (WIFSIGNALED(result)) {
    if (is_interactive || WTERMSIG(result) != SIGINT) say_killed(result);
    if (WTERMSIG(result) == SIGINT && (loop_depth > 0 || !is_interactive)) {
      leaving = LEAVE_INTERRUPT;
    }
  }
  return status_of(result);
}

void add_background(pid_t group, pid_t *processes, int count, const char *text) {
  struct job *job = must_alloc(NULL, sizeof *job);
  job->number = 1;
  struct job **at = &jobs;
  for (; *at != NULL; at = &(*at)->next) job->number = (*at)->number + 1;
  job->group = group;
  job->processes = must_alloc(NULL, (size_t)count * sizeof *processes);
  memcpy(job->processes, processes, (size_t)count * sizeof *processes);
  job->count = job->left = count;
  job->status = 0;
  job->text = strdup(text);
  job->next = NULL;
  *at = job;
  if (is_interactive) dprintf(2, "[%d] %d\n", job->number, processes[count - 1]);
}

static void remove_job(struct job *job) {
  struct job **at = &jobs;
  while (*at != job) at = &(*at)->next;
  *at = job->next;
  free(job->processes);
  free(job->text);
  free(job);
}

static void collect(void) {
  int status;
  for (pid_t ended; (ended = waitpid(-1, &status, WNOHANG)) > 0;) note_end(ended, status);
}

static void describe(const struct job *job, const char *state, int fd) {
  dprintf(fd, "[%d] %s  %s\n", job->number, state, job->text);
}

void report_jobs(void) {
  collect();
  for (struct job *job = jobs, *next; job != NULL; job = next) {
    next = job->next;
    if (job->left > 0) continue;
    if (WIFSIGNALED(job->status)) describe(job, strsignal(WTERMSIG(job->status)), 2);
    else describe(job, "Done", 2);
    remove_job(job);
  }
}

struct job *find_job(const char *which) {
  struct job *job = jobs;
  if (which == NULL || strcmp(which, "%%") == 0 || strcmp(which, "%+") == 0) {
    while (job != NULL && job->next != NULL) job = job->next;
    return job;
  }
  int number = atoi(*which == '%' ? which + 1 : which);
  for (; job != NULL; job = job->next) {
    if (*which == '%' ? job->number == number : job->group == number) return job;
    for (int i = 0; *which != '%' && i < job->count; i++) {
      if (job->processes[i] == number) return job;
    }
  }
  return NULL;
}

int wait_jobs(const char *which) {
  struct job *wanted = which == NULL ? NULL : find_job(which);
  if (which != NULL && wanted == NULL) return 127;
  for (;;) {
    struct job *open = jobs;
    while (open != NULL && open->left == 0) open = open->next;
    if (wanted != NULL ? wanted->left == 0 : open == NULL) break;
    int status;
    pid_t ended = waitpid(-1, &status, 0);
    if (ended < 0) {
      if (errno == EINTR) return 130;
      break;
    }
    note_end(ended, status);
  }
  int status = wanted == NULL ? 0 : status_of(wanted->status);
  for (struct job *job = jobs, *next; job != NULL; job = next) {
    next = job->next;
    if (job->left == 0 && (wanted == NULL || job == wanted)) remove_job(job);
  }
  return status;
}

void list_jobs(void) {
  collect();
  for (struct job *job = jobs; job != NULL; job = job->next) {
    describe(job, job->left > 0 ? "Running" : "Done", 1);
  }
}

void forget_jobs(void) {
  while (jobs != NULL) remove_job(jobs);
}

/*
 * Regular expressions, run. The whole match is found by keeping every state the program can be in
 * at once, the earliest start first: time grows with text times pattern, whatever the pattern.
 * Where groups are asked for, the match is then taken apart from the left: each part takes as much
 * as leaves the rest a match, which the forward and the backward program tell together (POSIX's
 * rule for subexpressions). Back references need trial and error instead, within a budget.
 */
#include "regex.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define STEPS_MAX 20000000L

struct text {
  const struct __regex *regex;
  const unsigned char *bytes;
  long start, end; /* where a match may lie */
  int flags;
};

/* States of a program, each once, in the order they were added. */
struct states {
  int *list;
  long *since; /* where the match of each began */
  int *index;
  int count;
};

struct run {
  const struct text *text;
  const struct program *program;
  struct states now, next;
  int *stack;
  void *memory;
};

static int is_word_at(const struct text *text, long at) {
  if (at < text->start || at >= text->end) return 0;
  return isalnum(text->bytes[at]) || text->bytes[at] == '_';
}

static int holds(const struct text *text, int assertion, long at) {
  int is_newline = text->regex->flags & REG_NEWLINE;
  switch (assertion) {
    case AT_START:
      if (at == text->start) return !(text->flags & REG_NOTBOL);
      return is_newline && text->bytes[at - 1] == '\n';
    case AT_END:
      if (at == text->end) return !(text->flags & REG_NOTEOL);
      return is_newline && text->bytes[at] == '\n';
    case AT_TEXT_START:
      return at == text->start && !(text->flags & REG_NOTBOL);
    case AT_TEXT_END:
      return at == text->end;
    case AT_BOUNDARY:
      return is_word_at(text, at - 1) != is_word_at(text, at);
    case AT_INSIDE:
      return is_word_at(text, at - 1) == is_word_at(text, at);
    case AT_WORD_START:
      return !is_word_at(text, at - 1) && is_word_at(text, at);
    default:
      return is_word_at(text, at - 1) && !is_word_at(text, at);
  }
}

static int takes(const struct text *text, const struct instruction *instruction, int c) {
  const unsigned char *set;
  switch (instruction->operation) {
    case OP_BYTE:
      return text->regex->fold[c] == instruction->value;
    case OP_ANY:
      return c != '\n' || !(text->regex->flags & REG_NEWLINE);
    case OP_SET:
      set = text->regex->sets[instruction->value];
      return set[c >> 3] >> (c & 7) & 1;
    default:
      return 0;
  }
}

static int has_state(const struct states *states, int state) {
  int index = states->index[state];
  return index < states->count && states->list[index] == state;
}

/* Adds a state and those it leads to without a byte. */
static void add(struct run *run, struct states *states, int first, long since, long at) {
  int depth = 0;
  run->stack[depth++] = first;
  while (depth > 0) {
    int state = run->stack[--depth];
    if (has_state(states, state)) continue;
    states->index[state] = states->count;
    states->since[states->count] = since;
    states->list[states->count++] = state;
    const struct instruction *instruction = &run->program->code[state];
    switch (instruction->operation) {
      case OP_SPLIT:
        run->stack[depth++] = instruction->other;
        run->stack[depth++] = instruction->value;
        break;
      case OP_JUMP:
        run->stack[depth++] = instruction->value;
        break;
      case OP_SAVE:
        run->stack[depth++] = state + 1;
        break;
      case OP_ASSERT:
        if (holds(run->text, instruction->value, at)) run->stack[depth++] = state + 1;
    }
  }
}

static int set_up(struct run *run, const struct text *text, int backwards) {
  run->text = text;
  run->program = &text->regex->programs[backwards];
  size_t count = (size_t)run->program->count + 1;
  char *memory = calloc(count, 2 * (2 * sizeof(int) + sizeof(long)) + 3 * sizeof(int));
  if (memory == NULL) return 0;
  run->memory = memory;
  struct states *all[] = {&run->now, &run->next};
  for (int i = 0; i < 2; i++) {
    all[i]->since = (long *)memory;
    memory += count * sizeof(long);
    all[i]->list = (int *)memory;
    memory += count * sizeof(int);
    all[i]->index = (int *)memory;
    memory += count * sizeof(int);
    all[i]->count = 0;
  }
  run->stack = (int *)memory;
  return 1;
}

static void step(struct run *run, int c, long at) {
  run->next.count = 0;
  for (int i = 0; i < run->now.count; i++) {
    int state = run->now.list[i];
    if (takes(run->text, &run->program->code[state], c)) {
      add(run, &run->next, state + 1, run->now.since[i], at);
    }
  }
  struct states held = run->now;
  run->now = run->next;
  run->next = held;
}

/* The leftmost, longest match; false when there is none. */
static int find(struct run *run, long *from, long *to) {
  const struct text *text = run->text;
  const struct __regex *regex = text->regex;
  int last = run->program->count - 1, is_found = 0;
  run->now.count = 0;
  for (long at = text->start;; at++) {
    if (!is_found) {
      if (run->now.count == 0 && !regex->can_be_empty) {
        const unsigned char *first = regex->first;
        while (at < text->end && !(first[text->bytes[at] >> 3] >> (text->bytes[at] & 7) & 1)) at++;
      }
      add(run, &run->now, 0, at, at);
    }
    if (has_state(&run->now, last)) {
      long since = run->now.since[run->now.index[last]];
      if (!is_found || since <= *from) {
        is_found = 1;
        *from = since;
        *to = at;
      }
      /* Matches that began later are out of the question. */
      while (run->now.count > 0 && run->now.since[run->now.count - 1] > *from) run->now.count--;
    }
    if (at == text->end || (is_found && run->now.count == 0)) return is_found;
    step(run, text->bytes[at], at + 1);
  }
}

/* --- groups */

struct parts {
  struct run forwards, backwards;
  regmatch_t *groups; /* up to count */
  size_t count;
};

/* Marks in `ends`, from 0, where a match of the node that begins at `from` can end, up to `to`. */
static void mark_ends(struct run *run, const struct node *node, long from, long to, char *ends) {
  run->now.count = 0;
  add(run, &run->now, node->start[0], from, from);
  for (long at = from;; at++) {
    ends[at - from] = (char)has_state(&run->now, node->end[0]);
    if (at == to) return;
    step(run, run->text->bytes[at], at + 1);
  }
}

/* Marks in `starts` where a match of the node that ends at `to` can begin, from `from` on. */
static void mark_starts(struct run *run, const struct node *node, long from, long to,
                        char *starts) {
  run->now.count = 0;
  add(run, &run->now, node->start[1], to, to);
  for (long at = to;; at--) {
    starts[at - from] = (char)has_state(&run->now, node->end[1]);
    if (at == from) return;
    step(run, run->text->bytes[at - 1], at - 1);
  }
}

/* The longest start of from..to that `left` matches while `right` matches the rest. */
static long split_at(struct parts *parts, const struct node *left, const struct node *right,
                     long from, long to) {
  size_t size = (size_t)(to - from) + 1;
  char *marks = malloc(2 * size);
  long at = to;
  if (marks == NULL) return -1;
  mark_ends(&parts->forwards, left, from, to, marks);
  mark_starts(&parts->backwards, right, from, to, marks + size);
  while (at >= from && !(marks[at - from] && marks[size + (size_t)(at - from)])) at--;
  free(marks);
  return at < from ? -1 : at;
}

static int matches_all(struct parts *parts, const struct node *node, long from, long to) {
  size_t size = (size_t)(to - from) + 1;
  char *marks = malloc(size);
  if (marks == NULL) return 0;
  mark_ends(&parts->forwards, node, from, to, marks);
  int result = marks[size - 1];
  free(marks);
  return result;
}

/* The node matches from..to: notes its groups. */
static void take_apart(struct parts *parts, const struct node *node, long from, long to) {
  while (node->has_groups) {
    if (node->kind == NODE_GROUP) {
      if ((size_t)node->value < parts->count) {
        parts->groups[node->value] = (regmatch_t){(regoff_t)from, (regoff_t)to};
      }
      node = node->left;
    } else if (node->kind == NODE_JOIN) {
      long at = split_at(parts, node->left, node->right, from, to);
      if (at < 0) return;
      take_apart(parts, node->left, from, at);
      from = at;
      node = node->right;
    } else if (node->kind == NODE_CHOICE) {
      node = matches_all(parts, node->left, from, to) ? node->left : node->right;
    } else if (node->kind == NODE_MAYBE) {
      if (from == to && !matches_all(parts, node->left, from, to)) return;
      node = node->left;
    } else { /* a star: one turn after the other */
      if (from == to) {
        if (matches_all(parts, node->left, from, to)) take_apart(parts, node->left, from, to);
        return;
      }
      long at = split_at(parts, node->left, node, from, to);
      if (at <= from) return;
      take_apart(parts, node->left, from, at);
      from = at;
      if (from == to) return;
    }
  }
}

/* --- back references: every way is tried, the longest match kept */

struct trial {
  const struct text *text;
  long groups[2 * GROUPS_MAX], best_groups[2 * GROUPS_MAX];
  long best, steps;
  struct choice {
    int state, slot; /* slot >= 0: put `at` back into it instead */
    long at;
  } *choices;
  int count, room;
};

static int push(struct trial *trial, int state, int slot, long at) {
  if (trial->count == trial->room) {
    int room = trial->room == 0 ? 256 : trial->room * 2;
    void *larger = realloc(trial->choices, (size_t)room * sizeof *trial->choices);
    if (larger == NULL) return 0;
    trial->choices = larger;
    trial->room = room;
  }
  trial->choices[trial->count++] = (struct choice){state, slot, at};
  return 1;
}

/* The end of what the group matched, again at `at`; -1 if it is not there. */
static long again(const struct trial *trial, int group, long at) {
  long from = trial->groups[2 * group], to = trial->groups[2 * group + 1];
  const unsigned char *fold = trial->text->regex->fold;
  if (from < 0 || to < 0 || at + (to - from) > trial->text->end) return -1;
  for (; from < to; from++, at++) {
    if (fold[trial->text->bytes[from]] != fold[trial->text->bytes[at]]) return -1;
  }
  return at;
}

/* One instruction; the next state, or -1 when this way has ended. */
static int advance(struct trial *trial, int state, long *at) {
  const struct instruction *instruction = &trial->text->regex->programs[0].code[state];
  switch (instruction->operation) {
    case OP_END:
      if (*at > trial->best) {
        trial->best = *at;
        memcpy(trial->best_groups, trial->groups, sizeof trial->groups);
      }
      return -1;
    case OP_SPLIT:
      return push(trial, instruction->other, -1, *at) ? instruction->value : -1;
    case OP_JUMP:
      return instruction->value;
    case OP_SAVE:
      if (instruction->value < 2 * GROUPS_MAX) {
        if (!push(trial, 0, instruction->value, trial->groups[instruction->value])) return -1;
        trial->groups[instruction->value] = *at;
      }
      return state + 1;
    case OP_ASSERT:
      return holds(trial->text, instruction->value, *at) ? state + 1 : -1;
    case OP_BACK:
      *at = again(trial, instruction->value, *at);
      return *at < 0 ? -1 : state + 1;
    default:
      if (*at == trial->text->end || !takes(trial->text, instruction, trial->text->bytes[*at])) {
        return -1;
      }
      ++*at;
      return state + 1;
  }
}

static int try_from(struct trial *trial, long from) {
  trial->best = -1;
  trial->count = 0;
  for (int i = 0; i < 2 * GROUPS_MAX; i++) trial->groups[i] = -1;
  if (!push(trial, 0, -1, from)) return REG_ESPACE;
  while (trial->count > 0) {
    struct choice choice = trial->choices[--trial->count];
    if (choice.slot >= 0) {
      trial->groups[choice.slot] = choice.at;
      continue;
    }
    long at = choice.at, idle = 0, last = at;
    for (int state = choice.state; state >= 0;) {
      if (++trial->steps > STEPS_MAX) return trial->best < 0 ? REG_ESPACE : 0;
      idle = at == last ? idle + 1 : 0; /* an empty loop goes round for ever */
      last = at;
      if (idle > trial->text->regex->programs[0].count * 2L) break;
      state = advance(trial, state, &at);
    }
    if (trial->best == trial->text->end) break;
  }
  return trial->best < 0 ? REG_NOMATCH : 0;
}

static int run_trials(const struct text *text, size_t count, regmatch_t *matches) {
  struct trial *trial = calloc(1, sizeof *trial);
  if (trial == NULL) return REG_ESPACE;
  trial->text = text;
  int result = REG_NOMATCH;
  for (long from = text->start; from <= text->end && result == REG_NOMATCH; from++) {
    result = try_from(trial, from);
    if (result != 0) continue;
    for (size_t i = 1; i < count && i < GROUPS_MAX; i++) {
      if (trial->best_groups[2 * i + 1] < 0) continue;
      matches[i] = (regmatch_t){(regoff_t)trial->best_groups[2 * i],
                                (regoff_t)trial->best_groups[2 * i + 1]};
    }
    if (count > 0) matches[0] = (regmatch_t){(regoff_t)from, (regoff_t)trial->best};
  }
  free(trial->choices);
  free(trial);
  return result;
}

int regexec(const regex_t *restrict compiled, const char *restrict string, size_t count,
            regmatch_t *restrict matches, int flags) {
  const struct __regex *regex = compiled->__program;
  struct text text = {regex, (const unsigned char *)string, 0, 0, flags};
  if (flags & REG_STARTEND) {
    text.start = matches[0].rm_so;
    text.end = matches[0].rm_eo;
  } else {
    text.end = (long)strlen(string);
  }
  if (regex->flags & REG_NOSUB) count = 0;
  for (size_t i = 0; i < count; i++) matches[i] = (regmatch_t){-1, -1};
  if (regex->has_back) return run_trials(&text, count, matches);
  struct parts parts = {.groups = matches, .count = count};
  long from = 0, to = 0;
  if (!set_up(&parts.forwards, &text, 0)) return REG_ESPACE;
  int result = find(&parts.forwards, &from, &to) ? 0 : REG_NOMATCH;
  if (result == 0 && count > 0) matches[0] = (regmatch_t){(regoff_t)from, (regoff_t)to};
  if (result == 0 && count > 1 && regex->root->has_groups) {
    if (set_up(&parts.backwards, &text, 1)) {
      take_apart(&parts, regex->root, from, to);
      free(parts.backwards.memory);
    } else {
      result = REG_ESPACE;
    }
  }
  free(parts.forwards.memory);
  return result;
}

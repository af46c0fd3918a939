/*
 * Doubly linked rings. The head is a link too; an empty ring points at itself.
 */
#ifndef KERNEL_LIST_H
#define KERNEL_LIST_H

#include <kernel/types.h>

struct list {
  struct list *next, *previous;
};

#define LIST_INIT(name) {&(name), &(name)}

static inline void list_init(struct list *head) { head->next = head->previous = head; }

static inline bool list_empty(const struct list *head) { return head->next == head; }

static inline void list_insert(struct list *link, struct list *before, struct list *after) {
  link->previous = before;
  link->next = after;
  before->next = link;
  after->previous = link;
}

static inline void list_add(struct list *head, struct list *link) {
  list_insert(link, head, head->next);
}

static inline void list_add_tail(struct list *head, struct list *link) {
  list_insert(link, head->previous, head);
}

/* Leaves the link an empty ring, so that removing it twice does no harm. */
static inline void list_remove(struct list *link) {
  link->previous->next = link->next;
  link->next->previous = link->previous;
  list_init(link);
}

#define list_entry(link, type, member) container_of(link, type, member)

#define list_for_each(link, head)                                                                  \
  for (struct list *link = (head)->next; link != (head); link = link->next)

/* The body may remove the link itself. */
#define list_for_each_safe(link, after, head)                                                      \
  for (struct list *link = (head)->next, *after = link->next; link != (head);                      \
       link = after, after = link->next)

#endif

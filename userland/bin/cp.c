/* cp [-aRrpfinuvLPHdlsTx] [-t DIRECTORY] SOURCE .. DESTINATION: copies files and trees. */
#include "command.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static struct copy_options options;
static int keeps_parents;

static void keep_all(void) {
  options.keeps_mode = options.keeps_owner = options.keeps_times = options.keeps_hard_links = 1;
}

static void keep(char *list, int value) {
  for (char *rest = list, *word; (word = strsep(&rest, ",")) != NULL;) {
    if (strcmp(word, "mode") == 0) options.keeps_mode = value, options.has_default_mode = !value;
    else if (strcmp(word, "ownership") == 0) options.keeps_owner = value;
    else if (strcmp(word, "timestamps") == 0) options.keeps_times = value;
    else if (strcmp(word, "links") == 0) options.keeps_hard_links = value;
    else if (strcmp(word, "all") == 0) keep_all();
    else wrong_usage("invalid argument %s for '--preserve'", quoted(word));
  }
}

/* -1 when no -R, -L, -P or -H decides. */
static int links = -1;

static void apply(int option) {
  switch (option) {
    case 'a':
      keep_all();
      options.is_recursive = 1;
      links = COPY_KEEPS_LINKS;
      break;
    case 'd':
      options.keeps_hard_links = 1;
      links = COPY_KEEPS_LINKS;
      break;
    case 'f':
      options.is_forced = 1;
      break;
    case 'H':
      links = COPY_FOLLOWS_OPERANDS;
      break;
    case 'i':
      options.existing = COPY_ASKS;
      break;
    case 'l':
      options.is_hard_link = 1;
      break;
    case 'L':
      links = COPY_FOLLOWS_ALL;
      break;
    case 'n':
      options.existing = COPY_SKIPS;
      break;
    case 'P':
      links = COPY_KEEPS_LINKS;
      break;
    case 'p':
      options.keeps_mode = options.keeps_owner = options.keeps_times = 1;
      break;
    case 'r':
    case 'R':
      options.is_recursive = 1;
      break;
    case 's':
      options.is_symbolic_link = 1;
      break;
    case 'u':
      options.is_update = 1;
      break;
    case 'v':
      options.is_verbose = 1;
      break;
    case 'x':
      options.is_one_device = 1;
      break;
    case 1:
      if (optarg == NULL) apply('p');
      else keep(optarg, 1);
      break;
    case 2:
      keep(optarg, 0);
      break;
    case 3:
      options.removes_destination = 1;
      break;
    case 4:
      keeps_parents = 1;
      break;
    case 5:
      options.copies_attributes_only = 1;
      break;
  }
}

static const struct option longs[] = {{"archive", no_argument, NULL, 'a'},
                                      {"recursive", no_argument, NULL, 'R'},
                                      {"force", no_argument, NULL, 'f'},
                                      {"interactive", no_argument, NULL, 'i'},
                                      {"no-clobber", no_argument, NULL, 'n'},
                                      {"update", no_argument, NULL, 'u'},
                                      {"verbose", no_argument, NULL, 'v'},
                                      {"dereference", no_argument, NULL, 'L'},
                                      {"no-dereference", no_argument, NULL, 'P'},
                                      {"link", no_argument, NULL, 'l'},
                                      {"symbolic-link", no_argument, NULL, 's'},
                                      {"one-file-system", no_argument, NULL, 'x'},
                                      {"no-target-directory", no_argument, NULL, 'T'},
                                      {"target-directory", required_argument, NULL, 't'},
                                      {"preserve", optional_argument, NULL, 1},
                                      {"no-preserve", required_argument, NULL, 2},
                                      {"remove-destination", no_argument, NULL, 3},
                                      {"parents", no_argument, NULL, 4},
                                      {"attributes-only", no_argument, NULL, 5},
                                      {NULL, 0, NULL, 0}};

/* --parents: the source's directories below the destination. */
static void make_parents(const char *directory, const char *source) {
  char *path = joined(directory, source);
  for (char *at = path + strlen(directory) + 1; (at = strchr(at, '/')) != NULL; at++) {
    *at = '\0';
    if (mkdir(path, 0777) < 0 && errno != EEXIST) {
      complain("cannot make directory %s", quoted(path));
    }
    *at = '/';
  }
  free(path);
}

int main(int argc, char **argv) {
  const char *directory = NULL;
  int is_plain = 0;
  for (int option; (option = next_option(argc, argv, "adfHilLnPprRsTt:uvx", longs,
                                         "cp [-aRpfinuvLP] SOURCE .. DESTINATION\n")) != -1;) {
    if (option == 'T') is_plain = 1;
    else if (option == 't') directory = optarg;
    else apply(option);
  }
  options.links = links >= 0 ? (unsigned)links
                  : options.is_recursive || options.is_hard_link ? COPY_KEEPS_LINKS
                                                                 : COPY_FOLLOWS_ALL;
  int count = argc - optind;
  char **operands = argv + optind;
  if (count == 0) wrong_usage("missing file operand");
  if (count == 1 && directory == NULL) {
    wrong_usage("missing destination file operand after %s", quoted(operands[0]));
  }
  if (is_plain && count > 2) wrong_usage("extra operand %s", quoted(operands[2]));
  if (directory == NULL && !is_plain && (count > 2 || is_directory(operands[count - 1]))) {
    directory = operands[--count];
  }
  if (directory == NULL) {
    copy_to(operands[0], operands[1], &options);
    return finish(exit_status);
  }
  if (!is_target(directory)) return exit_status;
  for (int i = 0; i < count; i++) {
    char *part = keeps_parents ? copy_text(operands[i]) : last_part(operands[i]);
    if (keeps_parents) make_parents(directory, operands[i]);
    char *to = strcmp(part, "..") == 0 ? copy_text(directory) : joined(directory, part);
    if (strcmp(part, ".") == 0 || strcmp(part, "/") == 0) to[strlen(directory)] = '\0';
    copy_to(operands[i], to, &options);
    free(to);
    free(part);
  }
  return finish(exit_status);
}

/*
 * sed [-nEirsuz] [-e SCRIPT] [-f FILE] [SCRIPT] [FILE ..]: edits lines. The script becomes a list
 * of commands; braces and branches are indices into it.
 */
#include "sed.h"

#include <errno.h>
#include <string.h>

static void add_script_file(const char *name) {
  FILE *file = strcmp(name, "-") == 0 ? stdin : fopen(name, "r");
  struct buffer text = {0};
  if (file == NULL) give_up("couldn't open file %s: %s", name, strerror(errno));
  buffer_add(&text, "", 0);
  for (int c; (c = getc(file)) != EOF;) buffer_add_char(&text, (char)c);
  if (text.length > 0 && text.bytes[text.length - 1] == '\n') text.bytes[--text.length] = '\0';
  if (file != stdin) fclose(file);
  add_script(text.bytes);
}

int main(int argc, char **argv) {
  static const struct option longs[] = {
      {"quiet", no_argument, NULL, 'n'},          {"silent", no_argument, NULL, 'n'},
      {"expression", required_argument, NULL, 'e'}, {"file", required_argument, NULL, 'f'},
      {"regexp-extended", no_argument, NULL, 'E'}, {"in-place", optional_argument, NULL, 'i'},
      {"separate", no_argument, NULL, 's'},       {"unbuffered", no_argument, NULL, 'u'},
      {"null-data", no_argument, NULL, 'z'},      {NULL, 0, NULL, 0}};
  static char *standard[] = {"-", NULL};
  const char *suffix = "";
  int has_script = 0;
  for (int option; (option = next_option(argc, argv, "ne:f:Eri::suz", longs,
                                         "sed [-nEisuz] [-e SCRIPT] [-f FILE] [SCRIPT] "
                                         "[FILE ..]\n")) != -1;) {
    if (option == 'n') is_quiet = 1;
    if (option == 'e') add_script(optarg), has_script = 1;
    if (option == 'f') add_script_file(optarg), has_script = 1;
    if (option == 'E' || option == 'r') is_extended = 1;
    if (option == 's') is_separate = 1;
    if (option == 'u') setvbuf(stdout, NULL, _IOLBF, 0);
    if (option == 'z') terminator = '\0';
    if (option == 'i') {
      in_place = is_separate = 1;
      if (optarg != NULL) suffix = optarg;
    }
  }
  if (!has_script) {
    if (optind == argc) {
      fprintf(stderr, "usage: sed [-nEisuz] [-e SCRIPT] [-f FILE] [SCRIPT] [FILE ..]\n");
      return 1;
    }
    add_script(argv[optind++]);
  }
  parse_script();
  files = optind < argc ? argv + optind : standard;
  edit(suffix);
  for (struct output *output = outputs; output != NULL; output = output->next) {
    if (output->file != stdout) fflush(output->file);
  }
  trouble_status = 4;
  return finish(exit_status);
}

// gABI: weak, alias, visibility, sections, common and tentative definitions, asm labels, constructors across
// objects
#include "../abi.h"
extern int strong_one, tentative, renamed_c asm("renamed_asm"), aliased; int weak_here(void); extern int missing
    __attribute__((weak)); int absent(void) __attribute__((weak));
int hidden_user(void); extern int order; int named(void) asm("other_name"); extern const char *const strings[2];
    extern int in_section;
#if CALLEE
int strong_one = 1, tentative, renamed_c = 5; extern int aliased __attribute__((alias("strong_one")));
__attribute__((weak)) int weak_here(void) { return 1; }
__attribute__((visibility("hidden"))) int hidden(void) { return 33; }
int hidden_user(void) { return hidden(); }
int order; __attribute__((constructor)) static void first(void) { order = order * 10 + 1; } int named(void) { return
    77; }
const char *const strings[2] = { "one", "two" }; __attribute__((section(".odd"))) int in_section = 12;
__attribute__((destructor)) static void last(void) { printf("last\n"); }
#else
int tentative_here; int tentative_here; int tentative_here = 4; int weak_here(void) { return 2; }
int main(void) {
  aliased += 10;
  printf("%d %d %d %d %d\n", strong_one, tentative++, renamed_c, weak_here(), hidden_user());
  printf("%d %d %d %d %s %d %d\n", &missing == 0, absent == 0, order, named(), strings[1], in_section,
      tentative_here);
  return 0;
}
#endif

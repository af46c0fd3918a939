// psABI 3 (TLS): thread-local objects of this object and of another, initialised and not, in initial-exec and
// local-exec
#include "../abi.h"
struct shared { char c; ll wide; int array[5]; };
extern __thread int shared_count; extern _Thread_local struct shared shared_record;
int *address_there(void); void bump(void); int hidden_there(void);
#if CALLEE
__thread int shared_count = 40; _Thread_local struct shared shared_record;
static __thread int hidden = 7; static __thread char zeros[100];
int *address_there(void) { return &shared_count; }
void bump(void) { shared_count++; shared_record.wide += shared_count; shared_record.array[shared_count % 5]++; }
int hidden_there(void) { static __thread int calls; zeros[50]++; return hidden++ * 100 + ++calls + zeros[50]; }
#else
static __thread double mine = 2.5;
int main(void) {
  bump(); shared_count += 5; bump();
  printf("%d %lld %d\n", shared_count, shared_record.wide, address_there() == &shared_count);
  for (int i = 0; i < 5; i++) printf("%d ", shared_record.array[i]);
  mine *= 3;
  printf("%g %d %d\n", mine, hidden_there(), hidden_there());
  return 0;
}
#endif

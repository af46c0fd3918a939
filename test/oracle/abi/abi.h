// What the files of rules/ share. Each is compiled twice: SIDE is 1 for the functions, 2 for what calls them;
// either side by
// either compiler. Both sides print, and all combinations must print the same.
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
typedef long long ll;
typedef unsigned long long ull;
typedef long double ld;
#define CALLEE (SIDE == 1)
#define CALLER (SIDE == 2)

/* Option parsing lives in <unistd.h>; this name is kept for programs that ask for it. */
#ifndef _GETOPT_H
#define _GETOPT_H

#include <unistd.h>

#endif

/* chgrp: chown, which looks at the name it was called by. */
#include "chown.c"

/* The halves of a device number. */
#ifndef _SYS_SYSMACROS_H
#define _SYS_SYSMACROS_H

#define major(device) ((unsigned)((device) >> 8 & 0xfff))
#define minor(device) ((unsigned)(((device) & 0xff) | ((device) >> 12 & 0xfff00)))
#define makedev(major, minor)                                      \
  ((dev_t)(((major) & 0xfffu) << 8 | ((minor) & 0xffu) | (((minor) & 0xfff00u) << 12)))

#endif

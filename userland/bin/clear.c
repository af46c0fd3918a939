/* clear: an empty screen. */
#include <stdio.h>

int main(void) {
  return fputs("\033[H\033[2J", stdout) < 0;
}

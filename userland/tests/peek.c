/* peek: reads kernel memory; is killed by SIGSEGV. */
int main(void) {
  return *(volatile int *)0x80100000;
}

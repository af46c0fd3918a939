/* privileged: loads the interrupt table register; is killed by SIGSEGV. */
int main(void) {
  static const char table[6];
  __asm__ volatile("lidt %0" : : "m"(table));
  return 0;
}

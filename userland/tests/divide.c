/* divide: divides by zero; is killed by SIGFPE. */
int main(int argc, char **argv) {
  (void)argv;
  volatile int zero = argc - argc;
  return argc / zero;
}

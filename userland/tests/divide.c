/* divide: divides by zero; is killed by SIGFPE. */
int main(int argc, char **argv) {
  (void)argv;
  return 1 / (argc - 1);
}

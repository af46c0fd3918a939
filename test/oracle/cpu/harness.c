// Runs one instruction sequence at a time on the host's processor: a 32-bit process that takes cases on standard input
// and answers with the state after each. A case is entered and left by signal frames: the kernel loads and stores the
// whole state, so nothing of the compiler's is in between. The code of a case ends in int3.

#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>

#define CODE ((uint8_t *)0x10000000)
#define DATA ((uint8_t *)0x20000000)
#define DATA_BYTES 4096
#define CODE_BYTES 64

struct state {
  uint32_t registers[8]; // eax ecx edx ebx esp ebp esi edi
  uint32_t eip, eflags;
  uint32_t trap, error, cr2;
  uint8_t fpu[108];
};

struct request {
  uint8_t code[CODE_BYTES];
  struct state state;
  uint8_t data[DATA_BYTES];
};

static const int order[8] = {REG_EAX, REG_ECX, REG_EDX, REG_EBX, REG_ESP, REG_EBP, REG_ESI, REG_EDI};
static struct request request;
static struct state answer;
static ucontext_t saved;
static uint8_t saved_fpu[112];
static volatile int is_done;

static void enter(int number, siginfo_t *info, void *context) {
  (void)number, (void)info;
  ucontext_t *u = context;
  memcpy(&saved, u, sizeof saved);
  memcpy(saved_fpu, u->uc_mcontext.fpregs, sizeof saved_fpu);
  if (is_done) return;
  for (int i = 0; i < 8; i++) u->uc_mcontext.gregs[order[i]] = request.state.registers[i];
  u->uc_mcontext.gregs[REG_EIP] = request.state.eip;
  u->uc_mcontext.gregs[REG_EFL] = request.state.eflags;
  memcpy(u->uc_mcontext.fpregs, request.state.fpu, sizeof request.state.fpu);
}

static void leave(int number, siginfo_t *info, void *context) {
  (void)number;
  ucontext_t *u = context;
  for (int i = 0; i < 8; i++) answer.registers[i] = u->uc_mcontext.gregs[order[i]];
  answer.eip = u->uc_mcontext.gregs[REG_EIP];
  answer.eflags = u->uc_mcontext.gregs[REG_EFL];
  answer.trap = u->uc_mcontext.gregs[REG_TRAPNO];
  answer.error = u->uc_mcontext.gregs[REG_ERR];
  answer.cr2 = answer.trap == 14 ? (uint32_t)info->si_addr : 0;
  memcpy(answer.fpu, u->uc_mcontext.fpregs, sizeof answer.fpu);
  memcpy(u->uc_mcontext.gregs, saved.uc_mcontext.gregs, sizeof saved.uc_mcontext.gregs);
  memcpy(u->uc_mcontext.fpregs, saved_fpu, sizeof saved_fpu);
  is_done = 1;
}

static void on(int number, void (*handler)(int, siginfo_t *, void *)) {
  struct sigaction action = {0};
  action.sa_sigaction = handler;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER;
  sigaction(number, &action, NULL);
}

int main(void) {
  static uint8_t stack[65536];
  stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&alternate, NULL);
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
  mmap(CODE, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, flags, -1, 0);
  mmap(DATA, DATA_BYTES, PROT_READ | PROT_WRITE, flags, -1, 0);
  on(SIGUSR1, enter);
  int numbers[] = {SIGTRAP, SIGSEGV, SIGILL, SIGFPE, SIGBUS};
  for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++) on(numbers[i], leave);
  while (fread(&request, sizeof request, 1, stdin) == 1) {
    memcpy(CODE, request.code, CODE_BYTES);
    memcpy(DATA, request.data, DATA_BYTES);
    is_done = 0;
    raise(SIGUSR1);
    fwrite(&answer, sizeof answer, 1, stdout);
    fwrite(DATA, DATA_BYTES, 1, stdout);
  }
  return 0;
}

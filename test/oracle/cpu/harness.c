// Runs short pieces of code on the host's processor: a 32-bit process that takes cases on standard input and
// answers with the state after each. A case is entered and left by signal frames: the kernel loads and stores the
// whole state, segment registers too, so nothing of the compiler's is in between. Around the code lie INT3s, and
// what faults ends the case.
//
//     input    number of LDT entries, the entries, the bytes of the data pages, then cases: struct request, patches
//     output   for each case struct state, the number of changed words, their addresses and values

#define _GNU_SOURCE
#include <asm/ldt.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define CODE ((uint8_t *)0x60000000)
#define CODE_BYTES 0x2000
#define DATA ((uint8_t *)0x3ffff000)
#define DATA_BYTES 0x3000
#define READ_ONLY_BYTES 0x1000
#define INT3 0xcc

struct state {
  uint32_t registers[8]; // eax ecx edx ebx esp ebp esi edi
  uint32_t eip, eflags;
  uint32_t trap, error, cr2;
  uint32_t segments[6]; // es cs ss ds fs gs
  uint8_t fpu[108];
};

struct request {
  uint32_t at, patches;
  uint8_t code[64];
  struct state state;
};

struct patch {
  uint32_t at, length;
  uint8_t bytes[16];
};

static const int registers[8] = {REG_EAX, REG_ECX, REG_EDX, REG_EBX, REG_ESP, REG_EBP, REG_ESI, REG_EDI};
static const int segments[6] = {REG_ES, REG_CS, REG_SS, REG_DS, REG_FS, REG_GS};
static struct request request;
static struct state answer;
static ucontext_t saved;
static uint8_t saved_fpu[112];
static uint32_t own_fs, own_gs;
static volatile int is_done;
static uint8_t pool[DATA_BYTES], data[DATA_BYTES], code[CODE_BYTES];

static void enter(int number, siginfo_t *info, void *context) {
  (void)number, (void)info;
  ucontext_t *u = context;
  memcpy(&saved, u, sizeof saved);
  memcpy(saved_fpu, u->uc_mcontext.fpregs, sizeof saved_fpu);
  if (is_done) return;
  for (int i = 0; i < 8; i++) u->uc_mcontext.gregs[registers[i]] = request.state.registers[i];
  for (int i = 0; i < 6; i++) u->uc_mcontext.gregs[segments[i]] = request.state.segments[i];
  u->uc_mcontext.gregs[REG_EIP] = request.state.eip;
  u->uc_mcontext.gregs[REG_EFL] = request.state.eflags;
  memcpy(u->uc_mcontext.fpregs, request.state.fpu, sizeof request.state.fpu);
}

// The C library's own FS and GS come first: the case may have left anything there.
static void leave(int number, siginfo_t *info, void *context) {
  asm volatile("mov %0, %%fs; mov %1, %%gs" : : "r"(own_fs), "r"(own_gs));
  ucontext_t *u = context;
  for (int i = 0; i < 8; i++) answer.registers[i] = u->uc_mcontext.gregs[registers[i]];
  for (int i = 0; i < 6; i++) answer.segments[i] = u->uc_mcontext.gregs[segments[i]] & 0xffff;
  answer.eip = u->uc_mcontext.gregs[REG_EIP];
  answer.eflags = u->uc_mcontext.gregs[REG_EFL];
  answer.trap = number == SIGALRM ? 255 : u->uc_mcontext.gregs[REG_TRAPNO];
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

static void take(void *bytes, size_t length) {
  if (fread(bytes, length, 1, stdin) != 1) exit(3);
}

static uint8_t *twin(uint32_t address) {
  if (address - (uint32_t)CODE < CODE_BYTES) return code + (address - (uint32_t)CODE);
  if (address - (uint32_t)DATA < DATA_BYTES) return data + (address - (uint32_t)DATA);
  exit(4);
}

// What memory is to hold is prepared in `code` and `data`, which afterwards say what has changed.
static void prepare(void) {
  memset(code, INT3, sizeof code);
  memcpy(data, pool, sizeof data);
  uint32_t room = (uint32_t)CODE + CODE_BYTES - request.at;
  for (uint32_t i = 0; i < sizeof request.code && i < room; i++) *twin(request.at + i) = request.code[i];
  for (uint32_t i = 0; i < request.patches; i++) {
    struct patch patch;
    take(&patch, sizeof patch);
    for (uint32_t k = 0; k < patch.length; k++) *twin(patch.at + k) = patch.bytes[k];
  }
  memcpy(CODE, code, sizeof code);
  mprotect(DATA, READ_ONLY_BYTES, PROT_READ | PROT_WRITE);
  memcpy(DATA, data, sizeof data);
  mprotect(DATA, READ_ONLY_BYTES, PROT_READ);
}

static uint32_t changes[(CODE_BYTES + DATA_BYTES) / 2 + 1];

static uint32_t find_changes(uint8_t *memory, const uint8_t *before, unsigned bytes, uint32_t count) {
  if (memcmp(memory, before, bytes) == 0) return count;
  for (unsigned i = 0; i < bytes; i += 4) {
    uint32_t value;
    memcpy(&value, memory + i, 4);
    if (memcmp(&value, before + i, 4) == 0) continue;
    changes[1 + count * 2] = (uint32_t)(memory + i);
    changes[2 + count * 2] = value;
    count++;
  }
  return count;
}

static void set_up(void) {
  uint32_t count;
  take(&count, sizeof count);
  while (count-- > 0) {
    struct user_desc entry;
    take(&entry, sizeof entry);
    if (syscall(SYS_modify_ldt, 0x11, &entry, sizeof entry) != 0) exit(5);
  }
  take(pool, sizeof pool);
  static uint8_t stack[65536];
  stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
  sigaltstack(&alternate, NULL);
  int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
  void *first = mmap(CODE, CODE_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC, flags, -1, 0);
  void *second = mmap(DATA, DATA_BYTES, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (first != CODE || second != DATA) exit(6);
  asm("mov %%fs, %0; mov %%gs, %1" : "=r"(own_fs), "=r"(own_gs));
  on(SIGUSR1, enter);
  int numbers[] = {SIGTRAP, SIGSEGV, SIGILL, SIGFPE, SIGBUS, SIGALRM};
  for (unsigned i = 0; i < sizeof numbers / sizeof *numbers; i++) on(numbers[i], leave);
}

// A signal's return leaves ID and NT as they are.
static void clear_sticky_flags(void) {
  asm volatile("pushf; andl %0, (%%esp); popf" : : "i"(~0x204000) : "memory", "cc");
}

int main(void) {
  set_up();
  for (unsigned number = 0; fread(&request, sizeof request, 1, stdin) == 1; number++) {
    if (number % 1000 == 0) alarm(20);
    prepare();
    clear_sticky_flags();
    is_done = 0;
    raise(SIGUSR1);
    uint32_t count = find_changes(CODE, code, sizeof code, 0);
    count = find_changes(DATA, data, sizeof data, count);
    changes[0] = count;
    fwrite(&answer, sizeof answer, 1, stdout);
    fwrite(changes, 4, 1 + count * 2, stdout);
  }
  return 0;
}

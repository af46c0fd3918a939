// Programs whose meaning depends on the linker: what it orders, picks, merges, drops and defines. Each is linked by GNU ld
// and by ours from the same objects; both must print and end alike.

export interface Program {
  /** Sources by name: `.c` for gcc -m32, `.s` for as; `.ld` and others are written as they are. */
  readonly files: Readonly<Record<string, string>>;
  /** Archives made of the objects named. */
  readonly archives?: Readonly<Record<string, readonly string[]>>;
  /** For gcc. */
  readonly flags?: readonly string[];
  /** `glibc`: the link line of `gcc -static` around `args`; `bare`: `args` alone. */
  readonly kind: 'glibc' | 'bare';
  /** Objects, archives and options. */
  readonly args: readonly string[];
  /** What must be in the output, so that a program that prints nothing does not pass. */
  readonly expected: string;
}

/** Prints `%edx` bytes at `%ecx` and exits with what is in `status`. */
const printAndExit = ` mov $4, %eax
 mov $1, %ebx
 int $0x80
 mov status, %ebx
 mov $1, %eax
 int $0x80
`;

const bareStart = ` .globl _start
_start: mov $text, %ecx
 mov $text_end, %edx
 sub %ecx, %edx
${printAndExit} .section .rodata
 .globl text, text_end
text: .ascii "bare\\n"
text_end:
 .data
 .globl status
status: .long 7
`;

const bareMain = { 'start.s': bareStart };

/** A C program without a library: prints the number that `run` returns. */
const bareC = `
int run(void);
static void out(const char *s, int n) { int r; __asm__ volatile("int $0x80" : "=a"(r) : "0"(4), "b"(1), "c"(s), "d"(n) : "memory"); }
__attribute__((force_align_arg_pointer)) void _start(void) {
  char text[12]; int at = 11, v = run(), n = v;
  text[at] = '\\n';
  do { text[--at] = '0' + n % 10; n /= 10; } while (n);
  out(text + at, 12 - at);
  __asm__ volatile("int $0x80" : : "a"(1), "b"(v & 63));
  for (;;) ;
}
`;
const bareFlags = [
  '-O1',
  '-ffreestanding',
  '-fno-pie',
  '-fno-stack-protector',
  '-fno-asynchronous-unwind-tables',
];

const simpleScript = (body: string): string => `ENTRY(_start) SECTIONS {
  . = 0x8048000 + SIZEOF_HEADERS;
  .text : { *(.text .text.*) }
  .rodata : { *(.rodata .rodata.*) }
  . = ALIGN(0x1000);
  ${body}
  .data : { *(.data .data.*) }
  .bss : { *(.bss .bss.* COMMON) }
  /DISCARD/ : { *(.eh_frame .comment .note*) }
}
`;

const bare = (
  files: Record<string, string>,
  args: readonly string[],
  expected: string,
  more: Partial<Program> = {},
): Program => ({ files, args, expected, kind: 'bare', flags: bareFlags, ...more });

const glibc = (
  files: Record<string, string>,
  args: readonly string[],
  expected: string,
  more: Partial<Program> = {},
): Program => ({ files, args, expected, kind: 'glibc', flags: ['-O1'], ...more });

const registry = {
  'main.c': `#include <stdio.h>
struct entry { const char *name; int (*run)(int); };
extern const struct entry __start_registry[], __stop_registry[];
int main(void) { for (const struct entry *e = __start_registry; e < __stop_registry; e++) printf("%s %d\\n", e->name, e->run(5)); return 0; }`,
  'one.c': `struct entry { const char *name; int (*run)(int); };
static int twice(int x) { return 2 * x; }
__attribute__((section("registry"), used)) static const struct entry e = { "twice", twice };
int anchor_one;`,
  'two.c': `struct entry { const char *name; int (*run)(int); };
static int square(int x) { return x * x; }
__attribute__((section("registry"), used)) static const struct entry e = { "square", square };
int anchor_two;`,
};

const cycle = {
  'start.c': bareC,
  'main.c': 'int a(int); int run(void) { return a(4); }',
  'a.c':
    'int b(int); int a(int x) { return x ? x + b(x - 1) : 0; } int a_unused(void) { return 1; }',
  'b.c': 'int c(int); int b(int x) { return x ? 10 * x + c(x - 1) : 0; }',
  'c.c': 'int a(int); int c(int x) { return x ? 100 * x + a(x - 1) : 0; }',
};

const wrapping = {
  'main.c': `#include <stdio.h>
#include <stdlib.h>
static int count;
void *__real_malloc(size_t); void *__wrap_malloc(size_t n) { count++; return __real_malloc(n + 8); }
int __wrap_helper(int x); int __real_helper(int x); int helper(int);
int __wrap_helper(int x) { return 1000 + __real_helper(x); }
int main(void) { free(malloc(5)); int h = helper(3); printf("%d %d\\n", count > 0, h); return 0; }`,
  'helper.c': 'int inner(int x) { return x * 7; } int helper(int x) { return inner(x) + 1; }',
};

export const programs: Readonly<Record<string, Program>> = {
  'assembly alone': bare(bareMain, ['start.o'], 'bare'),
  '-Ttext, -Tdata, -Tbss': bare(
    bareMain,
    ['-Ttext', '0x400000', '-Tdata=0x500000', '-Tbss', '0x600000', 'start.o'],
    'bare',
  ),
  '-Ttext-segment': bare(bareMain, ['-Ttext-segment=0x10000000', 'start.o'], 'bare'),
  '--section-start': bare(bareMain, ['--section-start=.rodata=0x9000000', 'start.o'], 'bare'),
  '-N': bare(bareMain, ['-N', 'start.o'], 'bare'),
  '-n': bare(bareMain, ['-n', 'start.o'], 'bare'),
  '-s': bare(bareMain, ['-s', 'start.o'], 'bare'),
  '-x -S': bare(bareMain, ['-x', '-S', 'start.o'], 'bare'),
  '-z options': bare(
    bareMain,
    [
      '-z',
      'noseparate-code',
      '-z',
      'max-page-size=0x4000',
      '-z',
      'execstack',
      '-z',
      'norelro',
      'start.o',
    ],
    'bare',
  ),
  '-e with a name and a number': bare(
    { 'start.s': bareStart.replaceAll('_start', 'other') },
    ['-e', 'other', 'start.o'],
    'bare',
  ),
  '--defsym: a number, an alias, a sum': bare(
    {
      'start.c': bareC,
      'main.c':
        'int alias(void); extern char number[], later[]; int run(void) { return alias() + (int)number + (int)(later - number); }',
      'f.c': 'int real(void) { return 30; }',
    },
    [
      '--defsym',
      'number=5',
      '--defsym=alias=real',
      '--defsym',
      'later=number+7',
      'start.o',
      'main.o',
      'f.o',
    ],
    '42',
  ),
  'archives in a cycle, in a group': bare(
    cycle,
    ['start.o', 'main.o', '--start-group', 'la.a', 'lb.a', 'lc.a', '--end-group'],
    '235',
    { archives: { 'la.a': ['a'], 'lb.a': ['b'], 'lc.a': ['c'] } },
  ),
  'archives in a cycle, named again': bare(
    cycle,
    ['start.o', 'main.o', 'la.a', 'lb.a', 'lc.a', 'la.a'],
    '235',
    { archives: { 'la.a': ['a'], 'lb.a': ['b'], 'lc.a': ['c'] } },
  ),
  'the first definition in an archive wins': bare(
    {
      'start.c': bareC,
      'main.c': 'int f(void); int run(void) { return f(); }',
      'x.c': 'int f(void) { return 11; }',
      'y.c': 'int f(void) { return 22; }',
    },
    ['start.o', 'main.o', 'l1.a', 'l2.a'],
    '11',
    { archives: { 'l1.a': ['x'], 'l2.a': ['y'] } },
  ),
  '-L, -l and -l:': bare(
    {
      'start.c': bareC,
      'main.c': 'int f(void), g(void); int run(void) { return f() + g(); }',
      'x.c': 'int f(void) { return 11; }',
      'y.c': 'int g(void) { return 22; }',
    },
    ['-L.', 'start.o', 'main.o', '-lone', '-l:two.a'],
    '33',
    { archives: { 'libone.a': ['x'], 'two.a': ['y'] } },
  ),
  '-u pulls a member in': bare(
    {
      'start.c': bareC,
      'main.c': 'extern int v __attribute__((weak)); int run(void) { return &v ? v : 1; }',
      'x.c': 'int v = 9, pull_me;',
    },
    ['-u', 'pull_me', 'start.o', 'main.o', 'l.a'],
    '9',
    { archives: { 'l.a': ['x'] } },
  ),
  'a weak reference pulls nothing in': bare(
    {
      'start.c': bareC,
      'main.c': 'extern int v __attribute__((weak)); int run(void) { return &v ? v : 1; }',
      'x.c': 'int v = 9;',
    },
    ['start.o', 'main.o', 'l.a'],
    '1',
    { archives: { 'l.a': ['x'] } },
  ),
  'strong before weak': bare(
    {
      'start.c': bareC,
      'weak.c': '__attribute__((weak)) int f(void) { return 1; } int run(void) { return f(); }',
      'strong.c': 'int f(void) { return 2; }',
    },
    ['start.o', 'weak.o', 'strong.o'],
    '2',
  ),
  'commons: the largest, and a definition': bare(
    {
      'start.c': bareC,
      'one.c':
        'int shared[2], defined; extern int after; int run(void) { return shared[5] + defined + (((int)&shared & 31) == 0); }',
      'two.c': 'int shared[16] __attribute__((aligned(32))); int defined = 6;',
    },
    ['start.o', 'one.o', 'two.o'],
    '7',
    { flags: [...bareFlags, '-fcommon'] },
  ),
  'comdat groups are kept once': bare(
    {
      'start.c': bareC,
      'one.s':
        ' .globl run\n .text\nrun: call once\n mov counted, %eax\n ret\n .section .text.once,"axG",@progbits,once,comdat\n .weak once\nonce: incl counted\n ret\n .section list,"aw"\n .long 1\n .data\n .globl counted\ncounted: .long 20\n .section .data.once,"awG",@progbits,once,comdat\n .long 1\n',
      'two.s':
        ' .text\n call once\n .section .text.once,"axG",@progbits,once,comdat\n .weak once\nonce: addl $50, counted\n ret\n',
    },
    ['start.o', 'two.o', 'one.o'],
    '70',
  ),
  '.gnu.linkonce sections': bare(
    {
      'start.c': bareC,
      'one.s':
        ' .globl run\n .text\nrun: call once\n ret\n .section .gnu.linkonce.t.once,"ax"\n .weak once\nonce: mov $3, %eax\n ret\n',
      'two.s': ' .section .gnu.linkonce.t.once,"ax"\n .weak once\nonce: mov $4, %eax\n ret\n',
    },
    ['start.o', 'one.o', 'two.o'],
    '3',
  ),
  'strings are merged, tails too': bare(
    {
      'start.c': bareC,
      'one.c': 'const char *one(void) { return "say hello"; }',
      'two.c':
        'const char *one(void); const char *two(void) { return "hello"; } int run(void) { return (two() - one()) + (int)sizeof "x"; }',
    },
    ['start.o', 'one.o', 'two.o'],
    '\n',
    { flags: [...bareFlags, '-O2'] },
  ),
  '--gc-sections keeps what is reached': bare(
    {
      'start.c': bareC,
      'main.c':
        'int used(void); extern char etext[], __executable_start[]; int run(void) { return used() + ((int)etext - (int)__executable_start > 0x5000); }',
      'f.c':
        'int used(void) { return 5; } static char waste[0x6000] = { 1 }; char *unused(void) { return waste; } __attribute__((aligned(4096))) int big(void) { return 3; }',
    },
    ['--gc-sections', 'start.o', 'main.o', 'f.o'],
    '5',
    { flags: [...bareFlags, '-ffunction-sections', '-fdata-sections'] },
  ),
  '-b binary': bare(
    {
      'start.c': bareC,
      'main.c':
        'extern unsigned char _binary_blob_txt_start[], _binary_blob_txt_end[], _binary_blob_txt_size[]; int run(void) { int s = 0; for (unsigned char *p = _binary_blob_txt_start; p < _binary_blob_txt_end; p++) s += *p; return s + (int)_binary_blob_txt_size; }',
      'blob.txt': 'abc',
    },
    ['start.o', 'main.o', '-b', 'binary', 'blob.txt'],
    '297',
  ),
  '-z muldefs': bare(
    {
      'start.c': bareC,
      'one.c': 'int f(void) { return 1; } int run(void) { return f(); }',
      'two.c': 'int f(void) { return 2; }',
    },
    ['-z', 'muldefs', 'start.o', 'one.o', 'two.o'],
    '1',
  ),
  'a script with PHDRS': bare(
    {
      ...bareMain,
      'p.ld':
        'ENTRY(_start) PHDRS { text PT_LOAD FILEHDR PHDRS FLAGS(5); data PT_LOAD FLAGS(6); stack PT_GNU_STACK FLAGS(6); } SECTIONS { . = 0x8048000 + SIZEOF_HEADERS; .text : { *(.text) *(.rodata) } :text . = ALIGN(0x1000) + (. & 0xfff); .data : { *(.data) } :data .bss : { *(.bss) } :data }',
    },
    ['-T', 'p.ld', 'start.o'],
    'bare',
  ),
  'a script with MEMORY, data loaded elsewhere': bare(
    {
      'start.c': bareC,
      'main.c':
        'extern char load[], data_start[], data_end[]; int value = 33; int run(void) { int v = value; char *from = load; for (char *to = data_start; to < data_end; ) *to++ = *from++; return value + v; }',
      'm.ld':
        'ENTRY(_start) MEMORY { rom (rx) : ORIGIN = 0x8048000, LENGTH = 64K ram (rwx) : ORIGIN = 0x9000000, LENGTH = 64K } SECTIONS { .text : { *(.text) *(.rodata*) load = LOADADDR(.data); } > rom .data : { data_start = .; *(.data) data_end = .; } > ram AT> rom .copy : { . += SIZEOF(.data); } > rom .bss : { *(.bss) } > ram /DISCARD/ : { *(.eh_frame .comment .note*) } }',
    },
    ['-T', 'm.ld', 'start.o', 'main.o'],
    '',
  ),
  'a script that sorts': bare(
    {
      'start.c': bareC,
      'main.c':
        'extern int table[], table_end[]; int run(void) { int s = 0; for (int *p = table; p < table_end; p++) s = s * 3 + *p; return s; }',
      'parts.s':
        ' .section .tab.b,"aw"\n .long 2\n .section .tab.a,"aw"\n .long 1\n .section .tab.c,"aw"\n .long 0\n .section .pri.00200,"aw"\n .long 2\n .section .pri.100,"aw"\n .long 1\n',
      's.ld': simpleScript(
        '.table : { table = .; KEEP(*(SORT(.tab.*))) *(SORT_BY_INIT_PRIORITY(.pri.*)) table_end = .; }',
      ),
    },
    ['-T', 's.ld', 'start.o', 'main.o', 'parts.o'],
    '140',
  ),
  'a script with PROVIDE, DEFINED, ASSERT, BYTE and fill': bare(
    {
      'start.c': bareC,
      'main.c':
        'extern char given[], made[], taken[], bytes[]; int run(void) { return (int)given + (int)made + (int)taken + bytes[0] + bytes[1] + bytes[4]; }',
      'two.s': ' .globl taken\n taken = 5\n',
      'a.ld': simpleScript(
        'given = 1; PROVIDE(made = 2); PROVIDE(taken = 77); PROVIDE(unused = nothing); x = DEFINED(taken) ? 1 : 2; ASSERT(x == 1, "taken") .b : { bytes = .; BYTE(10) BYTE(20) . = ALIGN(4); . += 4; } =0x07',
      ),
    },
    ['-T', 'a.ld', 'start.o', 'main.o', 'two.o'],
    '45',
  ),
  'a script with KEEP under --gc-sections': bare(
    {
      'start.c': bareC,
      'main.c':
        'extern int kept[], kept_end[]; int run(void) { return (kept_end - kept) * 10 + kept[0]; }',
      'k.s': ' .section .keep,"aw"\n .long 4\n .section .drop,"aw"\n .long 8\n',
      'k.ld': simpleScript('.k : { kept = .; KEEP(*(.keep)) *(.drop) kept_end = .; }'),
    },
    ['--gc-sections', '-T', 'k.ld', 'start.o', 'main.o', 'k.o'],
    '14',
  ),
  'constructors, priorities, destructors': glibc(
    {
      'main.c':
        '#include <stdio.h>\n#include <stdlib.h>\n__attribute__((constructor(200))) static void b(void) { puts("b"); } __attribute__((constructor(101))) static void a(void) { puts("a"); } __attribute__((constructor)) static void c(void) { puts("c"); } __attribute__((destructor)) static void d(void) { puts("d"); } static void e(void) { puts("e"); } int main(void) { atexit(e); puts("main"); return 3; }',
      'more.c':
        '#include <stdio.h>\n__attribute__((constructor(150))) static void ab(void) { puts("ab"); } __attribute__((destructor(300))) static void z(void) { puts("z"); }',
    },
    ['main.o', 'more.o'],
    'a\nab\nb\nc\nmain\ne\nd\nz\n',
  ),
  'thread-local variables of several files': glibc(
    {
      'main.c':
        '#include <stdio.h>\nextern __thread int a, b[4]; __thread char own = 3; static __thread long long hidden = 5; int *where(void); int main(void) { a += 2; b[3] = a; hidden++; printf("%d %d %d %d %d\\n", a, b[3], own, (int)hidden, *where() ); return 0; }',
      'two.c':
        '__thread int a = 40, b[4]; __thread __attribute__((aligned(64))) int c = 7; int *where(void) { return ((unsigned)&c & 63) ? 0 : &c; }',
    },
    ['main.o', 'two.o'],
    '42 42 3 6 7',
  ),
  'thread-local variables, position independent': glibc(
    {
      'main.c':
        '#include <stdio.h>\nextern __thread int a; static __thread int s = 1, t; int main(void) { a++; s += a; t = s; printf("%d %d %d\\n", a, s, t); return 0; }',
      'two.c': '__thread int a = 40;',
    },
    ['main.o', 'two.o'],
    '41 42 42',
    { flags: ['-O1', '-fPIC'] },
  ),
  threads: glibc(
    {
      'main.c':
        '#include <stdio.h>\n#include <pthread.h>\nstatic __thread int mine; static int sum; static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; static void done(void *p) { sum += *(int *)p; } static void *work(void *n) { static int one = 1; pthread_cleanup_push(done, &one); mine = (int)(long)n; pthread_mutex_lock(&lock); sum += mine; pthread_mutex_unlock(&lock); pthread_exit(0); pthread_cleanup_pop(0); return 0; } int main(void) { pthread_t t[4]; for (long i = 0; i < 4; i++) { pthread_create(&t[i], 0, work, (void *)(i * 10)); pthread_join(t[i], 0); } printf("%d %d\\n", sum, mine); return 0; }',
    },
    ['main.o', '-pthread'],
    '64 0',
  ),
  'indirect functions': glibc(
    {
      'main.c':
        '#include <stdio.h>\nextern int chosen(int); static int add(int x) { return x + 1; } static int sub(int x) { return x - 1; } static void *pick(void) { return (void *)(sizeof(long) == 4 ? add : sub); } int chosen(int) __attribute__((ifunc("pick"))); extern int (*elsewhere)(int); int main(void) { printf("%d %d %d\\n", chosen(1), elsewhere(5), elsewhere == chosen); return 0; }',
      'two.c': 'int chosen(int); int (*elsewhere)(int) = chosen;',
    },
    ['main.o', 'two.o'],
    '2 6 1',
    { flags: ['-O1', '-fno-pie'] },
  ),
  'a table of registered entries': glibc(
    registry,
    ['main.o', 'two.o', 'one.o'],
    'square 25\ntwice 10\n',
  ),
  '--whole-archive': glibc(
    registry,
    ['main.o', '-Wl,--whole-archive', 'l.a', '-Wl,--no-whole-archive'],
    'twice 10\nsquare 25\n',
    { archives: { 'l.a': ['one', 'two'] } },
  ),
  '--gc-sections with a C library': glibc(
    registry,
    ['-Wl,--gc-sections', 'main.o', 'two.o', 'one.o'],
    'square 25',
    { flags: ['-Os', '-ffunction-sections', '-fdata-sections'] },
  ),
  '--wrap': glibc(
    wrapping,
    ['-Wl,--wrap=malloc', '-Wl,--wrap=helper', 'main.o', 'helper.o'],
    '1 1022',
  ),
  'long double, printf of fractions, -lm': glibc(
    {
      'main.c':
        '#include <stdio.h>\n#include <math.h>\nint main(int c, char **v) { long double x = c + 0.5L; printf("%.12Lf %g %s\\n", sqrtl(x), pow(c + 1, 0.5), v[c] ? "more" : "end"); return 0; }',
    },
    ['main.o', '-lm'],
    '1.224744871392',
  ),
  'signals and longjmp': glibc(
    {
      'main.c':
        '#include <stdio.h>\n#include <signal.h>\n#include <setjmp.h>\nstatic sigjmp_buf back; static void caught(int n) { siglongjmp(back, n); } int main(void) { signal(SIGSEGV, caught); int n = sigsetjmp(back, 1); if (!n) *(volatile int *)0 = 1; printf("caught %d\\n", n == SIGSEGV); return 9; }',
    },
    ['main.o'],
    'caught 1',
  ),
  'locale, sort, search, time, environment': glibc(
    {
      'main.c':
        '#include <stdio.h>\n#include <stdlib.h>\n#include <string.h>\n#include <time.h>\n#include <locale.h>\nstatic int by(const void *a, const void *b) { return strcmp(*(char **)a, *(char **)b); } int main(void) { setlocale(LC_ALL, "C"); char *w[] = { "pear", "apple", "fig" }; qsort(w, 3, sizeof *w, by); char *k = "fig"; char **f = bsearch(&k, w, 3, sizeof *w, by); time_t t = 86400; char out[40]; strftime(out, sizeof out, "%F", gmtime(&t)); setenv("A", "b", 1); printf("%s %d %s %s\\n", w[0], (int)(f - w), out, getenv("A")); return strtol("0x1f", 0, 0); }',
    },
    ['main.o'],
    'apple 1 1970-01-02 b',
  ),
  'a large aligned .bss and .data': glibc(
    {
      'main.c':
        '#include <stdio.h>\nstatic char zero[3 << 20] __attribute__((aligned(65536))); int data[5000] __attribute__((aligned(8192))) = { [4999] = 3 }; int main(void) { zero[12345] = data[4999]; printf("%d %d %d\\n", (int)zero & 65535, (int)data & 8191, zero[12345]); return 0; }',
    },
    ['main.o'],
    '0 0 3',
  ),
};

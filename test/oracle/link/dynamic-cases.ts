// Programs and shared objects that need something of dynamic linking: each is linked by GNU ld and by ours from the same
// objects with the same command line of gcc, and the files must be the same, byte by byte.

export interface DynamicCase {
  /** C sources by object name, with gcc's flags. */
  readonly objects: Readonly<Record<string, { readonly flags: string; readonly source: string }>>;
  /** Version scripts and the like. */
  readonly files?: Readonly<Record<string, string>>;
  /** Outputs in order with the arguments of gcc; later ones may use earlier ones. */
  readonly links: readonly (readonly [output: string, args: string])[];
  /** The program to run, and what it must print. */
  readonly run?: readonly [output: string, expected: string];
}

const hello = `#include <stdio.h>
#include <stdlib.h>
extern char **environ;
static int by(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }
int v[] = {3, 1, 2};
int main(void) { qsort(v, 3, 4, by); fprintf(stdout, "%d%d%d\\n", v[0], v[1], v[2]); return environ == 0; }
`;

const storage = `__thread int ext = 42; static __thread int st = 3; __thread int other = 11; static __thread char buf[100];
int getx(void) { buf[3]++; st++; return ext + st + other + buf[3]; }
`;
const storageUser = `#include <stdio.h>
extern __thread int ext; __thread int own = 5; static __thread int loc = 7; __thread int zero; int getx(void);
int *pe(void) { return &ext; } int *po(void) { return &own; } int *pl(void) { return &loc; } int *pz(void) { return &zero; }
int main(void) {
  printf("%d %d %d %d %d ", *pe(), *po(), *pl(), *pz(), getx());
  own = 9; loc = 8; ext = 4;
  printf("%d %d %d %d\\n", *pe(), *po(), *pl(), getx());
  return 0;
}
`;
const threads = (name: string, flags: string): readonly [string, DynamicCase] => [
  `thread-local storage, ${name}`,
  {
    objects: {
      lib: { flags: `-fPIC -O1 ${flags}`, source: storage },
      pie: { flags: `-fPIE -O1 ${flags}`, source: storageUser },
      pic: { flags: `-fPIC -O1 ${flags}`, source: storageUser },
      fixed: { flags: '-fno-pic -O1', source: storageUser },
    },
    links: [
      ['libt.so', '-shared lib.o'],
      ['user.so', '-shared pic.o'],
      ['fixed', '-no-pie fixed.o libt.so -Wl,-rpath,.'],
      ['static', '-static fixed.o lib.o'],
      ['static-pie', '-static-pie pic.o lib.o'],
      ['one', 'pic.o lib.o -Wl,-E'],
      ['two', 'pie.o lib.o'],
      ['main', 'pic.o libt.so -Wl,-rpath,.'],
    ],
    run: ['main', '42 5 7 0 58 4 9 8 22\n'],
  },
];

const library = `const int ro[4] = {1, 2, 3, 4}; int rw = 9; const char *const names[2] = {"a", "b"};
int strongdata = 31; extern int weakdata __attribute__((weak, alias("strongdata")));
__attribute__((weak)) int over(void) { return 1; }
extern int nobody(void) __attribute__((weak));
static int twice(int x) { return x * 2; }
__attribute__((visibility("protected"))) int prot(int x) { return twice(x) + over(); }
__attribute__((visibility("hidden"))) int hidden(int x) { return x + 1; }
int f1(int x) { return prot(x) + rw + (nobody ? nobody() : 0) + strongdata + hidden(0); }
`;
const libraryUser = `#include <stdio.h>
extern const int ro[4]; extern int rw; extern const char *const names[2]; extern int f1(int); extern int weakdata;
int (*fp)(int) = f1; int (*const cfp)(int) = f1; int *pw = &weakdata;
int over(void) { return 77; }
int main(void) {
  printf("%d %d %s %d %d %d %d ", ro[2], rw, names[1], fp(1), cfp == fp, f1 == fp, *pw);
  rw = 5;
  printf("%d\\n", f1(2));
  return 0;
}
`;
const libraryObjects = {
  lib: { flags: '-fPIC -O1', source: library },
  pie: { flags: '-fPIE -O1', source: libraryUser },
  fixed: { flags: '-fno-pic -O1', source: libraryUser },
};
const sharedWith = (option: string): readonly [string, DynamicCase] => [
  `-shared ${option}`,
  { objects: { lib: libraryObjects.lib }, links: [['lib.so', `-shared lib.o -Wl,${option}`]] },
];
const programWith = (option: string): readonly [string, DynamicCase] => [
  `pie ${option}`,
  {
    objects: { main: { flags: '-O1', source: hello } },
    links: [['main', `main.o -Wl,${option}`]],
    run: ['main', '123\n'],
  },
];

const indirect = `static int one(void) { return 1; } static int two(void) { return 2; }
static int (*choose(void))(void) { return one() ? two : one; }
int ifn(void) __attribute__((ifunc("choose")));
static int own(void) __attribute__((ifunc("choose")));
int (*p)(void) = ifn; int (*const lp)(void) = own;
int (*getp(void))(void) { return ifn; }
int use(void) { return ifn() + own() + p() + lp() + (getp() == p); }
`;
const indirectUser = `#include <stdio.h>
int use(void); int ifn(void); extern int (*p)(void); int (*q)(void) = ifn;
int main(void) { printf("%d %d %d %d\\n", use(), ifn(), q(), q == p); return 0; }
`;

const versions = `V1 { global: f; local: *; };
V2 { global: g; data*; } V1;
`;
const versioned = `int f(void) { return 1; } int g(void) { return 2; } int data_a = 3, data_b = 4; int lost = 5;
int h(void) { return f() + g() + data_a + lost; }
`;
const symvers = `__asm__(".symver old, f@V1"); __asm__(".symver new, f@@V2");
int old(void) { return 1; } int new(void) { return 2; }
`;

const cleanup = `#include <pthread.h>
#include <stdio.h>
static void clean(int *p) { printf("clean %d\\n", *p); }
static void leave(void) { pthread_exit(0); }
static void mid(void) { int x __attribute__((cleanup(clean))) = 3; leave(); printf("%d", x); }
static void *start(void *a) { mid(); return a; }
int main(void) { pthread_t t; pthread_create(&t, 0, start, 0); pthread_join(t, 0); puts("end"); return 0; }
`;

const plugin = `#include <dlfcn.h>
#include <stdio.h>
int here(int x) { return x + 1000; }
int main(void) {
  void *h = dlopen("./plugin.so", RTLD_NOW);
  int (*f)(int) = h ? (int (*)(int))dlsym(h, "plug") : 0;
  printf("%d\\n", f ? f(7) : -1);
  return 0;
}
`;

/** The cases by what they show. */
const scattered = `extern int e1, e2; int f(void); static int l1, l2; int g1 = 1, g2 = 2;
__attribute__((visibility("hidden"))) int h1 = 3, h2 = 4;
int *const ro[] = {&e1, &g1, &l1, &e2}; int *rw[] = {&l2, &e1, &h1, &g2}; int *more[] = {&l1, (int *)f};
int *p2(void) { return &g2; } int *q2(void) { return &e2; } int *p1(void) { return &g1; } int *q1(void) { return &e1; }
int g(void) { return f() + f() + l1 + *p2() + *q1(); }
`;

/** Where tables of relocations go. */
const tables = [
  '.rel.data : { *(.rel.data .rel.data.*) } .rel.got : { *(.rel.got) } .rel.plt : { *(.rel.plt) }',
  '.rel.dyn : { *(.rel.data .rel.data.*) } .rel.got : { *(.rel.got) } .rel.plt : { *(.rel.plt) }',
  '.relocations : { *(.rel.data .rel.data.* .rel.got) } .rel.none : { *(.rel.plt) }',
  '.rel.data : { *(.rel.data .rel.data.* .rel.got) *(.rel.plt) }',
];

const lost = `extern int away[4]; extern __thread int thread; int of(void); int *unused = away + 1; int kept = 7;
int lost(void) { return of() + away[2]; }
`;
const collected = `#include <stdio.h>
extern int kept, stays; int lost(void); int no(void) { return lost(); }
int main(void) { printf("%d\\n", kept + stays); return 0; }
`;

const aroundTables = (text: string): string => `SECTIONS { .text : { *(.text .text.*) *(.plt) }
 .dynsym : { *(.dynsym) } .dynstr : { *(.dynstr) } .gnu.hash : { *(.gnu.hash) } .dynamic : { *(.dynamic) }
 ${text}
 .lost : { lost_start = .; KEEP(*(.lost)) lost_end = .; }
 .data : { *(.data .data.*) } .got : { *(.got.plt) *(.got) } .bss : { *(.bss) } /DISCARD/ : { *(*) } }
`;

export const dynamicCases: readonly (readonly [string, DynamicCase])[] = [
  [
    'programs of every kind',
    {
      objects: {
        main: { flags: '-O1', source: hello },
        fixed: { flags: '-O1 -fno-pic', source: hello },
        pic: { flags: '-O1 -fPIC -fno-plt', source: hello },
      },
      links: [
        ['fixed', '-no-pie fixed.o'],
        ['static', '-static fixed.o'],
        ['static-pie', '-static-pie main.o'],
        ['noplt', 'pic.o'],
        ['main', 'main.o'],
      ],
      run: ['main', '123\n'],
    },
  ],
  ...['-z,now', '-z,ibtplt', '-E', '--hash-style=both', '-O1,--hash-style=sysv', '-rpath,/x'].map(
    programWith,
  ),
  ...['-z,norelro', '-z,noseparate-code', '--build-id=md5', '-s', '--gc-sections'].map(programWith),
  ...['-soname,libq.so.1', '-Bsymbolic', '-Bsymbolic-functions', '-z,nodelete', '-z,now'].map(
    sharedWith,
  ),
  sharedWith('-z,now,-z,norelro,-z,noseparate-code'),
  ...['--hash-style=sysv', '-O2', '--gc-sections', '-z,origin', '-z,initfirst'].map(sharedWith),
  ...['--no-ld-generated-unwind-info', '--no-eh-frame-hdr', '--build-id=0xabcdef'].map(sharedWith),
  ...['--disable-new-dtags,-rpath,/x', '-f,aux,-F,filt', '--audit=a'].map(sharedWith),
  [
    'copies, stubs as addresses, weak aliases, protected and hidden names',
    {
      objects: libraryObjects,
      links: [
        ['lib.so', '-shared lib.o'],
        ['fixed', '-no-pie fixed.o lib.so -Wl,-rpath,.'],
        ['nocopy', '-no-pie fixed.o lib.so -Wl,-rpath,. -Wl,-z,nocopyreloc -Wl,-z,notext'],
        ['main', 'pie.o lib.so -Wl,-rpath,.'],
      ],
      run: ['main', '3 9 b 120 1 1 31 118\n'],
    },
  ],
  [
    'names of a library that only collected sections mention, and their frames',
    {
      objects: {
        lib: { flags: '-fPIC -O1', source: 'int away[4]; int of(void) { return 1; } int stays;' },
        lost: { flags: '-fPIC -O1 -fno-plt', source: lost },
        main: { flags: '-fPIE -O1 -ffunction-sections', source: collected },
      },
      links: [
        ['lib.so', '-shared lib.o'],
        ['lost.so', '-shared lost.o lib.so -Wl,--gc-sections -Wl,--version-script,none.ver'],
        ['main', 'lost.o main.o lib.so -Wl,--gc-sections -Wl,-rpath,.'],
      ],
      files: { 'none.ver': '{ global: kept; local: *; };' },
      run: ['main', '7\n'],
    },
  ],
  threads('general and local dynamic', ''),
  threads('descriptors', '-mtls-dialect=gnu2'),
  threads('initial exec', '-ftls-model=initial-exec'),
  threads('no stub for the call', '-fno-plt'),
  [
    'indirect functions',
    {
      objects: {
        pic: { flags: '-O1 -fPIC', source: indirect },
        user: { flags: '-O1', source: indirectUser },
        fixed: { flags: '-O1 -fno-pic', source: indirect },
        fixeduser: { flags: '-O1 -fno-pic', source: indirectUser },
      },
      links: [
        ['lib.so', '-shared pic.o'],
        ['dynamic', 'user.o lib.so -Wl,-rpath,.'],
        ['fixed', '-no-pie fixeduser.o fixed.o'],
        ['static', '-static fixeduser.o fixed.o'],
        ['static-pie', '-static-pie user.o pic.o'],
        ['exporting', 'user.o pic.o -Wl,-E'],
        ['main', 'user.o pic.o'],
      ],
      run: ['main', '9 2 2 1\n'],
    },
  ],
  [
    'versions',
    {
      objects: {
        lib: { flags: '-fPIC -O1', source: versioned },
        sym: { flags: '-fPIC -O1', source: symvers },
        user: {
          flags: '-O1',
          source:
            '#include <stdio.h>\nint f(void), g(void); extern int data_a; int main(void) { printf("%d\\n", f() + g() + data_a); return 0; }',
        },
      },
      files: { 'v.map': versions, 's.map': 'V1 { local: *; }; V2 { } V1;\n' },
      links: [
        ['lib.so', '-shared lib.o -Wl,-soname,lib.so -Wl,--version-script,v.map'],
        ['sym.so', '-shared sym.o -Wl,-soname,sym.so -Wl,--version-script,s.map'],
        ['main', 'user.o lib.so -Wl,-rpath,.'],
      ],
      run: ['main', '6\n'],
    },
  ],
  [
    'unwinding through dynamic code',
    {
      objects: { main: { flags: '-O1 -fexceptions', source: cleanup } },
      links: [['main', 'main.o -Wl,-z,lazy']],
      run: ['main', 'clean 3\nend\n'],
    },
  ],
  [
    'a plugin that calls back',
    {
      objects: {
        main: { flags: '-O1', source: plugin },
        plug: {
          flags: '-O1 -fPIC',
          source: 'int here(int); int plug(int x) { return here(x) * 2; }',
        },
      },
      files: { list: '{ here; };\n' },
      links: [
        ['plugin.so', '-shared plug.o'],
        ['main', 'main.o -Wl,--dynamic-list=list'],
      ],
      run: ['main', '2014\n'],
    },
  ],
  [
    'relocations that a script keeps apart by section, out of .rel.dyn',
    {
      objects: { a: { flags: '-O1 -fPIC', source: scattered } },
      files: Object.fromEntries(tables.map((text, at) => [`${at}.ld`, aroundTables(text)])),
      links: tables.flatMap((_, at) =>
        ['', ' -Wl,-Bsymbolic'].map((more): readonly [string, string] => [
          `${at}${more.slice(-1)}.so`,
          `-shared -nostdlib a.o -Wl,-T,${at}.ld,--no-warn-rwx-segments${more}`,
        ]),
      ),
    },
  ],
];

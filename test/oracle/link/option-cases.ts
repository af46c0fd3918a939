// Options of ld one by one: command lines over a few small objects. Each is linked by GNU ld and by ours; status, file, map,
// standard output and whether something is said on standard error must be the same.

import type { Bench } from '../gnu-bench.ts';

const first = `extern int b(int), dflt; extern int common1; int common1; int common2[10];
extern void unref(void) __attribute__((weak));
static int loc = 3; int data1 = 7; const char *msg = "hello"; __thread int tl = 4;
int a(int x) { return b(x) + loc + data1 + common2[x]; }
int dead(int x) { return x * 3; }
int _start(void) { if (unref) unref(); return a(3) + dflt + tl; }
`;
const second = `extern int data1; int common1; int common2[20]; int dflt = 5; static int loc = 9;
const char *msg2 = "hello"; const char *msg3 = "lo";
int b(int x) { loc += x; return loc + data1 + common1; }
int deadb(int x) { return x * 5; }
`;
const library = `int libv = 4; int libhidden __attribute__((visibility("hidden"))) = 3;
int libprot __attribute__((visibility("protected"))) = 3;
static int st(int x) { return x + libhidden; }
int lib1(int x) { return st(x) + libprot; } int lib2(int x) { return lib1(x) * libv; }
int lib4(int x) __attribute__((weak)); int lib4(int x) { return x; }
`;
const weakUses = `extern int wf(int) __attribute__((weak)); extern int wv __attribute__((weak));
int _start(void) { if (wf) return wf(3); return &wv ? wv : 0; }
`;
const stack = '.section .note.GNU-stack,"",@progbits\n';
const assembly: Readonly<Record<string, string>> = {
  u: '.globl _start\n_start: call b\nmov data1,%eax\n.data\n.long dflt, common1\n',
  m: `.globl _start, unused\n_start: ret\n.section .text.dead,"ax"\ndeadf: call deadext\n${stack}`,
  ifunc: `.globl _start, ifn\n.type ifn,@gnu_indirect_function\nifn: ret\n.type lfn,@gnu_indirect_function
 lfn: ret\n_start: call ifn\ncall lfn\nret\n.data\n.long ifn, lfn\n${stack}`,
  slots:
    ['own', 'seen']
      .map(
        (t) => `leal ${t}@tlsdesc(%ebx), %eax\ncall *${t}@tlscall(%eax)
 movl ${t}@gottpoff(%ebx), %ecx\nmovl ${t}@gotntpoff(%ebx), %ecx\n`,
      )
      .join('') + `.section .tdata,"awT"\nown: .long 1\n.globl seen\nseen: .long 2\n${stack}`,
  none: `.weak hid, seen\n.hidden hid\n.globl _start\n_start: movl hid@GOT(%ebx), %eax
 movl seen@GOT(%ebx), %eax\ncall *hid@GOT(%ebx)\ncall *seen@GOT(%ebx)
 addl seen@GOT(%ebx), %eax\ntestl %eax, hid@GOT(%ebx)\n${stack}`,
  hide: `.globl _start\n_start: movl hid@GOT(%ebx), %eax\nmovl given@GOT(%ebx), %eax\n${stack}`,
  /** Pairs of these names share a chain of GNU ld's hash table. */
  order: `.globl _start\n_start: .long s50, s15, s51, s16\n${stack}`,
  leaf: `.globl f\nf: ret\n${stack}`,
  thread: `.globl f\nf: movl %gs:mine@ntpoff, %eax\n ret\n.section .tdata,"awT",@progbits\nmine: .long 1\n${stack}`,
  zeros: `.globl _start\n_start: ret\n.bss\n.skip 16\n${stack}`,
  extra: `.globl f\nf: ret\n.section .extra,"aw"\n .long 4\n.section someset,"aw"\n .long f\n.text
 .long __start_someset, __stop_someset\n${stack}`,
  guarded: `.globl f\n.protected f\n.type f,@function\nf: ret\n${stack}`,
  table: `.globl c\nc: call *f@GOT(%ebx)\njmp *f@GOT(%ebx)\n${stack}`,
  calls: `.globl f\nf: call g@PLT\n ret\n${stack}`,
  weak: `.globl _start\n_start: call wk\n call wk2\n movl $wk, %eax\n lea wk2, %ecx\n call hid
 .weak wk, wk2, hid\n .hidden hid\n .data\n .long wk, wk2-., hid, hid-.\n${stack}`,
};

/** Program properties of objects: pr_type and value; undefined for one without a value. */
const properties: Readonly<Record<string, readonly (readonly [number, number | undefined])[]>> = {
  q1: [[0xc0000002, 3]],
  q2: [[0xc0000002, 1]],
  q3: [],
  q4: [
    [0xc0008002, 3],
    [0xc0010002, 7],
  ],
  q5: [
    [0xc0008002, 4],
    [0xc0010002, 8],
  ],
  q6: [[1, 0x4000]],
  q7: [
    [1, 0x8000],
    [2, undefined],
  ],
  q8: [[0xb0008000, 1]],
  q9: [
    [0xc0000002, 3],
    [0xc0008001, 1],
    [0xc0010001, 3],
  ],
  q10: [
    [0xc0000002, 3],
    [0xc0010001, 5],
    [0xc0010002, 1],
  ],
  q12: [[0xb0000001, 5]],
  q13: [
    [0xc0008000, 1],
    [0xc0010000, 1],
  ],
  q15: [[0xc0000002, 0]],
};

function propertySource(name: string): string {
  const rows = (properties[name] ?? []).map(([type, value]) =>
    value === undefined ? ` .long ${type}, 0\n` : ` .long ${type}, 4, ${value}\n`,
  );
  const note = `.section .note.gnu.property,"a"\n .p2align 2\n .long 4, 2f-1f, 5\n .asciz "GNU"\n1:\n`;
  return `.globl f_${name}\nf_${name}: ret\n${stack}${rows.length > 0 ? `${note}${rows.join('')}2:\n` : ''}`;
}

/** Makes the objects and libraries that the lines name. */
export function makeOptionInputs(bench: Bench): void {
  const plain = ['-O1', '-fcommon', '-fno-pic', '-g0'];
  const pieces = [...plain.filter((flag) => flag !== '-fno-pic'), '-ffunction-sections'];
  for (const [name, source] of [
    ['a', first],
    ['b', second],
  ] as const) {
    bench.compile(name, source, [...plain, '-fno-asynchronous-unwind-tables']);
    bench.compile(`u${name}`, source, plain);
    bench.compile(`p${name}`, source, [...pieces, '-g', '-fPIC', '-fdata-sections']);
  }
  bench.compile('late', 'int common1 = 5; int common2[20] = {1};', plain);
  bench.compile('l', library, ['-O1', '-fPIC']);
  bench.compile('wn', weakUses, plain);
  bench.compile('wp', weakUses, ['-O1', '-fPIC']);
  for (const [name, source] of Object.entries(assembly)) bench.assemble(name, source);
  for (const name of Object.keys(properties)) bench.assemble(name, propertySource(name));
  bench.run('ld', ['-m', 'elf_i386', '-shared', 'l.o', '-soname', 'libl.so', '-o', 'libl.so']);
  bench.run('ar', ['rcs', 'libab.a', 'b.o']);
  bench.run('ar', ['rcs', 'libl.a', 'l.o']);
  bench.run('ld', ['-m', 'elf_i386', 'a.o', 'b.o', '-o', 'full']);
  bench.write('ret', 'a\nb\nloc\n');
  bench.write('ver.txt', 'V1 { global: a; lib*; msg*; local: *; }; V2 { global: d*; } V1;');
  bench.write(
    'hidden.ld',
    'SECTIONS { .text : { HIDDEN(hid = .); *(.text) PROVIDE_HIDDEN(given = .); } }',
  );
  bench.write(
    'segments.ld',
    'SECTIONS { . = SEGMENT_START("text", 0x1000) + 0x100; .text : { *(.text) } b = .; .none : { *(.none) } . = SEGMENT_START("mine-segment", 0x3000); .later : { *(.later) } .data : { *(.data) } d = .; }',
  );
  bench.write(
    'order.ld',
    's15 = 1; s50 = .; SECTIONS { .text 0x1000 : { *(.text) s16 = 3; s51 = s15; } }',
  );
}

/** Options alone, before and behind the objects. */
export const optionLines = `
a.o b.o
a.o b.o -q
a.o b.o -q -s
pa.o pb.o -q -s
pa.o pb.o -q -S
pa.o pb.o -q -x
a.o -shared -z undefs
pa.o pb.o --gc-sections
a.o b.o --retain-symbols-file ret
pa.o pb.o -r --retain-symbols-file ret
pa.o pb.o -shared --retain-symbols-file ret
a.o b.o --retain-symbols-file ret -s
a.o b.o -s --retain-symbols-file ret
a.o b.o --retain-symbols-file ret -x
a.o b.o --retain-symbols-file nowhere
a.o b.o --retain-symbols-file ret --retain-symbols-file ret
a.o b.o --retain-symbols-file ret -q
a.o -R b.o
-R full u.o
u.o -R full
-R full u.o --disable-multiple-abs-defs
u.o -R full --disable-multiple-abs-defs
u.o -R libl.so
a.o -R libab.a
a.o -R nowhere b.o libl.so
u.o b.o -R full -pie
u.o b.o -R full -r
u.o b.o -R full -shared
leaf.o -shared
calls.o -shared
leaf.o -shared --no-ld-generated-unwind-info
calls.o -shared --eh-frame-hdr
a.o b.o -pie
u.o b.o -r
u.o -r
u.o b.o -r -z execstack --warn-execstack
u.o b.o -r --no-warn-execstack
weak.o -pie
weak.o -shared -q
pa.o pb.o -shared -z norelro
a.o b.o --defsym=b2=b -pie -E
weak.o -pie --no-dynamic-linker
weak.o -shared
weak.o libl.so -pie
weak.o libl.so -pie -z nodynamic-undefined-weak
weak.o libl.so -z dynamic-undefined-weak
weak.o -pie -z dynamic-undefined-weak
wn.o libl.so -z dynamic-undefined-weak
wn.o libl.so -pie -z dynamic-undefined-weak
wp.o libl.so -pie -z nodynamic-undefined-weak
pa.o pb.o -r --gc-sections -e _start
ua.o ub.o -r --gc-sections -e _start
pa.o pb.o -r --gc-sections -u a
pa.o pb.o -r --gc-sections --gc-keep-exported
a.o b.o -r -e _start
a.o b.o -r -e 0x1234
a.o b.o -r -e nowhere
a.o b.o -e 0x1234
a.o b.o -e nowhere
a.o --noinhibit-exec
a.o a.o b.o --noinhibit-exec
a.o b.o nowhere.o --noinhibit-exec
pa.o --noinhibit-exec
pa.o --noinhibit-exec -shared -z defs
pa.o --noinhibit-exec --gc-sections
a.o b.o --print-gc-sections --gc-sections
pa.o pb.o --print-gc-sections --gc-sections
a.o b.o -y b -y a
a.o -L. -lab -y b -t
a.o -L. -lab -y b -t -t
a.o b.o --stats
a.o b.o --warn-section-align
a.o b.o --warn-common
a.o b.o -warn-common
m.o --unresolved-symbols=ignore-all
m.o --unresolved-symbols=ignore-all -u foo
m.o --gc-sections
m.o --gc-sections -u foo
m.o --gc-sections -u deadext
m.o --unresolved-symbols=ignore-all -pie
m.o --unresolved-symbols=ignore-all -q -u foo
a.o --unresolved-symbols=ignore-all
a.o --unresolved-symbols=ignore-all -pie
a.o --unresolved-symbols=ignore-all libl.so
a.o --unresolved-symbols=ignore-in-object-files
a.o --warn-unresolved-symbols
a.o --warn-unresolved-symbols -pie
a.o --warn-unresolved-symbols --gc-sections
a.o --warn-unresolved-symbols --error-unresolved-symbols
a.o --ignore-unresolved-symbol=b --noinhibit-exec
a.o --ignore-unresolved-symbol=b --ignore-unresolved-symbol=dflt
u.o --unresolved-symbols=report-all
u.o -shared --unresolved-symbols=report-all
u.o libl.so -shared --unresolved-symbols=ignore-in-shared-libs
pa.o pb.o -z common-page-size=0x2000
pa.o pb.o -z common-page-size=0x4000 -shared
pa.o pb.o -z common-page-size=0x800
pa.o pb.o -z max-page-size=0x4000
pa.o pb.o -z max-page-size=0x4000 -z common-page-size=0x1000 -z relro -shared
pa.o pb.o -z max-page-size=0x10000 -pie
pa.o pb.o -f libx
pa.o pb.o -f libx -shared
pa.o pb.o --spare-dynamic-tags 3 -shared
pa.o pb.o -rpath /foo:/bar -rpath /foo -shared
pa.o pb.o -rpath /foo -rpath /foo -shared
pa.o pb.o -z unique-symbol
pa.o pb.o -r -z unique-symbol
pa.o pb.o -shared -z globalaudit
pa.o pb.o -z unique -shared
pa.o pb.o -z common -r
pa.o pb.o -z stack-size=some
pa.o pb.o -z start-stop-visibility=some
pa.o pb.o -z call-nop=some
pa.o pb.o -z cet-report=some
pa.o pb.o --traditional-format
pa.o pb.o -Bgroup -shared
pa.o pb.o --dynamic-list-data -shared -Bsymbolic
pa.o pb.o --dynamic-list-cpp-new -shared
pa.o pb.o --dynamic-list-cpp-typeinfo -shared
pa.o pb.o --export-dynamic-symbol=d* -shared -Bsymbolic
pa.o pb.o --export-dynamic-symbol=d* -shared
pa.o -L. -lab --exclude-libs=ALL
pa.o -L. -lab --exclude-libs=libab.a -pie
pa.o -L. -lab --exclude-libs=some:libab -shared
pa.o pb.o --build-id=some
pa.o pb.o --package-metadata={"a":1}
pa.o pb.o --package-metadata={"ab":1} --gc-sections
pa.o pb.o --package-metadata={"abc":1} -r
pa.o pb.o --package-metadata=some
pa.o pb.o -z ibt -shared
pa.o pb.o -z indirect-extern-access -pie
wp.o libl.so -E -u dead
-shared a.o b.o libl.so --defsym other=data1+4
-pie a.o b.o -E -soname some.so --defsym other=4
-pie a.o b.o -z dynamic-undefined-weak -E
-pie a.o b.o -z dynamic-undefined-weak --export-dynamic-symbol=d* --audit=some.so
a.o b.o -b binary ret --gc-sections
leaf.o -e f -b binary ret --gc-sections -u _binary_ret_end
leaf.o -e f -r -b binary ret --gc-sections
guarded.o table.o -shared
weak.o -shared -z dynamic-undefined-weak
thread.o -e f -q
thread.o -e f -q -s
thread.o -e f -q -x
a.o b.o -s -S
a.o b.o -S -s
weak.o --retain-symbols-file ret
a.o -w
a.o a.o b.o -w --fatal-warnings
weak.o --require-defined=a
weak.o --require-defined=_start
leaf.o -r --require-defined=a
a.o -r -pie
a.o -shared -r
a.o b.o -pie -no-pie -r
a.o b.o --sort-section=none
extra.o -e f -z start-stop-visibility=hidden
extra.o -e f --section-start=.extra=0x8280000
extra.o -r -Ur
extra.o -Ur -r
a.o -r --oformat=binary
a.o b.o -q --oformat=binary
leaf.o libl.so -e f --oformat=binary
leaf.o -e f --oformat=srec
a.o b.o -r --build-id
pa.o pb.o -r --build-id=0x1234abcd -S
a.o b.o -r --gc-sections -init=a
pa.o pb.o --gc-sections -init=dead
pa.o pb.o -shared --no-define-common
pa.o pb.o -shared --package-metadata={"a":1}
a.o b.o -r -z shstk --package-metadata={"a":1}
pa.o pb.o -shared -z nocombreloc
pa.o pb.o -pie -z nocombreloc
extra.o a.o b.o -pie -z nocombreloc
a.o b.o -N -shared
a.o b.o -n -shared
a.o b.o -n -pie
a.o b.o -shared -z nocombreloc -z indirect-extern-access
order.o --defsym s15=1 --defsym s50=2 --defsym s16=1 --defsym s51=2
--defsym s15=1 --defsym s50=2 --defsym s16=1 --defsym s51=2 order.o
-T order.ld order.o
order.o -T order.ld
-shared wn.o -e a -init=a
-shared wp.o --traditional-format libl.so
-shared l.o --default-symver
-shared slots.o
-shared none.o
-shared none.o -z nodynamic-undefined-weak
-pie none.o
-pie none.o -z nodynamic-undefined-weak
none.o
-r pa.o b.o -b binary ret -b default --unique
wp.o libl.so -z nocombreloc -z now
-shared pa.o pb.o -z now -z nocombreloc
-shared wn.o leaf.o libl.so -z nodynamic-undefined-weak
-shared -T hidden.ld hide.o
-shared l.o pa.o b.o --default-symver -soname some.so --version-script=ver.txt
-pie pa.o pb.o -E --default-symver
pa.o pb.o --default-symver
wp.o libl.so --default-imported-symver
-pie l.o -e lib1 --package-metadata={"a":1} --build-id=md5
pa.o pb.o --package-metadata={"a":1} --build-id
-shared ua.o ub.o leaf.o -z lazy -z now
-pie pa.o pb.o -z now -z lazy
-shared wn.o -u b -fini=b
-shared wn.o -init=wv
leaf.o -r --section-start .rodata=0x100 --section-start .init=0x200
leaf.o -r -Ttext-segment=0x400 -Tldata-segment=0x500
`
  .split('\n')
  .filter((line) => line !== '');

/** Those of which the map is compared too. */
export const mapLines = `
pa.o pb.o
ua.o ub.o --cref
pa.o pb.o --gc-sections --cref
pa.o pb.o --gc-sections --no-print-map-discarded
pa.o pb.o -r --cref
pa.o pb.o -shared --cref
pa.o pb.o -pie --cref
pa.o pb.o --no-as-needed libl.so
pa.o pb.o --as-needed libl.so
a.o -L. -lab --cref
a.o -R libab.a
a.o -R b.o -shared --cref
ua.o ub.o -R full -shared --cref
ua.o ub.o l.o libl.so -pie --cref
ua.o ub.o libl.so l.o --cref
leaf.o libl.so -e f --cref
ua.o ub.o -shared --cref --version-script=ver.txt
pa.o l.o libab.a -pie --cref
a.o b.o late.o
late.o a.o b.o
a.o b.o late.o -r
a.o b.o -r -d
a.o b.o -N
a.o b.o --section-start=.extra=0x8280000 --section-start=.more=0x8290000
extra.o -e f --section-start=.extra=0x8280000
zeros.o -Tdata=0x8600000
zeros.o -Tdata=0x8600000 -Tbss=0x8700000
leaf.o -e f -Tdata=0x8600000
wn.o -Tbss=0x8300000 --warn-unresolved-symbols
a.o b.o l.o -shared --eh-frame-hdr
wn.o -r --orphan-handling=discard
a.o b.o l.o -pie -z shstk --orphan-handling=discard
ifunc.o
q1.o -e 0
q1.o q2.o -e 0
q1.o q3.o -e 0
q3.o q1.o -e 0
q1.o q4.o q5.o -e 0
q4.o q5.o -e 0
q4.o q3.o -e 0
q6.o q7.o -e 0
q7.o q6.o -e 0
q3.o q6.o -e 0
q6.o -z stack-size=0x123 -e 0
q1.o -z stack-size=0x1000 -e 0
q3.o -z stack-size=0x1000 -e 0
q8.o q3.o -e 0
q8.o q1.o -shared
q9.o q10.o -e 0
q10.o q9.o q1.o -e 0
q12.o q1.o -e 0
q13.o q3.o -e 0
q15.o q1.o -e 0
q1.o q2.o -r
q1.o q3.o -r
q9.o q10.o -r
q3.o -z ibt -e 0
q3.o q1.o -z ibt -z shstk -e 0
q1.o q3.o -z ibtplt -e 0
q4.o -z x86-64-v3 -e 0
q3.o q1.o -z x86-64-v4 -e 0
q1.o -z x86-64-v2 -r
q1.o q3.o -z cet-report=warning -e 0
q1.o q2.o -z cet-report=warning -e 0
q1.o q3.o -z cet-report=none -e 0
q1.o -z indirect-extern-access -e 0
q3.o q1.o -z indirect-extern-access -e 0
q8.o -z noindirect-extern-access -e 0
q1.o q2.o q3.o q9.o q4.o q6.o q7.o -e 0
a.o b.o -z ibt
q1.o -R leaf.o -z ibt -e 0
-R leaf.o q4.o q1.o -e 0
weak.o --section-start .rodata=0x8580000
weak.o --section-start .rodata=0x8580000 -Tdata=0x8600000
-T segments.ld leaf.o -Ttext=0x5000
-T segments.ld leaf.o --section-start .text=0x5000 -Ttext=0x6000
-T segments.ld leaf.o --section-start mine-segment=0x7000
-T segments.ld leaf.o -Tdata=0x7000
-Tdata=0x7000 -T segments.ld leaf.o
-T segments.ld leaf.o --section-start .none=0x7000
-T segments.ld leaf.o --section-start .later=0x7000 -Ttext-segment=0x100
`
  .split('\n')
  .filter((line) => line !== '');

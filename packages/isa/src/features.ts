// The processors and extensions that GNU as knows by name (`.arch`, -march), what each of them
// brings, and what an extension needs. A row of the table names one feature, or several that all
// must be there (`avx&gfni`) or of which one is enough (`sse,3dnowa`).

import type { Register } from './model.ts';

/** Enabled features by name. */
export type Features = ReadonlySet<string>;

/** Extensions with those that they bring along. */
const brings = new Map<string, string>();
for (const line of `
x87; x287: x87; 8087: x87; 287: x287; 387: x287; 687: 387; cmov; fxsr; clflush; nop; syscall; mmx
sse: fxsr; sse2: sse; sse3: sse2; ssse3: sse3; sse4.1: ssse3; sse4.2: sse4.1 popcnt
sse4: sse4.2; sse4a: sse3; xsave; xsaveopt: xsave; xsavec: xsave; xsaves: xsavec
avx: sse4.2 xsave; avx2: avx; fma: avx; f16c: avx; fma4: avx; xop: fma4 sse4a; lwp: xsave
avx_vnni: avx2; avx_ifma: avx2; avx_vnni_int8: avx2; avx_ne_convert: avx2
aes: sse2; pclmul: sse2; sha: sse2; gfni: sse2; vaes: avx2; vpclmulqdq: avx2; kl: sse2
widekl: kl; vmx; vmfunc: vmx; ept: vmx; smx; svme; sev_es: svme; snp: sev_es; rmpquery: snp
fsgsbase; rdrnd; rdseed; movbe; cx16; lzcnt; popcnt; abm: lzcnt popcnt; bmi; bmi2; tbm; adx
hle; rtm; tsx: hle rtm; invpcid; rdtscp; 3dnow: mmx; 3dnowa: 3dnow; padlock; prfchw; smap
fisttp: 687; invlpgb
mpx: xsave; clflushopt; prefetchwt1; se1; clwb; clzero; mwaitx; ospke: xsave; rdpid; ptwrite; ibt
shstk
wbnoinvd; pconfig; waitpkg; cldemote; movdiri; movdir64b; tdx; enqcmd; serialize; rdpru; mcommit
tsxldtrk: rtm; uintr; hreset; cmpccxadd; wrmsrns; msrlist; rao_int; prefetchi; monitor
avx512f: avx2; avx512cd: avx512f; avx512er: avx512f; avx512pf: avx512f; avx512dq: avx512f
avx512bw: avx512f; avx512vl: avx512f; avx512ifma: avx512f; avx512vbmi: avx512bw
avx512_4fmaps: avx512f; avx512_4vnniw: avx512f; avx512_vpopcntdq: avx512f
avx512_vbmi2: avx512bw; avx512_vnni: avx512f; avx512_bitalg: avx512bw; avx512_bf16: avx512f
avx512_vp2intersect: avx512f; avx512_fp16: avx512bw
i186; i286: i186; i386: i286; i486: i386; i586: i486; i686: i586; tr`
  .trim()
  .split(/;|\n/)) {
  const [name, others = ''] = line.trim().split(/: ?/);
  brings.set(name, others);
}

/** Processors with the features that they bring. */
const processors = new Map<string, string>();
for (const line of `
generic32: i386 tr
generic64: sse2 i686 cmov 687 nop clflush syscall
i8086:
i186: i186
i286: i286
i386: i386 tr
i486: i486 tr
i586: i586 387
pentium: i586 387
i686: i686 cmov 687 fxsr
pentiumpro: i686 cmov 687 nop fxsr
pentiumii: i686 cmov 687 nop fxsr mmx
pentiumiii: i686 cmov 687 nop sse
pentium4: i686 cmov 687 nop sse2 clflush
prescott: i686 cmov 687 nop sse3 clflush
nocona: i686 cmov 687 nop sse3 clflush cx16 syscall
core: i686 cmov 687 nop sse3 clflush cx16
core2: i686 cmov 687 nop ssse3 clflush cx16 syscall
corei7: i686 cmov 687 nop sse4.2 clflush cx16 rdtscp syscall
iamcu: i586
k6: i586 387 syscall mmx
k6_2: i586 387 syscall 3dnow
athlon: i686 687 syscall nop 3dnowa
opteron: i686 687 syscall nop 3dnowa sse2 rdtscp
k8: i686 687 syscall nop 3dnowa sse2 rdtscp
amdfam10: i686 687 syscall nop 3dnowa sse4a abm rdtscp cx16
bdver1: i686 cmov 687 syscall nop xop sse4a lwp avx aes pclmul abm prfchw rdtscp clflush cx16 svme
bdver2: bdver1 fma bmi tbm f16c
bdver3: bdver2 xsaveopt fsgsbase
bdver4: bdver3 avx2 bmi2 rdrnd mwaitx movbe
znver1: i686 cmov 687 syscall nop sse4a avx2 aes pclmul svme abm prfchw rdtscp clflush cx16 fma
  bmi f16c xsaveopt fsgsbase bmi2 rdrnd mwaitx movbe adx rdseed smap sha xsavec xsaves
  clflushopt clzero
znver2: znver1 clwb rdpid rdpru mcommit wbnoinvd
znver3: znver2 snp invlpgb invpcid ospke vaes vpclmulqdq
znver4: znver3 avx512f avx512dq avx512ifma avx512cd avx512bw avx512vl avx512_bf16 avx512vbmi
  avx512_vbmi2 avx512_vnni avx512_bitalg avx512_vpopcntdq gfni rmpquery
btver1: i686 cmov 687 syscall nop sse4a ssse3 abm prfchw rdtscp clflush cx16 svme
btver2: i686 cmov 687 syscall nop sse4a ssse3 sse4.2 avx aes pclmul abm prfchw rdtscp clflush
  cx16 bmi f16c movbe xsaveopt svme`
  .trim()
  .replaceAll('\n  ', ' ')
  .split('\n')) {
  const [name, others] = line.split(/: ?/);
  processors.set(name, others);
}

function add(set: Set<string>, name: string): void {
  if (name === '' || set.has(name)) return;
  set.add(name);
  for (const other of (brings.get(name) ?? processors.get(name) ?? '').split(' ')) add(set, other);
}

/** What SSE brought stays away from what is encoded with VEX. */
const isOfSse = (name: string) => /^(fxsr|mmx|popcnt|s?sse.*)$/.test(name);
const isOfVex = (name: string) => /^(avx|fma4|xop|lwp|f16c|fma)$/.test(name);

/** Extensions that take others with them, which do not bring them. */
const removedWith: ReadonlyMap<string, readonly string[]> = new Map([
  ['sse4', ['sse4', 'sse4.1']],
  ['tsx', ['tsx', 'rtm', 'hle']],
  ['87', ['8087', '287', '387']],
  ['8087', ['8087', '287', '387']],
  ['287', ['287', '387']],
]);

/** The extension and what is there only because of it. */
function remove(set: Set<string>, name: string): void {
  const lost = [...(removedWith.get(name) ?? [name])];
  for (let at = 0; at < lost.length; at++) {
    set.delete(lost[at]);
    for (const [other, others] of brings) {
      if ((isOfVex(other) && isOfSse(lost[at])) || lost[at] === 'popcnt') continue;
      if (set.has(other) && others.split(' ').includes(lost[at])) lost.push(other);
    }
  }
  // What any coprocessor has goes with the last of them.
  if (lost.includes('387')) {
    for (const shared of ['x87', 'x287']) set.delete(shared);
    for (const each of ['8087', '287', '387']) if (set.delete(each)) add(set, each);
  }
}

/** The names that `.arch` and -march take: processors plainly, extensions without their dot. */
export const processorNames: readonly string[] = [...processors.keys()];
export const extensionNames: readonly string[] = [...brings.keys()].filter(
  (name) => !/^i\d86$|^(snp|monitor|tr|x2?87|fisttp|invlpgb)$/.test(name),
);

/** Every feature, as is enabled where nothing is said. */
export function allFeatures(): Features {
  return new Set(brings.keys());
}

/**
 * What is enabled after `.arch NAME` where `current` was: a processor replaces it, `.EXTENSION`
 * adds, `.noEXTENSION` takes away. Undefined for a name that GNU as does not know.
 */
export function withArchitecture(
  current: Features | undefined,
  name: string,
): Features | undefined {
  const set = new Set<string>();
  if (name === 'default') return allFeatures();
  if (!name.startsWith('.')) {
    if (!processors.has(name)) return undefined;
    for (const each of (processors.get(name) ?? '').split(' ')) add(set, each);
    if (set.has('sse')) add(set, 'mmx');
    if (set.has('sse3') && set.has('687')) add(set, 'fisttp');
    return set;
  }
  for (const each of current ?? brings.keys()) set.add(each);
  const extension = name.slice(1);
  if (extensionNames.includes(extension)) {
    add(set, extension);
    return set;
  }
  const removed = extension.startsWith('no') ? extension.slice(2) : '';
  if (!extensionNames.includes(removed) && removed !== '87') return undefined;
  remove(set, removed);
  return set;
}

const numbers: Readonly<Record<string, string>> = {
  '8086': '',
  '8087': 'x87',
  '287': 'x287',
  only8087: '8087',
  only287: '287',
  '186': 'i186',
  '286': 'i286',
  '386': 'i386',
  '486': 'i486',
  '586': 'i586',
  '686': 'i686',
};

/** Whether a row with that last column may be used. */
export function isEnabled(processor: string, features: Features): boolean {
  return processor.split(',').some((choice) =>
    choice.split('&').every((word) => {
      const name = numbers[word] ?? word;
      return name === '' || features.has(name);
    }),
  );
}

/** Whether the register exists where only those features are. */
export function hasRegister(register: Register, features: Features): boolean {
  switch (register.class) {
    case 'general':
      return register.bits < 32 || features.has('i386');
    case 'segment':
      return register.number < 4 || features.has('i386');
    case 'control':
    case 'debug':
      return features.has('i386');
    // Test registers ended with the 486.
    case 'test':
      return features.has('tr');
    case 'x87':
      return features.has('x87');
    case 'mmx':
      return features.has('mmx');
    case 'xmm':
      return features.has('sse') || features.has('avx');
    case 'ymm':
      return features.has('avx');
    case 'zmm':
    case 'mask':
      return features.has('avx512f');
    case 'bound':
      return features.has('mpx');
    case 'flat':
      return true;
  }
}

// The real sources: what is built of which Debian package, by which compiler with which options. Each row is recorded once
// (recorder.ts) and then assembled by ours and compared. `$CC` and `$CLANG` are the recording compilers.

export interface Group {
  readonly name: string;
  /** The row of the table that it counts in. */
  readonly project: string;
  /** Debian's source package. */
  readonly source: string;
  /** `sample`: in every run of the oracles; `whole`: in the long run only. */
  readonly part: 'sample' | 'whole';
  /** Shell commands, in a copy of the source. */
  readonly commands: string;
}

interface Compiled {
  readonly project: string;
  readonly source: string;
  readonly part: 'sample' | 'whole';
  /** Shell words: the C files. */
  readonly files: string;
  readonly options: string;
  readonly prepare?: string;
}

const compiled: readonly Compiled[] = [
  {
    project: 'lua',
    source: 'lua5.4',
    part: 'sample',
    files: 'src/*.c',
    options: '-DLUA_USE_LINUX',
  },
  { project: 'zlib', source: 'zlib', part: 'sample', files: '*.c', options: '-DHAVE_UNISTD_H' },
  {
    project: 'tcc',
    source: 'tcc',
    part: 'whole',
    prepare: './configure --cpu=i386',
    files: 'tcc.c',
    options: '-DONE_SOURCE=1 -DTCC_TARGET_I386 -I.',
  },
  {
    project: 'sqlite',
    source: 'sqlite3',
    part: 'whole',
    prepare: './configure --disable-tcl && make sqlite3.c shell.c',
    files: 'sqlite3.c shell.c',
    options: '',
  },
];

const levels = ['-O0', '-O1', '-O2', '-Os', '-O3'];
const variants = [
  '',
  '-gdwarf-4',
  '-g',
  '-fPIC',
  '-ffunction-sections -fdata-sections',
  '-msse2 -mfpmath=sse',
  '-m16 -fno-pie',
  '-masm=intel',
];
const clangLevels = ['-O0', '-O2', '-Os'];
const clangVariants = ['', '-g', '-fPIC', '-ffunction-sections -fdata-sections', '-masm=intel'];

/** Every level, and every variant at -O2. */
function isSample(flags: string): boolean {
  return !flags.includes(' ') || flags.startsWith('-O2');
}

function compiledGroups(row: Compiled): Group[] {
  const group = (compiler: 'gcc' | 'clang', flags: string): Group => ({
    name: `${row.project} ${compiler} ${flags}`,
    project: `${row.project}, ${compiler}`,
    source: row.source,
    part: row.part === 'sample' && isSample(flags) ? 'sample' : 'whole',
    commands: `${row.prepare ?? ':'} >/dev/null 2>&1
for file in ${row.files}; do
  $${compiler === 'gcc' ? 'CC' : 'CLANG'} -w ${flags} ${row.options} -c $file -o record.o || exit 1
done`,
  });
  return [
    ...levels.flatMap((level) => variants.map((flags) => group('gcc', `${level} ${flags}`.trim()))),
    ...clangLevels.flatMap((level) =>
      clangVariants.map((flags) => group('clang', `${level} ${flags}`.trim())),
    ),
  ];
}

const kernelFolders = ['entry', 'kernel', 'lib', 'crypto', 'power', 'realmode', 'math-emu', 'mm'];

const built: readonly Group[] = [
  {
    name: 'seabios',
    project: 'SeaBIOS',
    source: 'seabios',
    part: 'sample',
    commands: 'make CC="$CC" LD="ld -m elf_i386" PYTHON=python3',
  },
  {
    name: 'kexec-tools purgatory',
    project: 'kexec-tools',
    source: 'kexec-tools',
    part: 'sample',
    commands: 'CC="$CC" ./configure --host=i386-linux-gnu && make CC="$CC" purgatory/purgatory.ro',
  },
  {
    name: 'openssl assembly',
    project: 'OpenSSL, its assembly',
    source: 'openssl',
    part: 'sample',
    commands: `for script in $(find crypto engines/asm -name '*-x86.pl' -o -name '*586*.pl'); do
  name=$(basename $script .pl)
  (cd $(dirname $script) && perl $name.pl elf -fPIC -DOPENSSL_IA32_SSE2 $PWD/$name.s) || continue
  $CC -c -x assembler-with-cpp $(dirname $script)/$name.s -o record.o
done; true`,
  },
  ...['-O0', '-Os', '-O2', '-O3', '-Os -g'].map((flags): Group => ({
    name: `musl ${flags}`,
    project: 'musl',
    source: 'musl',
    part: flags === '-Os' ? 'sample' : 'whole',
    commands: `CC="$CC" CFLAGS="${flags}" ./configure --target=i386 --disable-gcc-wrapper
make CC="$CC" AR=ar RANLIB=ranlib`,
  })),
  ...['-O0', '-Os', '-O2', '-O3 -msse2', '-O2 -g'].map((flags): Group => ({
    name: `busybox ${flags}`,
    project: 'busybox',
    source: 'busybox',
    part: 'whole',
    commands: `make defconfig
sed -i 's/# CONFIG_STATIC is not set/CONFIG_STATIC=y/; s/CONFIG_TC=y/# CONFIG_TC is not set/' .config
make CC="$CC" CONFIG_EXTRA_CFLAGS="${flags}"`,
  })),
  {
    name: 'linux tinyconfig',
    project: 'Linux, tinyconfig',
    source: 'linux',
    part: 'whole',
    commands: 'make ARCH=i386 tinyconfig && make ARCH=i386 CC="$CC" bzImage',
  },
  {
    name: 'linux arch/x86',
    project: 'Linux, arch/x86 of i386_defconfig',
    source: 'linux',
    part: 'whole',
    commands: `make ARCH=i386 i386_defconfig
make ARCH=i386 CC="$CC" ${kernelFolders.map((folder) => `arch/x86/${folder}/`).join(' ')}`,
  },
  {
    name: 'grub i386-pc',
    project: 'GRUB',
    source: 'grub2',
    part: 'whole',
    commands: `touch aclocal.m4 && sleep 1 && touch configure Makefile.in */Makefile.in *.h.in
./configure --target=i386 --with-platform=pc --disable-werror TARGET_CC="$CC" TARGET_CFLAGS=-Os
make -C grub-core ACLOCAL=true AUTOCONF=true AUTOMAKE=true AUTOHEADER=true`,
  },
  {
    name: 'syslinux bios',
    project: 'syslinux',
    source: 'syslinux',
    part: 'whole',
    // Its last steps fail with this gcc, whatever the assembler; what was assembled until then counts.
    commands: 'make -k bios CC="$CC" DATE=20200101; true',
  },
];

export const groups: readonly Group[] = [...compiled.flatMap(compiledGroups), ...built];

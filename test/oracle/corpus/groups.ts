// The real sources: what is built of which Debian package, by which compiler with which options. Each row is recorded once
// (recorder.ts) and then assembled by ours and compared. Rows of compilers' output are the product of projects, compilers
// and options; those of whole trees, most of them hand-written assembly, stand alone.

export type Bits = 32 | 64;

export interface Group {
  readonly name: string;
  /** The row of the table that it counts in. */
  readonly project: string;
  /** Debian's source package. */
  readonly source: string;
  /** `sample`: in every run of the oracles; `whole`: in the long run only. */
  readonly part: 'sample' | 'whole';
  /** What of it is recorded: calls of the assembler with `--32` or with `--64`. */
  readonly bits: Bits;
  /** Shell commands, in a copy of the source; `$CC`, `$CLANG` and `$RECORDING_AS` record. */
  readonly commands: string;
}

interface Compiler {
  readonly name: string;
  readonly variable: '$CC' | '$CLANG';
  readonly bits: Bits;
  readonly levels: readonly string[];
  /** What is added to a level. */
  readonly variants: readonly string[];
}

/** In 32-bit code; `code16` is how a compiler is told to make 16-bit code. */
const variants = (code16: string): string[] => [
  '-gdwarf-4',
  '-g',
  '-fPIC',
  '-ffunction-sections -fdata-sections',
  '-msse2 -mfpmath=sse',
  code16,
  '-masm=intel',
];

const gcc: Compiler = {
  name: 'gcc',
  variable: '$CC',
  bits: 32,
  levels: ['-O0', '-O1', '-O2', '-Os', '-O3'],
  variants: variants('-m16 -fno-pie'),
};

const clang: Compiler = {
  name: 'clang',
  variable: '$CLANG',
  bits: 32,
  levels: ['-O0', '-O2', '-Os'],
  variants: variants('-m16'),
};

const gcc64: Compiler = {
  name: 'gcc -m64',
  variable: '$CC',
  bits: 64,
  levels: ['-O0', '-O2', '-O3'],
  variants: ['-g', '-fPIC', '-masm=intel'],
};

/** For what takes long to compile. */
const gcc64Once: Compiler = { ...gcc64, levels: ['-O2'] };

const clang64: Compiler = { ...gcc64, name: 'clang -m64', variable: '$CLANG' };

/** Each variant at each level, at one level, or at none. */
type Spread = 'every' | '-O2' | '-Os' | 'none';

interface Project {
  readonly name: string;
  readonly source: string;
  /** Those of its groups that are in the sample. */
  readonly sample?: RegExp;
  readonly compilers: readonly (readonly [Compiler, Spread])[];
  /** Those that it cannot be compiled with, or that have nothing which others have not. */
  readonly without?: RegExp;
  readonly commands: (compiler: Compiler, flags: string) => string;
}

/** Commands that compile each of some C files alone. */
function eachFile(files: string, options: string, prepare = ':') {
  return ({ variable }: Compiler, flags: string) => `${prepare} >/dev/null 2>&1
for file in ${files}; do
  ${variable} -w ${flags} ${options} -c $file -o record.o || exit 1
done`;
}

const projects: readonly Project[] = [
  {
    name: 'lua',
    source: 'lua5.4',
    sample: /(gcc|clang) (-O.|-O2 .*)$/,
    compilers: [
      [gcc, 'every'],
      [clang, 'every'],
      [gcc64, '-O2'],
      [clang64, '-O2'],
    ],
    commands: eachFile('src/*.c', '-DLUA_USE_LINUX'),
  },
  {
    name: 'zlib',
    source: 'zlib',
    sample: /(gcc|clang) (-O.|-O2 .*)$/,
    compilers: [
      [gcc, 'every'],
      [clang, 'every'],
      [gcc64, '-O2'],
      [clang64, '-O2'],
    ],
    commands: eachFile('*.c', '-DHAVE_UNISTD_H'),
  },
  {
    name: 'tcc',
    source: 'tcc',
    compilers: [
      [gcc, '-O2'],
      [clang, '-O2'],
    ],
    // One file of 100 KB of code, and a variable with a register's name: GNU as refuses both too.
    without: /-m16 -fno-pie|-masm/,
    commands: eachFile('tcc.c', '-DONE_SOURCE=1 -DTCC_TARGET_I386 -I.', './configure --cpu=i386'),
  },
  {
    name: 'sqlite',
    source: 'sqlite3',
    compilers: [
      [gcc, '-O2'],
      [clang, '-O2'],
    ],
    // It takes long to compile: what its size adds to the others is in a few.
    without: /-m16|clang -O. -(gdwarf-4|msse2)/,
    commands: eachFile(
      'sqlite3.c shell.c',
      '',
      './configure --disable-tcl && make sqlite3.c shell.c',
    ),
  },
  {
    name: 'musl',
    source: 'musl',
    sample: /gcc -Os$/,
    compilers: [
      [gcc, '-Os'],
      [clang, 'none'],
      [gcc64Once, 'none'],
    ],
    // What it writes between C is AT&T syntax; each file is compiled with -fPIC too by itself.
    without: /-Os -[^g]|-gdwarf-4/,
    commands: ({ variable, bits }, flags) => {
      const target = bits === 64 ? 'x86_64' : 'i386';
      const options = `--target=${target} --disable-gcc-wrapper`;
      return `CC="${variable}" CFLAGS="${flags}" ./configure ${options}
make CC="${variable}" AR=ar RANLIB=ranlib`;
    },
  },
  {
    name: 'busybox',
    source: 'busybox',
    compilers: [
      [gcc, 'none'],
      [clang, 'none'],
    ],
    // It has sections for each function and variable by itself.
    without: /clang -O[02]/,
    commands: ({ variable }, flags) => `make defconfig
sed -i 's/# CONFIG_STATIC is not set/CONFIG_STATIC=y/; s/CONFIG_TC=y/# CONFIG_TC is not set/' .config
make CC="${variable}" CONFIG_EXTRA_CFLAGS="${flags}"`,
  },
];

function ofProject(project: Project): Group[] {
  const { name, source, sample, compilers, without, commands } = project;
  return compilers.flatMap(([compiler, spread]) =>
    compiler.levels.flatMap((level) => {
      const isSpread = spread === 'every' || spread === level;
      return ['', ...(isSpread ? compiler.variants : [])].flatMap((variant): Group[] => {
        const flags = `${level} ${variant}`.trim();
        const row = `${name} ${compiler.name} ${flags}`;
        if (without?.test(row)) return [];
        const group: Group = {
          name: row,
          project: `${name}, ${compiler.name}`,
          source,
          part: sample?.test(row) ? 'sample' : 'whole',
          bits: compiler.bits,
          commands: commands(compiler, flags),
        };
        return [group];
      });
    }),
  );
}

const kernelFolders = ['entry', 'kernel', 'lib', 'crypto', 'power', 'realmode', 'math-emu', 'mm'];

const trees: readonly Omit<Group, 'bits'>[] = [
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
  {
    name: 'memtest86+',
    project: 'memtest86+',
    source: 'memtest86+',
    part: 'sample',
    commands: 'make -C build32 CC="$CC" LD="ld -m elf_i386" GIT=none',
  },
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
  {
    name: 'ipxe bios',
    project: 'iPXE',
    source: 'ipxe',
    part: 'whole',
    // What fails for want of a library or of a warning of this gcc's does so without the assembler.
    commands: `make -k -C src NO_WERROR=1 CC="$CC" AS="$RECORDING_AS" bin/undionly.kpxe bin/ipxe.lkrn; true`,
  },
];

export const groups: readonly Group[] = [
  ...projects.flatMap(ofProject),
  ...trees.map((tree): Group => ({ ...tree, bits: 32 })),
];

// Whole builds, done twice: with GNU's assembler, linker and tools, and with ours in their place. Then the results are
// compared, byte for byte, and run. In commands `$CC` is gcc for i386, and `$AS $LD $AR ..` are the tools.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { debianSource } from '../../debian-source.ts';
import { cache, copyTree } from './cache.ts';

export interface Build {
  readonly name: string;
  readonly source: string;
  readonly part: 'sample' | 'whole';
  /** Shell commands in a copy of the source. */
  readonly commands: string;
  /** Shell words: what must have the same bytes in both. */
  readonly same: string;
  /** Shell commands whose output must be the same in both, and whose status 0; the build's own tests among them. */
  readonly check: string;
  /** Programs that it calls beside gcc, make and the tools; without them it is left out. */
  readonly programs?: readonly string[];
  /** Builds that must be there before: `$NAME` is the folder of the one done with the same tools. */
  readonly needs?: readonly string[];
}

const applets = 'sh mount cat grep ls wc id awk mkdir seq sort gzip md5sum sleep dd tr sed reboot';

/** Those of busybox's applets whose own tests need nothing but themselves. */
const tested = `ar awk basename bc bunzip2 bzcat cal cat cmp comm cp cpio cryptpw cut date dc dd diff dirname echo expand \
  expr factor false find fold grep gunzip gzip head hexdump ln ls md5sum mkdir mv nl od parse paste patch printf pwd readlink \
  realpath rev rm rmdir rx sed seq sha1sum sha256sum sha3sum sha512sum sort strings sum tail tar tee test touch tr true uncompress \
  unexpand uniq unlzma unzip uuencode wc which xargs xxd`;

export const builds: readonly Build[] = [
  {
    name: 'lua',
    source: 'lua5.4',
    part: 'sample',
    commands: 'make -C src linux CC="$CC" AR="$AR rcD" RANLIB="$RANLIB"',
    same: 'src/*.o src/liblua.a src/lua src/luac',
    check:
      'cp "$TESTS/lua.lua" . && src/luac -o record.luac lua.lua && src/lua record.luac && src/lua lua.lua',
  },
  {
    name: 'zlib',
    source: 'zlib',
    part: 'sample',
    commands: 'CC="$CC" AR="$AR" RANLIB="$RANLIB" ./configure && make',
    same: '*.o libz.a libz.so.1.2.13 example minigzip examplesh minigzipsh',
    check: 'make test | grep -v "^make"',
  },
  {
    name: 'SeaBIOS',
    source: 'seabios',
    part: 'sample',
    // It writes the time and the versions of its tools into the result.
    commands: `sed -i 's/-t "[^"]*"/-t ""/' Makefile
sed -i 's/time.strftime(.*)/"then"/' scripts/buildversion.py
make CC="$CC" LD="$LD -m elf_i386" OBJCOPY="$OBJCOPY" OBJDUMP="$OBJDUMP" STRIP="$STRIP" \\
  PYTHON=python3 EXTRAVERSION=-test BUILD_HOST= HOSTNAME=`,
    same: 'out/bios.bin',
    check: 'true',
  },
  {
    name: 'kexec-tools purgatory',
    source: 'kexec-tools',
    part: 'whole',
    commands: `CC="$CC" LD="$LD -m elf_i386" ./configure --host=i386-linux-gnu
make CC="$CC" LD="$LD -m elf_i386" purgatory/purgatory.ro`,
    same: 'purgatory/purgatory.ro',
    check: 'true',
  },
  {
    name: 'memtest86+',
    source: 'memtest86+',
    part: 'whole',
    commands: `sed -i "s|shell size|shell $SIZE|" build32/Makefile
make -C build32 CC="$CC" LD="$LD -m elf_i386" OBJCOPY="$OBJCOPY" GIT=none all memtest.mbr floppy.img`,
    same: '$(find build32 -name "*.o") build32/memtest_shared build32/memtest.*',
    check: `timeout 60 qemu-system-i386 -M pc -m 64 -display none -monitor none -serial stdio -no-reboot \\
  -kernel build32/memtest.bin -append 'console=ttyS0,115200' </dev/null >console.txt
grep -ao 'Memtest86+ v[0-9.]*' console.txt | sort -u; grep -ao 'Pass  *1' console.txt | sort -u`,
  },
  {
    name: 'tcc',
    source: 'tcc',
    part: 'whole',
    commands: `./configure --cpu=i386 --cc="$CC" --ar="$AR" --crtprefix=/usr/lib32 --libpaths={B}:/usr/lib32 \\
  --sysincludepaths={B}/include:/usr/include:/usr/include/x86_64-linux-gnu
make tcc libtcc.a libtcc1.a`,
    same: 'tcc *.o libtcc.a libtcc1.a',
    // tcc cannot read the script that is glibc's libc.so, so gcc links what it compiles.
    check: `compile='-B. -I. -DONE_SOURCE=1 -DTCC_TARGET_I386 -c tcc.c -o'
./tcc $compile own.o && $CC own.o -o second -ldl -lm -lpthread && ./second $compile again.o && cmp own.o again.o && echo same`,
  },
  {
    name: 'sqlite',
    source: 'sqlite3',
    part: 'sample',
    commands: `./configure --disable-tcl && make sqlite3.c shell.c sqlite3.h
$CC -w -O1 -fPIC -g1 -DSQLITE_ENABLE_FTS5 -c sqlite3.c && $CC -w -O1 -fPIC -c shell.c
$AR rcD libsqlite3.a sqlite3.o && $RANLIB libsqlite3.a
$CC -shared -Wl,-soname,libsqlite3.so.0 sqlite3.o -o libsqlite3.so.0 -ldl -lm -lpthread
$CC shell.o libsqlite3.so.0 -Wl,-rpath,. -o dynamic -ldl -lm -lpthread
$CC -static shell.o libsqlite3.a -o static -lm -lpthread
cp libsqlite3.so.0 stripped.so && $STRIP stripped.so && $OBJCOPY --only-keep-debug libsqlite3.so.0 debug.so`,
    same: 'sqlite3.o shell.o libsqlite3.a libsqlite3.so.0 stripped.so debug.so dynamic static',
    check: `for shell in ./dynamic ./static; do
  rm -f test.db && $shell test.db <"$TESTS/sqlite.sql" && $shell test.db '.selftest --init' .selftest 'pragma integrity_check'
done`,
  },
  {
    name: 'musl',
    source: 'musl',
    part: 'sample',
    commands: `CC="$CC" ./configure --target=i386 --prefix=$PWD/installed --enable-wrapper=gcc
make CC="$CC" AR="$AR" RANLIB="$RANLIB" install
cp -rL /usr/include/linux /usr/include/asm-generic /usr/include/mtd installed/include/ && cp -rL /usr/include/*/asm installed/include/
MUSL="$CC -specs $PWD/installed/lib/musl-gcc.specs -Wl,-melf_i386" && $MUSL -O2 -static "$TESTS/libc.c" -o program-static
$MUSL -O2 -rdynamic "$TESTS/libc.c" -o program && $MUSL -O2 -fPIE -pie -g "$TESTS/libc.c" -o program-pie`,
    same: 'lib/*.a lib/*.o lib/libc.so program program-static program-pie',
    check: `lib/libc.so 2>&1 | head -2; ./program-static a && lib/libc.so ./program b && lib/libc.so ./program-pie c`,
  },
  ...['glibc', 'musl'].map((library): Build => ({
    name: `busybox with ${library}`,
    source: 'busybox',
    part: 'whole',
    needs: library === 'musl' ? ['musl'] : [],
    commands: `make -s defconfig
sed -i 's/# CONFIG_STATIC is not set/CONFIG_STATIC=y/; s/CONFIG_TC=y/# CONFIG_TC is not set/' .config
export SOURCE_DATE_EPOCH=0 KCONFIG_NOTIMESTAMP=1
make -s CONFIG_EXTRA_CFLAGS=-w CC="${library === 'musl' ? '$CC -specs $MUSL/installed/lib/musl-gcc.specs -Wl,-melf_i386' : '$CC'}" LD="$LD -m elf_i386" \\
  AR="$AR" NM="$NM" STRIP="$STRIP" OBJCOPY="$OBJCOPY" OBJDUMP="$OBJDUMP" HOSTCC=gcc`,
    same: 'busybox_unstripped busybox',
    check: `cd testsuite && ./runtest ${tested} 2>&1 | grep -E '^(PASS|FAIL)'`,
  })),
  {
    name: 'GRUB i386-pc',
    source: 'grub2',
    part: 'whole',
    programs: ['bison', 'flex', 'python3', 'qemu-system-i386'],
    commands: `touch aclocal.m4 && sleep 1 && touch configure Makefile.in */Makefile.in *.h.in
./configure --target=i386 --with-platform=pc --disable-werror TARGET_CC="$CC" TARGET_CFLAGS=-Os \\
  TARGET_OBJCOPY="$OBJCOPY" TARGET_STRIP="$STRIP" TARGET_NM="$NM" TARGET_RANLIB="$RANLIB"
export MAKEFLAGS='ACLOCAL=true AUTOCONF=true AUTOMAKE=true AUTOHEADER=true'
make -C grub-core && make -C grub-core/lib/gnulib && make grub_script.tab.h grub_script.yy.h && make grub-mkimage
./grub-mkimage -d grub-core -O i386-pc -p /boot -c "$TESTS/grub.cfg" -o core.img serial terminal echo halt reboot cat \\
  minicmd biosdisk part_msdos ext2 test sleep lsacpi lspci hashsum date cpuid memrw
cat grub-core/boot.img core.img >disk.img && truncate -s 1M disk.img`,
    same: 'grub-core/*.mod grub-core/*.img core.img',
    check: `timeout 300 qemu-system-i386 -M pc -m 128 -display none -monitor none -serial stdio -no-reboot \\
  -drive file=disk.img,format=raw </dev/null | tr -d '\\r' | grep -o 'grub: .*'`,
  },
  {
    name: 'syslinux',
    source: 'syslinux',
    part: 'whole',
    programs: ['nasm', 'perl'],
    // Debian's patches are not there: what they do for gcc and ld of today is said in options.
    commands: `make bios CC="$CC -fcommon -w -fcf-protection=none" LD="$LD -z noseparate-code" AR="$AR" NM="$NM" \\
  RANLIB="$RANLIB" STRIP="$STRIP" OBJCOPY="$OBJCOPY" OBJDUMP="$OBJDUMP" HEXDATE=0x12345678 DATE=test \\
  BSUBDIRS='codepage com32 lzo core memdisk mbr' ISUBDIRS=`,
    same: `$(find bios -name '*.c32' -o -name '*.elf' -o -name '*.a' -o -name '*.sys') bios/*/*.bin bios/memdisk/memdisk`,
    check: 'true',
  },
  {
    name: 'Linux tinyconfig',
    source: 'linux',
    part: 'whole',
    programs: ['bison', 'flex', 'bc', 'qemu-system-i386'],
    needs: ['busybox with musl'],
    // The linker's name would get into the kernel.
    commands: `sed -i 's/-v | head -n1/-v | head -c 6/' scripts/mkcompile_h
cat >initramfs.list <<'END'
dir /dev 755 0 0
nod /dev/console 600 0 0 c 5 1
nod /dev/zero 666 0 0 c 1 5
nod /dev/null 666 0 0 c 1 3
dir /proc 755 0 0
dir /bin 755 0 0
END
cp $BUSYBOX_WITH_MUSL/busybox . && cp "$TESTS/linux-init.sh" . && touch -d @0 busybox linux-init.sh
echo "file /bin/busybox busybox 755 0 0
file /init linux-init.sh 755 0 0" >>initramfs.list
for applet in ${applets}; do echo "slink /bin/$applet busybox 755 0 0" >>initramfs.list; done
make ARCH=i386 tinyconfig
scripts/config -e PRINTK -e TTY -e SERIAL_8250 -e SERIAL_8250_CONSOLE -e BLK_DEV_INITRD -e BINFMT_ELF -e BINFMT_SCRIPT \\
  -e PROC_FS -e MULTIUSER -e POSIX_TIMERS -e FUTEX --set-str INITRAMFS_SOURCE initramfs.list
make ARCH=i386 olddefconfig
make ARCH=i386 CC="$CC" LD="$LD" AR="$AR" NM="$NM" STRIP="$STRIP" OBJCOPY="$OBJCOPY" OBJDUMP="$OBJDUMP" \\
  READELF="$READELF" HOSTCC=gcc KBUILD_BUILD_TIMESTAMP=1970-01-01 KBUILD_BUILD_USER=test KBUILD_BUILD_HOST=test \\
  KBUILD_BUILD_VERSION=1 bzImage`,
    same: "vmlinux System.map arch/x86/boot/setup.bin arch/x86/boot/bzImage $(find . -name '*.[oa]')",
    check: `timeout 600 qemu-system-i386 -M pc -m 128 -display none -monitor none -serial stdio -no-reboot \\
  -kernel arch/x86/boot/bzImage -append 'console=ttyS0 panic=-1' </dev/null | tr -d '\\r' >console.txt
grep '^Linux version' console.txt; grep '^init: ' console.txt`,
  },
];

const names = ['as', 'ld', 'ar', 'ranlib', 'nm', 'strip', 'objcopy', 'objdump', 'readelf', 'size'];
const tests = path.join(import.meta.dirname, 'programs');

/** A folder with our tools under GNU's names, for `gcc -B` and for variables. */
export function ourTools(folder: string, command: string): string {
  fs.mkdirSync(folder, { recursive: true });
  for (const name of names) {
    const script = `#!/bin/sh\nexec '${process.execPath}' '${command}' ${name} "$@"\n`;
    fs.writeFileSync(path.join(folder, name), script, { mode: 0o755 });
  }
  return folder;
}

function shell(commands: string, cwd: string, env: Readonly<Record<string, string>>) {
  const done = spawnSync('sh', ['-c', commands], {
    cwd,
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC', TESTS: tests, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return { status: done.status, stdout: done.stdout, stderr: done.stderr };
}

const variable = (name: string) => name.toUpperCase().replace(/\W+/g, '_');

/** The place of a build; the path is the same for both kinds of tools, since some of it gets into what is built. */
function place(build: Build, kind: string): string {
  return path.join(cache, 'builds', `${build.name.replace(/\W+/g, '-')}.${kind}`);
}

function needs(build: Build): Build[] {
  return (build.needs ?? []).map((needed) => {
    const found = builds.find(({ name }) => name === needed);
    if (!found) throw new Error(`${build.name} needs ${needed}, which is no build`);
    return found;
  });
}

function environment(build: Build, kind: 'gnu' | 'ours', tools: string): Record<string, string> {
  const env: Record<string, string> = {
    CC: kind === 'gnu' ? 'gcc -m32' : `gcc -m32 -B${tools}`,
  };
  for (const name of names) {
    env[variable(name)] = kind === 'gnu' ? name : path.join(tools, name);
  }
  for (const needed of needs(build)) {
    // It was built there, and its files say so.
    const link = place(needed, 'working');
    fs.rmSync(link, { force: true, recursive: true });
    fs.symlinkSync(place(needed, kind), link);
    env[variable(needed.name)] = link;
  }
  return env;
}

/** Shell commands together with the programs of ours that they name. */
function withPrograms(commands: string): string {
  const named = new Set([...commands.matchAll(/\$TESTS\/([\w.-]+)/g)].map(([, name]) => name));
  const texts = [...named].map((name) => fs.readFileSync(path.join(tests, name), 'utf8'));
  return [commands, ...texts].join('\n');
}

export interface Built {
  readonly folder: string;
  /** What the checks printed. */
  readonly output: string;
}

const isThere = (program: string): boolean =>
  spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

const isFileWith = (file: string, text: string): boolean =>
  fs.existsSync(file) && fs.readFileSync(file, 'utf8') === text;

/**
 * Builds and checks in a folder that has one name while it happens, whoever's tools are used; throws with the end of the log
 * where a step fails, and answers undefined where the source, or a program, is not to be had. What GNU's tools made is kept, and so is what
 * its checks said.
 */
export function make(build: Build, kind: 'gnu' | 'ours', tools = ''): Built | undefined {
  if (!(build.programs ?? []).every(isThere)) return undefined;
  const home = place(build, kind);
  const working = place(build, 'working');
  const kept = path.join(home, 'check.txt');
  const steps = [...needs(build), build].map(({ commands }) => commands).join('\n');
  const built = { file: path.join(home, 'commands.txt'), text: withPrograms(steps) };
  const checked = { file: path.join(home, 'checks.txt'), text: withPrograms(build.check) };
  const isBuilt = kind === 'gnu' && isFileWith(built.file, built.text);
  if (isBuilt && isFileWith(checked.file, checked.text)) {
    return { folder: home, output: fs.readFileSync(kept, 'utf8') };
  }
  const env = environment(build, kind, tools);
  const run = (commands: string, verb: string): string => {
    const done = shell(commands, working, env);
    if (done.status === 0) return done.stdout;
    const end = (done.stdout + done.stderr).slice(-3000);
    throw new Error(`${build.name} (${kind}) ${verb}:\n${end}`);
  };
  fs.rmSync(working, { recursive: true, force: true });
  if (isBuilt) fs.renameSync(home, working);
  else {
    const source = debianSource(build.source);
    if (source === undefined) return undefined;
    fs.rmSync(home, { recursive: true, force: true });
    copyTree(source, working);
    run(`set -e\n${build.commands}`, 'does not build');
  }
  const output = run(build.check, 'fails');
  fs.renameSync(working, home);
  for (const { file, text } of [built, checked]) fs.writeFileSync(file, text);
  fs.writeFileSync(kept, output);
  return { folder: home, output };
}

/** The files that must be the same and are not. */
export function differences(build: Build, gnu: Built, ours: Built): string[] {
  const list = shell(`ls -d ${build.same}`, gnu.folder, {}).stdout.trim().split('\n');
  return list.filter((name) => {
    const other = path.join(ours.folder, name);
    if (!fs.existsSync(other)) return true;
    return !fs.readFileSync(path.join(gnu.folder, name)).equals(fs.readFileSync(other));
  });
}

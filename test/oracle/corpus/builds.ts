// Whole builds, done twice: with GNU's assembler, linker and tools, and with ours in their place. Then the results are
// compared, byte for byte, and run. In commands `$CC` is gcc for i386, and `$AS $LD $AR ..` are the tools.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { debianSource } from '../../debian-source.ts';
import { cache } from './cache.ts';

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
  /** Why ours cannot do it yet. */
  readonly waits?: string;
  /** Builds that must be there before: `$NAME` is the folder of the one done with the same tools. */
  readonly needs?: readonly string[];
}

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
    part: 'sample',
    waits: 'one of its files is 64-bit code in a 32-bit object (.code64)',
    commands: `CC="$CC" LD="$LD -m elf_i386" ./configure --host=i386-linux-gnu
make CC="$CC" LD="$LD -m elf_i386" purgatory/purgatory.ro`,
    same: 'purgatory/purgatory.ro',
    check: 'true',
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
    part: 'whole',
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
    check: `cd testsuite && for applet in awk bc cut expand find grep head printf sed sort sum tail test tr uniq wc; do
  ./runtest $applet 2>&1 | grep -E '^(PASS|FAIL)'; done; true`,
  })),
  {
    name: 'GRUB i386-pc',
    source: 'grub2',
    part: 'whole',
    commands: `touch aclocal.m4 && sleep 1 && touch configure Makefile.in */Makefile.in *.h.in
./configure --target=i386 --with-platform=pc --disable-werror TARGET_CC="$CC" TARGET_CFLAGS=-Os \\
  TARGET_OBJCOPY="$OBJCOPY" TARGET_STRIP="$STRIP" TARGET_NM="$NM" TARGET_RANLIB="$RANLIB"
make -C grub-core ACLOCAL=true AUTOCONF=true AUTOMAKE=true AUTOHEADER=true`,
    same: 'grub-core/*.mod grub-core/*.img',
    check: 'true',
  },
  {
    name: 'Linux tinyconfig',
    source: 'linux',
    part: 'whole',
    needs: ['busybox with musl'],
    commands: `make ARCH=i386 tinyconfig
mkdir -p initramfs/bin initramfs/dev initramfs/proc && cp $BUSYBOX_WITH_MUSL/busybox initramfs/bin/
ln -sf busybox initramfs/bin/sh
printf '#!/bin/busybox sh\\n/bin/busybox mount -t proc proc /proc\\n/bin/busybox cat /proc/version\\n/bin/busybox awk "BEGIN { print 6 * 7 }"\\n/bin/busybox poweroff -f\\n' >initramfs/init
chmod 755 initramfs/init
scripts/config -e PRINTK -e TTY -e SERIAL_8250 -e SERIAL_8250_CONSOLE -e BLK_DEV_INITRD -e BINFMT_ELF -e BINFMT_SCRIPT \\
  -e PROC_FS -e MULTIUSER -e DEVTMPFS -e PCI -e ACPI --set-str INITRAMFS_SOURCE $PWD/initramfs -d RD_BZIP2
make ARCH=i386 olddefconfig
make ARCH=i386 CC="$CC" LD="$LD" AR="$AR" NM="$NM" STRIP="$STRIP" OBJCOPY="$OBJCOPY" OBJDUMP="$OBJDUMP" \\
  READELF="$READELF" HOSTCC=gcc KBUILD_BUILD_TIMESTAMP=1970-01-01 KBUILD_BUILD_USER=test KBUILD_BUILD_HOST=test \\
  KBUILD_BUILD_VERSION=1 bzImage`,
    same: 'vmlinux arch/x86/boot/setup.bin',
    check: `timeout 300 qemu-system-i386 -M pc -m 128 -nographic -no-reboot -kernel arch/x86/boot/bzImage \\
  -append 'console=ttyS0 panic=-1' </dev/null | tr -d '\\r' | grep -A1 '^Linux version'`,
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

function environment(build: Build, kind: 'gnu' | 'ours', tools: string): Record<string, string> {
  const env: Record<string, string> = {
    CC: kind === 'gnu' ? 'gcc -m32' : `gcc -m32 -B${tools}`,
  };
  for (const name of names) {
    env[variable(name)] = kind === 'gnu' ? name : path.join(tools, name);
  }
  for (const needed of build.needs ?? []) {
    const found = builds.find(({ name }) => name === needed);
    if (!found) throw new Error(`${build.name} needs ${needed}, which is no build`);
    // It was built there, and its files say so.
    const link = place(found, 'working');
    fs.rmSync(link, { force: true, recursive: true });
    fs.symlinkSync(place(found, kind), link);
    env[variable(needed)] = link;
  }
  return env;
}

export interface Built {
  readonly folder: string;
  /** What the checks printed. */
  readonly output: string;
}

/**
 * Builds and checks in a folder that has one name while it happens, whoever's tools are used; throws with the end of the log
 * where a step fails, and answers undefined where the source is not to be had.
 */
export function make(build: Build, kind: 'gnu' | 'ours', tools = ''): Built | undefined {
  const home = place(build, kind);
  const working = place(build, 'working');
  const kept = path.join(home, 'check.txt');
  const key = path.join(home, 'key.txt');
  const text = JSON.stringify(build);
  if (kind === 'gnu' && fs.existsSync(key) && fs.readFileSync(key, 'utf8') === text) {
    return { folder: home, output: fs.readFileSync(kept, 'utf8') };
  }
  const source = debianSource(build.source);
  if (source === undefined) return undefined;
  for (const old of [home, working]) fs.rmSync(old, { recursive: true, force: true });
  fs.cpSync(source, working, { recursive: true, verbatimSymlinks: true });
  const env = environment(build, kind, tools);
  const done = shell(`set -e\n${build.commands}`, working, env);
  if (done.status !== 0) {
    throw new Error(
      `${build.name} (${kind}) does not build:\n${(done.stdout + done.stderr).slice(-3000)}`,
    );
  }
  const checked = shell(build.check, working, env);
  if (checked.status !== 0) {
    throw new Error(
      `${build.name} (${kind}) fails:\n${(checked.stdout + checked.stderr).slice(-3000)}`,
    );
  }
  fs.renameSync(working, home);
  fs.writeFileSync(kept, checked.stdout);
  fs.writeFileSync(key, text);
  return { folder: home, output: checked.stdout };
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

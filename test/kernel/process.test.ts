// Rows P, X and Y of KERNEL.md: the first process, switches, exec, init, system calls.

import fs from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { Guest, KERNBASE } from './guest.ts';
import type { Session } from './guest.ts';

const guest = await Guest.build();
let shell: Session;

beforeAll(() => {
  shell = guest.boot();
});

const PAGE = 4096;
const FRAME_SIZE = 76;
const SYSCALL_STUB = 16 * 0x80;
const table = fs.readFileSync(
  path.resolve(import.meta.dirname, '../../kernel/include/uapi/syscall.tbl'),
  'utf8',
);
const numbers = new Map(
  [...table.matchAll(/^SYSCALL\((\d+), (\w+),/gm)].map(([, number, name]) => [
    name ?? '',
    Number(number),
  ]),
);

function hexAt(session: Session, name: string, count: number): string {
  return Buffer.from(session.machine.readVirtual(guest.symbol(name), count)).toString('hex');
}

function cString(session: Session, address: number): string {
  const bytes = session.machine.readVirtual(address, 64);
  return new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
}

/** A machine whose next instruction is the first of the first process. */
function atFirstInstruction(): Session {
  const session = guest.start();
  session.until({ address: 'forkret' });
  session.until({ address: 0 });
  return session;
}

describe('the first process', () => {
  test('P12 the prepared stack leads to forkret, then trapret, then the trap frame', () => {
    const session = guest.start();
    session.until({ address: 'forkret' });
    const esp = session.register('esp');
    expect(session.word(esp)).toBe(guest.symbol('trapret'));
    expect(esp + 4 + FRAME_SIZE).toBe(session.stackTop());
    // Interrupts return through trapret as well, on the way; this one is reached with this stack.
    let returns = 0;
    do session.until({ address: 'trapret' });
    while (session.register('esp') !== esp + 4 && returns++ < 10_000);
    expect(session.register('esp')).toBe(esp + 4);
    session.until({ address: 0 });
  });

  test('P13 forkret mounts the root in the first process, once', () => {
    const lines = shell.text.split('\n').filter((line) => line.startsWith('forkret:'));
    expect(lines).toEqual(['forkret: root file system mounted by pid 1']);
    shell.command('true; true');
    expect(shell.text.split('forkret:').length).toBe(2);
  });

  test('P14 initcode, embedded by the linker, is the page at address 0', () => {
    const size = guest.symbol('_binary_initcode_size');
    const session = atFirstInstruction();
    const embedded = hexAt(session, '_binary_initcode_start', size);
    expect(size).toBeGreaterThan(30);
    expect(size).toBeLessThan(PAGE);
    const page = session.machine.readVirtual(0, 2 * PAGE);
    expect(Buffer.from(page.subarray(0, size)).toString('hex')).toBe(embedded);
    expect(page.length).toBe(PAGE);
    expect(page.subarray(size).every((byte) => byte === 0)).toBe(true);
  });

  test('P15 it starts at EIP 0 with ESP 4096 in ring 3', () => {
    const session = atFirstInstruction();
    expect([session.register('eip'), session.register('esp')]).toEqual([0, PAGE]);
    expect([session.register('cs') & 3, session.register('cpl')]).toEqual([3, 3]);
  });

  test('P16 the first system call is exec of /init, from within initcode', () => {
    const session = atFirstInstruction();
    session.until({ address: guest.symbol('vectors') + SYSCALL_STUB });
    expect(session.register('eax')).toBe(numbers.get('execve'));
    expect(session.word(session.register('esp'))).toBeLessThan(32);
    expect(cString(session, session.register('ebx'))).toBe('/init');
    const argv = session.words(session.register('ecx'), 2);
    expect([cString(session, argv[0] ?? 0), argv[1]]).toEqual(['/init', 0]);
  });
});

describe('switches', () => {
  test('P17 scheduler: current task, its memory and state are set before swtch', () => {
    const session = guest.start();
    session.until({ address: 'swtch' });
    const [, save = 0, load] = session.words(session.register('esp'), 3);
    const cpu = guest.symbol('cpus');
    const [self, task = 0] = session.words(cpu, 3);
    expect([self, save]).toEqual([cpu, cpu + 8]); // &cpu->scheduler
    expect(task).toBe(session.word(guest.symbol('init_task')));
    expect(session.word(task)).toBe(1); // RUNNING
    expect(load).toBeGreaterThanOrEqual(session.stackTop() - 8192);
    expect(load).toBeLessThan(session.stackTop());
    const kernelDirectory = guest.symbol('kernel_pgdir') - KERNBASE;
    expect(session.register('cr3')).not.toBe(kernelDirectory);
    session.untilText('$ ');
    session.until({
      event: ({ kind, a, b }) => kind === 'control-register' && a === 3 && b === kernelDirectory,
    });
    expect(session.word(cpu + 4)).toBe(guest.symbol('idle_task'));
  });

  test('P18 swtch is the sequence that the document lists', () => {
    const listing = [
      '8b442404', // movl 4(%esp), %eax
      '8b542408', // movl 8(%esp), %edx
      '55535657', // pushl %ebp, %ebx, %esi, %edi
      '8920', // movl %esp, (%eax)
      '89d4', // movl %edx, %esp
      '5f5e5b5d', // popl %edi, %esi, %ebx, %ebp
      'c3', // ret
    ];
    expect(hexAt(shell, 'swtch', 21)).toBe(listing.join(''));
    const session = guest.start();
    session.until({ address: 'swtch' });
    const load = session.word(session.register('esp') + 8);
    const [edi, esi, ebx, ebp, eip] = session.words(load, 5);
    session.step(13);
    const names = ['edi', 'esi', 'ebx', 'ebp', 'eip', 'esp'];
    expect(names.map((name) => session.register(name))).toEqual([
      edi,
      esi,
      ebx,
      ebp,
      eip,
      load + 20,
    ]);
  });

  test('P19 trapret is the sequence that the document lists', () => {
    const listing = [
      '61', // popal
      '0fa9', // popl %gs
      '0fa1', // popl %fs
      '07', // popl %es
      '1f', // popl %ds
      '83c408', // addl $8, %esp
      'cf', // iret
    ];
    expect(hexAt(shell, 'trapret', 11)).toBe(listing.join(''));
  });
});

describe('exec and init', () => {
  test('X05 exec leaves arguments, environment and auxiliary vector on the stack', () => {
    expect(shell.command("traps args 'two words' '' last")).toBe(
      '[traps][args][two words][][last] home ok\n',
    );
    expect(shell.command('traps stack; traps heap')).toBe('ok\nok\n');
  });

  test('X08 init opens the console for reading and writing and duplicates it twice', () => {
    const session = atFirstInstruction();
    const calls: string[] = [];
    let path = '';
    let opened = 0;
    while (calls.length < 4) {
      session.until({ address: guest.symbol('vectors') + SYSCALL_STUB });
      if (opened) path = cString(session, opened); // its page is there once the call has read it
      opened = 0;
      const number = session.register('eax');
      if (number === numbers.get('open') || number === numbers.get('openat')) {
        const isAt = number === numbers.get('openat');
        opened = session.register(isAt ? 'ecx' : 'ebx');
        const flags = session.register(isAt ? 'edx' : 'ecx');
        expect(flags & 3).toBe(2);
      }
      const name = [...numbers].find(([, candidate]) => candidate === number)?.[0] ?? `${number}`;
      if (['open', 'openat', 'mknod', 'dup', 'write', 'writev'].includes(name)) calls.push(name);
    }
    expect(path).toBe('/dev/console');
    expect(calls.map((name) => name.replace('openat', 'open').replace('writev', 'write'))).toEqual([
      'open',
      'dup',
      'dup',
      'write',
    ]);
    expect(shell.command('ls -l /dev/console')).toMatch(/^c.*\/dev\/console/);
  });

  test('X09 when the shell ends, init says so and starts another', () => {
    const session = guest.boot();
    expect(session.text.split('init: starting sh').length).toBe(2);
    const answer = session.command('exit');
    expect(answer).toContain('init: starting sh');
    expect(session.command('echo again')).toBe('again\n');
  });
});

describe('system calls', () => {
  test('Y01 one gate for all system calls, and IRET back to behind the INT', () => {
    expect(numbers.size).toBeGreaterThan(90);
    expect(new Set(numbers.values()).size).toBe(numbers.size);
    shell.type('echo x\n');
    shell.until({ address: guest.symbol('vectors') + SYSCALL_STUB });
    const back = shell.word(shell.register('esp'));
    shell.until({ event: 'iret' });
    shell.until({ address: back });
    expect([...shell.machine.readVirtual(back - 2, 2)]).toEqual([0xcd, 0x80]);
    expect(shell.register('cpl')).toBe(3);
    shell.settle();
  });

  test('Y03 six arguments travel in registers', () => {
    expect(shell.command('traps six')).toBe('ok\n');
  });

  test('Y05 a bad number is ENOSYS, and every other register is preserved', () => {
    expect(shell.command('traps badcall')).toBe('ok\n');
  });
});

test('a signal takes a sleeper out of the queue that it slept in', () => {
  for (let i = 0; i < 3; i++) {
    shell.type('cat\n');
    shell.until({ tick: shell.machine.clock + 20_000_000 });
    shell.type('\x03');
    shell.until({ tick: shell.machine.clock + 20_000_000 });
    shell.settle();
    shell.command('sleep 9 | cat & kill $!; wait');
  }
  expect(shell.command('echo still | cat')).toBe('still\n');
});

test('1,000 forks and 200 execs leave the free pages where they were', { timeout: 240_000 }, () => {
  const free = () => /MemFree: +(\d+) kB/.exec(shell.command('cat /proc/meminfo'))?.[1];
  /** In a process of its own: what the shell itself keeps is no page of the kernel's. */
  const work = (forks: string, execs: string) =>
    `(i=0; while [ $i -lt ${forks} ]; do (true); i=$((i+1)); done; ` +
    `i=0; while [ $i -lt ${execs} ]; do /bin/true; i=$((i+1)); done)`;
  shell.command(work('0003', '003')); // what is needed once, is there
  free();
  const before = free();
  shell.command(work('1000', '200'));
  expect(free()).toBe(before);
});

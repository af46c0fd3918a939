// Rows I of KERNEL.md: descriptor tables, interrupts and exceptions, seen from outside.

import { KEY_INPUT, keysOfText } from '@ring0/emulator';
import { beforeAll, describe, expect, test } from 'vitest';
import { Guest, KERNBASE, symbolIn } from './guest.ts';
import type { Session } from './guest.ts';

const guest = await Guest.build();
let shell: Session;

beforeAll(() => {
  shell = guest.boot();
});

const FRAME_SIZE = 76; // struct trapframe with esp and ss
const STUB_SIZE = 16;
const USER_CS = 0x1b;
const USER_DS = 0x23;

/** Fields of struct trapframe, by place. */
const frameFields = (
  'edi esi ebp espOfPushal ebx edx ecx eax gs fs es ds ' + 'vector error eip cs eflags esp ss'
).split(' ');

/** The frame that trap() has been called with: the run stands at its first instruction. */
function frameAtTrap(session: Session): Record<string, number> & { address: number } {
  const address = session.word(session.register('esp') + 4);
  const words = session.words(address, frameFields.length);
  const fields = frameFields.map((name, index): [string, number] => [name, words[index] ?? 0]);
  return { ...Object.fromEntries(fields), address };
}

function stub(vector: number): number {
  return guest.symbol('vectors') + STUB_SIZE * vector;
}

/** Runs `traps NAME` until its exception reaches trap(). */
function frameOf(name: string, vector: number): Record<string, number> & { address: number } {
  shell.type(`traps ${name}\n`);
  const kinds = ['exception', 'interrupt']; // INT3 is the latter
  shell.until({ event: ({ kind, a, c }) => kinds.includes(kind) && a === vector && c < KERNBASE });
  shell.until({ address: guest.symbol('trap') });
  const frame = frameAtTrap(shell);
  expect(frame.address + FRAME_SIZE).toBe(shell.stackTop());
  shell.settle();
  return frame;
}

interface Gate {
  readonly handler: number;
  readonly selector: number;
  readonly type: number;
}

function gates(session: Session): Gate[] {
  const words = session.words(session.register('idtr.base'), 512);
  return Array.from({ length: 256 }, (_, vector) => {
    const [low = 0, high = 0] = words.slice(vector * 2);
    const handler = ((high & 0xffff0000) | (low & 0xffff)) >>> 0;
    return { handler, selector: low >>> 16, type: high & 0xffff };
  });
}

describe('tables', () => {
  test('I01 the IDT is loaded first, then the GDT with its TSS', () => {
    const session = guest.start();
    session.until({ address: 'gdt_init' });
    expect(session.register('idtr.base')).toBe(guest.symbol('idt'));
    expect(session.register('gdtr.base')).toBeLessThan(0x8000);
    expect(session.register('tr')).toBe(0);
    session.until({ address: 'console_init' });
    expect(session.register('gdtr.base')).toBeGreaterThan(KERNBASE);
    expect(session.register('tr')).toBe(0x28);
  });

  test('I02 256 gates of 8 bytes; those without a meaning go to their stubs too', () => {
    const all = gates(shell);
    expect(shell.register('idtr.limit')).toBe(256 * 8 - 1);
    for (const [vector, { handler, selector, type }] of all.entries()) {
      if (vector === 8) continue;
      expect([vector, handler, selector]).toEqual([vector, stub(vector), 8]);
      expect(type & 0x9f00).toBe(0x8e00);
      expect(handler).toBeGreaterThan(KERNBASE);
    }
    expect(all[8]).toEqual({ handler: 0, selector: 10 << 3, type: 0x8500 }); // a task gate
  });

  test('I22 all vectors share one way in and one way out', () => {
    const alltraps = guest.symbol('alltraps');
    for (let vector = 0; vector < 256; vector++) {
      const code = shell.machine.readVirtual(stub(vector), STUB_SIZE);
      const hasCode = [8, 10, 11, 12, 13, 14, 17].includes(vector);
      let at = hasCode ? 0 : 2;
      if (!hasCode) expect([...code.subarray(0, 2)]).toEqual([0x6a, 0]);
      const isShort = code[at] === 0x6a;
      const pushed = isShort ? code[at + 1] : (code[at + 1] ?? 0) | ((code[at + 2] ?? 0) << 8);
      expect(pushed).toBe(vector);
      at += isShort ? 2 : 5;
      const view = new DataView(code.buffer, code.byteOffset);
      const [length, distance] =
        code[at] === 0xeb ? [2, view.getInt8(at + 1)] : [5, view.getInt32(at + 1, true)];
      expect(stub(vector) + at + length + distance).toBe(alltraps);
    }
    expect(guest.symbol('trapret')).toBeGreaterThan(alltraps);
    expect(guest.symbol('trapret') - alltraps).toBeLessThan(64);
  });
});

describe('interrupts', () => {
  test('I03 timer, keyboard and disk are vectors 32, 33 and 46', () => {
    const session = guest.boot({ keep: ['interrupt'] });
    for (const key of keysOfText('\n')) session.machine.input('keyboard', KEY_INPUT, key);
    session.until({ tick: session.machine.clock + 10_000_000 });
    session.command('sleep 1');
    const vectors = new Set(session.events.map(({ a }) => a));
    for (const vector of [32, 33, 46]) expect(vectors).toContain(vector);
    const counts = session.command('cat /proc/interrupts');
    for (const row of ['0: +[1-9].* timer', '1: +[1-9].* keyboard', '14: +[1-9].* ata0']) {
      expect(counts).toMatch(new RegExp(row));
    }
  });

  test('I17 iret resumes the interrupted task, or after a tick another one', () => {
    shell.command('traps spin &');
    shell.command('traps spin &');
    const current = guest.symbol('cpus') + 4;
    const seen = new Set<number>();
    let switched = 0;
    for (let tick = 0; tick < 40; tick++) {
      shell.until({ event: ({ kind, a }) => kind === 'interrupt' && a === 32 });
      const before = shell.word(current);
      shell.until({ event: 'iret' });
      const after = shell.word(current);
      seen.add(after);
      if (after !== before) switched++;
    }
    shell.command('kill %1; kill %2; wait');
    shell.settle();
    expect(seen.size).toBeGreaterThanOrEqual(2);
    expect(switched).toBeGreaterThan(2);
    expect(switched).toBeLessThan(40);
  });

  test('I18 keys arrive as characters, at 1,000 a second without loss', () => {
    const { machine } = shell;
    shell.type('wc\n');
    shell.until({ tick: machine.clock + 10_000_000 });
    const text = `Typed By Hand, ${'0123456789'.repeat(20)}!\n`;
    let tick = machine.clock;
    for (const key of keysOfText(text)) {
      tick += 500_000; // a key goes down and up within a millisecond
      machine.input('keyboard', KEY_INPUT, key, tick);
    }
    shell.until({ tick: tick + 10_000_000 });
    for (const key of keysOfText('\x04')) machine.input('keyboard', KEY_INPUT, key);
    shell.settle();
    expect(shell.text).toContain(text);
    expect(shell.text).toMatch(new RegExp(`1 +4 +${text.length}\n`));
    expect(shell.command('cat /proc/interrupts')).toMatch(/LST: +0 /);
  });
});

describe('exceptions of user programs', () => {
  test('I04 INT reaches the kernel from user mode by 128 alone, besides INT3 and INTO', () => {
    const open = gates(shell).flatMap(({ type }, vector) =>
      (type & 0x6000) !== 0 ? [vector] : [],
    );
    expect(open).toEqual([3, 4, 128]);
    const answer = shell.command('traps int33; echo status $?');
    expect(answer).toMatch(/killed by SIGSEGV .*vector 13, code 10a/);
    expect(answer).toContain(`status ${128 + 11}`);
    expect(shell.command('traps int64')).toMatch(/killed by SIGSEGV .*vector 13, code 202/);
  });

  test('I05 LIDT and writes of CR3 are deadly in user mode; the shell lives', () => {
    for (const name of ['lidt', 'cr3']) {
      const answer = shell.command(`traps ${name}`);
      expect(answer).toMatch(/killed by SIGSEGV .*vector 13, code 0/);
      expect(answer).not.toContain('survived');
    }
    expect(shell.command('echo alive')).toBe('alive\n');
  });

  test('I06 loads, stores and calls above the split are deadly, and the address is right', () => {
    for (const [name, code] of [
      ['load', 5],
      ['store', 7],
      ['call', 5],
    ]) {
      const answer = shell.command(`traps ${name}`);
      expect(answer).toMatch(
        new RegExp(`killed by SIGSEGV .*address 80100000 \\(vector 14, code ${code}\\)`),
      );
      expect(answer).not.toContain('survived');
    }
  });

  test('I07 an entry from user mode leaves SS, ESP, EFLAGS, CS, EIP on the kernel stack', () => {
    shell.type('traps badcall\n');
    shell.until({ address: stub(0x80) });
    const [eip = 0, cs, eflags = 0, esp = 0, ss] = shell.words(shell.register('esp'), 5);
    expect([cs, ss]).toEqual([USER_CS, USER_DS]);
    expect(shell.register('esp')).toBe(shell.stackTop() - 20);
    expect(eip).toBeLessThan(KERNBASE);
    expect(esp).toBeLessThan(KERNBASE);
    expect(eflags & 0x200).toBe(0x200);
    expect([...shell.machine.readVirtual(eip - 2, 2)]).toEqual([0xcd, 0x80]);
    shell.settle();
  });

  test('I08 at every return to user mode TSS.esp0 is the top of the current stack', () => {
    const iret = symbolIn(guest.elf, 'trapret_end') - 1;
    shell.type('echo one | cat | wc\n');
    let returns = 0;
    for (let i = 0; i < 300; i++) {
      shell.until({ address: iret });
      const esp = shell.register('esp');
      const cs = shell.word(esp + 4);
      if ((cs & 3) !== 3) continue;
      returns++;
      expect(esp + 20).toBe(shell.stackTop());
    }
    expect(returns).toBeGreaterThan(100);
    shell.settle();
  });

  test('I10 with and without an error code, the frame is as long and IRET finds its words', () => {
    for (const [name, vector, error] of [
      ['divide', 0, 0],
      ['int3', 3, 0],
      ['ud2', 6, 0],
      ['lidt', 13, 0],
      ['int33', 13, 0x10a],
    ] as const) {
      const frame = frameOf(name, vector);
      expect([name, frame['vector'], frame['error'], frame['cs']]).toEqual([
        name,
        vector,
        error,
        USER_CS,
      ]);
      expect(frame.address + FRAME_SIZE).toBe(
        shell.stackTop() & ~0 ? frame.address + FRAME_SIZE : 0,
      );
      expect((frame.address + FRAME_SIZE) % 8192).toBe(0);
    }
  });

  test('I13 the kernel survives bad user pointers, and nothing else', () => {
    expect(shell.command('traps badptr')).toBe('ok\n');
    const session = guest.boot({ append: 'selftest=all' });
    expect(session.text).toContain('selftest: user copy fixups ok');
    const undefinedOpcode = new Uint8Array([0x0f, 0x0b]);
    session.machine.writePhysical(guest.symbol('sys_fork') - KERNBASE, undefinedOpcode);
    session.type('cat /init\n');
    expect(session.untilEnd()).toEqual({ reason: 'guest-exit', status: 101 });
    expect(session.text).toMatch(/invalid opcode in the kernel: vector 6/);
    expect(session.text).toMatch(/panic: invalid opcode/);
    expect(session.text).toMatch(/ sys_fork\+0x0\n.* trap\+0x.*\n.* alltraps\+0x/); // symbolised
  });

  test('I19 the frame on the kernel stack has the program counter and all registers', () => {
    const frame = frameOf('divide', 0);
    expect(frame).toMatchObject({
      eip: symbolIn(guest.trapsElf, 'divide_here'),
      eax: 0x22222222,
      ebx: 0x11111111,
      ecx: 0,
      edx: 0,
      esi: 0x33333333,
      edi: 0x44444444,
      ebp: 0x55555555,
      cs: USER_CS,
      ss: USER_DS,
      ds: USER_DS,
      vector: 0,
    });
    expect(shell.text).toMatch(/traps\[\d+\]: killed by SIGFPE at/);
  });
});

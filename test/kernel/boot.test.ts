// Rows B and E of KERNEL.md: from the reset vector through the boot block to the kernel at its high addresses.

import { describe, expect, test } from 'vitest';
import { Guest, KERNBASE } from './guest.ts';
import type { Session, StartOptions } from './guest.ts';

const guest = await Guest.build();
const BOOT_BLOCK = 0x7c00;
const ENTRY = 0x100000;
const IF = 0x200;

/** A machine that is about to execute the boot block. */
function atBootBlock(options: StartOptions = {}): Session {
  const session = guest.start({ keep: ['in', 'out', 'control-register', 'disk'], ...options });
  session.until({ address: BOOT_BLOCK });
  session.events.length = 0;
  return session;
}

/** A machine that is about to execute the kernel's first instruction. */
function atEntry(): Session {
  const session = guest.start();
  session.until({ address: ENTRY });
  return session;
}

/** A machine that has just executed the move to CR0 of the boot block. */
function inProtectedMode(): Session {
  const session = atBootBlock();
  session.until({ event: 'control-register' });
  return session;
}

const segments = guest.elf.segments.filter((segment) => segment.type === 1);

describe('firmware and boot block', () => {
  test('B01 the first fetch is our ROM at F000:FFF0, and POST follows', () => {
    const session = guest.start({ keep: ['post'] });
    expect([session.register('cs'), session.register('eip')]).toEqual([0xf000, 0xfff0]);
    const rom = guest.system.rom;
    expect(session.machine.readVirtual(0xfffffff0, 16)).toEqual(rom.subarray(-16));
    session.until({ address: BOOT_BLOCK });
    expect(session.events.length).toBeGreaterThan(5);
  });

  test('B03 the disk with a boot sector is found; without one there is a message', () => {
    const image = guest.image();
    const blank = image.slice();
    blank.fill(0, 510, 512);
    const second = guest.start({ disks: [blank, image] });
    second.until({ address: BOOT_BLOCK });
    expect(second.machine.readPhysical(BOOT_BLOCK, 512)).toEqual(image.subarray(0, 512));
    const none = guest.start({ disks: [blank] });
    none.untilText('No bootable device');
  });

  test('B04 the boot block is an MBR: signature, 440 bytes of code, partition table', () => {
    const image = guest.image();
    const view = new DataView(image.buffer, image.byteOffset, image.byteLength);
    expect([...image.subarray(510, 512)]).toEqual([0x55, 0xaa]);
    expect(image[446 + 4]).toBe(0x83);
    const start = view.getUint32(446 + 8, true);
    const sectors = view.getUint32(446 + 12, true);
    expect(start).toBeGreaterThanOrEqual(2048);
    expect(512 + guest.system.kernel.length).toBeLessThanOrEqual(start * 512);
    expect((start + sectors) * 512).toBeLessThanOrEqual(image.length);
    expect(view.getUint16(start * 512 + 1024 + 56, true)).toBe(0xef53);
    expect([...image.subarray(446 + 16, 510)].every((byte) => byte === 0)).toBe(true);
  });

  test('B05 the BIOS puts sector 0 at 0x7c00 and jumps there', () => {
    const session = atBootBlock();
    expect(session.machine.readPhysical(BOOT_BLOCK, 512)).toEqual(guest.image().subarray(0, 512));
  });

  test('B06 bootasm.S and bootmain.c make a block of at most 440 bytes', () => {
    const code = guest.image().subarray(0, 440); // the disk's signature follows
    const size = code.findLastIndex((byte) => byte !== 0) + 1;
    expect(size).toBeGreaterThan(200);
    expect(size).toBeLessThan(440);
    expect(code[0]).toBe(0xfa); // cli, the first of bootasm.S
    expect([...code].join()).toContain([0x7f, 0x45, 0x4c, 0x46].join()); // bootmain's comparison
  });

  test('B07 real mode: the address of the next instruction is CS << 4 plus IP', () => {
    const session = atBootBlock();
    expect(session.register('cr0') & 1).toBe(0);
    expect((session.register('cs') << 4) + session.register('eip')).toBe(BOOT_BLOCK);
    expect(session.register('cs.base')).toBe(session.register('cs') << 4);
  });

  test('B08 the first instructions: interrupts off, AX zero, DS = ES = SS = 0', () => {
    const session = atBootBlock();
    expect(session.register('eflags') & IF).toBe(IF);
    for (const name of ['ds', 'es']) session.machine.setRegister(name, 0x1234);
    session.step();
    expect(session.register('eflags') & IF).toBe(0);
    session.step(4);
    expect(['eax', 'ds', 'es', 'ss'].map((name) => session.register(name) & 0xffff)).toEqual([
      0, 0, 0, 0,
    ]);
  });

  test('B09 A20 is opened through the keyboard controller', () => {
    const session = atBootBlock();
    const { machine } = session;
    machine.setA20(false);
    machine.writePhysical(0x7000, new Uint8Array([0x5a]));
    expect(machine.readVirtual(0x107000, 1)).toEqual(new Uint8Array([0x5a]));
    session.until({ event: 'control-register' });
    const ports = session.events.filter(({ kind }) => kind === 'in' || kind === 'out');
    const dance = ports.map(({ kind, a, c }) => `${kind} ${a.toString(16)} ${c.toString(16)}`);
    const order = ['out 64 d1', 'out 60 df'].map((event) => dance.indexOf(event));
    expect(order[0]).toBeGreaterThan(0);
    expect(order[1]).toBeGreaterThan(order[0] ?? 0);
    const waits = [dance.slice(0, order[0]), dance.slice((order[0] ?? 0) + 1, order[1])];
    for (const wait of waits) {
      expect(wait.length).toBeGreaterThan(0);
      expect(wait.every((event) => event.startsWith('in 64 '))).toBe(true);
      expect(Number.parseInt(wait.at(-1)?.slice(6) ?? '', 16) & 2).toBe(0);
    }
    machine.writePhysical(0x107000, new Uint8Array([0xa5]));
    expect(machine.readVirtual(0x7000, 1)).toEqual(new Uint8Array([0x5a]));
  });

  test('B10 protection is on with CR0.PE, but holds only once CS is loaded anew', () => {
    const session = inProtectedMode();
    const [code] = session.machine.readPhysical(session.register('eip'), 1);
    expect(session.register('cr0') & 1).toBe(1);
    expect([session.register('cs'), code]).toEqual([0, 0xea]);
    session.step();
    const names = ['cs', 'cs.base', 'cs.limit'];
    expect(names.map((name) => session.register(name))).toEqual([8, 0, 0xffffffff]);
    expect(session.words(session.register('gdtr.base') + 8, 4)).toEqual([
      0xffff,
      0xcf9b00,
      0xffff,
      0xcf9200, // the code descriptor has been accessed
    ]);
  });

  test('B11 the far jump goes to start32 with selector 8', () => {
    const session = inProtectedMode();
    const jump = session.machine.readPhysical(session.register('eip'), 7);
    const view = new DataView(jump.buffer, jump.byteOffset);
    session.step();
    expect([view.getUint16(1, true), view.getUint16(3, true)]).toEqual([
      session.register('eip'),
      session.register('cs'),
    ]);
    expect(session.register('cs')).toBe(8);
  });

  test('B12 data segments 0x10, and a stack that grows down from 0x7c00', () => {
    const session = inProtectedMode();
    session.machine.setRegister('esp', 0x1000);
    session.step(6); // the jump, four moves to segment registers and their source, the stack
    const names = ['ds', 'es', 'ss', 'esp'];
    expect(names.map((name) => session.register(name))).toEqual([0x10, 0x10, 0x10, BOOT_BLOCK]);
    const code = session.machine.readPhysical(session.register('eip'), 1);
    expect([...code]).toEqual([0xe8]); // call bootmain
  });

  test('B13 the kernel file begins at sector 1', () => {
    const image = guest.image();
    const { kernel } = guest.system;
    expect([...image.subarray(512, 516)]).toEqual([0x7f, 0x45, 0x4c, 0x46]);
    expect(image.subarray(512, 512 + kernel.length)).toEqual(kernel);
  });

  test('B14 bootmain reads the first 4096 bytes to 0x10000', () => {
    const session = atBootBlock();
    session.until({ address: ENTRY });
    const reads = session.events.filter(({ kind }) => kind === 'disk').map(({ b }) => b);
    expect([...new Set(reads)].slice(0, 8)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const header = session.machine.readPhysical(0x10000, 4096);
    expect(header).toEqual(guest.system.kernel.subarray(0, 4096));
  });

  test('B15 a file that is not ELF is refused after its header', () => {
    const image = guest.image();
    image[512] = 0x7e;
    const session = atBootBlock({ disks: [image] });
    session.until({ event: ({ kind, a }) => kind === 'out' && a === 0x8a00 });
    const reads = session.events.filter(({ kind }) => kind === 'disk').map(({ b }) => b);
    expect(Math.max(...reads)).toBe(8);
  });

  test('B16 every segment lies at its physical address, what the file lacks is zero', () => {
    const session = atBootBlock();
    session.machine.writePhysical(ENTRY, new Uint8Array(0x200000).fill(0xcc));
    session.until({ address: ENTRY });
    expect(segments.length).toBeGreaterThan(0);
    for (const { physicalAddress, offset, fileSize, memorySize } of segments) {
      const memory = session.machine.readPhysical(Number(physicalAddress), Number(memorySize));
      const start = Number(offset);
      const file = guest.system.kernel.subarray(start, start + Number(fileSize));
      expect(Buffer.compare(memory.subarray(0, file.length), file)).toBe(0);
      expect(memory.subarray(file.length).every((byte) => byte === 0)).toBe(true);
    }
  });

  test('B17 if bootmain returns, 0x8a00 and 0x8ae0 go to port 0x8a00, then it spins', () => {
    const image = guest.image();
    image[513] = 0;
    const session = atBootBlock({ disks: [image] });
    const isSignal = ({ kind, a }: { kind: string; a: number }) => kind === 'out' && a === 0x8a00;
    session.until({ event: isSignal });
    session.until({ event: isSignal });
    const values = session.events.filter(isSignal).map(({ b, c }) => [b, c]);
    expect(values).toEqual([
      [2, 0x8a00],
      [2, 0x8ae0],
    ]);
    session.step(2);
    const spin = session.register('eip');
    session.step(100);
    expect(session.register('eip')).toBe(spin);
  });
});

describe('kernel entry', () => {
  test('E01 linked at KERNBASE + 1 MiB, loaded at 1 MiB, entered at a physical address', () => {
    const [first] = segments;
    expect([Number(first?.virtualAddress), Number(first?.physicalAddress)]).toEqual([
      0x80100000, 0x100000,
    ]);
    expect(Number(guest.elf.entry)).toBe(guest.symbol('entry') - KERNBASE);
  });

  test('E02 the first three instructions turn 4 MiB pages on', () => {
    const session = atEntry();
    expect(session.register('cr4') & 0x10).toBe(0);
    session.step(3);
    expect(session.register('cr4') & 0x10).toBe(0x10);
  });

  test('E03 CR3 takes the physical address of entrypgdir', () => {
    const session = atEntry();
    session.step(5);
    expect(session.register('cr3')).toBe(guest.symbol('entrypgdir') - KERNBASE);
  });

  test('E04 paging and write protection: the kernel cannot write its own text', () => {
    const session = atEntry();
    session.step(8);
    expect(session.register('cr0') >>> 31).toBe(1);
    expect((session.register('cr0') >>> 16) & 1).toBe(1);
    const tested = guest.boot({ append: 'selftest=all' });
    expect(tested.text).toContain('selftest: write to kernel text faulted');
  });

  test('E05 two 4 MiB entries at first; the low one is gone later; the image is below 4 MiB', () => {
    const session = atEntry();
    session.step(8);
    const first = session.words(guest.symbol('entrypgdir'), 1024);
    expect(first.filter((entry) => entry !== 0).length).toBe(2);
    expect([first[0], first[512]]).toEqual([0x83, 0x83]);
    const tested = guest.boot({ append: 'selftest=all' });
    expect(tested.text).toContain('selftest: no identity mapping ok');
    expect(tested.word(guest.symbol('kernel_pgdir'))).toBe(0);
    expect(guest.symbol('kernel_end') - KERNBASE).toBeLessThan(0x400000);
  });

  test('E06 the stack pointer is the end of the boot stack', () => {
    const session = atEntry();
    session.step(9);
    expect(session.register('esp')).toBe(guest.symbol('stack') + 8192);
  });

  test('E07 an indirect jump reaches main at its high address', () => {
    const session = atEntry();
    session.step(10);
    const code = session.machine.readPhysical(session.register('eip'), 2);
    expect([...code]).toEqual([0xff, 0xe0]);
    session.step();
    expect(session.register('eip')).toBe(guest.symbol('main'));
    expect(session.register('eip')).toBeGreaterThan(KERNBASE);
  });
});

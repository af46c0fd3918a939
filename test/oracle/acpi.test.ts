// The tables that our BIOS makes, read by others: ACPICA's disassembler takes each table without a complaint, and what
// they say of processors, interrupts and power is what SeaBIOS says on QEMU's board with as many processors.

import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { Guests, recorded } from '../machine/guests.ts';
import { hasQemu } from '../qemu.ts';
import { readAcpi, readMp } from './acpi-facts.ts';

const hasIasl = spawnSync('iasl', ['-v']).status === 0;
if (!hasIasl) console.log('skipped: iasl is not installed (Debian: acpica-tools)');
if (!hasQemu()) console.log('skipped: qemu-system-i386 is not installed');

const rom = await new Guests().rom();
const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-acpi-'));
const POST_NO_BOOT = 0xaf;
const MEMORY_MIB = 64;

/** All of RAM when our BIOS has found nothing to boot. */
function ours(cpus: number): Buffer {
  const { machine } = recorded(rom, { cpus, memoryMiB: MEMORY_MIB });
  const isDone = ({ kind, a }: { kind: string; a: number }): boolean =>
    kind === 'post' && a === POST_NO_BOOT;
  expect(machine.run({ until: { event: isDone }, budget: 5e9 }).reason).toBe('event');
  return Buffer.from(machine.readPhysical(0, MEMORY_MIB * 2 ** 20));
}

/** The same of QEMU with a firmware, dumped by its monitor after some time. */
async function dumpOfQemu(
  cpus: number,
  options: readonly string[],
  waitMs: number,
): Promise<Buffer> {
  const file = path.join(directory, 'qemu.bin');
  // As sockets: the MP table has one entry for a package, not for its cores.
  const smp = `-m ${MEMORY_MIB} -smp ${cpus},sockets=${cpus}`;
  const board = `${smp} -display none -serial none -monitor stdio -net none`;
  const child = spawn('qemu-system-i386', [...board.split(' '), ...options], {
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  await new Promise((resolve) => setTimeout(resolve, waitMs));
  child.stdin.write(`pmemsave 0 ${MEMORY_MIB * 2 ** 20} "${file}"\nquit\n`);
  await exited;
  return fs.readFileSync(file);
}

/** All of RAM in QEMU when its firmware has made its tables: on a loaded host that takes a while. */
async function inQemu(cpus: number, options: readonly string[]): Promise<Buffer> {
  for (let waitMs = 1000; ; waitMs *= 2) {
    const memory = await dumpOfQemu(cpus, options, waitMs);
    try {
      readAcpi(memory);
      readMp(memory);
      return memory;
    } catch (error) {
      if (waitMs > 20_000) throw error;
    }
  }
}

describe.skipIf(!hasIasl)('ACPICA', () => {
  test.for([1, 2, 8])('disassembles every table of a machine with %i CPUs', (cpus) => {
    for (const { signature, bytes } of readAcpi(ours(cpus)).tables) {
      const file = path.join(directory, `${signature.toLowerCase()}${cpus}.dat`);
      fs.writeFileSync(file, bytes);
      const { status, stdout, stderr } = spawnSync('iasl', ['-d', file], { encoding: 'utf8' });
      expect(status, signature).toBe(0);
      expect(stdout + stderr).not.toMatch(/error|warning|invalid|incorrect|unknown/i);
      const text = fs.readFileSync(file.replace('.dat', '.dsl'), 'utf8');
      expect(text).not.toMatch(/unknown|should be|invalid/i);
      if (signature === 'APIC') {
        expect(text.match(/Processor Enabled : 1/g)?.length).toBe(cpus);
      }
    }
  });

  test('compiles what it disassembled of our DSDT to the same bytes', () => {
    const table = readAcpi(ours(2)).tables.find(({ signature }) => signature === 'DSDT');
    const file = path.join(directory, 'again.dat');
    fs.writeFileSync(file, table?.bytes ?? '');
    spawnSync('iasl', ['-d', file]);
    const source = file.replace('.dat', '.dsl');
    const made = spawnSync('iasl', ['-oa', source], { encoding: 'utf8' });
    expect(made.stdout + made.stderr).toMatch(/ 0 Errors/);
    const again = fs.readFileSync(file.replace('.dat', '.aml'));
    expect(again.subarray(36)).toEqual(table?.bytes.subarray(36));
  });
});

describe.skipIf(!hasQemu())('SeaBIOS in QEMU', () => {
  test.for([1, 2, 4])('says the same of a board with %i CPUs', async (cpus) => {
    const theirs = await inQemu(cpus, []);
    const mine = ours(cpus);
    const [a, b] = [readAcpi(mine), readAcpi(theirs)];
    const facts = ({ tables: _tables, ...rest }: typeof a): object => rest;
    expect(facts(a)).toEqual(facts(b));
    // SeaBIOS leaves the lines that PCI may use to its PCI entries.
    const [{ isaPins, ...mp }, { isaPins: theirPins, ...theirMp }] = [readMp(mine), readMp(theirs)];
    expect(mp).toEqual(theirMp);
    for (const [irq, pin] of theirPins) expect(isaPins.get(irq), `IRQ ${irq}`).toBe(pin);
    expect([...isaPins.keys()].filter((irq) => !theirPins.has(irq))).toEqual([5, 9, 10, 11]);
  });

  test('our BIOS makes the same tables on its board as on ours', async () => {
    const bios = path.join(directory, 'bios.bin');
    fs.writeFileSync(bios, rom);
    const theirs = await inQemu(3, ['-bios', bios]);
    const mine = ours(3);
    expect(readAcpi(theirs).tables).toEqual(readAcpi(mine).tables);
    const { processors, isaPins } = readMp(theirs);
    expect({ processors, isaPins }).toEqual({
      processors: readMp(mine).processors,
      isaPins: readMp(mine).isaPins,
    });
  });
});

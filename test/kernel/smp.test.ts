// Rows M of KERNEL.md, and I21: other processors found, started and parked; interrupts and ticks by APICs.

import { describe, expect, test } from 'vitest';
import { Guest, KERNBASE } from './guest.ts';
import type { Session, StartOptions } from './guest.ts';

const guest = await Guest.build();
const BOOT_BLOCK = 0x7c00;
const RSDP = 0x9fca0;
const MP_POINTER = 0x9fcc0;
const AP_START = 0x8000;
const TIMER_VECTOR = 0xef;
const DISK_VECTOR = 46;
const HALTED = 1;
const TSS = 5 << 3;
const MS = 1e6;

function processors(session: Session): number {
  return session.command('cat /proc/cpuinfo').split(/^processor\t: \d+$/m).length - 1;
}

/** The counts of a row of /proc/interrupts, by CPU, and what follows them. */
function row(session: Session, name: string): { counts: number[]; rest: string } {
  const line = session
    .command('cat /proc/interrupts')
    .split('\n')
    .find((text) => text.trim().startsWith(`${name}:`));
  const words = (line ?? '').trim().split(/ +/).slice(1);
  const counts = words.filter((word) => /^\d+$/.test(word)).map(Number);
  return { counts, rest: words.slice(counts.length).join(' ') };
}

/** Boots to the prompt after something was done to what the firmware left. */
function bootAfter(options: StartOptions, change: (session: Session) => void): Session {
  const session = guest.start(options);
  session.until({ address: BOOT_BLOCK });
  change(session);
  session.settle();
  return session;
}

const spoil = (session: Session, address: number): void => {
  const [byte = 0] = session.machine.readPhysical(address, 1);
  session.machine.writePhysical(address, new Uint8Array([byte ^ 1]));
};

/** Where the CPUs are, once it is quiet. */
function each(session: Session, name: string): number[] {
  return session.machine.cpus.map((_, cpu) => session.machine.register(name, cpu));
}

describe('finding processors', () => {
  test('M01 other processors are looked for; without any, PICs and PIT continue', () => {
    for (const cpus of [1, 2, 4, 8]) {
      const session = guest.boot({ cpus });
      expect(session.text).toContain(`MADT lists ${cpus} CPU`);
      expect(processors(session), `${cpus} CPUs`).toBe(cpus);
      const { rest } = row(session, '1');
      expect(rest).toBe(cpus === 1 ? 'XT-PIC keyboard' : 'IO-APIC keyboard');
    }
  });

  test('the MP table serves where there is no MADT, and without both there is one CPU', () => {
    const byMp = bootAfter({ cpus: 3 }, (session) => spoil(session, RSDP));
    expect(byMp.text).toContain('MP table lists 3 CPUs');
    expect(processors(byMp)).toBe(3);
    expect(row(byMp, '14').rest).toBe('IO-APIC ata0');
    const alone = bootAfter({ cpus: 3 }, (session) => {
      spoil(session, RSDP);
      spoil(session, MP_POINTER);
    });
    expect(alone.text).toContain('no MADT and no MP table');
    expect(processors(alone)).toBe(1);
  });

  test('a table whose checksum is wrong is none', () => {
    const session = bootAfter({ cpus: 2 }, (boot) => {
      const bytes = boot.machine.readPhysical(RSDP + 16, 4);
      const [rsdt = 0] = new Uint32Array(bytes.buffer);
      const tables = new Uint32Array(boot.machine.readPhysical(rsdt + 36, 8).buffer);
      spoil(boot, (tables[1] ?? 0) + 20);
    });
    expect(session.text).toContain('MP table lists 2 CPUs');
  });

  test('I21 PICs and PIT are only a fallback: noapic and nosmp keep them, else they are masked', () => {
    for (const append of ['noapic', 'nosmp']) {
      const session = guest.boot({ cpus: 4, append });
      expect(processors(session)).toBe(1);
      const [before = 0] = row(session, '0').counts;
      session.command('sleep 1');
      const after = row(session, '0');
      expect((after.counts[0] ?? 0) - before).toBeGreaterThanOrEqual(100);
      expect(after.rest).toBe('XT-PIC timer');
      expect(row(session, 'LOC').counts).toEqual([0]);
    }
    const session = guest.boot({ cpus: 2 });
    const pic = session.machine.devices.find(({ name }) => name === 'pic');
    expect(pic?.state['mask']).toEqual(new Uint8Array([0xff, 0xff]));
    expect(row(session, 'LOC').counts[0]).toBeGreaterThan(0);
  });
});

describe('starting them', () => {
  const kinds = ['ipi', 'processor', 'interrupt'] as const;

  test('M02 INIT, 10 ms, start-up; each begins at vector << 12, loads its tables, and holds', () => {
    const session = guest.start({ cpus: 3, keep: kinds });
    const isStart = ({ kind, b }: { kind: string; b: number }): boolean =>
      kind === 'processor' && b === 1;
    session.until({ event: isStart });
    expect(session.machine.register('cs.base', 1) + session.machine.register('eip', 1)).toBe(
      AP_START,
    );
    expect(session.machine.register('cr0', 1) & 0x80000001).toBe(0);
    session.until({ address: 'smp_release' });

    const sent = session.events.filter(({ kind }) => kind === 'ipi');
    const [first, second, ...starts] = sent;
    expect([first, second].map((ipi) => [ipi?.a, ipi?.b])).toEqual([
      [0x4500, 0x1000000],
      [0x4500, 0x2000000],
    ]);
    expect(new Set(starts.map(({ a }) => a))).toEqual(new Set([0x4600 | (AP_START >> 12)]));
    expect((starts[0]?.tick ?? 0) - (second?.tick ?? 0)).toBeGreaterThanOrEqual(10 * MS);
    expect(sent.every(({ cpu }) => cpu === 0)).toBe(true);
    const begun = session.events.filter(isStart);
    expect(begun.map(({ a, c }) => [a, c])).toEqual([
      [1, AP_START],
      [2, AP_START],
    ]);

    expect(session.word(guest.symbol('ap_release')) & 0xff).toBe(0);
    const hold = guest.symbol('ap_main');
    for (const cpu of [1, 2]) {
      const register = (name: string): number => session.machine.register(name, cpu);
      expect(register('activity')).toBe(0);
      expect(register('eip') - hold).toBeLessThan(0x100);
      expect(register('cr3')).toBe(guest.symbol('entrypgdir') - KERNBASE);
      expect([register('cs'), register('tr')]).toEqual([8, TSS]);
      expect(register('idtr.base')).toBe(session.register('idtr.base'));
      expect(register('gdtr.base')).not.toBe(session.register('gdtr.base'));
    }
    session.settle();
    expect(each(session, 'activity').slice(1)).toEqual([HALTED, HALTED]);
    expect(each(session, 'cr3').slice(1)).toEqual(
      [1, 2].map(() => guest.symbol('kernel_pgdir') - KERNBASE),
    );
  });

  test('M03 what is set up once is set up once, what each processor has by each', () => {
    const cpus = 3;
    const session = guest.start({ cpus });
    const once = ['frame_init', 'paging_init', 'idt_init', 'pic_init', 'ioapic_init'];
    const byEach = ['fpu_init', 'lapic_enable'];
    const calls = new Map<number, number[]>();
    for (const name of [...once, ...byEach]) {
      calls.set(guest.symbol(name), []);
      session.machine.addBreakpoint(guest.symbol(name));
    }
    for (;;) {
      const result = session.machine.run({ until: { serial: 'init: starting' }, budget: 1e9 });
      if (result.reason !== 'breakpoint') break;
      calls.get(result.address)?.push(result.cpu);
    }
    const callers = (name: string): number[] => calls.get(guest.symbol(name)) ?? [];
    for (const name of once) expect(callers(name), name).toEqual([0]);
    for (const name of byEach) expect(callers(name).sort(), name).toEqual([0, 1, 2]);
    for (const name of [...once, ...byEach]) session.machine.removeBreakpoint(guest.symbol(name));
    session.settle();
    for (const name of ['cr4', 'idtr.base', 'cs', 'tr']) {
      expect(new Set(each(session, name)).size, name).toBe(1);
    }
    for (const name of ['gdtr.base', 'tr.base']) {
      expect(new Set(each(session, name)).size, name).toBe(cpus);
    }
    const task = 8; // CR0.TS, which goes with the task that runs
    expect(new Set(each(session, 'cr0').map((cr0) => cr0 & ~task)).size).toBe(1);
  });

  test('M08 each processor has its structure behind %fs, with a current task of its own', () => {
    const session = guest.boot({ cpus: 4 });
    const bases = each(session, 'fs.base');
    expect(bases[0]).toBe(guest.symbol('cpus'));
    expect(new Set(bases).size).toBe(4);
    expect(bases.map((base) => session.word(base))).toEqual(bases);
    expect(new Set(bases.map((base) => session.word(base + 4))).size).toBe(4);
    const stacks = each(session, 'esp');
    expect(new Set(stacks.map((stack) => stack >>> 13)).size).toBe(4);
  });

  test('a processor that the table invents does not stop the boot', () => {
    const session = bootAfter({ cpus: 2 }, (boot) => {
      const [rsdt = 0] = new Uint32Array(boot.machine.readPhysical(RSDP + 16, 4).buffer);
      const tables = new Uint32Array(boot.machine.readPhysical(rsdt + 36, 8).buffer);
      const madt = tables[1] ?? 0;
      const bytes = boot.machine.readPhysical(madt, 128);
      bytes[9] = ((bytes[9] ?? 0) - 5) & 0xff; // the checksum, for the APIC ID that follows
      bytes[44 + 8 + 3] = 6;
      boot.machine.writePhysical(madt, bytes);
    });
    expect(session.text).toContain('cpu1: APIC 6 does not answer');
    expect(processors(session)).toBe(1);
  });
});

describe('ticking', () => {
  test('M04 the local APIC timer replaces the PIT: LOC grows, the PIT counts no more', () => {
    const session = guest.boot({ cpus: 2, keep: ['interrupt'] });
    const before = { loc: row(session, 'LOC').counts, pit: row(session, '0').counts };
    session.events.length = 0;
    const start = session.machine.clock;
    session.command('sleep 2');
    const seconds = (session.machine.clock - start) / 1e9;
    const after = { loc: row(session, 'LOC').counts, pit: row(session, '0').counts };
    const ticks = (after.loc[0] ?? 0) - (before.loc[0] ?? 0);
    expect(Math.abs(ticks - seconds * 100)).toBeLessThanOrEqual(3);
    expect(after.pit).toEqual(before.pit);
    expect(after.loc[1]).toBe(0);
    const vectors = new Set(session.events.filter(({ b }) => b < 0).map(({ a }) => a));
    expect(vectors.has(TIMER_VECTOR)).toBe(true);
    expect(vectors.has(32)).toBe(false);
    const { devices, queue } = session.machine;
    const pit = devices.findIndex(({ name }) => name === 'pit');
    const fields = 5; // tick, device, id, argument, input
    expect(queue.save().filter((value, i) => i % fields === 1 && value === pit)).toEqual([]);
  });

  test('M05 calibrated by the PIT: one image on a bus of 50, 100, 200 MHz', () => {
    for (const mhz of [50, 100, 200]) {
      const session = guest.boot({ cpus: 2, busHz: mhz * 1e6, keep: ['interrupt'] });
      const reported = Number(/bus clock ([\d.]+) MHz/.exec(session.text)?.[1]);
      expect(Math.abs(reported / mhz - 1), `${reported} MHz`).toBeLessThan(0.01);
      session.events.length = 0;
      session.command('sleep 1');
      const ticks = session.events.filter(({ a }) => a === TIMER_VECTOR).map(({ tick }) => tick);
      const length = ((ticks.at(-1) ?? 0) - (ticks[0] ?? 0)) / (ticks.length - 1);
      expect(ticks.length).toBeGreaterThan(90);
      expect(Math.abs(length / (10 * MS) - 1), `tick of ${length} ns`).toBeLessThan(0.01);
    }
  });

  test.for([1, 2])('sleep and date keep the time with %i CPUs', (cpus) => {
    const session = guest.boot({ cpus });
    for (const [text, ns] of [
      ['sleep 1', 1e9],
      ['sleep 3', 3e9],
    ] as const) {
      const start = session.machine.clock;
      session.command(text);
      const took = session.machine.clock - start;
      expect(took, text).toBeGreaterThanOrEqual(ns * 0.999);
      expect(took, text).toBeLessThan(ns * 1.001 + 25 * MS);
    }
    const uptime = (): number => Number.parseFloat(session.command('cat /proc/uptime'));
    const before = [uptime(), session.machine.clock];
    session.machine.run({ budget: 20e9 });
    const after = [uptime(), session.machine.clock];
    const told = (after[0] ?? 0) - (before[0] ?? 0);
    const passed = ((after[1] ?? 0) - (before[1] ?? 0)) / 1e9;
    expect(Math.abs(told - passed)).toBeLessThan(0.03);
  });

  test('devices come by the I/O APIC with the vectors they have by the PICs, to the first CPU', () => {
    const session = guest.boot({ cpus: 4, keep: ['interrupt'] });
    const disk = session.events.filter(({ a }) => a === DISK_VECTOR);
    expect(disk.length).toBeGreaterThan(0);
    const devices = session.events.filter(({ a, b }) => a >= 32 && a < 48 && b < 0);
    expect(new Set(devices.map(({ cpu }) => cpu))).toEqual(new Set([0]));
  });
});

describe('the same each time', () => {
  test('a boot with three processors, cut anywhere and taken up elsewhere', () => {
    const options = { cpus: 3, memoryMiB: 16 };
    const end = 60 * MS;
    const whole = guest.start(options);
    whole.until({ tick: end });
    expect(whole.text).toContain('cpu2: started');
    let current = guest.start(options);
    for (const stop of [3.3, 11.1, 23.4, 33.339, 33.55, 34.01, 41.7]) {
      current.until({ tick: stop * MS });
      const next = guest.start(options);
      expect(next.machine.restore(current.machine.snapshot())).toBeUndefined();
      expect(next.machine.stateHash()).toBe(current.machine.stateHash());
      current = next;
    }
    current.until({ tick: end });
    expect(current.machine.stateHash()).toBe(whole.machine.stateHash());
  });
});

describe('going down', () => {
  test('halt, reboot and panic with parked processors', () => {
    const halted = guest.boot({ cpus: 4 });
    halted.type('halt\n');
    expect(halted.untilEnd()).toEqual({ reason: 'power-off' });

    const restarted = guest.boot({ cpus: 4 });
    restarted.type('reboot\n');
    restarted.until({ event: 'reset' });
    restarted.settle();
    expect(processors(restarted)).toBe(4);
    expect(restarted.text.split('cpu3: started').length).toBe(3);

    const broken = guest.start({ cpus: 4, append: 'init=/none', keep: ['processor'] });
    expect(broken.untilEnd()).toEqual({ reason: 'guest-exit', status: 101 });
  });
});

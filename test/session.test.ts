// The system as it is shipped, in our machine: the scripted session, through the same calls a person's terminal makes.

import { expect, test } from 'vitest';
import { runForks, runSession } from './session.ts';
import { bootedGuest } from './system.ts';

test('the scripted session passes', async () => {
  const guest = await bootedGuest();
  await runSession(guest);
});

test('1,000 forks and 200 execs leave the free-page count where it was', async () => {
  const guest = await bootedGuest();
  await runForks(guest);
});

test('the prompt is the last that is written, and nothing follows it', async () => {
  const guest = await bootedGuest();
  guest.runToEnd(50_000_000);
  expect(guest.output.endsWith('\n$ ')).toBe(true);
});

test('halt powers the machine off', async () => {
  const guest = await bootedGuest();
  guest.type('halt\n');
  expect(guest.runToEnd()).toMatchObject({ reason: 'power-off' });
});

test('two runs of one script have the same clock and the same state', async () => {
  const ends: string[] = [];
  for (let run = 0; run < 2; run++) {
    const guest = await bootedGuest();
    guest.command('ls /bin | wc -l');
    ends.push(`${guest.machine.clock} ${guest.machine.stateHash()}`);
  }
  expect(ends[0]).toBe(ends[1]);
  expect(ends[0]).toMatch(/ [0-9a-f]{32}$/);
});

test('init starts another shell when one ends', async () => {
  const guest = await bootedGuest();
  expect(guest.command('exit')).toMatch(/init: starting sh\n$/);
});

test('a triple fault says which instruction of the kernel began it, by name, and why each step failed', async () => {
  const guest = await bootedGuest();
  guest.machine.setRegister('idtr.limit', 0);
  guest.type('x');
  const result = guest.runToEnd();
  if (result.reason !== 'triple-fault') throw new Error(result.reason);
  const [at, ...steps] = result.explanation;
  expect(at).toMatch(/^at 0008:80[0-9a-f]{6} <\w+(\+0x[0-9a-f]+)?>: [0-9a-f ]+$/);
  expect(steps.map((step) => /vector (\d+) is beyond the IDT/.exec(step)?.[1])).toEqual([
    '36',
    '13',
    '8',
  ]);
});

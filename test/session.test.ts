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

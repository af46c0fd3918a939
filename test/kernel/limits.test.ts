// What bounds a program: pages that are copied on a write, exec's limits, orphans, the stack, memory that is out, time.

import { beforeAll, describe, expect, test } from 'vitest';
import { Guest } from './guest.ts';
import type { Session } from './guest.ts';
import { bootLimits, buildLimits } from './limits-program.ts';

const guest = await Guest.build();
const limits = await buildLimits();
let shell: Session;

beforeAll(() => {
  shell = bootLimits(guest, limits);
});

function freePages(session: Session): number {
  return Number(/MemFree: +(\d+) kB/.exec(session.command('cat /proc/meminfo'))?.[1]) / 4;
}

function counter(session: Session, name: string): number {
  return session.word(guest.symbol(name));
}

/** Processes of `ps`, without the header, the shell and ps. */
function defunct(session: Session): string[] {
  return session
    .command('ps')
    .split('\n')
    .filter((line) => /\bZ\b|defunct/.test(line));
}

describe('copy on write', () => {
  test('a write to a shared page copies that page, and the last owner copies nothing', () => {
    shell.command('limits quit');
    const copies = counter(shell, 'cow_copies');
    const reuses = counter(shell, 'cow_reuses');
    expect(shell.command('limits cow-page')).toBe('ok\n');
    expect(counter(shell, 'cow_copies') - copies).toBeGreaterThanOrEqual(64);
    expect(counter(shell, 'cow_copies') - copies).toBeLessThan(64 + 40); // stacks, and the shell's own
    expect(counter(shell, 'cow_reuses') - reuses).toBeGreaterThanOrEqual(64);
  });

  test("the kernel's own write into a shared page copies it", () => {
    expect(shell.command('limits cow-kernel')).toBe('ok\n');
  });

  test('private mappings of a file are copied, the file is not changed', () => {
    expect(shell.command('limits cow-file')).toBe('ok\n');
  });

  test('three generations have three values; shared memory has one', () => {
    expect(shell.command('limits cow-forks; limits cow-shared')).toBe('ok\nok\n');
  });

  test('P03 1,000 children that wrote to shared pages leave no page behind', () => {
    expect(shell.command('limits cow-many')).toBe('ok\n');
  });
});

describe('exec', () => {
  test('each reason not to run a file has its error', () => {
    expect(shell.command('limits exec-errors')).toBe('ok\n');
  });

  test('X01 headers that cannot be mapped are refused; an entry in the kernel is a fault', () => {
    expect(shell.command('limits exec-headers').replace(/^.*killed by SIGSEGV.*\n/gm, '')).toBe(
      'ok\n',
    );
  });

  test(
    '2,000 mutated ELF files end in an error or in their own process',
    { timeout: 240_000 },
    () => {
      const answer = shell.command('limits exec-fuzz');
      expect(answer.split('\n').filter((line) => !line.includes('killed by'))).toEqual(['ok', '']);
      expect(shell.command('echo alive')).toBe('alive\n');
    },
  );

  test('arguments: 128 KiB each, 2 MiB in all, their pointers included', () => {
    const lines = shell.command('limits exec-arguments').split('\n');
    const wanted = [
      '3 131092',
      'ok',
      '10000 20016',
      'ok',
      '300 1220926',
      'ok',
      'no such test',
      'ok',
      '',
    ];
    expect(lines).toEqual(wanted);
  });

  test('scripts: one argument, four levels, no interpreter longer than the line', () => {
    expect(shell.command('limits exec-scripts')).toBe(
      'no such test\n' +
        '[/bin/traps][args][/tmp/s1][one][two] ok\n' +
        '[/bin/traps][args][/tmp/s1][one][two] ok\n' +
        '[/bin/traps][args][/tmp/s1][/tmp/s2][/tmp/s3][/tmp/s4][one][two] ok\n' +
        'ok\n',
    );
  });

  test('X02 exec closes what is marked, and gives back 8 MiB of the old program', () => {
    expect(shell.command('limits exec-closes; limits exec-frees')).toBe('ok\nok\nok\n');
  });
});

describe('the ends of processes', () => {
  test('P34 1,000 orphans are reaped by init', { timeout: 240_000 }, () => {
    shell.command('limits orphans; ps');
    const before = freePages(shell);
    expect(shell.command('limits orphans')).toBe('ok\n');
    expect(defunct(shell)).toEqual([]);
    expect(freePages(shell)).toBe(before);
  });

  test('who ignores SIGCHLD leaves no zombies', () => {
    expect(shell.command('limits ignored')).toBe('ok\n');
    expect(defunct(shell)).toEqual([]);
  });

  test('wait tells of ends, stops and going on, of one, of a group, of all', () => {
    expect(shell.command('limits waiting')).toBe('ok\n');
    expect(shell.command('limits child-signal')).toBe('ok\n');
  });

  test('a stopped group that is orphaned gets SIGHUP and goes on', () => {
    expect(shell.command('limits group')).toBe('ok\n');
  });

  test('without init there is nothing left to do', () => {
    const session = guest.start({ append: 'init=/bin/true' });
    session.untilText('init ended with status 0');
  });
});

describe('the stack', () => {
  test('X06 it grows to its limit', () => {
    const answer = shell.command('limits stack-limit');
    const fault = /killed by SIGSEGV at \w+, address (\w+)/.exec(answer)?.[1] ?? '';
    expect(0x7ffff000 - parseInt(fault, 16)).toBeGreaterThan(8 << 20);
    expect(0x7ffff000 - parseInt(fault, 16)).toBeLessThan((8 << 20) + 8192);
    expect(answer.endsWith('ok\n')).toBe(true);
  });

  test('X07 the limit can be set; beyond it a handler on its own stack is told the address', () => {
    expect(shell.command('limits stack-alternate; limits bad-tid')).toBe('ok\nok\n');
    expect(shell.command('limits stack-gap')).toMatch(/^.*killed by SIGSEGV.*\nok\n$/);
  });

  test('P05 no kernel stack is used beyond 6 KiB of its 8', { timeout: 240_000 }, () => {
    const session = bootLimits(guest, limits, { append: 'stack_debug' });
    const script =
      'limits stack-limit; limits exec-scripts; limits exec-arguments; ls -lR / > /tmp/all; ' +
      'mkdir -p /tmp/a/b/c/d/e; cp /bin/sh /tmp/a/b/c/d/e/f; sync; rm -r /tmp/a; ps; sort /tmp/all | wc';
    session.command(script);
    const deepest = counter(session, 'kstack_deepest');
    expect(deepest).toBeGreaterThan(500);
    expect(deepest).toBeLessThan(6144);
  });
});

describe('memory', () => {
  test('a mapping of more than all of the memory, or than a limit allows, is refused', () => {
    expect(shell.command('limits refused')).toBe('ok\n');
  });

  test('E10 the kernel takes memory for 100 pipes and gives all of it back', () => {
    expect(shell.command('limits quit; limits kernel-memory')).toBe('ok\n');
  });

  test('when memory is out the biggest process ends, and all of it comes back', () => {
    shell.command('limits quit; cat /proc/meminfo; ps');
    const before = freePages(shell);
    const kills = counter(shell, 'oom_kills');
    expect(shell.command('limits hog')).toMatch(
      /out of memory: killed process \d+ \(limits\), which/,
    );
    expect(counter(shell, 'oom_kills')).toBe(kills + 1);
    shell.command('cat /proc/meminfo');
    expect(Math.abs(freePages(shell) - before)).toBeLessThan(900); // pages of files went, and none else
    expect(shell.command('echo alive')).toBe('alive\n');
  });

  test('what was written to a file is not lost when memory runs out', () => {
    shell.command('cat /bin/* > /copy; limits hog; limits hog');
    expect(shell.command('cat /bin/* > /again; cmp /copy /again && echo same')).toBe('same\n');
    shell.command('rm /copy /again');
  });

  test('a machine of 8 MiB survives deep recursion and a hog', () => {
    const session = bootLimits(guest, limits, { memoryMiB: 8 });
    expect(session.command('limits stack-forever')).toMatch(/out of memory: killed|SIGSEGV/);
    expect(session.command('limits hog')).toMatch(/out of memory: killed process \d+ \(limits\)/);
    expect(session.command('ls /bin | wc -l; echo $((6*7))')).toMatch(/^ *\d+\n42\n$/);
    const work =
      'mkdir /w; cp /bin/ls /bin/sh /w; cmp /w/sh /bin/sh && find /w | sort | tail -n 1; ' +
      'seq 2000 | sort -n | sed -n 2000p; cat /bin/* | wc -c >/w/n; grep -c . /w/n; rm -r /w';
    expect(session.command(work)).toBe('/w/sh\n2000\n1\n');
  });

  test('a fork bomb comes to an end, and the shell lives', { timeout: 240_000 }, () => {
    const before = freePages(shell);
    const [, made, error] = /(\d+) more, then (-\d+)/.exec(shell.command('limits bomb')) ?? [];
    expect(Number(made)).toBeGreaterThan(100);
    expect(error).toMatch(/^-1[12]$/);
    expect(shell.command('echo alive | cat')).toBe('alive\n');
    expect(defunct(shell)).toEqual([]);
    expect(Math.abs(freePages(shell) - before)).toBeLessThan(60);
    expect(shell.command('limits processes')).toBe('ok\n');
  });

  test('an allocation that fails, whichever it is, is an error that leaves nothing behind', () => {
    const session = bootLimits(guest, limits, { append: 'failalloc' });
    const lines = session.command('limits failing').trim().split('\n');
    for (const line of lines.slice(0, -1)) {
      expect(line).toMatch(/^\w+ refused [1-9]\d*; lost frames, blocks: 0, 0$/);
    }
    expect(lines.at(-1)).toBe('ok');
  });
});

describe('self tests', () => {
  test('no block of kernel memory is written behind its end or after it was freed', () => {
    const session = bootLimits(guest, limits, { append: 'slab_debug failalloc' });
    const script =
      'limits waiting; limits group; limits exec-scripts; limits exec-headers; limits failing; ' +
      'mkdir -p /a/b; cp /bin/sh /a/b; ln -s b /a/c; mv /a/c/sh /a/d; ls -lR /a; rm -r /a; ps; ' +
      'seq 500 | sort | tail -n 1; find / -name "s*" | wc -l; sync';
    expect(session.command(script)).toMatch(/^ok\nok\n/);
    expect(session.command('cat /proc/vmstat')).toMatch(
      /cow_copies [1-9]\d*\n[^]*kernel_blocks [1-9]/,
    );
  });

  test('E17 the kernel tests itself before init: kmalloc, frames, page tables, locks, timers', () => {
    const session = guest.boot({ append: 'selftest=all' });
    const lines = session.text.split('\n').filter((line) => line.startsWith('selftest: '));
    const passed = lines.filter((line) => line.endsWith(' ok'));
    const total = /(\d+) of (\d+) ok/.exec(lines.at(-1) ?? '');
    expect(total?.[1]).toBe(total?.[2]);
    expect(passed.length - 1).toBe(Number(total?.[2]));
    expect(passed.length).toBeGreaterThan(60);
    expect(passed).toContain('selftest: kmalloc red zone ok');
    expect(passed).toContain('selftest: kmalloc poison ok');
  });

  test('one of them alone; a name that none has is a panic', () => {
    const one = guest.boot({ append: 'selftest=copy-on-write' });
    expect(one.text).toContain('selftest: copy on write ok\nselftest: 1 of 1 ok\n');
    const none = guest.start({ append: 'selftest=nothing' });
    none.untilText('panic: selftest=nothing: 0 of 0 failed');
  });
});

interface Facts {
  structures: Record<string, { members: Record<string, { offset: number }> } | undefined>;
}

const facts: Facts = JSON.parse(new TextDecoder().decode(guest.system.facts));

/** Where a member of struct task is. */
function member(name: string): number {
  const found = facts.structures['task']?.members[name];
  if (!found) throw new Error(`struct task has no ${name}`);
  return found.offset;
}

/** struct task of the process that the CPU runs. */
function currentTask(session: Session): number {
  return session.word(guest.symbol('cpus') + 4);
}

describe('time', () => {
  test('P32 a child gets half of what its parent had left of its slice', () => {
    const seen: number[][] = [];
    shell.type('limits quit; limits quit; limits quit\n');
    for (let i = 0; i < 3; i++) {
      shell.until({ address: 'mm_copy' });
      const parent = currentTask(shell) + member('slice');
      const before = shell.word(parent);
      shell.until({ address: 'make_runnable' });
      const child = shell.word(shell.register('esp') + 4) + member('slice');
      seen.push([before, shell.word(parent), shell.word(child)]);
    }
    shell.settle();
    for (const [before = 0, parent = 0, child = 0] of seen) {
      expect(before).toBeGreaterThan(0);
      expect(parent + child).toBe(before);
      expect(child - parent).toBeOneOf([0, 1]);
    }
  });

  test('P04 what is runnable stands in a ring, linked both ways', () => {
    shell.command('traps spin & A=$!; traps spin & B=$!; traps spin & C=$!; sleep 1');
    const head = guest.symbol('runqueue');
    const lengths: number[] = [];
    for (let i = 0; i < 6; i++) {
      shell.until({ address: 'swtch' });
      let length = 0;
      for (let link = head, next = shell.word(head); next !== head; length++) {
        expect(shell.word(next + 4)).toBe(link);
        expect(shell.word(next - member('run_link') + member('state'))).toBe(0); // RUNNABLE
        link = next;
        next = shell.word(link);
      }
      lengths.push(length);
      shell.step();
    }
    expect(Math.max(...lengths)).toBeGreaterThanOrEqual(2);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(3);
    shell.command('kill $A $B $C; wait');
  });

  test('P30 a shell answers at once while another process never gives up the CPU', () => {
    shell.command('sh -c "while :; do :; done" & HOG=$!; sleep 1');
    const times = [1, 2, 3, 4, 5, 6, 7, 8].map((i) => {
      const from = shell.machine.clock;
      expect(shell.command(`echo ${i}`)).toContain(`${i}\n`);
      const took = (shell.machine.clock - from) / 1e6;
      shell.until({ tick: shell.machine.clock + 27_000_000 });
      return took;
    });
    shell.command('kill $HOG; wait');
    expect(Math.max(...times)).toBeLessThan(10); // milliseconds; a slice has 40
  });
});

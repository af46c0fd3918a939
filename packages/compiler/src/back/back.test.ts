// The back end whole, through the front end: small functions in the text they become.

import { latin1Text, utf8Bytes } from '@ring0/bytes';
import { describe, expect, test } from 'vitest';
import { compile, type CompileOptions } from '../compile.ts';

function assembly(source: string, options: Partial<CompileOptions> = {}): string {
  const result = compile(utf8Bytes(source), {
    path: 't.c',
    readFile: () => undefined,
    output: 'assembly',
    unwindTables: false,
    verify: true,
    ...options,
  });
  const messages = result.diagnostics.filter((d) => d.severity === 'error').map((d) => d.message);
  expect(messages).toEqual([]);
  return latin1Text(result.output ?? new Uint8Array());
}
/** The instructions of one function, blanks made single. */
function body(text: string, name: string): string[] {
  const lines = text.split('\n').map((line) => line.trim().replace(/\s+/g, ' '));
  const start = lines.indexOf(`${name}:`) + 1;
  const end = lines.findIndex((line, i) => i > start && line.startsWith(`.size ${name}`));
  return lines.slice(start, end);
}
function dumped(source: string, pass: string, optimize: CompileOptions['optimize']): string {
  let text = '';
  const dump = (name: string, dumpedText: string): void => {
    if (name === pass) text += dumpedText;
  };
  assembly(source, { optimize, dump });
  return text;
}

describe('code', () => {
  test('an addition is an address computation', () => {
    const text = assembly('int f(int a, int b) { return a + b * 4 + 3; }', { optimize: 1 });
    expect(body(text, 'f')).toEqual([
      'movl 4(%esp), %eax',
      'movl 8(%esp), %edx',
      'leal 3(%eax,%edx,4), %eax',
      'ret',
    ]);
  });

  test('memory is changed in place', () => {
    const text = assembly('int n, m; void f(void) { n += 5; m++; }', { optimize: 's' });
    expect(body(text, 'f')).toEqual(['addl $5, n', 'incl m', 'ret']);
  });

  test('a volatile variable is read and written as often as it stands there', () => {
    const text = assembly('volatile int n; void f(void) { n; n; n = 1; n = 1; }', { optimize: 1 });
    expect(body(text, 'f').filter((line) => line.includes('n'))).toHaveLength(4);
  });

  test('64-bit sums carry', () => {
    const text = assembly('long long f(long long a, long long b) { return a + b; }', {
      optimize: 1,
    });
    const at = body(text, 'f').map((line) => line.split(' ')[0]);
    expect(at.indexOf('adcl')).toBe(at.indexOf('addl') + 1);
  });

  test('an unsigned 64-bit number is rounded where it becomes a float, as by gcc', () => {
    const text = assembly('float f(unsigned long long x) { return x; }', { optimize: 1 });
    const at = body(text, 'f').map((line) => line.split(' ')[0]);
    expect(at.slice(-4)).toEqual(['fstps', 'flds', 'addl', 'ret']);
  });

  test('stdcall takes its arguments off; fastcall has the first two in ecx and edx', () => {
    const source = (convention: string): string =>
      `__attribute__((${convention})) int f(int a, int b, int c) { return a - b + c; }`;
    expect(body(assembly(source('stdcall')), 'f').at(-1)).toBe('ret $12');
    const fast = body(assembly(source('fastcall'), { optimize: 1 }), 'f');
    expect(fast.at(-1)).toBe('ret $4');
    expect(fast.join()).toMatch(/subl %edx, %ecx|%ecx, %eax/);
  });

  test('regparm: a struct of one float goes on the stack, a union of one in a register', () => {
    const source = (kind: string): string =>
      `${kind} one { float f${kind === 'struct' ? '[1]' : ''}; }; __attribute__((regparm(1))) float f(${kind} one x) { return *(float *)&x; }`;
    const code = (kind: string): string =>
      body(assembly(source(kind), { optimize: 1 }), 'f').join();
    expect(code('struct')).toBe('flds 4(%esp),ret');
    expect(code('union')).toContain('%eax');
  });

  test('a variable that asks for more alignment than the stack has is aligned in a larger place', () => {
    const source = 'void g(void *); void f(void) { _Alignas(64) int x = 1; g(&x); }';
    expect(body(assembly(source, { optimize: 1 }), 'f').join()).toContain('andl $-64');
    const typed = 'typedef int line __attribute__((aligned(32))); line x = 1;';
    expect(assembly(typed)).toContain('.balign\t32');
  });

  test('a function that returns a record pops the hidden pointer', () => {
    const text = assembly(
      'struct s { int a, b; }; struct s f(int x) { struct s r = { x, x }; return r; }',
    );
    expect(body(text, 'f').at(-1)).toBe('ret $4');
  });

  test('the frame pointer stays where it is asked for', () => {
    const source = 'int g(int); int f(int a) { return g(a) + 1; }';
    const kept = body(assembly(source, { optimize: 1, omitFramePointer: false }), 'f');
    expect(kept.slice(0, 2)).toEqual(['pushl %ebp', 'movl %esp, %ebp']);
    expect(body(assembly(source, { optimize: 1 }), 'f').join()).not.toContain('ebp');
  });
});

describe('passes', () => {
  test('variables become values', () => {
    const source = 'int f(int n) { int s = 0; for (int i = 0; i < n; i++) s += i; return s; }';
    expect(dumped(source, 'ir', 0)).toContain('store');
    const text = dumped(source, 'ir', 1);
    expect(text).toContain('phi');
    expect(text).not.toContain('store');
  });

  test('constant branches and what they cut off disappear', () => {
    const source = 'int g(int); int f(int a) { int k = 3; if (k * 2 == 6) return a; return g(a); }';
    expect(dumped(source, 'ir', 1)).not.toContain('call');
  });

  test('equal loads are one, unless memory may have changed between', () => {
    const source = (middle: string): string =>
      `int *p, *q; int f(void) { int a = *p; ${middle} return a + *p; }`;
    const loads = (text: string): number => text.split('load.i32').length - 1;
    expect(loads(dumped(source(''), 'ir', 1))).toBe(2);
    expect(loads(dumped(source('*q = 1;'), 'ir', 1))).toBe(5);
  });
});

describe('the unit', () => {
  test('internal functions that nothing refers to are left out, as are their strings', () => {
    const text = assembly(
      'static int f(void) { return g("lost"); } int g(const char *); int h;'.replace(
        'static',
        'int g(const char *); static',
      ),
    );
    expect(text).not.toContain('lost');
  });

  test('a function called once is part of its caller', () => {
    const source = 'static int g(int x) { return x * 7 % 5; } int f(int a) { return g(a); }';
    expect(assembly(source, { optimize: 1 })).not.toContain('call');
    expect(assembly(source, { optimize: 0 })).toContain('call');
  });

  test('an "i" operand may be constant only once its function is inlined', () => {
    const source =
      'static inline __attribute__((always_inline)) void port(int n) { asm volatile("int %0" :: "i"(n)); } void f(void) { port(0x80); }';
    expect(assembly(source, { optimize: 1 })).toContain('int $128');
  });

  test('%= is another number in each asm of the unit', () => {
    const one = (name: string): string => `void ${name}(void) { asm volatile ("x%=: nop" :); }`;
    const labels = assembly(one('f') + one('g'), { optimize: 1 }).match(/x\d+:/g) ?? [];
    expect(new Set(labels).size).toBe(2);
  });

  test('bit-fields of a static object share their bytes', () => {
    const text = assembly('struct { unsigned a : 3, b : 7, c : 6; } s = { 5, 100, 33 };');
    // 5 | 100 << 3 | 33 << 10 = 0x8725
    expect(text).toContain('.ascii "%\\207\\000\\000"'.replace(' ', '\t'));
  });

  test('the same input gives the same bytes', () => {
    const source =
      'static int t[9] = {1}; int f(int i) { switch (i) { case 1: return 4; case 2: return t[i]; default: return f(i - 1); } }';
    const compiled = (): string => assembly(source, { optimize: 1, debug: true });
    expect(compiled()).toBe(compiled());
  });
});

describe('pressure', () => {
  const names = Array.from({ length: 14 }, (_, i) => `v${i}`);
  const source = `int g(int); int f(int *p, int n) {
    ${names.map((v, i) => `int ${v} = p[${i}];`).join(' ')}
    for (int i = 0; i < n; i++) { ${names.map((v, i) => `${v} += ${names[(i * 5 + 1) % 14]} ^ g(i);`).join(' ')} }
    return ${names.join(' + ')};
  }`;
  test.each([0, 1, 's'] as const)('the colouring is checked at -O%s', (optimize) => {
    expect(body(assembly(source, { optimize }), 'f').length).toBeGreaterThan(60);
  });
});

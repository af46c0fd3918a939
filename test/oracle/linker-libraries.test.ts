// A real program with a real library: Lua 5.4 and glibc, compiled by gcc and by our compiler, linked statically by GNU ld and
// by ours. All four run the same script to the same end.

import fs from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main as cc } from '../../apps/cli/src/cc.ts';
import { debianSource } from '../debian-source.ts';
import { Bench, missingTool } from './gnu-bench.ts';
import { gccLinkLine, linkAndRun } from './link/native.ts';

const missing = missingTool();
const home = missing ? undefined : debianSource('lua5.4');
const reason = missing ?? (home ? undefined : 'the source of lua5.4 cannot be fetched');
if (reason !== undefined) console.log(`linking Lua skipped: ${reason}`);
const bench = new Bench();
afterAll(() => bench.remove());

/** Strings, numbers, closures, coroutines, errors, files, collection, and a status. */
const script = `
local function fib(n) if n < 2 then return n end return fib(n - 1) + fib(n - 2) end
print(fib(20), 7 // 2, -7 % 3, 2^0.5, 1e300 * 1e10, math.maxinteger, 0x7fffffff + 1)
print(string.format("%5.2f|%-6s|%x|%q|%g", math.pi, "ab", 255, "a\\n\\0b", 0.1))
print(("hello world"):gsub("o", "0"), ("key=value"):match("(%w+)=(%w+)"))
local co = coroutine.wrap(function(a) for i = 1, 3 do a = a + coroutine.yield(a * i) end return "end" end)
print(co(1), co(2), co(3), co(4))
print(type(select(2, pcall(error, { code = 5 }))), select(2, pcall(function() local x = nil; return x.y end)))
local t = {}
for i = 1, 2000 do t[i] = (i * 7919) % 1009 end
table.sort(t)
local sum = 0
for i, v in ipairs(t) do sum = (sum * 31 + v * i) % 1000003 end
print(sum, #t, table.concat({ 1, 2, 3 }, "-"))
local object = setmetatable({}, { __index = function(_, k) return k .. "!" end, __gc = function() end })
print(object.name, rawlen({ 1, 2 }), utf8.char(228, 8364), string.pack("<i4", -2):byte(1, -1))
collectgarbage()
local name = os.tmpname()
local file = assert(io.open(name, "w"))
file:write("line one\\nline two\\n"):close()
for line in io.lines(name) do io.write("[", line, "]") end
os.remove(name)
print(os.date("!%Y-%m-%d", 86400), tonumber("0x1p4"), math.tointeger(3.0), load("return ...")(arg[1]))
os.exit(42, true)
`;

const headers = ['-print-file-name=include', '-print-multiarch'] as const;

/** With mkstemp: of tmpnam glibc's archive warns. */
const flags = ['-O1', '-w', '-DLUA_USE_POSIX'];

/** Where gcc -m32 looks for headers. */
function headerFolders(): string[] {
  const [own, multiarch] = headers.map((option) => bench.run('gcc', ['-m32', option]).trim());
  const host = bench.run('gcc', ['-print-multiarch']).trim();
  const folders = [own, `/usr/include/${multiarch}`, `/usr/include/${host}`, '/usr/include'];
  return folders.flatMap((folder) => ['-isystem', folder]);
}

describe.skipIf(reason !== undefined)('Lua and glibc', { timeout: 600_000 }, () => {
  const stems: string[] = [];
  beforeAll(() => {
    const folder = fs
      .globSync('**/src/lua.c', { cwd: home })
      .map((file) => path.join(home ?? '', path.dirname(file)))[0];
    const system = headerFolders();
    for (const file of fs.readdirSync(folder).toSorted()) {
      if (!file.endsWith('.c') || file === 'luac.c') continue;
      const [source, stem] = [path.join(folder, file), file.slice(0, -2)];
      stems.push(stem);
      bench.run('gcc', ['-m32', ...flags, '-c', source, '-o', `gcc-${stem}.o`]);
      const args = [...flags, '-nostdinc', ...system, '-c', source, '-o', `our-${stem}.o`];
      const { stderr, status } = bench.ours(cc, args);
      if (status !== 0) throw new Error(`${file}: ${stderr}`);
    }
    bench.write('script.lua', script);
  }, 600_000);

  const objectsOf = (compiler: string): string[] => stems.map((stem) => `${compiler}-${stem}.o`);
  /** Every other object of each compiler: they call one another. */
  const mixed = (): string[] => stems.map((stem, i) => `${i % 2 ? 'our' : 'gcc'}-${stem}.o`);
  const sets: Readonly<Record<string, () => string[]>> = {
    'objects of gcc': () => objectsOf('gcc'),
    'objects of our compiler': () => objectsOf('our'),
    'objects of both': mixed,
  };

  let first: unknown;
  test.each(Object.entries(sets))('%s: GNU ld and ours', (_, objects) => {
    const line = gccLinkLine(bench, [...objects(), '-lm']);
    const { gnu, ours } = linkAndRun(bench, line, ['script.lua', 'argument']);
    expect(ours.messages).toBe(gnu.messages);
    expect(gnu.ending?.stdout).toContain('6765\t3\t2\t1.4142135623731\tinf');
    expect(gnu.ending?.stdout).toContain('1970-01-02\t16.0\t3\targument');
    expect(gnu.ending?.status).toBe(42);
    expect(ours.ending).toEqual(gnu.ending);
    first ??= gnu.ending;
    expect(ours.ending).toEqual(first);
  });
});

// node -C source tools/reduce.ts [--limit=N] [--timeout=SECONDS] TEST FILE
//
// Makes FILE, a C program or (.ir) a unit of the compiler's intermediate representation, as small as it gets while TEST, a
// shell command, exits with 0. TEST runs in an empty directory that holds the file under its own name; what FILE was is kept
// beside it as FILE.orig. tools/reduce/differs.ts is a TEST for programs that our compiler gets wrong.

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { reduceC, reduceIr } from './reduce/reduce.ts';

const usage = 'usage: node -C source tools/reduce.ts [--limit=N] [--timeout=SECONDS] TEST FILE\n';

interface Request {
  readonly test: string;
  readonly file: string;
  readonly limit: number;
  readonly timeout: number;
}

function request(argv: readonly string[]): Request | undefined {
  const option = (name: string, otherwise: number): number => {
    const found = argv.find((word) => word.startsWith(`--${name}=`));
    return found === undefined ? otherwise : Number(found.slice(name.length + 3));
  };
  const words = argv.filter((word) => !/^--(?:limit|timeout)=\d+$/.test(word));
  const [test, file] = words;
  if (words.length !== 2 || words.some((word) => word.startsWith('--'))) return undefined;
  return { test, file, limit: option('limit', 1_000_000), timeout: option('timeout', 60) };
}

function main(argv: readonly string[]): number {
  const asked = request(argv);
  if (!asked) {
    process.stderr.write(usage);
    return 2;
  }
  const { test, file, limit, timeout } = asked;
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'ring0-reduce-'));
  const copy = path.join(directory, path.basename(file));
  const source = fs.readFileSync(file, 'latin1');
  const interest = (text: string): boolean => {
    fs.writeFileSync(copy, text, 'latin1');
    const options = { cwd: directory, stdio: 'ignore', timeout: timeout * 1000 } as const;
    return spawnSync('sh', ['-c', test], options).status === 0;
  };
  fs.writeFileSync(`${file}.orig`, source, 'latin1');
  const reduce = file.endsWith('.ir') ? reduceIr : reduceC;
  try {
    const { text, tried } = reduce(source, interest, {
      limit,
      note: ({ pass, tried: count, size }) => {
        process.stderr.write(`${pass}: ${size} bytes, ${count} tried\n`);
      },
    });
    fs.writeFileSync(file, text, 'latin1');
    process.stderr.write(`${source.length} bytes became ${text.length}; ${tried} tried\n`);
    return 0;
  } catch (error) {
    process.stderr.write(`reduce: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

process.exitCode = main(process.argv.slice(2));

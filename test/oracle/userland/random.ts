// Random scripts for the text commands: options and inputs drawn by a seed. Only what both sides define is drawn.

export interface RandomCase {
  readonly seed: number;
  readonly script: string;
  readonly input: string;
}

type Draw = (limit: number) => number;

/** A generator of numbers below a limit; the seed decides them all. */
function drawer(seed: number): Draw {
  let state = (seed * 2654435761) >>> 0 || 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % limit;
  };
}

const pick = <T>(draw: Draw, from: readonly [T, ...T[]]): T => from[draw(from.length)] ?? from[0];

/** Some of the letters, in order. */
const some = (draw: Draw, letters: string): string =>
  [...letters].filter(() => draw(3) === 0).join('');

const dashed = (letters: string): string => (letters === '' ? '' : ` -${letters}`);

function text(draw: Draw): string {
  const words = [
    'a',
    'b',
    'ab',
    'B',
    'A',
    '10',
    '9',
    '-3',
    '2.5',
    '',
    'foo',
    'Foo',
    'x y',
    '1K',
    'é',
  ] as const;
  const lines = Array.from({ length: 3 + draw(20) }, () =>
    Array.from({ length: 1 + draw(4) }, () => pick(draw, words)).join(
      pick(draw, [' ', '\t', ',', '  ']),
    ),
  );
  return lines.join('\n') + (draw(8) === 0 ? '' : '\n');
}

function sortScript(draw: Draw): string {
  const key = () => {
    const from = 1 + draw(3);
    const start = `${from}${draw(4) === 0 ? `.${1 + draw(3)}` : ''}${some(draw, 'bfr')}`;
    const end = draw(2) === 0 ? '' : `,${from + draw(2)}${draw(4) === 0 ? `.${draw(3)}` : ''}`;
    return ` -k ${start}${end}${draw(4) === 0 ? 'n' : ''}`;
  };
  const keys = Array.from({ length: draw(3) }, key).join('');
  const separator = draw(3) === 0 ? ' -t,' : '';
  const kind = draw(2) === 0 ? 'n' : some(draw, 'f');
  return `sort${dashed(some(draw, 'rusb') + kind)}${separator}${keys}`;
}

function cutScript(draw: Draw): string {
  const range = () =>
    pick(draw, [
      `${1 + draw(5)}`,
      `${1 + draw(3)}-${4 + draw(3)}`,
      `-${1 + draw(4)}`,
      `${2 + draw(4)}-`,
    ]);
  const list = Array.from({ length: 1 + draw(3) }, range).join(',');
  const isFields = draw(2) === 0;
  const fields = `-f ${list}${draw(2) === 0 ? ' -d ,' : ''}${draw(3) === 0 ? ' -s' : ''}`;
  const complement = draw(4) === 0 ? ' --complement' : '';
  return `cut ${isFields ? fields : `-b ${list}`}${complement}`;
}

function trScript(draw: Draw): string {
  const set = () =>
    pick(draw, ['a-f', 'abc', '[:lower:]', '[:upper:]', '0-9', ' \\t', 'A-Z', '[:alpha:]', '\\n']);
  const options = pick(draw, ['', '-d', '-s', '-c', '-cd', '-cs', '-ds', '-t']);
  if (options.includes('d') && !options.includes('s')) return `tr ${options} '${set()}'`;
  if (options === '-s' || options === '-cs') return `tr ${options} '${set()}' 'x'`;
  return `tr ${options} '${pick(draw, ['a-f', 'abc', '0-9', 'A-Z', ' \\t'])}' '${pick(draw, ['x', 'xyz', '0-9', 'a-z'])}'`;
}

const uniqScript = (draw: Draw): string => {
  const fields = draw(3) === 0 ? ` -f ${draw(3)}` : '';
  const chars = draw(3) === 0 ? ` -s ${draw(3)}` : '';
  return `sort | uniq${dashed(pick(draw, ['', 'c', 'd', 'u', 'i', 'ci', 'D', 'ui']))}${fields}${chars}`;
};

function pattern(draw: Draw, depth: number): string {
  const atom = (): string =>
    draw(6) === 0 && depth > 0
      ? `(${pattern(draw, depth - 1)})`
      : pick(draw, ['a', 'b', '.', 'o', '[ab]', '[^a]', 'x', 'foo', '[[:digit:]]', '1']);
  const piece = () => atom() + pick(draw, ['', '', '', '*', '+', '?', '{1,2}', '{2}']);
  const branch = () => Array.from({ length: 1 + draw(3) }, piece).join('');
  return Array.from({ length: 1 + draw(2) }, branch).join('|');
}

function sedScript(draw: Draw): string {
  const address = () =>
    pick(draw, [
      '',
      '',
      '2',
      '$',
      '1,3',
      '/a/',
      '/b/,/x/',
      '2,$',
      '3!',
      '/o/!',
      '2~2',
      '1,/a/',
      '2,+2',
    ]);
  const command = () => {
    const substitution = `s/${pattern(draw, 1)}/${pick(draw, ['X', '[&]', '', 'a&b'])}/${pick(draw, ['', 'g', 'p', '2'])}`;
    return (
      address() +
      pick(draw, [
        substitution,
        substitution,
        'd',
        'p',
        '=',
        'G',
        'h',
        'x',
        'N',
        'n',
        'D',
        'P',
        'y/abx/xab/',
        'H',
      ])
    );
  };
  const commands = Array.from({ length: 1 + draw(3) }, command).map((each) => ` -e '${each}'`);
  return `sed -E${draw(2) === 0 ? 'n' : ''}${commands.join('')}`;
}

const grepScript = (draw: Draw): string =>
  `grep -aE${some(draw, 'nivwxcob')} '${pattern(draw, 2)}'`;

function findScript(draw: Draw): string {
  const test = (): string =>
    pick(draw, [
      '-type f',
      '-type d',
      '-name "*e*"',
      '-name "?"',
      '-empty',
      '-size +1k',
      '-newer f',
      '-perm -100',
      '-links 2',
      '! -type f',
      '-path "*d*"',
      '-maxdepth 2',
      '-mindepth 1',
      '\\( -name one -o -type d \\)',
      '-type l',
      '-prune',
      '-name sub -prune -o -true',
      '-depth',
      '-size -2',
    ]);
  const tests = Array.from({ length: 1 + draw(3) }, test);
  const end = pick(draw, [
    '',
    ' -print',
    ' -exec echo {} \\;',
    ' -printf "%f %y %d\\n"',
    ' -exec echo {} + | wc -w',
  ]);
  return `find ${pick(draw, ['.', 'd', 'd dest', '-L d'])} ${tests.join(draw(4) === 0 ? ' -o ' : ' ')}${end} | sort`;
}

const makers = [
  sortScript,
  cutScript,
  trScript,
  uniqScript,
  sedScript,
  grepScript,
  findScript,
] as const;

/** `count` scripts, one for each seed from `first` on. */
export function randomCases(first: number, count: number): RandomCase[] {
  return Array.from({ length: count }, (_, index) => {
    const draw = drawer(first + index);
    const script = `${pick(draw, makers)(draw)} 2>/dev/null`;
    return { seed: first + index, script, input: text(draw) };
  });
}

/** Patterns, each shown by what it matches, and by what its first group took. */
export function randomPatterns(first: number, count: number): RandomCase[] {
  return Array.from({ length: count }, (_, index) => {
    const draw = drawer(77_000 + first + index);
    const script = `grep -oaE '${pattern(draw, 2)}'`;
    return { seed: first + index, script, input: text(draw) };
  });
}

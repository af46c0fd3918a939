// Random signatures: functions with arguments and results of all classes, records of random members, conventions, variable
// arguments, calls without prototypes and through pointers. Each function folds its arguments, member by member, into a sum
// that is printed, and checks how it was called: alignment of the stack, an empty x87 stack, a clear direction flag.

interface Scalar {
  readonly name: string;
  /** What va_arg takes after the default promotions. */
  readonly promoted: string;
  readonly isFloating: boolean;
  readonly bits: number;
}
const scalar = (name: string, bits: number, promoted = name): Scalar => ({
  name,
  promoted,
  isFloating: bits === 0,
  bits,
});
const scalars: readonly Scalar[] = [
  scalar('_Bool', 1, 'int'),
  scalar('char', 8, 'int'),
  scalar('signed char', 8, 'int'),
  scalar('unsigned char', 8, 'int'),
  scalar('short', 16, 'int'),
  scalar('unsigned short', 16, 'int'),
  scalar('int', 32),
  scalar('unsigned', 32),
  scalar('long', 32),
  scalar('enum colour', 32),
  scalar('enum tiny', 8, 'int'),
  scalar('long long', 64),
  scalar('unsigned long long', 64),
  scalar('float', 0, 'double'),
  scalar('double', 0),
  scalar('long double', 0),
  scalar('void *', 32),
  scalar('pointer_to_function', 32),
];

interface Member {
  readonly name: string;
  readonly type: Type;
  readonly count: number;
  /** 0: no bit-field. */
  readonly width: number;
}
interface Aggregate {
  readonly kind: 'struct' | 'union';
  readonly name: string;
  readonly members: readonly Member[];
  readonly attributes: string;
}
type Type = Scalar | Aggregate;
const isAggregate = (type: Type): type is Aggregate => 'members' in type;

interface Signature {
  readonly name: string;
  readonly result: Type | undefined;
  readonly parameters: readonly Type[];
  readonly attribute: string;
  /** Types of variable arguments; undefined: the function has none. */
  readonly variable: readonly Type[] | undefined;
  readonly isOldStyle: boolean;
  readonly isThroughPointer: boolean;
}

class Generator {
  private state: number;
  private readonly aggregates: Aggregate[] = [];

  constructor(seed: number) {
    this.state = (seed * 0x9e3779b1) | 1;
  }
  private next(limit: number): number {
    this.state ^= this.state << 13;
    this.state ^= this.state >>> 17;
    this.state ^= this.state << 5;
    return (this.state >>> 0) % limit;
  }
  private pick<T>(list: readonly T[]): T {
    return list[this.next(list.length)];
  }
  private type(): Type {
    const wantsAggregate = this.next(3) === 0 && this.aggregates.length > 0;
    return wantsAggregate ? this.pick(this.aggregates) : this.pick(scalars);
  }

  private member(number: number, kind: Aggregate['kind']): Member {
    const name = `m${number}`;
    const type = this.type();
    const mayBeField = !isAggregate(type) && !type.isFloating && !/\*|pointer/.test(type.name);
    if (mayBeField && this.next(3) === 0) {
      // Wider ones than int have types of their own in gcc, which others have not.
      return { name, type, count: 0, width: 1 + this.next(Math.min(type.bits, 32)) };
    }
    const count = this.next(5) === 0 ? 1 + this.next(kind === 'union' ? 9 : 5) : 0;
    return { name, type, count, width: 0 };
  }
  private aggregate(number: number): Aggregate {
    const kind = this.next(5) === 0 ? 'union' : 'struct';
    const size = 1 + this.next(this.next(3) === 0 ? 8 : 3);
    const members = Array.from({ length: size }, (_, i) => this.member(i, kind));
    const attributes = this.pick(['', '', '', '', '__attribute__((packed))']);
    return { kind, name: `a${number}`, members, attributes };
  }
  private signature(number: number): Signature {
    const parameters = Array.from({ length: this.next(8) }, () => this.type());
    const result = this.next(6) === 0 ? undefined : this.type();
    const style = this.next(12);
    const isVariable = style < 2 && parameters.length > 0 && isPlain(parameters.at(-1));
    const variable = isVariable ? this.types(6) : undefined;
    const isOldStyle = style === 2;
    const conventions = ['regparm(1)', 'regparm(2)', 'regparm(3)', 'stdcall', 'fastcall'];
    const isSpecial = !isVariable && !isOldStyle && this.next(3) === 0;
    const attribute = isSpecial ? `__attribute__((${this.pick(conventions)}))` : '';
    const isThroughPointer = this.next(4) === 0;
    const name = `f${number}`;
    return { name, result, parameters, attribute, variable, isOldStyle, isThroughPointer };
  }
  private types(limit: number): Type[] {
    return Array.from({ length: this.next(limit) }, () => this.type());
  }

  // --- text

  private valueOf(type: Type): string {
    if (isAggregate(type)) return `make_${type.name}(${this.next(1000)})`;
    if (type.isFloating)
      return `(${type.name})${this.next(4000) - 2000}.${this.pick(['0', '5', '25'])}`;
    const bytes = `0x${this.next(0x7fffffff).toString(16)}${this.next(0x7fffffff).toString(16).padStart(8, '0')}ull`;
    if (type.name === '_Bool') return `${this.next(2)}`;
    if (type.name === 'enum tiny') return `${this.next(256)}`;
    return /\*|pointer/.test(type.name)
      ? `(${type.name})(unsigned)${bytes}`
      : `(${type.name})${bytes}`;
  }

  program(functions: number): string {
    const lines = [PREAMBLE];
    for (let i = 0; i < 14; i++) {
      const made = this.aggregate(i);
      lines.push(...aggregateText(made));
      this.aggregates.push(made);
    }
    const list = Array.from({ length: functions }, (_, i) => this.signature(i));
    for (const f of list) lines.push(declaration(f));
    lines.push('#if SIDE == 1', ...list.map(definition), '#else', SUPPORT, 'int main(void) {');
    for (const f of list) lines.push(...this.call(f));
    lines.push('  return 0;', '}', '#endif', '');
    return lines.join('\n');
  }

  private call(f: Signature): string[] {
    const given = [...f.parameters, ...(f.variable ?? [])].map((type) => this.valueOf(type));
    const callee = f.isThroughPointer ? 'pointer' : f.name;
    const call = `${callee}(${given.join(', ')})`;
    const lines = ['  {'];
    if (f.isThroughPointer) {
      const parameters = f.isOldStyle ? '' : parameterList(f);
      const star = `(*volatile pointer)(${parameters})`;
      lines.push(`    ${resultName(f)} ${f.attribute} ${star} = ${f.name};`);
    }
    if (!f.result) lines.push(`    ${call};`);
    else lines.push(`    ${typeName(f.result)} r = ${call};`, `    ${fold('r', f.result)}`);
    lines.push(`    printf("${f.name} %llx\\n", sum);`, '  }');
    return lines;
  }
}

const PREAMBLE = `#include <stdarg.h>
#include <stdio.h>
#include <string.h>
enum colour { RED, BLUE = 100000 };
enum __attribute__((packed)) tiny { ONE = 1, MANY = 255 };
typedef int (*pointer_to_function)(int);
extern unsigned long long sum;
void entered(void *frame);
#define FOLD(x) (sum = (sum << 7 | sum >> 57) ^ (unsigned long long)(x))
`;

/** What looks at the machine's state is in assembly, so that either compiler may make this side. */
const SUPPORT = `unsigned long long sum = 1;
__asm__(".text\\n.globl entered\\nentered: subl $28, %esp; fnstenv (%esp); movzwl 8(%esp), %eax; fldenv (%esp); addl $28, %esp\\n"
  "cmpl $0xffff, %eax; je 1f; ud2\\n1: pushfl; popl %eax; testl $0x400, %eax; je 1f; ud2\\n"
  "1: movl 4(%esp), %eax; andl $15, %eax; cmpl $8, %eax; je 1f; ud2\\n1: ret\\n");`;

const isPlain = (type: Type | undefined): boolean =>
  type !== undefined && !isAggregate(type) && type.promoted === type.name;
const typeName = (type: Type): string =>
  isAggregate(type) ? `${type.kind} ${type.name}` : type.name;
const resultName = ({ result }: Signature): string => (result ? typeName(result) : 'void');

function memberText({ name, type, count, width }: Member): string {
  const suffix = width > 0 ? ` : ${width}` : count > 0 ? `[${count}]` : '';
  return `${typeName(type)} ${name}${suffix};`;
}
/** The type, a function that makes one of a number, and one that folds it into the sum. */
function aggregateText(a: Aggregate): string[] {
  const name = `${a.kind} ${a.name}`;
  const each = (make: (member: Member, place: string) => string): string[] =>
    a.members.flatMap((member) => {
      if (member.count === 0) return [make(member, `.${member.name}`)];
      return Array.from({ length: member.count }, (_, i) => make(member, `.${member.name}[${i}]`));
    });
  // Of a union only the first member is written and read.
  const used = a.kind === 'union' ? 1 : a.members.length;
  const isUsed = (member: Member): boolean => a.members.indexOf(member) < used;
  const sets = each((member, place) => (isUsed(member) ? `  s${place} = ${given(member)}` : ''));
  const folds = each((member, place) =>
    isUsed(member) ? `  ${fold(`s${place}`, member.type)}` : '',
  );
  return [
    `${a.kind} ${a.attributes} ${a.name} { ${a.members.map(memberText).join(' ')} };`,
    `static ${name} make_${a.name}(unsigned n) {`,
    `  ${name} s; memset(&s, 0, sizeof s);`,
    ...sets.filter(Boolean),
    '  return s;\n}',
    `static void fold_${a.name}(${name} s) {`,
    '  FOLD(sizeof s * 64 + _Alignof(' + name + '));',
    ...folds.filter(Boolean),
    '}',
  ];
}
function given({ type, width }: Member): string {
  if (isAggregate(type)) return `make_${type.name}(n = n * 77 + 5);`;
  if (type.isFloating) return 'n % 1000 * 0.25; n = n * 69069 + 1;';
  if (type.name === '_Bool') return 'n & 1; n = n * 69069 + 1;';
  const bits = width > 0 ? width : type.bits;
  if (/\*|pointer/.test(type.name)) return `(${type.name})(n * 2654435761u); n = n * 69069 + 1;`;
  if (bits < 32) return `n >> 3 & ${2 ** (bits - 1) - 1}; n = n * 69069 + 1;`;
  return `(${type.name})(n * 0x9e3779b97f4a7c15ull); n = n * 69069 + 1;`;
}
function fold(place: string, type: Type): string {
  if (isAggregate(type)) return `fold_${type.name}(${place});`;
  if (type.isFloating) return `FOLD((long long)(${place} * 4));`;
  return /\*|pointer/.test(type.name) ? `FOLD((unsigned)${place});` : `FOLD((long long)${place});`;
}

function parameterList(f: Signature): string {
  if (f.parameters.length === 0) return 'void';
  const list = f.parameters.map((type, i) => `${typeName(type)} p${i}`);
  return [...list, ...(f.variable ? ['...'] : [])].join(', ');
}
function declaration(f: Signature): string {
  const list = f.isOldStyle ? '' : parameterList(f);
  return `${f.attribute} ${resultName(f)} ${f.name}(${list});`;
}
function definition(f: Signature): string {
  const names = f.parameters.map((_, i) => `p${i}`);
  const heading = f.isOldStyle
    ? `${resultName(f)} ${f.name}(${names.join(', ')}) ${f.parameters.map((type, i) => `${typeName(type)} p${i};`).join(' ')}`
    : `${f.attribute} ${resultName(f)} ${f.name}(${parameterList(f)})`;
  const lines = [`${heading} {`, '  entered(__builtin_frame_address(0));'];
  f.parameters.forEach((type, i) => lines.push(`  ${fold(`p${i}`, type)}`));
  if (f.variable) {
    lines.push(`  va_list ap; va_start(ap, p${f.parameters.length - 1});`);
    for (const type of f.variable) {
      const promoted = isAggregate(type) ? typeName(type) : type.promoted;
      lines.push(`  { ${promoted} v = va_arg(ap, ${promoted}); ${fold('v', type)} }`);
    }
    lines.push('  va_end(ap);');
  }
  if (f.result && isAggregate(f.result))
    lines.push(`  return make_${f.result.name}((unsigned)sum);`);
  else if (f.result?.isFloating) lines.push(`  return (${f.result.name})(int)(sum % 10000) / 4;`);
  else if (f.result?.name === 'enum tiny') lines.push('  return (enum tiny)(sum & 255);');
  else if (f.result) lines.push(`  return (${f.result.name})sum;`);
  return [...lines, '}'].join('\n');
}

/** A program of both sides (SIDE 1 and 2) with `functions` random functions. */
export function randomProgram(seed: number, functions: number): string {
  return new Generator(seed).program(functions);
}

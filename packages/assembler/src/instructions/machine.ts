// What the statements are written in and for: the syntax of operands, the processor and its
// extensions, and the choices of the encoder. Options set it; `.intel_syntax`, `.arch` and the like
// change it on the way.

import { withArchitecture } from '@ring0/isa';
import type { EncodeOptions, Features } from '@ring0/isa';
import { attSyntax } from '../syntax/syntax-tree.ts';
import type { Syntax } from '../syntax/syntax-tree.ts';

/** As GNU as's -march, -msyntax, -mmnemonic, -mnaked-reg .. */
export interface MachineOptions {
  /** `i686`, `pentium4+avx`: a processor and extensions; everything by default. */
  readonly architecture?: string | undefined;
  readonly syntax?: 'att' | 'intel' | undefined;
  /** The processor that code is padded for (-mtune). */
  readonly tune?: string | undefined;
  /** %eiz and %riz stand for no index (-mindex-reg). */
  readonly hasIndexName?: boolean | undefined;
  /** Registers need no percent sign. */
  readonly hasNakedRegisters?: boolean | undefined;
  readonly hasIntelMnemonics?: boolean | undefined;
  /** -mvexwig and -mavxscalar. */
  readonly vexW?: 0 | 1 | undefined;
  readonly scalarBits?: 128 | 256 | undefined;
  /** -mrelax-relocations=no makes R_386_GOT32 of what would be R_386_GOT32X. */
  readonly keepsGot?: boolean | undefined;
  readonly omitsLock?: boolean | undefined;
  readonly addsBound?: boolean | undefined;
  /** Fences become locked additions (-mfence-as-lock-add). */
  readonly locksForFences?: boolean | undefined;
  /** AVX in place of SSE (-msse2avx). */
  readonly hasAvxForSse?: boolean | undefined;
  /** What stands before a near return, then lfence (-mlfence-before-ret). */
  readonly fenceBeforeReturn?: 'none' | 'or' | 'shl' | 'not' | undefined;
  /** lfence before indirect branches (-mlfence-before-indirect-branch). */
  readonly fenceBeforeBranch?: 'register' | 'memory' | 'all' | undefined;
  /** lfence behind loads (-mlfence-after-load). */
  readonly fencesLoads?: boolean | undefined;
  /** Global symbols may be those of another file, also for jumps that reach them (-mshared). */
  readonly isShared?: boolean | undefined;
  /** Some warnings are not given (-q). */
  readonly isQuiet?: boolean | undefined;
  /** -msse-check, -moperand-check. */
  readonly sseCheck?: Check | undefined;
  readonly operandCheck?: Check | undefined;
  /** Moves that want aligned memory become those that do not (-muse-unaligned-vector-move). */
  readonly unalignsMoves?: boolean | undefined;
  /** -O or -O1, -O2, -Os. */
  readonly optimization?: '1' | '2' | 's' | undefined;
}

/** What is said of something doubtful. */
export type Check = 'none' | 'warning' | 'error';

interface Processor {
  readonly features: Features | undefined;
  readonly name: string;
  /** Conditional jumps that do not reach are made longer (`.arch i8086, nojumps`). */
  readonly growsConditions: boolean;
}

const everything: Processor = {
  features: undefined,
  name: '',
  growsConditions: true,
};

/** Processors of which GNU as does not take for granted that they have the long no-operation. */
const oldProcessors = /^(i\d86|pentium|pentium(pro|ii|iii)|iamcu|generic32)$/;

export class Machine {
  readonly options: MachineOptions;
  private now: Processor = everything;
  private readonly stack: { processor: Processor; code: string }[] = [];
  private currentSyntax: Syntax;
  private intelMnemonics: boolean;
  private hasBundles = false;
  private namesIndex: boolean;
  hasLongNops = false;
  private registerOf: Syntax['registerOf'];
  /** How often a symbol has become a register, or ceased to be one. */
  private equations = 0;
  /** Of SSE instructions, and of memory whose size nothing says. */
  private readonly checks: { sse: Check; operand: Check };
  /** What is to be part of a key that an encoding is kept by; empty where nothing was chosen. */
  key = '';
  encodeOptions: EncodeOptions = {};
  /** The name in -march that is not known. */
  readonly unknown: string | undefined;

  constructor(options: MachineOptions = {}) {
    this.options = options;
    const isIntel = options.syntax === 'intel';
    this.currentSyntax = { isIntel, isNaked: options.hasNakedRegisters === true };
    this.intelMnemonics = options.hasIntelMnemonics === true;
    this.namesIndex = options.hasIndexName === true;
    const { sseCheck: sse = 'none', operandCheck: operand = 'warning' } = options;
    this.checks = { sse, operand };
    const [processor = '', ...extensions] = (options.architecture ?? '').split('+');
    const names = [processor, ...extensions.map((name) => `.${name}`)];
    this.unknown = names.find((name) => name !== '' && !this.select(name));
    this.update();
  }

  get syntax(): Syntax {
    return this.currentSyntax;
  }

  set syntax(syntax: Syntax) {
    this.currentSyntax = syntax;
    this.update();
  }

  /** 64-bit code has registers of its own. */
  set isLong(isLong: boolean) {
    if (isLong === (this.currentSyntax.isLong === true)) return;
    const { isIntel, isNaked } = this.currentSyntax;
    this.syntax = isLong ? { isIntel, isNaked, isLong } : { isIntel, isNaked };
  }

  /** `.sse_check`, `.operand_check`. */
  setCheck(which: 'sse' | 'operand', check: Check): void {
    this.checks[which] = check;
    this.update();
  }

  check(which: 'sse' | 'operand'): Check {
    return this.checks[which];
  }

  /** From here on no instruction is repeated by its shape, since each has padding of its own. */
  beginBundles(): void {
    this.hasBundles = true;
    this.update();
  }

  get hasIndexName(): boolean {
    return this.namesIndex;
  }

  set hasIndexName(isName: boolean) {
    this.namesIndex = isName;
    this.update();
  }

  /** From here on names may stand for registers, others than before. */
  equate(registerOf: (name: string) => string | undefined): void {
    this.registerOf = registerOf;
    this.equations++;
    this.update();
  }

  /**
   * Whether 32-bit code is padded with the long no-operations of later processors: those that are
   * chosen have them, or are none in particular and -mtune names one.
   */
  private findLongNops(): boolean {
    const { features, name } = this.now;
    const { tune } = this.options;
    if (name !== '' && !name.startsWith('.')) {
      return features?.has('nop') === true || tune === 'generic64';
    }
    return tune === undefined ? /\.nop(\.|$)/.test(name) : !oldProcessors.test(tune);
  }

  /** Whether the processor that was last chosen is the one of that name. */
  isOf(name: string): boolean {
    return this.now.name.split('.')[0] === name;
  }

  set hasIntelMnemonics(isIntel: boolean) {
    this.intelMnemonics = isIntel;
    this.update();
  }

  /** False for a name that is not known. */
  select(name: string): boolean {
    const features = withArchitecture(this.now.features, name);
    if (!features) return false;
    const isExtension = name.startsWith('.');
    const plain = isExtension ? `${this.now.name}${name}` : name;
    this.now = {
      features: name === 'default' ? undefined : features,
      name: name === 'default' ? '' : plain,
      growsConditions: this.now.growsConditions,
    };
    this.update();
    return true;
  }

  /** 'done'; 'empty' without a push before; the code of the push, where that was another. */
  pop(code: string): string {
    const top = this.stack.at(-1);
    if (!top) return 'empty';
    if (top.code !== code) return top.code;
    this.stack.pop();
    this.now = top.processor;
    this.update();
    return 'done';
  }

  push(code: string): void {
    this.stack.push({ processor: this.now, code });
  }

  get growsConditions(): boolean {
    return this.now.growsConditions;
  }

  set growsConditions(isGrowing: boolean) {
    this.now = { ...this.now, growsConditions: isGrowing };
    this.update();
  }

  private update(): void {
    const { vexW, scalarBits } = this.options;
    const { features, name } = this.now;
    this.encodeOptions = {
      features,
      architecture: name === '' ? undefined : name,
      vexW,
      scalarBits,
      hasIntelMnemonics: this.intelMnemonics,
    };
    const { isIntel, isNaked, isLong } = this.currentSyntax;
    const hasNames = isNaked && (features !== undefined || this.namesIndex);
    const names = hasNames ? { features, hasIndexName: this.namesIndex } : undefined;
    const { registerOf } = this;
    const isPlainSyntax = !isIntel && !isNaked && !isLong && !registerOf;
    this.currentSyntax = isPlainSyntax
      ? attSyntax
      : { isIntel, isNaked, ...(isLong && { isLong }), ...names, registerOf };
    const { omitsLock, addsBound, locksForFences, hasAvxForSse, optimization } = this.options;
    const { fenceBeforeReturn, fenceBeforeBranch, fencesLoads, unalignsMoves } = this.options;
    const { sse, operand } = this.checks;
    const choices = [
      ...[omitsLock, addsBound, locksForFences, hasAvxForSse, optimization],
      ...[fenceBeforeReturn, fenceBeforeBranch, fencesLoads, unalignsMoves],
      ...[sse === 'none' ? '' : sse, operand === 'warning' ? '' : operand],
    ];
    const chosen = choices.some(Boolean) ? choices.map((each) => each ?? '').join() : '';
    const isPlain = !features && vexW === undefined && scalarBits === undefined && chosen === '';
    const said = isPlain ? '' : `${name}!${vexW ?? ''}!${scalarBits ?? ''}!${chosen}!`;
    this.key = `${said}${isIntel ? 'I' : ''}${this.intelMnemonics ? 'i' : ''}`;
    if (!this.now.growsConditions) this.key += 'n';
    if (this.hasBundles) this.key += 'b';
    if (this.namesIndex) this.key += 'z';
    this.hasLongNops = this.findLongNops();
    if (this.hasLongNops) this.key += 'l';
    if (this.equations > 0) this.key += `e${this.equations}`;
    if (features) this.key += [...features].length.toString();
  }
}

/** False where `name`, as given to -march, names a processor or an extension that is not known. */
export function isKnownArchitecture(name: string): boolean {
  return new Machine({ architecture: name }).unknown === undefined;
}

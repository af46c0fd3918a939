// Symbols that stand for registers: `.equ counter, %ecx`. The parser of the statements that follow
// asks what their names mean; the object does not have them.

import type { Assembly } from './assembly.ts';
import type { AsmSymbol } from './symbols.ts';

function tellParser(assembly: Assembly): void {
  assembly.machine.equate((name) => registerNamed(assembly, name));
}

/**
 * The symbol becomes a name of a register (its lower-case name, without percent sign) in the
 * statements that follow.
 */
export function equateRegister(assembly: Assembly, symbol: AsmSymbol, register: string): void {
  if (symbol.isGlobal) {
    return assembly.error('A0301', `'${symbol.name}' is global, and no register can be`);
  }
  let target = symbol;
  if (symbol.isDefined) {
    if (!symbol.isRedefinable) {
      return assembly.error('A0301', `symbol '${symbol.name}' is already defined`);
    }
    target = assembly.successor(symbol);
  }
  target.isRedefinable = true;
  target.isSuperseded = true;
  target.state = 'absolute';
  target.value = 0n;
  target.definedAt = assembly.where;
  assembly.registerSymbols.set(target, register);
  tellParser(assembly);
}

/** The symbol gets a value again. */
export function forgetRegister(assembly: Assembly, symbol: AsmSymbol): void {
  if (!assembly.registerSymbols.delete(symbol)) return;
  symbol.isSuperseded = false;
  tellParser(assembly);
}

const stepsMax = 100;

/** The register that a name stands for, also through other symbols. */
export function registerNamed(assembly: Assembly, name: string): string | undefined {
  let symbol = assembly.symbols.find(name);
  for (let steps = 0; symbol && steps < stepsMax; steps++) {
    const register = assembly.registerSymbols.get(symbol);
    if (register !== undefined) return register;
    const { expression } = symbol;
    if (symbol.state !== 'equated' || expression?.kind !== 'linear') return undefined;
    if (expression.minus || expression.addend !== 0n || expression.reference) return undefined;
    symbol = expression.plus;
  }
  return undefined;
}

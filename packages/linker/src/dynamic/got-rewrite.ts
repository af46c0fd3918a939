// Which loads from the global offset table become direct references, because the target turned
// out to be here (i386 psABI 1.1, B.2), and how the instruction changes.

import { i386 } from '@ring0/elf';
import {
  callsLocally,
  isConstant,
  isDefinedHere,
  isPic,
  isWeakUndefined,
  refersLocally,
} from '../input/binding.ts';
import type { Binding } from '../input/binding.ts';
import { symbolType } from '@ring0/elf';
import type { InputSection, LinkSymbol } from '../model.ts';

/** How a reference through the GOT is rewritten, by the instruction before its field. */
export type Rewrite = 'lea' | 'mov' | 'call' | 'jump' | 'test' | 'binary';

const opcode = { load: 0x8b, group5: 0xff, test: 0x85 } as const;
const modrmCall = 0x10;
const modrmJump = 0x20;

/** The rewriting that a GOT reference allows; undefined: it keeps its slot. */
export function rewriteOf(
  binding: Binding,
  section: InputSection,
  offset: number,
  type: number,
  symbol: LinkSymbol,
): Rewrite | undefined {
  const { data } = section;
  // Of the older kind GNU ld leaves all alone.
  if (type !== i386.GOT32X) return undefined;
  if (offset < 2 || offset + 4 > data.length || symbol.type === symbolType.gnuIfunc)
    return undefined;
  if ((data[offset] | data[offset + 1] | data[offset + 2] | data[offset + 3]) !== 0)
    return undefined;
  const code = data[offset - 2];
  const modrm = data[offset - 1];
  if (modrm >= 0xc0 || !isSettled(binding, symbol, code === opcode.group5)) return undefined;
  const isBaseless = (modrm & 0xc7) === 5;
  // needs.ts refuses these.
  if (isBaseless && isPic(binding)) return undefined;
  const isFixed = !isPic(binding) || isConstant(symbol) || isWeakUndefined(symbol);
  if (code === opcode.load) {
    if (isBaseless) return 'mov';
    // The dynamic linker's own code asks for the address as it was linked.
    if (symbol.name === '_DYNAMIC' && binding.hasTables) return undefined;
    if (isFixed) return 'mov';
    return isDefinedHere(symbol) ? 'lea' : 'mov';
  }
  if (code === opcode.group5) {
    if ((modrm & 0x38) === modrmCall) return 'call';
    return (modrm & 0x38) === modrmJump ? 'jump' : undefined;
  }
  if (!isFixed) return undefined;
  if (code === opcode.test) return 'test';
  return (code & 0xc7) === 3 ? 'binary' : undefined;
}

/** The reference means something in this output, or nothing at all. */
function isSettled(binding: Binding, symbol: LinkSymbol, isCall: boolean): boolean {
  if (isWeakUndefined(symbol)) {
    // Zero is at no distance from code that may move.
    if (isCall && isPic(binding)) return false;
    return binding.settlesWeak || refersLocally(binding, symbol);
  }
  // A call of what is protected ends here; its address may be another's for the sake of comparisons.
  return isCall ? callsLocally(binding, symbol) : refersLocally(binding, symbol);
}

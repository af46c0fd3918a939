// The prefixes of a decoded instruction as a disassembly shows them: those that mean something for
// the instruction are part of its operands or its suffix; the others, and the repeat and lock
// prefixes, stand as words before it.

import type { DecodedInstruction } from './decode.ts';
import type { Row } from './row.ts';
import { styleOf } from './style.ts';

const segmentNames = new Map([
  [0x26, 'es'],
  [0x2e, 'cs'],
  [0x36, 'ss'],
  [0x3e, 'ds'],
  [0x64, 'fs'],
  [0x65, 'gs'],
]);

/** A branch hint as objdump appends it to a conditional jump: `,pn` or `,pt`. */
export function branchHint(decoded: DecodedInstruction): string {
  const { row } = decoded;
  if (decoded.prefixes.length === 0 || !row || !styleOf(row).isConditional) return '';
  const isUnlikely = decoded.prefixes.includes(0x2e);
  if (isUnlikely === decoded.prefixes.includes(0x3e)) return '';
  return isUnlikely ? ',pn' : ',pt';
}

/** 3E before an indirect near branch is no segment but the exception to branch tracking. */
export function isUntracked(decoded: DecodedInstruction): boolean {
  const { row, prefixes } = decoded;
  if (prefixes.length === 0 || !row) return false;
  const style = styleOf(row);
  if (!style.isIndirect || style.isFar) return false;
  if (decoded.mode === 64 && decoded.operandSize === 16) return false;
  return prefixes.findLast((byte) => segmentNames.has(byte)) === 0x3e;
}

function hasMemory(decoded: DecodedInstruction): boolean {
  return decoded.operands.some(({ kind }) => kind === 'memory');
}

/** Segment overrides of es:[edi] mean nothing. */
function usesSegment(decoded: DecodedInstruction, isAtt: boolean): boolean {
  const { row, operands } = decoded;
  if (!row) return operands.length > 0;
  if (isAtt && branchHint(decoded) !== '') return true;
  return operands.some(
    ({ kind }, index) => kind === 'memory' && row.operands[index].kind !== 'destination',
  );
}

function usesAddressSize(decoded: DecodedInstruction, isAtt: boolean): boolean {
  const { row } = decoded;
  if (row?.attributes.has('implied')) {
    return isAtt && (decoded.mode !== 64 || row.encoding.addressSize !== 0);
  }
  if (row && row.encoding.addressSize !== 0) return true;
  if (row?.attributes.has('address')) return true;
  if (isAtt && row && styleOf(row).isLoop) return true;
  const place = decoded.operands.find(({ kind }) => kind === 'memory');
  if (place?.kind === 'memory' && decoded.addressSize >= 32 && !place.base) {
    const { index } = place;
    if (!index || index.class === 'flat') return false;
  }
  return hasMemory(decoded) && !row?.operands.some(({ kind }) => kind === 'moffs');
}

/** REX.W before the opcode: the other size prefix means nothing. */
function hasQuadPrefix({ prefixes }: DecodedInstruction): boolean {
  const last = prefixes[prefixes.length - 1];
  return (last & 0xf8) === 0x48;
}

function usesOperandSize(decoded: DecodedInstruction): boolean {
  const { row, operands } = decoded;
  if (row === undefined) return false;
  const other = row.operands.findIndex(({ kind }) => kind === 'rvm');
  if (other >= 0 && row.operands.every(({ kind }) => kind !== 'reg')) {
    return operands[other].kind === 'register';
  }
  if (decoded.mode === 64 && hasQuadPrefix(decoded)) {
    const isBranch = row.operands[0]?.kind === 'rel';
    return (row.isNarrow && !isBranch) || /^(movbe|bs[fr]|movsxd)$/.test(row.mnemonic);
  }
  if (decoded.mode === 64 && row.isWide && row.suffixRule === 'shown') return false;
  return row.isSized || row.encoding.operandSize !== 0;
}

function repeatName(byte: number, row: Row | undefined): string {
  if (byte === 0xf3) return row?.attributes.has('rep') ? 'rep' : 'repz';
  return row && styleOf(row).isNearBranch ? 'bnd' : 'repnz';
}

/** xacquire and xrelease, where the bytes are those of a locked instruction on memory. */
function elisionName(byte: number, decoded: DecodedInstruction): string {
  const { row, prefixes } = decoded;
  if (!row || !hasMemory(decoded)) return '';
  const isStore = row.mnemonic === 'mov' && row.operands[0].kind === 'rm' && byte === 0xf3;
  const isPlainStore = isStore && row.operands[1].kind !== 'sreg';
  const isLocked = row.attributes.has('lock') && prefixes.includes(0xf0);
  if (!isPlainStore && !isLocked && !(row.mnemonic === 'xchg')) return '';
  return byte === 0xf3 ? 'xrelease' : 'xacquire';
}

function nameOf(byte: number, decoded: DecodedInstruction, isLast: boolean): string {
  const { defaultOperandSize, defaultAddressSize, row } = decoded;
  if (byte === 0xf0) return 'lock';
  if (byte === 0x66) return defaultOperandSize === 16 ? 'data32' : 'data16';
  if (byte === 0x67) return defaultAddressSize === 32 ? 'addr16' : 'addr32';
  if ((byte & 0xf0) === 0x40) return rexName(byte);
  const segment = segmentNames.get(byte);
  if (segment !== undefined) return segment;
  if (!isLast) return byte === 0xf3 ? 'repz' : 'repnz';
  return elisionName(byte, decoded) || repeatName(byte, row);
}

/** `rex`, `rex.W`, `rex.WRXB`. */
function rexName(byte: number): string {
  const bits = [...'WRXB'].filter((_, at) => (byte & (8 >> at)) !== 0).join('');
  return bits === '' ? 'rex' : `rex.${bits}`;
}

/** In 64-bit code an address has no segments but these. */
const isFlat = (byte: number) => byte !== 0x64 && byte !== 0x65;

/** The words before the mnemonic, each with a space after it. */
export function prefixText(decoded: DecodedInstruction, isAtt: boolean): string {
  const { prefixes, row } = decoded;
  const { hiddenPrefix } = decoded;
  if (prefixes.length === 0 || hiddenPrefix === -1) return '';
  const lastSegment = prefixes.findLastIndex((byte) => segmentNames.has(byte));
  const lastData = prefixes.lastIndexOf(0x66);
  const lastAddress = prefixes.lastIndexOf(0x67);
  const last = prefixes.length - 1;
  const lastRex = decoded.mode === 64 && (prefixes[last] & 0xf0) === 0x40 ? last : -1;
  const noTrack = isUntracked(decoded) ? lastSegment : -1;
  let text = '';
  prefixes.forEach((byte, index) => {
    if (index === noTrack) {
      text += 'notrack ';
      return;
    }
    if (index === lastRex && !decoded.showsRex) return;
    if (index === lastSegment && usesSegment(decoded, isAtt)) {
      const isShown = isAtt && branchHint(decoded) !== '';
      const isOfString = row?.operands.some(({ kind }) => kind === 'source' || kind === 'table');
      if (decoded.mode !== 64 || !isFlat(byte) || isShown || isOfString) return;
    }
    if (index === lastData && usesOperandSize(decoded)) return;
    if (index === lastAddress && usesAddressSize(decoded, isAtt)) return;
    const isLast = index === prefixes.lastIndexOf(byte);
    if (isLast && byte === hiddenPrefix) return;
    const isPart = row?.encoding.prefix === byte && !row.attributes.has('repeated');
    if (isLast && isPart) return;
    text += `${nameOf(byte, decoded, isLast)} `;
  });
  return text;
}

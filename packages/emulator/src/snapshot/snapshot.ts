import type { Machine } from '../machine/machine.ts';
export function saveMachine(_m: Machine): Uint8Array {
  return new Uint8Array(0);
}
export function restoreMachine(_m: Machine, _s: Uint8Array): string | undefined {
  return undefined;
}

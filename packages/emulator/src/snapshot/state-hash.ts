import type { Machine } from '../machine/machine.ts';
export class StateHasher {
  constructor(_machine: Machine) {}
  hash(): string {
    return '';
  }
}

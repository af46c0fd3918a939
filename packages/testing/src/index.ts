export { Guest } from './guest.ts';
export type { GuestOptions } from './guest.ts';

// `ring0 strip`: objcopy without symbols.

export { strip as main } from './objcopy.ts';

export * from './model.ts';
export { encode } from './encode.ts';
export { valueClass } from './value-class.ts';
export { isPrefixName } from './prefixes.ts';
export { isBranchMnemonic } from './forms.ts';
export { similarMnemonics } from './problems.ts';
export { registerByName, registers, generalRegister } from './registers.ts';
export { rows, rowLines } from './table.ts';
export { encodingText, manualText, rowText } from './row.ts';
export type {
  Access,
  EncodingSpec,
  FlagEffects,
  OperandKind,
  OperandSpec,
  Row,
  SizeCode,
} from './row.ts';

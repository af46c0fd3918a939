export * from './model.ts';
export { encode } from './encode.ts';
export { decode } from './decode.ts';
export type { DecodedInstruction, DefaultSizes } from './decode.ts';
export { formatAtt } from './format-att.ts';
export { formatIntel } from './format-intel.ts';
export type { FormatOptions, Symbolize } from './format.ts';
export { valueClass, valueClassOfNumber } from './value-class.ts';
export { isPrefixName } from './prefixes.ts';
export { isBranchMnemonic } from './forms.ts';
export { similarMnemonics } from './problems.ts';
export { alikeRegisters, registerByName, registers, generalRegister } from './registers.ts';
export { allRows, rowLines } from './table.ts';
export { encodingText, manualText, rowText } from './row-text.ts';
export type {
  Access,
  EncodingSpec,
  FlagEffects,
  OperandKind,
  OperandSpec,
  Place,
  Row,
  SizeCode,
  VexSpec,
} from './row.ts';
export {
  hasRegister,
  allFeatures,
  extensionNames,
  processorNames,
  withArchitecture,
} from './features.ts';
export type { Features } from './features.ts';

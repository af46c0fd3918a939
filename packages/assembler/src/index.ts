export { assemble, assembleAll } from './assemble.ts';
export type { AssembleOptions, AssembleResult, AssembledSymbol } from './assemble.ts';
export { Assembler } from './assembler.ts';
export type { Assembled } from './assembler.ts';
export type { AssemblyOptions } from './assembly.ts';
export type { Emitter, EmitterOperand, ReferenceKind, SectionOptions, Value } from './emitter.ts';
export { TextEmitter } from './text-emitter.ts';

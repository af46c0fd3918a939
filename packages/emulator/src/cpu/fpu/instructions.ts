import { undefinedOpcode } from '../exceptions.ts';
import { type Handler, NEXT } from '../record.ts';
export const FPU_HANDLER: Handler = (cpu) => undefinedOpcode(cpu);
export const fwait: Handler = () => NEXT;

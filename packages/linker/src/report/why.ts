// --why NAME: how a symbol came into the output. Its archive member was pulled in by a reference;
// whose object was pulled in by another; and under --gc-sections its section is kept by a chain of
// references from a root.

import type { Job } from '../job.ts';
import type { InputObject, InputSection, LinkSymbol } from '../model.ts';
import { nearName } from './explain.ts';

/** Which section kept another, and through which symbol; a root has no section. */
export type KeepReasons = ReadonlyMap<
  InputSection,
  { readonly by: InputSection | undefined; readonly what: string }
>;

const chainMax = 100;
const placesMax = 5;

/** The answers to all --why options, as lines. */
export function whyText(job: Job): string {
  return job.settings.whys.map((name) => answer(job, name)).join('');
}

function answer(job: Job, name: string): string {
  const symbol = job.resolver.globals.get(name);
  if (!symbol) {
    const near = nearName(name, job.resolver.globals);
    const hint = near === undefined ? '' : `; did you mean '${near}'?`;
    return `${name}: nothing in this link mentions it${hint}\n`;
  }
  const lines = [`${name}: ${definition(symbol)}`];
  const section = inputOf(symbol);
  if (section && job.keepReasons) lines.push(...keepChain(section, job.keepReasons));
  if (symbol.object && symbol.state !== 'undefined') lines.push(...pullChain(job, symbol.object));
  lines.push(...references(job, symbol));
  return `${lines.join('\n  ')}\n`;
}

const inputOf = ({ section }: LinkSymbol): InputSection | undefined =>
  section !== undefined && section !== 'absolute' && section.kind !== 'output'
    ? section
    : undefined;

const placeOf = ({ object, name }: InputSection): string => `${object.name}:(${name})`;

function definition(symbol: LinkSymbol): string {
  const section = inputOf(symbol);
  if (symbol.state === 'undefined') return 'nothing defines it';
  if (symbol.isMade) return 'the linker script or the linker itself defines it';
  if (symbol.state === 'shared') return `a shared object defines it`;
  if (!section) return `defined in ${symbol.object?.name ?? 'the script'} as an absolute value`;
  const where = `defined in ${placeOf(section)}+0x${symbol.value.toString(16)}`;
  return section.isDiscarded ? `${where}, which was removed` : where;
}

/** Why the object is in the link, back to the command line. */
function pullChain({ resolver }: Job, object: InputObject): string[] {
  const lines: string[] = [];
  const seen = new Set<InputObject>();
  for (let at: InputObject | undefined = object; at && !seen.has(at) && seen.size < chainMax;) {
    seen.add(at);
    const current: InputObject = at;
    const pulled = resolver.pulled.find(({ member }) => member === current);
    if (!pulled) {
      lines.push(`${current.name} is on the command line`);
      return lines;
    }
    const { symbol, by } = pulled;
    if (symbol === '--whole-archive') lines.push(`${current.name} is here by --whole-archive`);
    else if (by === '')
      lines.push(`${current.name} is here as an option or the script asks for '${symbol}'`);
    else lines.push(`${current.name} is here as ${by} refers to '${symbol}'`);
    at = resolver.objects.find(({ name }) => name === by);
  }
  return lines;
}

/** Why garbage collection kept the section, back to a root. */
function keepChain(section: InputSection, reasons: KeepReasons): string[] {
  if (section.isDiscarded) return ['--gc-sections removed it: no kept section refers to it'];
  const lines: string[] = [];
  const seen = new Set<InputSection>();
  for (let at: InputSection | undefined = section; at && !seen.has(at) && seen.size < chainMax;) {
    seen.add(at);
    const reason = reasons.get(at);
    if (!reason) break;
    if (!reason.by) lines.push(`${placeOf(at)} is kept: ${reason.what}`);
    else lines.push(`${placeOf(at)} is kept as ${placeOf(reason.by)} refers to '${reason.what}'`);
    at = reason.by;
  }
  return lines;
}

/** The first places that refer to it. */
function references({ resolver, explainer }: Job, symbol: LinkSymbol): string[] {
  const lines: string[] = [];
  let more = 0;
  for (const { sections } of resolver.objects) {
    for (const section of sections) {
      if (section.isDiscarded) continue;
      for (const { symbol: target, offset } of section.relocations) {
        if (target !== symbol) continue;
        if (lines.length < placesMax) {
          lines.push(`referred to by ${explainer.place(section, offset)}`);
        } else more++;
      }
    }
  }
  if (more > 0) lines.push(`and by ${more} more`);
  return lines;
}

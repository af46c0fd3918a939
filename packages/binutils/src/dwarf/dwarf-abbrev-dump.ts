// .debug_abbrev as -wa shows it.

import { attributeNames, formNames, readAbbrevs, tagNames } from '@ring0/dwarf';
import { sharp } from './dwarf-expression.ts';
import { hex } from '../text-sink.ts';
import type { TextSink } from '../text-sink.ts';

/** A tag by its name. */
export function tagName(tag: number): string {
  if (tagNames[tag] !== undefined) return `DW_TAG_${tagNames[tag]}`;
  return tag >= 0x4080 && tag <= 0xffff
    ? `User TAG value: ${sharp(tag)}`
    : `Unknown TAG value: ${sharp(tag)}`;
}

/** An attribute by its name. */
export function attributeName(name: number): string {
  if (name === 0) return 'DW_AT value: 0';
  if (attributeNames[name] !== undefined) return `DW_AT_${attributeNames[name]}`;
  return `Unknown AT value: ${hex(name)}`;
}

/** A form by its name. */
export function formName(form: number): string {
  if (form === 0) return 'DW_FORM value: 0';
  return formNames[form] === undefined
    ? `Unknown FORM value: ${hex(form)}`
    : `DW_FORM_${formNames[form]}`;
}

/** The same without what all begin with, as wide output has it. */
export function shortFormName(form: number): string {
  return formName(form).replace(/^DW_FORM_/, '');
}

/** -wa */
export function abbrevDump(name: string, data: Uint8Array, out: TextSink): void {
  out.add(`Contents of the ${name} section:\n\n`);
  for (let offset = 0; offset < data.length;) {
    const table = readAbbrevs(data, offset);
    if (table.list.length > 0) {
      out.add(`  Number TAG (${sharp(offset)})\n`);
      for (const { code, tag, hasChildren, attributes } of table.list) {
        const children = hasChildren ? 'has children' : 'no children';
        out.add(`   ${code}      ${tagName(tag)}    [${children}]\n`);
        for (const attribute of attributes) {
          const form = formName(attribute.form);
          const implicit = attribute.form === 0x21 ? `: ${attribute.implicit}` : '';
          out.add(`    ${attributeName(attribute.name).padEnd(18)} ${form}${implicit}\n`);
        }
        out.add('    DW_AT value: 0     DW_FORM value: 0\n');
      }
    }
    offset = Math.max(table.end, offset + 1);
  }
  out.add('\n');
}

// `ring0 ld`: GNU ld's command line over the linker library.

import { formatGcc, formatJson, formatSarif, formatText } from '@ring0/diagnostics';
import { demangle } from '@ring0/binutils';
import { link, sha1, treemapPage } from '@ring0/linker';
import type { LinkOptions, LinkResult } from '@ring0/linker';
import { answerDump } from './dumps.ts';
import type { Host, Tool } from './host.ts';
import { knownScript } from './known-scripts.ts';

const version = '0.1.0';

const usage = `Usage: ring0 ld [options] file...
  -o FILE  -e SYMBOL  -T SCRIPT  -dT SCRIPT  -L DIR  -l NAME  --sysroot=DIR  -u SYMBOL  @FILE
  -r  -q  -shared  -pie  -static  -N  -n  -s  -S  -x  -X  -z KEYWORD  --build-id  --gc-sections
  -Ttext ADDR  -Tdata ADDR  -Tbss ADDR  --section-start NAME=ADDR  --defsym NAME=EXPRESSION
  -b binary  --oformat elf32-i386|binary|ihex|srec  --wrap SYMBOL  --version-script FILE
  --start-group .. --end-group  --whole-archive  --as-needed  --orphan-handling=MODE
  -M  -Map=FILE  --cref  -t  -y SYMBOL  --print-gc-sections  --print-memory-usage
  --why SYMBOL  --treemap FILE  -fdiagnostics-format=text|gcc|json|sarif  --dump=layout
All options of GNU ld 2.40 that mean something for elf_i386 are known.
`;

const emulations = '  Supported emulations:\n   elf_i386\n';
const licence = 'This program is free software under the MIT licence; there is no warranty.\n';

function versionText(shown: LinkResult['versionShown']): string {
  const line = `GNU ld (ring0 ${version}) 2.40\n`;
  if (shown === 'long') return line + emulations;
  return shown === 'full' ? line + licence : line;
}

function printDiagnostics(result: LinkResult, host: Host): void {
  const { diagnostics, diagnosticsFormat } = result;
  if (diagnosticsFormat === 'json') host.stderr(formatJson(diagnostics));
  else if (diagnosticsFormat === 'sarif') host.stderr(formatSarif('ring0-ld', diagnostics));
  else {
    for (const diagnostic of diagnostics) {
      const text =
        diagnosticsFormat === 'gcc'
          ? formatGcc(diagnostic)
          : formatText(diagnostic, { isColoured: host.isColoured });
      host.stderr(`ld: ${text}`);
    }
  }
  if (diagnostics.some(({ code }) => code === 'L0001')) {
    host.stderr('ld: use the --help option for usage information\n');
  }
}

/** From here on V8's last stage of optimising earns back what it costs. */
const shortRunMax = 64 << 20;
/** Loading node:crypto takes 8 ms, in which the linker's own SHA-1 does about as many bytes. */
const ownHashMax = 1 << 20;

function linkOptions(host: Host): LinkOptions {
  let size = 0;
  host.expectShortRun?.('keeps');
  return {
    readFile: (path) => {
      const bytes = host.readFile(path);
      const before = size;
      size += bytes?.length ?? 0;
      if (before <= shortRunMax && size > shortRunMax) host.expectLongRun?.();
      return bytes;
    },
    packedScript: (text) => knownScript(text, host),
    deflate: host.deflate,
    demangle,
    sha1: (bytes) => (bytes.length > ownHashMax && host.sha1 ? host.sha1(bytes) : sha1(bytes)),
  };
}

/** Links; writes the output, the map and what else is asked for. Status 1 where that failed. */
export const main: Tool = (argv, host) => {
  if (argv.includes('--help')) {
    host.stdout(usage);
    return 0;
  }
  const dumped = answerDump('ld', argv, host);
  if (dumped !== undefined) return dumped;
  const start = process.hrtime();
  const result = link(argv, linkOptions(host));
  if (result.wantsVersion) {
    host.stdout(versionText(result.versionShown));
    if (!result.image && result.diagnostics.length === 0) return 0;
  }
  host.stdout(result.text);
  for (const remark of result.remarks) host.stderr(`ld: ${remark}\n`);
  let status = result.image || result.isAnswer ? 0 : 1;
  printDiagnostics(result, host);
  if (result.image && !host.writeFile(result.output, result.image, { isExecutable: true })) {
    host.stderr(`ld: error: cannot write ${result.output}\n`);
    status = 1;
  }
  const files = [...result.files];
  if (result.map !== undefined && result.mapPath !== undefined) {
    files.push({ path: result.mapPath, text: result.map });
  }
  if (result.treemap) {
    files.push({ path: result.treemap.path, text: treemapPage(result.treemap.root) });
  }
  for (const { path, text } of files) {
    const bytes = new TextEncoder().encode(text);
    const inside = `${path.replace(/\/$/, '')}/${result.output.replace(/^.*\//, '')}.map`;
    if (host.writeFile(path, bytes)) continue;
    // -Map names a directory: the map goes into it.
    if (path === result.mapPath && host.writeFile(inside, bytes)) continue;
    host.stderr(`ld: error: cannot write ${path}\n`);
    status = 1;
  }
  if (result.wantsStatistics) {
    const [seconds, nanoseconds] = process.hrtime(start);
    host.stderr(`ld: total time in link: ${(seconds + nanoseconds / 1e9).toFixed(6)}\n`);
  }
  return status;
};

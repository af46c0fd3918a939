// Stands in for `as` in a build by GNU's tools, and keeps what each call got and made. gcc and clang find it by -B. A call
// is named by what was given to it, so that the same text is kept once and a folder has the same names in every run.

import fs from 'node:fs';
import path from 'node:path';
import type { Bits } from './groups.ts';

/** The shell script; it keeps the calls for objects of this many bits, others are tools for the host. */
export const recorderScript = (bits: Bits): string => `#!/bin/sh
input= output=a.out skip=
for word; do
  case $skip in
  output) output=$word skip=; continue ;;
  value) skip=; continue ;;
  esac
  case $word in
  -o) skip=output ;;
  -I | --defsym | --MD | --debug-prefix-map) skip=value ;;
  -) input=- ;;
  -*) ;;
  *) input=$word ;;
  esac
done
[ -n "$input" ] || [ ! -t 0 ] || exec "$RING0_AS" "$@"
kept=$(mktemp "$RING0_RECORD/new-XXXXXXXX") || exit 1
if [ "\${input:--}" = - ]; then cat; else cat "$input"; fi > "$kept"
"$RING0_AS" "$@" < "$kept"
status=$?
is${bits}=no
case " $* " in *' --${bits} '*) is${bits}=yes ;; esac
if [ $status != 0 ] || [ $is${bits} = no ] || [ ! -f "$output" ] || [ ! -s "$output" ]; then
  rm "$kept"
  exit $status
fi
name=$( (printf '%s\\n' "$@"; cat "$kept") | sha1sum | cut -c1-16)
printf '%s\\n' "$PWD" "$@" > "$RING0_RECORD/$name.args"
cp "$output" "$RING0_RECORD/$name.o"
mv "$kept" "$RING0_RECORD/$name.s"
`;

/** The folder for -B, and what the environment of the build must hold so that calls are kept in `record`. */
export function recorder(
  folder: string,
  record: string,
  bits: Bits,
): { readonly tools: string; readonly env: Readonly<Record<string, string>> } {
  const tools = path.join(folder, 'recorder');
  fs.mkdirSync(tools, { recursive: true });
  fs.mkdirSync(record, { recursive: true });
  fs.writeFileSync(path.join(tools, 'as'), recorderScript(bits), { mode: 0o755 });
  return { tools, env: { RING0_AS: '/usr/bin/as', RING0_RECORD: record } };
}

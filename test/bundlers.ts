// What those who make pages run over the packages they install, with the settings that it has by itself.

import { build } from 'esbuild';
import { rolldown } from 'rolldown';

/** A page's module and all that it imports, as one minified ES module. */
type Bundle = (file: string) => Promise<string>;

/** Vite's bundler, and the one that most others call. */
export const bundlers = {
  rolldown: async (file) => {
    const bundler = await rolldown({ input: file, platform: 'browser' });
    const { output } = await bundler.generate({ format: 'esm', minify: true });
    return output[0].code;
  },
  esbuild: async (file) => {
    const { outputFiles } = await build({
      entryPoints: [file],
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'browser',
      write: false,
    });
    return outputFiles[0].text;
  },
} as const satisfies Record<string, Bundle>;

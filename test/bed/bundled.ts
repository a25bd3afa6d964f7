import { build } from 'esbuild';
import { checkout } from './places.ts';

/**
 * Makes one file of a program of this room and all that it needs: it then starts in half the time that its many modules
 * take, which counts where it is started hundreds of times.
 * @param name of the module, without its ending
 * @returns the file's path, inside the checkout, which is all that a bed sees of the machine
 */
export async function bundled(name: string): Promise<string> {
  const outfile = `${checkout}/build/test/bed/${name}.bundle.mjs`;
  await build({
    absWorkingDir: checkout,
    entryPoints: [`test/bed/${name}.ts`],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    // dbus-next asks for it only to find a session bus through an X server
    external: ['x11'],
    // Libraries that are CommonJS ask for what node has built in.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'warning',
  });
  return outfile;
}

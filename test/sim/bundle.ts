import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';
import type * as Inside from './inside/entry.ts';

export type Simulator = typeof Inside;

/** A deliberately broken variant of the code: `find` occurs in `file` exactly once. */
export interface Mutant {
  readonly name: string;
  /** What has to come in schedules that find it. Absent: nothing special. */
  readonly mix?: Inside.Mix;
  readonly patches: readonly { readonly file: string; readonly find: string; readonly replace: string }[];
}

/** The top of the sources, from build/test/sim/. */
const top = resolve(dirname(fileURLToPath(import.meta.url)), '../../..');
const here = join(top, 'test/sim');

/** What the operator's code gets instead of the outside. */
const standIns: readonly (readonly [wanted: RegExp, standIn: string])[] = [
  [/^node:fs$/, 'modules/fs.ts'],
  [/^node:fs\/promises$/, 'modules/fs-promises.ts'],
  [/^node:timers\/promises$/, 'modules/timers-promises.ts'],
  [/\/watcher\.ts$/, 'modules/watcher.ts'],
  [/\/warm-up\.ts$/, 'modules/warm-up.ts'],
  [/\/crds\/load\.ts$/, 'modules/load.ts'],
];
/** Rooms whose modules get them. */
const replaced = /\/(controller|state|crds)\//;
/** What would let the code escape into the real world. */
const forbidden =
  /^(node:)?(net|child_process|dgram|http|https|worker_threads)$|programs\.ts$|dbus-next|chokidar/;

/** Bundles the operator's code with the simulated world. @returns the module's text */
export async function bundle(mutant?: Mutant): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: top,
    entryPoints: ['test/sim/inside/entry.ts'],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    sourcemap: 'inline',
    // yaml is CommonJS and asks for `process`
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    inject: [join(here, 'modules/globals.ts')],
    plugins: [standInPlugin(), mutantPlugin(mutant)],
    logLevel: 'warning',
  });
  return outputFiles[0]?.text ?? '';
}

/** Loads a bundle. */
export async function load(text: string): Promise<Simulator> {
  const directory = mkdtempSync(join(tmpdir(), 'osa-net-sim-'));
  const path = join(directory, 'sim.mjs');
  writeFileSync(path, text);
  try {
    return (await import(pathToFileURL(path).href)) as Simulator;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function standInPlugin(): Plugin {
  return {
    name: 'stand-ins',
    setup({ onResolve }) {
      onResolve({ filter: /.*/ }, ({ path, importer }) => {
        if (!replaced.test(relative(top, importer).replace(/^/, '/')) || importer.startsWith(here))
          return undefined;
        const found = standIns.find(([wanted]) => wanted.test(path));
        if (found) return { path: join(here, found[1]) };
        if (forbidden.test(path) && importer.startsWith(join(top, 'controller')))
          throw new Error(`${importer} would escape from the simulation through ${path}`);
        return undefined;
      });
    },
  };
}

function mutantPlugin(mutant: Mutant | undefined): Plugin {
  return {
    name: 'mutant',
    setup({ onLoad, onEnd }) {
      const open = new Set(mutant?.patches ?? []);
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        const file = relative(top, path);
        const patches = mutant?.patches.filter((patch) => patch.file === file) ?? [];
        if (patches.length === 0) return undefined;
        let contents = readFileSync(path, 'utf8');
        for (const patch of patches) {
          if (contents.split(patch.find).length !== 2)
            throw new Error(`${mutant?.name}: ${file} does not hold its text once`);
          contents = contents.replace(patch.find, () => patch.replace);
          open.delete(patch);
        }
        return { contents, loader: 'ts' };
      });
      onEnd(() => {
        for (const { file } of open)
          throw new Error(`${mutant?.name}: ${file} is not part of the simulation`);
      });
    },
  };
}

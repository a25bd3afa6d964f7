// Makes dist/: the program as one file that runs from anywhere, and the licences of what is in it.
// Usage: node deploy/build.mjs [DIRECTORY]
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';
import { licences } from './licences.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const out = resolve(process.argv[2] ?? join(root, 'dist'));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const entry = 'controller/cli/main.ts';

const { metafile, outputFiles } = await build({
  absWorkingDir: root,
  entryPoints: [entry],
  outdir: out,
  write: false,
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  minify: true,
  legalComments: 'none',
  // dbus-next asks for it only to find a session bus through an X server
  external: ['x11'],
  define: { OSA_NET_VERSION: JSON.stringify(version) },
  metafile: true,
  logLevel: 'warning',
});

for (const { entryPoint = '' } of Object.values(metafile.outputs)) {
  // esbuild gives such an import the package's default export only
  if (entryPoint.includes('node_modules/'))
    throw new Error(`cannot import() ${entryPoint}: import() a module of ours`);
}

mkdirSync(out, { recursive: true });
const program = join(out, 'osa-net.js');
writeFileSync(program, await oneFile(outputFiles, metafile));
chmodSync(program, 0o755);
// the package around dist/ says that .js files are ES modules
writeFileSync(join(out, 'package.json'), '{"type":"commonjs"}\n');
writeFileSync(join(out, 'THIRD-PARTY.txt'), licences(root, version, Object.keys(metafile.inputs)));

/**
 * One file of all parts. Those that every verb needs are code; each of the others is a comment line that is compiled
 * when it is first asked for: V8 skips a comment ten times as fast as it parses code, and parsing everything would take
 * 30 of the 120 ms that `osa-net status` then took.
 */
async function oneFile(files, { outputs }) {
  const codes = new Map();
  for (const { path, text } of files) codes.set(basename(path), await asCommonJs(text));
  const first = withImports(
    outputs,
    Object.keys(outputs).find((path) => outputs[path].entryPoint === entry),
  );
  const names = [...codes.keys()];
  const eager = names.filter((name) => first.has(name));
  const lazy = names.filter((name) => !first.has(name));
  return [
    '#!/usr/bin/env node',
    "'use strict';",
    `const parts = {\n${eager.map((name) => `'./${name}'(require, module, exports) {\n${codes.get(name)}},`).join('\n')}\n};`,
    `(${loader})('./${basename(entry, '.ts')}.js');`,
    ...lazy.map((name) => `//${ascii(JSON.stringify([`./${name}`, codes.get(name)]))}`),
    '',
  ].join('\n');
}

/** One character beyond ASCII makes V8 keep the whole file in two bytes a character. */
function ascii(json) {
  return json.replace(/[\u0080-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** File names of a part and of all that it imports at once. */
function withImports(outputs, path, found = new Set()) {
  found.add(basename(path));
  for (const { path: next, kind, external } of outputs[path].imports) {
    if (kind === 'import-statement' && !external && !found.has(basename(next)))
      withImports(outputs, next, found);
  }
  return found;
}

/** Runs in the bundle, as text: loads a part, or one of Node's own modules. */
function loader(entryPart) {
  const loaded = new Map();
  let lazyParts;
  load(entryPart);

  function load(name) {
    if (!name.startsWith('./')) return require(name);
    const known = loaded.get(name);
    if (known) return known.exports;
    const module = { exports: {} };
    loaded.set(name, module);
    (parts[name] ?? compile(name))(load, module, module.exports);
    return module.exports;
  }

  function compile(name) {
    // all at once: an upgrade may replace this file while it runs
    lazyParts ??= new Map(readLines().map((line) => [line.slice(4, line.indexOf('"', 4)), line]));
    const [, code] = JSON.parse(lazyParts.get(name).slice(2));
    return require('node:vm').compileFunction(code, ['require', 'module', 'exports'], { filename: name });
  }

  function readLines() {
    const text = require('node:fs').readFileSync(__filename, 'latin1');
    return text.split('\n').filter((line) => line.startsWith('//["'));
  }
}

/** A part as the body of a function of `require`, `module` and `exports`. */
async function asCommonJs(text) {
  const supported = { 'dynamic-import': false };
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minify: true,
    supported,
  });
  return code;
}

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The licences of the packages whose files are in the bundle, texts included.
 * @param {string} root directory of the project
 * @param {string} version of osa-net
 * @param {readonly string[]} inputs files of the bundle, relative to `root`
 */
export function licences(root, version, inputs) {
  const directories = inputs.flatMap((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []);
  const packages = [...new Set(directories)].sort().map((directory) => licenceOf(join(root, directory)));
  const head = `osa-net ${version} contains the following packages, each under its own licence.\n`;
  return [head, ...packages].join(`\n${'-'.repeat(80)}\n\n`);
}

function licenceOf(path) {
  const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const files = readdirSync(path)
    .filter((file) => /^(licen[cs]e|copying|notice)/i.test(file))
    .sort();
  const texts = files.map((file) => readFileSync(join(path, file), 'utf8').trim());
  // an old package names its licence as an object, or only in the text
  const identifier = license?.type ?? license ?? 'see below';
  if (license === undefined && texts.length === 0) throw new Error(`cannot tell the licence of ${path}`);
  return [`${name} ${version} (${identifier})`, ...texts].join('\n\n').concat('\n');
}

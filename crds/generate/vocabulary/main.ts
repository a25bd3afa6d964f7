import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { differencesFrom } from './against.ts';
import { moduleOf } from './emit.ts';
import { vocabularyOf } from './merge.ts';
import { type Release, releases, type Source, wantedPaths } from './sources.ts';

// A tool of the developers, not a part of the operator: fetches systemd's sources once, and writes the vocabulary.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { against: { type: 'string' } },
});
const [output] = positionals;
if (output === undefined) throw new TypeError('expected a file to write to, got nothing');
const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'osa-net/sources');
mkdirSync(cache, { recursive: true });

const sources = [];
for (const release of releases) sources.push({ version: release.version, source: await sourceOf(release) });
const vocabulary = vocabularyOf(sources);
writeFileSync(output, moduleOf(vocabulary));
if (values.against !== undefined)
  console.log(differencesFrom(vocabulary, JSON.parse(readFileSync(values.against, 'utf8'))).join('\n'));

async function sourceOf(release: Release): Promise<Source> {
  const tarball = join(cache, release.tarball);
  if (!existsSync(tarball)) await fetchTo(tarball, release);
  const folder = join(cache, String(release.version));
  if (!existsSync(folder)) unpack(tarball, folder);
  return (path) => textAt(join(folder, path));
}

async function fetchTo(file: string, { tarball, sha256 }: Release): Promise<void> {
  const answer = await fetch(new URL(`pool/main/s/systemd/${tarball}`, mirror()));
  if (!answer.ok) throw new Error(`cannot fetch ${tarball}: ${answer.status} ${answer.statusText}`);
  const bytes = Buffer.from(await answer.arrayBuffer());
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== sha256) throw new Error(`cannot use ${tarball}: its sha256 is ${found}, not ${sha256}`);
  writeFileSync(`${file}.part`, bytes);
  renameSync(`${file}.part`, file);
}

/** The machine's own Debian mirror. */
function mirror(): string {
  const format = '$(REPO_URI) $(COMPONENT)';
  const list = execFileSync('apt-get', ['indextargets', '--format', format, 'Created-By: Packages'], {
    encoding: 'utf8',
  });
  const found = /^(\S+\/debian\/) main$/m.exec(list)?.[1];
  if (found === undefined) throw new Error('cannot fetch sources: this machine has no Debian mirror');
  return found;
}

function unpack(tarball: string, folder: string): void {
  const part = `${folder}.part`;
  mkdirSync(part, { recursive: true });
  const patterns = wantedPaths.map((path) => `*/${path}`);
  execFileSync('tar', ['xf', tarball, '-C', part, '--strip-components=1', '--wildcards', ...patterns]);
  renameSync(part, folder);
}

function textAt(path: string): string {
  if (!statSync(path).isDirectory()) return readFileSync(path, 'utf8');
  return readdirSync(path)
    .sort()
    .map((name) => readFileSync(join(path, name), 'utf8'))
    .join('\n');
}

import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from '../bed/places.ts';
import { milliseconds, type Row, ratioRow } from './figures.ts';
import { progress } from './progress.ts';
import { alternate } from './status.ts';
import { bridges, netplanBridges } from './topology.ts';
import { inScratch } from './units.ts';

/** `osa-net render` of many bridges against `netplan generate` of the same. */
export function measureRender(count: number, pairs: number): readonly Row[] {
  progress(`render of ${count} bridges, ${pairs} pairs`);
  return inScratch((scratch) => {
    const documents = join(scratch, 'all.yaml');
    writeFileSync(documents, bridges(count));
    const ours = () => {
      const out = join(scratch, 'units');
      rmSync(out, { recursive: true, force: true });
      const words = [bundle, 'render', documents, '--out', out, '--systemd', '252'];
      return timed(process.execPath, words, out, 2 * count);
    };
    const root = join(scratch, 'root');
    mkdirSync(join(root, 'etc/netplan'), { recursive: true });
    const yaml = join(root, 'etc/netplan/all.yaml');
    writeFileSync(yaml, netplanBridges(count));
    chmodSync(yaml, 0o600);
    const theirs = () => {
      rmSync(join(root, 'run'), { recursive: true, force: true });
      const out = join(root, 'run/systemd/network');
      return timed('netplan', ['generate', '--root-dir', root], out, 2 * count);
    };
    const measured = Array.from({ length: pairs }, (_, i) => alternate(i, ours, theirs));
    const measure = `osa-net render of ${count} bridges ÷ netplan generate`;
    return [ratioRow(measured, { measure, limit: 2, format: milliseconds })];
  });
}

/** Wall time of a program, ms. @throws when it fails or leaves fewer files behind than it should */
function timed(program: string, words: readonly string[], out: string, files: number): number {
  const began = performance.now();
  execFileSync(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
  const elapsed = performance.now() - began;
  const made = readdirSync(out).length;
  if (made < files) throw new Error(`${program} made ${made} files, expected ${files}`);
  return elapsed;
}

import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../bed/places.ts';

/** What `osa-net render` makes of documents: the text of each unit, by name. */
export function renderedUnits(documents: string, systemd: number): ReadonlyMap<string, string> {
  return inScratch((scratch) => {
    writeFileSync(join(scratch, 'all.yaml'), documents);
    const out = join(scratch, 'units');
    const words = ['render', join(scratch, 'all.yaml'), '--out', out, '--systemd', String(systemd)];
    execFileSync(process.execPath, [bundle, ...words], { stdio: 'ignore' });
    return new Map(readdirSync(out).map((name) => [name, readFileSync(join(out, name), 'utf8')]));
  });
}

/** Writes units as a script would: one plain write each. */
export function writeUnits(folder: string, units: ReadonlyMap<string, string>): void {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of units) writeFileSync(join(folder, name), text);
}

/** Calls back with a folder that is removed afterwards. */
export function inScratch<T>(use: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'osa-net-bench-'));
  try {
    return use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

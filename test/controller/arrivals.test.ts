import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { watchArrivals } from '../../controller/arrivals.ts';
import type { Watch } from '../../controller/news.ts';
import { eventually } from '../bed/eventually.ts';
import { keepingLogger } from './logger.ts';

describe('the arrival of a document', () => {
  let elsewhere: string;
  let directory: string;
  let arrivals: number;
  let watch: Watch | undefined;

  beforeEach(() => {
    elsewhere = mkdtempSync(join(tmpdir(), 'osa-net-arrivals-'));
    directory = join(elsewhere, 'documents');
    mkdirSync(directory);
    writeFileSync(join(directory, 'old.yaml'), 'old');
    arrivals = 0;
    watch = watchArrivals({
      directory,
      accepts: (path) => path.endsWith('.yaml'),
      onArrival: () => (arrivals += 1),
      logger: keepingLogger(),
    });
  });

  afterEach(async () => {
    await watch?.close();
    rmSync(elsewhere, { recursive: true });
  });

  const moveIn = (name: string, text = 'new') => {
    writeFileSync(join(elsewhere, name), text);
    renameSync(join(elsewhere, name), join(directory, name));
  };

  it('is told of at once when one new file is moved into place', async () => {
    moveIn('new.yaml');
    await eventually(() => arrivals === 1, 1_000, 5);
    moveIn('other.yaml');
    await eventually(() => arrivals === 2, 1_000, 5);
  });

  it('is told of again once the file was away', async () => {
    rmSync(join(directory, 'old.yaml'));
    await sleep(50);
    moveIn('old.yaml');
    await eventually(() => arrivals === 1, 1_000, 5);
  });

  const silent: readonly [reason: string, change: () => void][] = [
    ['a file that is written in place', () => writeFileSync(join(directory, 'new.yaml'), 'new')],
    ['a file that was there before', () => moveIn('old.yaml')],
    ['a file that is appended to', () => appendFileSync(join(directory, 'old.yaml'), 'more')],
    ['a file that goes', () => rmSync(join(directory, 'old.yaml'))],
    [
      'a file that is renamed, and so goes as well',
      () => renameSync(join(directory, 'old.yaml'), join(directory, 'new.yaml')),
    ],
    [
      'several files at a time',
      () => ['a.yaml', 'b.yaml', 'c.yaml', 'd.yaml'].forEach((name) => void moveIn(name)),
    ],
    ['an empty file', () => moveIn('new.yaml', '')],
    ['a symlink', () => symlinkSync(join(directory, 'old.yaml'), join(directory, 'new.yaml'))],
    ['a directory', () => mkdirSync(join(directory, 'new.yaml'))],
    ['a file that is no document', () => moveIn('new.txt')],
  ];
  for (const [reason, change] of silent) {
    it(`is left to those who wait for quiet when it is ${reason}`, async () => {
      change();
      await sleep(100);
      expect(arrivals).to.equal(0);
      await sleep(1);
      moveIn('last.yaml');
      await eventually(() => arrivals === 1, 1_000, 5);
    });
  }
});

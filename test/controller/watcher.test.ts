import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { type DirectoryWatcher, watchDirectory } from '../../controller/watcher.ts';
import { keepingLogger } from './logger.ts';

for (const depth of ['each', 'listing'] as const) {
  describe(`the watcher of a directory (${depth})`, () => {
    let base: string;
    let directory: string;
    let calls: number;
    let watcher: DirectoryWatcher | undefined;

    beforeEach(() => {
      base = mkdtempSync(join(tmpdir(), 'osa-net-watch-'));
      directory = join(base, 'd');
      mkdirSync(directory);
    });
    afterEach(async () => {
      await watcher?.stop();
      watcher = undefined;
      rmSync(base, { recursive: true, force: true });
    });

    async function watch(path = directory): Promise<void> {
      calls = 0;
      watcher = watchDirectory({
        directory: path,
        depth,
        accepts: (file) => file.endsWith('.yaml') || file.includes('/..'),
        onDirty: () => {
          calls++;
        },
        logger: keepingLogger(),
      });
      await watcher.ready;
      await sleep(150);
      calls = 0;
    }

    /** Whether the watcher tells of what was done within two seconds. */
    async function tells(act: () => void): Promise<boolean> {
      calls = 0;
      act();
      for (let i = 0; i < 100 && calls === 0; i++) await sleep(20);
      const told = calls > 0;
      await sleep(150);
      return told;
    }

    const write =
      (name: string, text = 'x') =>
      () =>
        writeFileSync(join(directory, name), text);

    it('tells of files that come, change, are replaced, and go', async () => {
      await watch();
      expect(await tells(write('a.yaml', '1')), 'new').to.equal(true);
      if (depth === 'each') expect(await tells(write('a.yaml', '22')), 'changed').to.equal(true);
      const replace = () => {
        writeFileSync(join(directory, '.tmp'), '333');
        renameSync(join(directory, '.tmp'), join(directory, 'a.yaml'));
      };
      expect(await tells(replace), 'replaced').to.equal(true);
      expect(await tells(() => rmSync(join(directory, 'a.yaml'))), 'gone').to.equal(true);
    });

    it('does not tell of what is no business of ours', async () => {
      await watch();
      write('notes.txt')();
      write('.a.yaml.swp')();
      mkdirSync(join(base, 'e'));
      await sleep(400);
      expect(calls).to.equal(0);
    });

    it('tells of a burst once it is over, with the last write in it', async () => {
      await watch();
      let last = 0;
      for (let i = 0; i < 20; i++) {
        write('a.yaml', 'x'.repeat(i + 1))();
        last = performance.now();
        await sleep(10);
      }
      for (let i = 0; i < 100 && calls === 0; i++) await sleep(10);
      await sleep(300);
      expect(calls).to.be.at.least(1);
      expect(calls, 'not one a write').to.be.at.most(4);
      expect(performance.now()).to.be.greaterThan(last);
    });

    it('is not kept waiting by somebody who never stops writing', async () => {
      await watch();
      const until = performance.now() + 1_600;
      for (let i = 0; performance.now() < until; i++) {
        writeFileSync(join(directory, `${i % 7}.yaml`), String(i));
        if (i % 7 === 6) rmSync(join(directory, `${i % 7}.yaml`));
        await sleep(30);
      }
      expect(calls).to.be.at.least(1);
    });

    it('goes on when the directory is removed and made again, with the same inode too', async () => {
      await watch();
      for (let round = 0; round < 3; round++) {
        const again = () => {
          rmSync(directory, { recursive: true });
          mkdirSync(directory);
        };
        expect(await tells(again), 'the removal').to.equal(true);
        expect(await tells(write('a.yaml')), `round ${round}`).to.equal(true);
      }
    });

    it('goes on when the directory was away for a while', async () => {
      await watch();
      expect(await tells(() => rmSync(directory, { recursive: true })), 'the removal').to.equal(true);
      expect(await tells(() => mkdirSync(directory)), 'the return').to.equal(true);
      expect(await tells(write('a.yaml')), 'a file').to.equal(true);
    });

    it('goes on when another directory is moved into the place of it', async () => {
      await watch();
      mkdirSync(join(base, 'new'));
      writeFileSync(join(base, 'new', 'a.yaml'), 'x');
      const swap = () => {
        renameSync(directory, join(base, 'old'));
        renameSync(join(base, 'new'), directory);
      };
      expect(await tells(swap), 'the swap').to.equal(true);
      expect(await tells(write('b.yaml')), 'a file').to.equal(true);
    });

    it('goes on when a symlink leads to another directory', async () => {
      mkdirSync(join(base, 'v2'));
      symlinkSync('d', join(base, 'link'));
      await watch(join(base, 'link'));
      const swap = () => {
        symlinkSync('v2', join(base, 'link.new'));
        renameSync(join(base, 'link.new'), join(base, 'link'));
      };
      expect(await tells(swap), 'the swap').to.equal(true);
      expect(await tells(() => writeFileSync(join(base, 'v2', 'a.yaml'), 'x')), 'a file').to.equal(true);
    });

    it('waits for a directory that is not there yet, several levels of it', async () => {
      directory = join(base, 'x', 'y', 'z');
      await watch();
      expect(await tells(() => mkdirSync(directory, { recursive: true })), 'at once').to.equal(true);
      expect(await tells(write('a.yaml')), 'a file').to.equal(true);
      expect(await tells(() => rmSync(join(base, 'x'), { recursive: true })), 'the removal').to.equal(true);
      await sleep(200);
      mkdirSync(join(base, 'x'));
      await sleep(300);
      mkdirSync(join(base, 'x', 'y'));
      await sleep(300);
      expect(await tells(() => mkdirSync(directory)), 'one after the other').to.equal(true);
      expect(await tells(write('b.yaml')), 'a file again').to.equal(true);
    });

    it('says nothing once it is stopped', async () => {
      await watch();
      write('a.yaml')();
      await watcher?.stop();
      calls = 0;
      write('b.yaml')();
      await sleep(300);
      expect(calls).to.equal(0);
    });
  });
}

describe('the watcher of files one by one', () => {
  it('tells of a change of a file behind a symlink, and of a swapped data directory', async () => {
    const base = mkdtempSync(join(tmpdir(), 'osa-net-watch-'));
    const directory = join(base, 'd');
    for (const name of ['', '..v1', '..v2']) mkdirSync(join(directory, name), { recursive: true });
    for (const name of ['..v1', '..v2']) writeFileSync(join(directory, name, 'a.yaml'), name);
    symlinkSync('..v1', join(directory, '..data'));
    symlinkSync('..data/a.yaml', join(directory, 'a.yaml'));
    let calls = 0;
    const accepts = (file: string) => file.endsWith('.yaml') || file.includes('/..');
    const onDirty = () => {
      calls++;
    };
    const watcher = watchDirectory({ directory, depth: 'each', accepts, onDirty, logger: keepingLogger() });
    try {
      await watcher.ready;
      await sleep(150);
      calls = 0;
      symlinkSync('..v2', join(directory, '..tmp'));
      renameSync(join(directory, '..tmp'), join(directory, '..data'));
      for (let i = 0; i < 100 && calls === 0; i++) await sleep(20);
      expect(calls).to.be.at.least(1);
    } finally {
      await watcher.stop();
      rmSync(base, { recursive: true });
    }
  });
});

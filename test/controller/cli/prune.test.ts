import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { approvedPrune } from '../../../controller/approval.ts';
import { createDocuments } from '../../../controller/documents-view.ts';
import type { Logger } from '../../../controller/log.ts';
import { openStore } from '../../../controller/store.ts';
import type { SourceFile } from '../../../state/directory.ts';
import { emptyInventory } from '../../../state/inventory.ts';
import { type Ended, osaNet, program, publish, startOf, statusList } from './program.ts';

const silent: Logger = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} };

describe('osa-net prune', () => {
  let dir: string;
  let config: string;

  before(function () {
    this.timeout(20_000);
    program();
  });

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'osa-net-prune-'));
    config = join(dir, 'config');
    mkdirSync(config);
  });

  afterEach(() => {
    rmSync(dir, { recursive: true });
  });

  function prune(...args: string[]): Ended {
    const dirs = ['--config-dir', config, '--state-dir', join(dir, 'state'), '--runtime-dir', dir];
    return osaNet(['prune', ...dirs, ...args]);
  }

  /** The state of an operator that has made these bridges, before all but one of their documents vanish. */
  async function vanished(names: readonly string[]): Promise<void> {
    for (const name of names) {
      const text = `apiVersion: osa-net.dev/v1alpha1\nkind: ContainerBridge\nmetadata: { name: ${name} }\nspec: {}\n`;
      writeFileSync(join(config, `${name}.yaml`), text);
    }
    const store = openStore(join(dir, 'state'), silent);
    await store.prepare();
    const { files } = await createDocuments(config, new Map()).view();
    await store.saveLastGood(files as ReadonlyMap<string, SourceFile>);
    const owned = { owner: 'ContainerBridge/b', hash: '0' } as const;
    await store.saveInventory({
      ...emptyInventory,
      units: { '05-osa-net-br-b.network': owned, '05-osa-net-br-b.netdev': owned },
      links: { 'br-b': { ...owned, kind: 'bridge', netdev: '05-osa-net-br-b.netdev', madeFrom: '0' } },
    });
    for (const name of names.slice(1)) rmSync(join(config, `${name}.yaml`));
  }

  const held = ['ContainerBridge/b', 'ContainerBridge/c', 'ContainerBridge/d'];

  it('lists what is held back, and changes nothing', async () => {
    await vanished(['a', 'b', 'c', 'd']);
    const { code, stdout, stderr } = prune();
    expect(code).to.equal(1);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .slice(1)
        .map((line) => line.split(/ {3,}/)),
    ).to.deep.equal([
      ['ContainerBridge/b', 'br-b', '05-osa-net-br-b.netdev,05-osa-net-br-b.network'],
      ['ContainerBridge/c', '-', '-'],
      ['ContainerBridge/d', '-', '-'],
    ]);
    expect(stderr).to.contain('osa-net prune --yes');
    expect([...(await approvedPrune(join(dir, 'state')))]).to.deep.equal([]);
  });

  it('leaves word for the operator with --yes', async () => {
    await vanished(['a', 'b', 'c', 'd']);
    const { code, stderr } = prune('--yes');
    expect(code, stderr).to.equal(0);
    expect(stderr).to.contain('the operator is not running');
    expect([...(await approvedPrune(join(dir, 'state')))]).to.deep.equal(held);
  });

  it('wakes the operator that runs', async () => {
    await vanished(['a', 'b', 'c', 'd']);
    const program = `process.once('SIGHUP', () => process.exit(42)); setInterval(() => {}, 1000); console.log('up')`;
    const operator = spawn(process.execPath, ['-e', program]);
    await once(operator.stdout, 'data');
    const pid = operator.pid ?? 0;
    publish(dir, statusList([], { pid, pidStart: startOf(pid) }));
    const ended = once(operator, 'exit');
    expect(prune('--yes').code).to.equal(0);
    expect(await ended).to.deep.equal([42, null]);
  });

  it('holds nothing back when few documents went', async () => {
    await vanished(['a', 'b', 'c']);
    const { code, stdout } = prune();
    expect({ code, stdout }).to.deep.equal({ code: 0, stdout: '' });
  });
}).timeout(15_000);

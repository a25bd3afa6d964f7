import { lstatSync, mkdirSync, mkdtempSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openResolverHost } from '../../controller/resolver-host.ts';
import type { SystemdClient } from '../../controller/systemd/client.ts';

describe('resolv.conf', () => {
  let root: string;
  const link = () => join(root, 'etc/resolv.conf');
  const targets = () => ({ stub: join(root, 'run/gone.conf'), uplink: join(root, 'run/resolv.conf') });
  const host = () => openResolverHost({} as SystemdClient, join(root, 'etc'), targets());

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'osa-net-'));
    mkdirSync(join(root, 'etc'));
    mkdirSync(join(root, 'run'));
    writeFileSync(join(root, 'run/resolv.conf'), 'nameserver 192.0.2.1\n');
  });

  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('is put back as the relative link that it was, wherever the operator was started', async () => {
    await host().writeResolvConf({ type: 'link', target: '../run/resolv.conf' });
    expect(readlinkSync(link())).to.equal('../run/resolv.conf');
  });

  it('is put back as it was even where that leads nowhere', async () => {
    await host().writeResolvConf({ type: 'link', target: '../run/gone.conf' });
    expect(readlinkSync(link())).to.equal('../run/gone.conf');
  });

  it('never becomes a link to what resolved does not provide', async function () {
    this.timeout(10_000);
    writeFileSync(link(), 'nameserver 192.0.2.2\n');
    const writing = host().writeResolvConf({ type: 'link', target: targets().stub });
    await writing.then(
      () => expect.fail('it was written'),
      (cause: Error) => expect(cause.message).to.match(/^cannot link .*gone\.conf does not exist$/),
    );
    expect(lstatSync(link()).isFile()).to.equal(true);
  });
});

import { expect } from 'chai';
import { bridge, kept, source } from '../state/build.ts';
import { bundle, load, type Simulator } from './bundle.ts';

const state = '/var/lib/osa-net';
const a = source('a.yaml', bridge('a'));
const b = source('b.yaml', bridge('b'));

describe('what a loss of power brings back', function () {
  this.timeout(60_000);
  let simulator: Simulator;
  let disk: InstanceType<Simulator['BareDisk']>;

  before(async () => {
    simulator = await load(await bundle());
  });

  beforeEach(() => {
    disk = new simulator.BareDisk();
  });

  it('is no approval of a prune that counted', async () => {
    const path = `${state}/prune-approved.json`;
    await disk.run(disk.approve);
    expect(disk.survives(path)).to.equal('yes');
    await disk.run(disk.forgetApproval);
    await disk.run(disk.forgetApproval);
    expect(disk.survives(path)).to.equal('no');
  });

  it('is no document that was removed', async () => {
    const { store } = disk;
    await disk.run(() => store.prepare());
    await disk.run(() => store.saveLastGood(kept(a, b)));
    await disk.run(() => store.saveLastGood(kept(b)));
    const outcome = ['a.yaml', 'b.yaml'].map((name) => disk.survives(`${state}/documents/${name}`));
    expect(outcome).to.deep.equal(['no', 'yes']);
  });

  it('is nothing of a Resolver that went', async () => {
    const [dropIn, resolvConf] = ['/etc/systemd/resolved.conf.d/05-osa-net.conf', '/etc/resolv.conf'];
    const { resolver } = disk;
    await disk.run(() => resolver.writeDropIn('[Resolve]\n'));
    await disk.run(() => resolver.writeResolvConf({ type: 'file', text: 'nameserver 192.0.2.1\n' }));
    expect([disk.survives(dropIn), disk.survives(resolvConf)]).to.deep.equal(['yes', 'yes']);
    await disk.run(() => resolver.writeDropIn(undefined));
    await disk.run(() => resolver.writeResolvConf({ type: 'absent' }));
    expect([disk.survives(dropIn), disk.survives(resolvConf)]).to.deep.equal(['no', 'no']);
  });

  it('is every text that a change replaces, also one that an earlier life put there', async () => {
    const { history } = disk;
    const path = `${state}/history/${a.hash}`;
    await disk.run(() => history.prepare());
    disk.leaveUnsynced(path, a.bytes);
    expect(disk.survives(path)).to.equal('perhaps');
    await disk.run(() => history.prepare());
    await disk.run(() => history.keep([a]));
    expect(disk.survives(path)).to.equal('yes');
  });
});

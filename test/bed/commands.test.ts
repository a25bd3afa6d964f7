import { expect } from 'chai';
import type { History } from '../../state/history.ts';
import { type Bed, startBed } from './bed.ts';
import { eventually } from './eventually.ts';
import { type Operator, startOperator } from './operator.ts';
import { published, readiness } from './origin.ts';

const bridge = (name: string, spec: object = {}) =>
  JSON.stringify({
    apiVersion: 'osa-net.dev/v1alpha1',
    kind: 'ContainerBridge',
    metadata: { name },
    spec: { addresses: [`10.9.${name.length}.1/24`], requiredState: 'no-carrier', ...spec },
  });

const key = 'ContainerBridge/one';
const first = bridge('one', { mtu: 1450 });

describe('commands to a running operator', function () {
  this.timeout(60_000);
  let bed: Bed;
  let operator: Operator;

  before(async () => {
    bed = await startBed();
    bed.write('/etc/osa-net.d/one.yaml', first);
    operator = startOperator(bed, { flags: ['--log-level', 'debug'] });
    await operator.waitReady();
  });

  after(() => bed.stop());

  const run = (words: string) => bed.sh(`osa-net ${words}`, { check: false });
  const mtu = async () => (await bed.ip('link', 'show', 'br-one'))[0]?.mtu;
  const passes = () => operator.log.filter(({ message }) => message === 'pass').length;
  const history = async () =>
    (JSON.parse((await run('history -o json')).stdout) as History['entries'])
      .toReversed()
      .map(
        ({ result, by, changes }) =>
          `${result} ${by} ${changes.map(({ key: one, change }) => `${change} ${one}`).join()}`,
      );
  const onTrial = () => eventually(() => expect(published(bed).operator.trial?.phase).to.equal('trial'));

  it('a document that is tried and confirmed becomes one of the directory', async () => {
    bed.write('/root/one.yaml', bridge('one', { mtu: 1400 }));
    const trial = run('try /root/one.yaml --timeout 30');
    await onTrial();
    await eventually(async () => expect(await mtu()).to.equal(1400));
    expect(bed.read('/etc/osa-net.d/one.yaml')).to.equal(first);
    await eventually(() => expect(readiness(bed, key).reason).to.equal('AwaitingConfirmation'));
    expect((await run('status')).stderr).to.match(/generation 2 is on trial/);
    expect((await run('confirm')).code).to.equal(0);
    expect((await trial).code).to.equal(0);
    expect(bed.read('/etc/osa-net.d/one.yaml')).to.equal(bridge('one', { mtu: 1400 }));
    await operator.waitReady();
    expect(await mtu()).to.equal(1400);
  });

  it('a document that is tried and cancelled leaves everything as it was', async () => {
    bed.write('/root/one.yaml', bridge('one', { mtu: 1300 }));
    bed.write('/root/four.yaml', bridge('four', { forwarding: 'ipv4' }));
    const forwards = async () => (await bed.sh('cat /proc/sys/net/ipv4/ip_forward')).stdout.trim();
    await bed.sh('echo 0 > /proc/sys/net/ipv4/ip_forward');
    const trial = run('try /root/one.yaml /root/four.yaml');
    await onTrial();
    await eventually(async () => expect(await mtu()).to.equal(1300));
    await eventually(async () => expect(await forwards()).to.equal('1'));
    expect((await run('cancel')).code).to.equal(0);
    expect((await trial).code).to.equal(4);
    expect(await mtu()).to.equal(1400);
    expect(await forwards()).to.equal('0');
    expect((await bed.ip('link')).map(({ ifname }) => ifname)).to.not.include('br-four');
    await operator.waitReady();
    expect(published(bed).items.length).to.equal(1);
  });

  it('a document that nobody confirms is taken back in time', async () => {
    bed.write('/root/one.yaml', bridge('one', { mtu: 1300 }));
    const { code, stderr } = await run('try /root/one.yaml --timeout 2');
    expect([code, await mtu()]).to.deep.equal([5, 1400]);
    expect(stderr).to.match(/was taken back: nobody confirmed it in time/);
    await operator.waitReady();
  });

  it('a document that is not confirmed before the operator is killed is taken back by the next one', async () => {
    bed.write('/root/one.yaml', bridge('one', { mtu: 1300 }));
    const trial = run('try /root/one.yaml --timeout 60');
    await eventually(async () => expect(await mtu()).to.equal(1300));
    await operator.kill9();
    expect((await trial).code).to.equal(3);
    operator = startOperator(bed, { flags: ['--log-level', 'debug'] });
    await eventually(async () => expect(await mtu()).to.equal(1400));
    // Who was killed may have had no time to speak of the trial: only the next one's word counts.
    await operator.waitReady();
    // networkd gets time to do it before that counts as done.
    await eventually(() => expect(published(bed).operator.trial).to.equal(undefined));
  });

  it('a document with problems is not tried', async () => {
    bed.write('/root/bad.yaml', bridge('bad', { mtuu: 1 }));
    const { code, stderr } = await run('try /root/bad.yaml');
    expect(code).to.equal(1);
    expect(stderr).to.match(/bad\.yaml:1:\d+: .*mtuu/s);
  });

  it('history tells all of it, and rollback goes back and holds', async () => {
    expect(await history()).to.deep.equal([
      `interrupted try changed ${key}`,
      `timed-out try changed ${key}`,
      `cancelled try added ContainerBridge/four,changed ${key}`,
      `confirmed try changed ${key}`,
      `confirmed documents added ${key}`,
    ]);
    expect((await run('rollback')).code).to.equal(0);
    expect(await mtu()).to.equal(1450);
    expect((await run('status')).stderr).to.match(/held on generation 1/);
    const { code, stdout, stderr } = await run('diff');
    expect(code, stdout).to.equal(0);
    expect(stderr).to.match(/held on generation 1/);
    expect((await run('rollback 99')).code).to.equal(1);
    const tried = await run('try /root/one.yaml');
    expect([tried.code, tried.stderr]).to.satisfy(
      ([status, text]: [number, string]) => status === 1 && /held on generation 1/.test(text),
    );
  });

  it('a hold survives a restart, and ends when it is resumed', async () => {
    await operator.stop();
    operator = startOperator(bed, { flags: ['--log-level', 'debug'] });
    await eventually(async () => expect((await run('status')).code).to.equal(0));
    expect(await mtu()).to.equal(1450);
    expect((await run('resume')).code).to.equal(0);
    await eventually(async () => expect(await mtu()).to.equal(1400));
    expect((await run('resume')).code).to.equal(0);
  });

  it('a hold ends when the documents change', async () => {
    await operator.waitReady();
    expect((await run('rollback 1')).code).to.equal(0);
    expect(await mtu()).to.equal(1450);
    operator.drop('three.yaml', bridge('three'));
    await eventually(async () => expect(await mtu()).to.equal(1400));
    await operator.waitReady(['ContainerBridge/three']);
  });

  it('what is suspended is left alone, and goes on when it is resumed', async () => {
    expect((await run('suspend cb/one')).code).to.equal(0);
    expect((await run('suspend cb/none')).code).to.equal(1);
    bed.write('/root/one.yaml', bridge('one', { mtu: 1300 }));
    expect((await run('try /root/one.yaml')).stderr).to.match(
      /suspended.*: ContainerBridge\/one; see: osa-net resume/,
    );
    await bed.sh('ip link set br-one mtu 1280');
    await eventually(() => expect(readiness(bed, key).reason).to.equal('ReconciliationSuspended'));
    operator.drop('one.yaml', bridge('one', { mtu: 1350 }));
    operator.drop('three.yaml', bridge('three', { mtu: 1340 }));
    await eventually(async () => expect((await bed.ip('link', 'show', 'br-three'))[0]?.mtu).to.equal(1340));
    expect(await mtu()).to.equal(1280);
    expect((await run('resume cb/one')).code).to.equal(0);
    await eventually(async () => expect(await mtu()).to.equal(1350));
    await operator.waitReady();
  });

  it('everything that was written while all is suspended is tried at once', async () => {
    expect((await run('suspend')).code).to.equal(0);
    operator.drop('one.yaml', bridge('one', { mtu: 1330 }));
    operator.remove('three.yaml');
    await eventually(() => expect(readiness(bed, key).reason).to.equal('ReconciliationSuspended'));
    const trial = run('try --timeout 3');
    await eventually(async () => expect(await mtu()).to.equal(1330));
    expect((await trial).code).to.equal(5);
    expect(await mtu()).to.equal(1350);
    for (const one of [key, 'ContainerBridge/three']) {
      await eventually(() => expect(readiness(bed, one).reason).to.equal('RolledBack'));
    }
    // Whoever works on the host by hand was not to be disturbed before it, and is not after it.
    const before = passes();
    await bed.sh('ip link set br-one mtu 1280');
    await eventually(() => expect(passes()).to.be.greaterThan(before));
    expect(await mtu()).to.equal(1280);
    expect((await run('resume')).code).to.equal(0);
    await eventually(async () => expect(await mtu()).to.equal(1330));
    await eventually(() => expect(published(bed).items.length).to.equal(1));
    await operator.waitReady();
  });

  it('a document that depends on another is tried while all is suspended', async () => {
    expect((await run('suspend')).code).to.equal(0);
    await eventually(() =>
      expect(readiness(bed, key).message).to.match(
        /: suspended with everything; go on with: osa-net resume$/,
      ),
    );
    const four = JSON.parse(bridge('four'));
    four.metadata.annotations = { 'osa-net.dev/depends-on': key };
    bed.write('/root/four.yaml', JSON.stringify(four));
    const trial = run('try /root/four.yaml --timeout 3');
    await eventually(async () => expect(await bed.ip('link', 'show', 'br-four')).to.have.length(1));
    expect((await trial).code).to.equal(5);
    await eventually(() => expect(readiness(bed, key).reason).to.equal('ReconciliationSuspended'));
    expect((await run('resume')).code).to.equal(0);
    await operator.waitReady();
  });

  it('there is nothing to try, confirm, cancel or resume when nothing is', async () => {
    const codes = [];
    for (const verb of ['try', 'confirm', 'cancel', 'resume', 'resume cb/one'])
      codes.push((await run(verb)).code);
    expect(codes).to.deep.equal([0, 1, 1, 0, 1]);
  });

  it('units of others that were tried to be taken over are theirs again, and make their link', async () => {
    const place = (suffix: string) => `/etc/systemd/network/05-osa-net-br-six.${suffix}`;
    const theirs: Readonly<Record<string, string>> = {
      netdev: '[NetDev]\nName=br-six\nKind=bridge\n',
      network: '[Match]\nName=br-six\n[Network]\nAddress=10.8.8.1/24\nConfigureWithoutCarrier=yes\n',
    };
    const areThere = async () => {
      expect(Object.keys(theirs).map((suffix) => bed.read(place(suffix)))).to.deep.equal(
        Object.values(theirs),
      );
      const addresses = (await bed.ip('addr', 'show', 'br-six'))[0]?.addr_info ?? [];
      expect(addresses.map(({ local }) => local)).to.include('10.8.8.1');
    };
    for (const [suffix, text] of Object.entries(theirs)) bed.write(place(suffix), text);
    await bed.sh('networkctl reload');
    await eventually(areThere);
    const document = JSON.parse(bridge('six', { addresses: ['10.8.9.1/24'] }));
    document.metadata.annotations = { 'osa-net.dev/adopt': 'true' };
    for (const end of ['cancel', 'kill'] as const) {
      bed.write('/root/six.yaml', JSON.stringify(document));
      const trial = run('try /root/six.yaml --timeout 60');
      await onTrial();
      await eventually(() => expect(bed.read(place('network'))).to.include('Owner=ContainerBridge/six'));
      if (end === 'cancel') expect((await run('cancel')).code).to.equal(0);
      else {
        await operator.kill9();
        operator = startOperator(bed, { flags: ['--log-level', 'debug'] });
      }
      await trial;
      await eventually(areThere);
      await operator.waitReady([key]);
      await eventually(() => expect(published(bed).operator.trial).to.equal(undefined));
      // What is theirs stays so when everything is looked at again.
      operator.process.kill('SIGHUP');
      await new Promise((resolve) => setTimeout(resolve, 3_000));
      await areThere();
    }
  });

  it('a link of others that a tried document gave another MTU and MAC address has its own again', async () => {
    const router = await bed.namespace('router');
    await router.veth('eth7', 'port7');
    const nic = async () => {
      const [seen] = await bed.ip('link', 'show', 'eth7');
      return [seen?.mtu, seen?.address];
    };
    const before = await nic();
    const document = (own: object) =>
      JSON.stringify({
        apiVersion: 'osa-net.dev/v1alpha1',
        kind: 'Network',
        metadata: { name: 'eth7' },
        spec: { Match: { Name: 'eth7' }, Network: { Address: '10.7.7.1/24' }, ...own },
      });
    operator.drop('eth7.yaml', document({}));
    await operator.waitReady(['Network/eth7']);
    await eventually(() => expect(published(bed).operator.trial).to.equal(undefined));
    const tried = { MTUBytes: 1400, MACAddress: '02:00:00:00:07:07' };
    bed.write('/root/eth7.yaml', document({ Link: tried }));
    const trial = run('try /root/eth7.yaml --timeout 60');
    await eventually(async () => expect(await nic()).to.deep.equal(Object.values(tried)));
    expect((await run('cancel')).code).to.equal(0);
    expect((await trial).code).to.equal(4);
    expect(await nic()).to.deep.equal(before);
    operator.remove('eth7.yaml');
    await eventually(() => expect(published(bed).items.length).to.equal(1));
  });

  it('without an operator they say so', async () => {
    await operator.stop();
    for (const verb of ['try', 'confirm', 'cancel', 'rollback', 'suspend', 'resume']) {
      expect((await run(verb)).code, verb).to.equal(3);
    }
    expect((await run('history')).code).to.equal(0);
  });
});

import { expect } from 'chai';
import { conditionOf } from '../../state/status.ts';
import { type Bed, startBed } from './bed.ts';
import { eventually } from './eventually.ts';
import { dropDocument, type Operator, startOperator } from './operator.ts';
import { checkout } from './places.ts';
import { forEachRelease } from './releases.ts';

const leave = '    osa-net.dev/recreate: allowed\n';

const document = (kind: string, name: string, spec: string, annotations = '') =>
  `apiVersion: osa-net.dev/v1alpha1\nkind: ${kind}\nmetadata:\n  name: ${name}\n` +
  `${annotations === '' ? '' : `  annotations:\n${annotations}`}spec:\n${spec}`;

/** Which link this is, as the kernel counts them; 0 where there is none. */
async function indexOf(bed: Bed, link: string): Promise<number> {
  const { stdout } = await bed.sh(`cat /sys/class/net/${link}/ifindex 2>/dev/null || echo 0`);
  return Number(stdout);
}

async function masterOf(bed: Bed, link: string): Promise<string | undefined> {
  const [entry] = await bed.ip('link', 'show', 'dev', link);
  return entry?.master;
}

/** The Ready condition of a resource as reason and message. */
async function readyOf(operator: Operator, key: string): Promise<{ reason: string; message: string }> {
  const { items } = await operator.status();
  const item = items.find(({ kind, metadata }) => `${kind}/${metadata.name}` === key);
  const ready = item && conditionOf(item.status, 'Ready');
  const synced = item && conditionOf(item.status, 'Synced');
  return {
    reason: `${ready?.status} ${ready?.reason} synced=${synced?.status}`,
    message: ready?.message ?? '',
  };
}

const inUse = 'False InUse synced=False';

forEachRelease(['host', 'trixie'], (release) => {
  describe('a link that others use', function () {
    this.timeout(60_000);
    let bed: Bed;
    let operator: Operator;

    beforeEach(async () => {
      bed = await startBed({ release });
      await bed.sh('ip link add br-f type bridge; ip link set br-f up');
      operator = startOperator(bed);
    });

    afterEach(async () => {
      await operator.stop();
      await bed.stop();
    });

    it('waits for leave where a raw NetDev changed that networkd does not change in place', async () => {
      const veth = (mtu: number, annotations = '') =>
        document(
          'NetDev',
          'x',
          `  NetDev:\n    Name: x\n    Kind: veth\n    MTUBytes: ${mtu}\n  Peer:\n    Name: y\n`,
          annotations,
        );
      operator.drop('x.yaml', veth(1400));
      await operator.waitReady(['NetDev/x']);
      const first = await indexOf(bed, 'x');
      await bed.sh('ip link set x up; ip link set y up; ip netns add guest');
      await bed.sh(
        'ip link add inner link y address 02:00:00:00:00:77 type macvlan mode bridge; ip link set inner netns guest; ip -n guest link set inner up',
      );
      operator.drop('x.yaml', veth(1450));
      await eventually(async () => {
        const { reason, message } = await readyOf(operator, 'NetDev/x');
        expect(reason).to.equal(inUse);
        expect(message).to.include('a link on y in another namespace (02:00:00:00:00:77)');
        expect(message).to.include('osa-net.dev/recreate: allowed');
        expect(message).to.include('--allow-recreate');
        expect(message).to.match(/^\/etc\/osa-net\.d\/x\.yaml:\d+:\d+: /);
      });
      expect(await indexOf(bed, 'x')).to.equal(first);
      operator.drop('x.yaml', veth(1450, leave));
      await operator.waitReady(['NetDev/x']);
      await eventually(async () => expect(await indexOf(bed, 'x')).to.be.above(first));
    });

    it('waits for leave where it is to be a bridge of other settings, and gets its ports back', async () => {
      const bridge = (stp: string, annotations = '') =>
        document(
          'NetDev',
          'b',
          `  NetDev:\n    Name: br-b\n    Kind: bridge\n  Bridge:\n    STP: ${stp}\n`,
          annotations,
        );
      operator.drop('b.yaml', bridge('false'));
      await operator.waitReady(['NetDev/b']);
      const first = await indexOf(bed, 'br-b');
      await bed.sh('ip link add vb-1 type veth peer name inside; ip link set vb-1 master br-b up');
      operator.drop('b.yaml', bridge('true'));
      if (bed.version >= 257) {
        await eventually(async () => {
          const { stdout } = await bed.sh('cat /sys/class/net/br-b/bridge/stp_state');
          expect(stdout.trim()).to.equal('1');
        });
        await operator.waitReady(['NetDev/b']);
        expect(await indexOf(bed, 'br-b')).to.equal(first);
        return;
      }
      await eventually(async () => {
        const { reason, message } = await readyOf(operator, 'NetDev/b');
        expect(reason).to.equal(inUse);
        expect(message).to.include('which unplugs vb-1; ');
      });
      expect([await indexOf(bed, 'br-b'), await masterOf(bed, 'vb-1')]).to.deep.equal([first, 'br-b']);
      operator.drop('b.yaml', bridge('true', leave));
      await eventually(async () => expect(await indexOf(bed, 'br-b')).to.be.above(first));
      await eventually(async () => expect(await masterOf(bed, 'vb-1')).to.equal('br-b'));
      await operator.waitReady(['NetDev/b']);
      await eventually(() =>
        expect(JSON.parse(bed.read('/var/lib/osa-net/inventory.json'))).to.not.have.property('replug'),
      );
    });

    it('gives the ports back although the operator is killed after each step', async () => {
      const bridge = (stp: string, annotations: string) =>
        document(
          'NetDev',
          'f',
          `  NetDev:\n    Name: br-f\n    Kind: bridge\n  Bridge:\n    STP: ${stp}\n`,
          annotations,
        );
      const adopt = '    osa-net.dev/adopt: "true"\n';
      // v257 changes a bridge of ours in place, and makes one anew that it takes over; v252 has it the other way round.
      if (bed.version <= 256) {
        operator.drop('f.yaml', bridge('false', adopt));
        await operator.waitReady(['NetDev/f']);
      }
      await operator.stop();
      await bed.sh('ip link add vb-1 type veth peer name inside; ip link set vb-1 master br-f up');
      const first = await indexOf(bed, 'br-f');
      operator.drop('f.yaml', bridge('true', adopt + leave));
      const entry = `${checkout}/build/test/bed/killed-operator.js`;
      let lives = 0;
      for (let ended: number | null = null; ended === null; lives++) {
        expect(lives).to.be.below(10);
        const run = bed.spawn([process.execPath, entry], { env: { OSA_NET_KILL_BEFORE: '2' } });
        run.child.stdout?.resume();
        run.child.stderr?.resume();
        ended = await run.ended;
      }
      expect(lives).to.be.above(2);
      expect(await indexOf(bed, 'br-f')).to.be.above(first);
      expect(await masterOf(bed, 'vb-1')).to.equal('br-f');
      expect(JSON.parse(bed.read('/var/lib/osa-net/inventory.json'))).to.not.have.property('replug');
      operator = startOperator(bed);
    });

    it('is told by diff, and made anew by an operator that has leave for all', async () => {
      const veth = (mtu: number) =>
        document(
          'NetDev',
          'x',
          `  NetDev:\n    Name: x\n    Kind: veth\n    MTUBytes: ${mtu}\n  Peer:\n    Name: y\n`,
        );
      operator.drop('x.yaml', veth(1400));
      await operator.waitReady(['NetDev/x']);
      await operator.stop();
      const first = await indexOf(bed, 'x');
      await bed.sh('ip link add guest link y type macvlan mode bridge');
      operator.drop('x.yaml', veth(1450));
      const without = await bed.sh('osa-net diff', { check: false });
      expect(without.stderr).to.include('which deletes guest; ');
      expect(without.stdout).to.not.include('delete-link');
      const allowed = await bed.sh('osa-net diff --allow-recreate', { check: false });
      expect(allowed.stdout).to.match(/delete-link +x/);
      await bed.sh('OSA_NET_ALLOW_RECREATE=1 osa-net operator --once');
      expect(await indexOf(bed, 'x')).to.be.above(first);
      operator = startOperator(bed);
    });

    it('is made anew without leave once nobody uses it any more', async () => {
      const veth = (mtu: number) =>
        document(
          'NetDev',
          'x',
          `  NetDev:\n    Name: x\n    Kind: veth\n    MTUBytes: ${mtu}\n  Peer:\n    Name: y\n`,
        );
      operator.drop('x.yaml', veth(1400));
      await operator.waitReady(['NetDev/x']);
      const first = await indexOf(bed, 'x');
      await bed.sh('ip link add guest link y type macvlan mode bridge');
      operator.drop('x.yaml', veth(1450));
      await eventually(async () =>
        expect((await readyOf(operator, 'NetDev/x')).message).to.include('deletes guest; '),
      );
      expect(await indexOf(bed, 'x')).to.equal(first);
      await bed.sh('ip link delete guest');
      await eventually(async () => expect(await indexOf(bed, 'x')).to.be.above(first));
      await operator.waitReady(['NetDev/x']);
    });

    it('is not taken over by making it anew without leave', async () => {
      const adopt = '    osa-net.dev/adopt: "true"\n';
      const bridge = (annotations: string) =>
        document('ContainerBridge', 'f', '  interface: br-f\n', annotations);
      await bed.sh('ip link add vb-1 type veth peer name inside; ip link set vb-1 master br-f up');
      const first = await indexOf(bed, 'br-f');
      dropDocument(bed, 'f.yaml', bridge(adopt));
      if (bed.version <= 256) {
        await operator.waitReady(['ContainerBridge/f']);
        expect(await indexOf(bed, 'br-f')).to.equal(first);
        return;
      }
      await eventually(async () =>
        expect((await readyOf(operator, 'ContainerBridge/f')).reason).to.equal(inUse),
      );
      const { stdout } = await bed.sh('ls /etc/systemd/network');
      expect(stdout).to.not.include('br-f');
      expect([await indexOf(bed, 'br-f'), await masterOf(bed, 'vb-1')]).to.deep.equal([first, 'br-f']);
      dropDocument(bed, 'f.yaml', bridge(adopt + leave));
      await eventually(async () => expect(await indexOf(bed, 'br-f')).to.be.above(first));
      await operator.waitReady(['ContainerBridge/f']);
      await eventually(async () => expect(await masterOf(bed, 'vb-1')).to.equal('br-f'));
    });
  });
});

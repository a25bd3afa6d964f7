import { expect } from 'chai';
import { type Bed, startBed } from './bed.ts';
import { eventually } from './eventually.ts';
import { dropDocument, type Operator, startOperator } from './operator.ts';
import { published, readiness, ready } from './origin.ts';
import { forEachRelease } from './releases.ts';

const bridge = (name: string, net: number) =>
  `apiVersion: osa-net.dev/v1alpha1\nkind: ContainerBridge\nmetadata: {name: ${name}}\nspec: {addresses: [10.${net}.0.1/24]}\n`;

forEachRelease(['host', 'trixie'], (release) => {
  describe('a host on which something is wrong', function () {
    this.timeout(60_000);
    let bed: Bed;
    let operator: Operator;

    beforeEach(async () => {
      bed = await startBed({ release });
      await bed.sh('mkdir -p /etc/osa-net.d');
      dropDocument(bed, 'good.yaml', bridge('good', 1));
    });

    afterEach(async () => {
      await operator.stop();
      await bed.stop();
    });

    const linkExists = async (name: string) => (await bed.ip('link')).some(({ ifname }) => ifname === name);
    const goodIsUp = async () => expect(await linkExists('br-good')).to.equal(true);

    it('is made right when a networkd that was absent at the start appears', async () => {
      await bed.networkd.stop();
      operator = startOperator(bed);
      await eventually(
        () => expect(readiness(bed, 'ContainerBridge/good')).to.include({ reason: 'NetworkdUnavailable' }),
        10_000,
      );
      await bed.networkd.start();
      await ready(bed);
    });

    for (const [title, breakIt, mendIt] of [
      [
        'the unit directory is read-only',
        'mount --bind /etc/systemd/network /etc/systemd/network; mount -o remount,bind,ro /etc/systemd/network',
        'umount /etc/systemd/network',
      ],
      [
        'the disk of the unit directory is full',
        'mkdir /run/small; mount -t tmpfs -o size=64k tmpfs /run/small; cp -a /etc/systemd/network/. /run/small; mount --bind /run/small /etc/systemd/network; head -c 1M /dev/zero >/etc/systemd/network/zero || true',
        'rm /etc/systemd/network/zero',
      ],
    ] as const) {
      it(`says so when ${title}, loses nothing, and goes on afterwards`, async () => {
        operator = startOperator(bed);
        await ready(bed);
        await bed.sh(breakIt);
        dropDocument(bed, 'new.yaml', bridge('new', 2));
        await eventually(
          () =>
            expect(readiness(bed, 'ContainerBridge/new')).to.include({
              status: 'False',
              reason: 'ApplyFailed',
            }),
          10_000,
        );
        expect(readiness(bed, 'ContainerBridge/new').message).to.match(
          /cannot write a unit: .*(EROFS|ENOSPC)/,
        );
        await goodIsUp();
        await bed.sh(mendIt);
        await ready(bed, undefined, 40_000);
        expect(await linkExists('br-new')).to.equal(true);
      });
    }

    it('says so when the disk of the state directory is full, changes nothing, and goes on afterwards', async () => {
      operator = startOperator(bed);
      await ready(bed);
      await bed.sh(
        'mkdir /run/small; mount -t tmpfs -o size=64k tmpfs /run/small; cp -a /var/lib/osa-net/. /run/small',
      );
      await bed.sh(
        'mount --bind /run/small /var/lib/osa-net; head -c 1M /dev/zero >/var/lib/osa-net/zero || true',
      );
      dropDocument(bed, 'new.yaml', bridge('new', 2));
      await eventually(() => {
        const [trouble] = published(bed).operator.conditions;
        expect(trouble).to.include({ reason: 'ApplyFailed' });
        expect(trouble?.message).to.match(/ENOSPC/);
      }, 10_000);
      await goodIsUp();
      expect(await linkExists('br-new')).to.equal(false);
      await bed.sh('rm /var/lib/osa-net/zero');
      await ready(bed, ['ContainerBridge/new', 'ContainerBridge/good'], 40_000);
    });
  });
});

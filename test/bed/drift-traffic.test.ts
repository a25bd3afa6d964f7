import { expect } from 'chai';
import { conditionOf } from '../../state/status.ts';
import { type Drifting, drifts, startDrifting, stepsSince, trafficOf } from './drifting.ts';
import { eventually } from './eventually.ts';
import { forEachRelease } from './releases.ts';

forEachRelease(['host', 'trixie'], (release) => {
  describe('drift of routes, rules, forwarding, NAT, names and settings', function () {
    this.timeout(60_000);
    let host: Drifting;

    before(async () => {
      host = await startDrifting(release);
    });

    after(async () => {
      await host.operator.stop();
      await host.bed.stop();
    });

    for (const { what, link, command, steps, silent } of drifts) {
      it(`is put right: ${what} of ${link}`, async () => {
        const { bed, operator } = host;
        const before = await trafficOf(bed);
        const logged = operator.log.length;
        await bed.sh(command);
        if (silent) operator.process.kill('SIGHUP');

        await eventually(() => {
          const done = stepsSince(operator, logged);
          for (const step of steps)
            expect(
              done.some((one) => new RegExp(`^${step}`).test(one)),
              `${done}`,
            ).to.equal(true);
        });
        await eventually(async () => expect(await trafficOf(bed)).to.equal(before));
        await operator.waitReady();
        const flaps = operator.log.slice(logged).filter(({ message }) => message.includes('(link flap)'));
        expect(flaps.map(({ message }) => message)).to.deep.equal([]);
      });
    }

    it('is left to the user where another file is in the way', async () => {
      const { bed, operator } = host;
      const unit = '/etc/systemd/network/00-mine.network';
      bed.write(unit, '[Match]\nName=r1p1\n[Network]\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n');
      await bed.sh('networkctl reload');
      await eventually(async () => {
        const { items } = await operator.status();
        const item = items.find(({ kind, metadata }) => kind === 'Network' && metadata.name === 'r1p1');
        expect(item && conditionOf(item.status, 'Ready')?.reason).to.equal('ShadowedByOtherFile');
      });
      bed.remove(unit);
      await bed.sh('networkctl reload');
      await operator.waitReady();
    });

    it('leaves alone what others added', async () => {
      const { bed, operator } = host;
      const foreign =
        'ip addr add 10.99.0.1/24 dev r1; ip route add 10.98.0.0/16 dev r1; ip rule add from 10.97.0.0/16 table 97';
      const logged = operator.log.length;
      await bed.sh(foreign);
      operator.process.kill('SIGHUP');
      await eventually(() =>
        expect(operator.log.slice(logged).some(({ message }) => message === 'pass')).to.equal(true),
      );
      await operator.waitReady();
      expect(stepsSince(operator, logged)).to.deep.equal([]);
      const { stdout } = await bed.sh('ip addr show r1; ip route; ip rule');
      expect(stdout).to.include('10.99.0.1/24').and.include('10.98.0.0/16').and.include('from 10.97.0.0/16');
    });
  });
});

import { expect } from 'chai';
import { documentOf, unmarked } from '../crds/marked.ts';
import { type Bed, startBed } from './bed.ts';
import { eventually } from './eventually.ts';
import type { Operator } from './operator.ts';
import { itemOf, readiness, ready } from './origin.ts';
import { forEachRelease } from './releases.ts';
import { startedOperator } from './restart.ts';

const file = 'up.yaml';
const device = documentOf('NetDev', 'up', 'NetDev: {Name: br-up, Kind: bridge}');
const network = (more = '') =>
  documentOf(
    'Network',
    'up',
    `Match: {Name: br-up}\nNetwork: {Address: 10.77.0.1/24, ConfigureWithoutCarrier: yes${more}}`,
  );
const good = `${device}---\n${network()}`;
const marked = `${device}---\n${network(', »Adress: 10.78.0.1/24')}`;
const { text: wrong, at } = unmarked(marked);
const message = `/etc/osa-net.d/${file}:${at[0]}: [Network] has no key "Adress"; did you mean Address?`;

/** As if an osa-net that did not check it yet had put the text on the host. */
function pretendApplied(bed: Bed): void {
  bed.write(`/var/lib/osa-net/documents/${file}`, wrong);
}

forEachRelease(['host', 'trixie'], (release) => {
  describe('a text of which networkd leaves out something', function () {
    this.timeout(60_000);
    let bed: Bed;
    let operator: Operator;

    before(async () => {
      bed = await startBed({ release });
      bed.write(`/etc/osa-net.d/${file}`, good);
      operator = await startedOperator(bed);
      await ready(bed);
    });

    after(() => bed.stop());

    const addresses = async () => {
      const [link] = await bed.ip('addr', 'show', 'br-up');
      return link?.addr_info?.flatMap(({ local, family }) => (family === 'inet' ? [local] : []));
    };

    it('is not applied, and says where', async () => {
      operator.drop(file, wrong);
      await eventually(() => {
        const { reason, message: said } = readiness(bed, 'Network/up');
        expect([reason, said]).to.deep.equal(['ValidationFailed', message]);
      });
      expect(bed.read('/etc/systemd/network/05-osa-net-br-up.network')).to.not.include('Adress');
      expect(await addresses()).to.deep.equal(['10.77.0.1']);
    });

    it('cannot be tried, and says why', async () => {
      bed.write('/tmp/try.yaml', wrong);
      const { code, stderr } = await bed.sh('osa-net try /tmp/try.yaml </dev/null', { check: false });
      expect(code).to.equal(1);
      expect(stderr).to.include('[Network] has no key "Adress"; did you mean Address?');
    });

    it('stays in force with a warning where it was applied before that was checked, and is repaired', async () => {
      expect(await operator.stop()).to.equal(0);
      pretendApplied(bed);
      operator = await startedOperator(bed);
      await ready(bed);
      expect(itemOf(bed, 'Network/up').status.warnings).to.deep.equal([message]);
      expect(bed.read('/etc/systemd/network/05-osa-net-br-up.network')).to.include('Adress=10.78.0.1/24');
      await bed.sh('ip address del 10.77.0.1/24 dev br-up');
      await eventually(async () => expect(await addresses()).to.deep.equal(['10.77.0.1']), 10_000);
      const { stdout } = await bed.sh('osa-net status Network/up');
      expect(stdout).to.include(`Warnings:\n  ${message}`);
    });

    it('does not pass osa-net validate', async () => {
      const { stdout, code } = await bed.sh('osa-net validate', { check: false });
      expect(code).to.equal(1);
      expect(stdout).to.include(
        `/etc/osa-net.d/${file}:${at[0]}: [Network] has no key "Adress" [UNKNOWN_FIELD]`,
      );
    });

    it('is warned of no more once it is mended', async () => {
      operator.drop(file, good);
      await eventually(() => expect(itemOf(bed, 'Network/up').status).to.not.have.property('warnings'));
      await ready(bed);
    });

    it('is applied with a warning where its author lets it through', async () => {
      const allowed = wrong.replace(/name: up$/gm, 'name: up\n  annotations: {osa-net.dev/unread: allowed}');
      operator.drop(file, allowed);
      await eventually(() =>
        expect(itemOf(bed, 'Network/up').status.warnings?.join()).to.match(/no key "Adress"/),
      );
      await ready(bed);
    });
  });
});

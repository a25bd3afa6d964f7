import { expect } from 'chai';
import { documentOf, unmarked } from '../crds/marked.ts';
import { type Bed, startBed } from './bed.ts';
import { eventually } from './eventually.ts';
import type { Operator } from './operator.ts';
import { itemOf, ready } from './origin.ts';
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
const { text: wrong, at } = unmarked(`${device}---\n${network(', »Adress: 10.78.0.1/24')}`);
const message = `/etc/osa-net.d/${file}:${at[0]}: [Network] has no key "Adress"; did you mean Address?`;

forEachRelease(['host', 'trixie'], (release) => {
  describe('a text of which networkd leaves out something', function () {
    this.timeout(60_000);
    let bed: Bed;
    let operator: Operator;

    before(async () => {
      bed = await startBed({ release });
      bed.write(`/etc/osa-net.d/${file}`, wrong);
      operator = await startedOperator(bed);
      await ready(bed);
    });

    after(() => bed.stop());

    it('is in force, and its status says what is left out', async () => {
      expect(itemOf(bed, 'Network/up').status.warnings).to.deep.equal([message]);
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
  });
});

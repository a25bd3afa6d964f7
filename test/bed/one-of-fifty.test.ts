import { expect } from 'chai';
import { type Bed, startBed } from './bed.ts';
import { eventually } from './eventually.ts';
import { type Operator, startOperator } from './operator.ts';
import { itemOf, ready } from './origin.ts';
import { forEachRelease } from './releases.ts';
import {
  changedIn,
  hostState,
  linkFacts,
  linksIn,
  type Recording,
  recordEvents,
  silence,
  unitStats,
} from './witness.ts';

const header = (kind: string, name: string) =>
  `apiVersion: osa-net.dev/v1alpha1\nkind: ${kind}\nmetadata:\n  name: ${name}\n`;

function bridge(n: number, address = `10.50.${n}.1/24`): string {
  return `${header('ContainerBridge', `b${n}`)}spec:\n  addresses: [${address}]\n`;
}

function integration(n: number, mode = 'bridge', into = n % 10): string {
  return `${header('MacvlanIntegration', `i${n}`)}spec:\n  bridge: br-b${into}\n  mode: ${mode}\n`;
}

/** Ten bridges with four integrations each, a file for each document. */
const documents: ReadonlyMap<string, string> = new Map([
  ...Array.from({ length: 10 }, (_, n) => [`b${n}.yaml`, bridge(n)] as const),
  ...Array.from({ length: 40 }, (_, n) => [`i${n}.yaml`, integration(n)] as const),
]);

interface Change {
  readonly title: string;
  readonly key: string;
  readonly file: string;
  readonly text: string;
  /** Its units that are written anew. */
  readonly units: readonly string[];
  /** The links that are its own. */
  readonly links: readonly string[];
  /** Links that hear of it, because they gain or lose a port. */
  readonly neighbours: readonly string[];
  /** What must be true of a link when it is done. */
  readonly outcome: readonly [link: string, facts: string];
}

const changes: readonly Change[] = [
  {
    title: "a bridge's address",
    key: 'ContainerBridge/b3',
    file: 'b3.yaml',
    text: bridge(3, '10.50.33.1/24'),
    units: ['05-osa-net-br-b3.network'],
    links: ['br-b3'],
    neighbours: [],
    outcome: ['br-b3', '10.50.33.1/24'],
  },
  {
    title: "a macvlan's mode",
    key: 'MacvlanIntegration/i17',
    file: 'i17.yaml',
    text: integration(17, 'private'),
    units: ['05-osa-net-mv-i17.netdev'],
    links: ['mv-i17', 'mv-i17-v1', 'mv-i17-v2'],
    neighbours: [],
    outcome: ['mv-i17', ' mode private '],
  },
  {
    title: 'the bridge that an integration is plugged into',
    key: 'MacvlanIntegration/i25',
    file: 'i25.yaml',
    text: integration(25, 'bridge', 6),
    units: ['05-osa-net-mv-i25-v1.network'],
    links: ['mv-i25', 'mv-i25-v1', 'mv-i25-v2'],
    neighbours: ['br-b5', 'br-b6'],
    outcome: ['mv-i25-v1', ' in br-b6 '],
  },
];

forEachRelease(['host', 'trixie'], (release) => {
  describe('one of fifty documents', function () {
    this.timeout(120_000);
    let bed: Bed;
    let operator: Operator;
    let events: Recording;

    before(async () => {
      bed = await startBed({ release });
      for (const [file, text] of documents) bed.write(`/etc/osa-net.d/${file}`, text);
      operator = startOperator(bed);
      await ready(bed, [...documents.keys()].map(keyOf), 60_000);
      events = await recordEvents(bed);
    });

    after(async () => {
      await operator?.stop();
      await bed?.stop();
    });

    for (const { title, key, file, text, units, links, neighbours, outcome } of changes) {
      it(`that changes ${title} touches its own units and links only`, async () => {
        await silence(events);
        const unitsBefore = unitStats(bed);
        const others = [...links, ...neighbours, ...units];
        const hostBefore = await hostState(bed, others);
        const { generation } = itemOf(bed, key).metadata;

        operator.drop(file, text);
        const [link, facts] = outcome;
        await eventually(async () => expect((await linkFacts(bed))[link]).to.include(facts), 10_000);
        await eventually(() => expect(itemOf(bed, key).metadata.generation).to.equal(generation + 1));
        await ready(bed);

        const touched = linksIn(await silence(events));
        expect(touched.filter((name) => ![...links, ...neighbours].includes(name))).to.deep.equal([]);
        expect(touched).to.include(link);
        expect(changedIn(unitsBefore, unitStats(bed))).to.deep.equal(units);
        expect(await hostState(bed, others)).to.deep.equal(hostBefore);
      });
    }
  });
});

function keyOf(file: string): string {
  const name = file.replace('.yaml', '');
  return `${name.startsWith('b') ? 'ContainerBridge' : 'MacvlanIntegration'}/${name}`;
}

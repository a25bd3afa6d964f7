import { writeFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Problem } from '../../crds/problem.ts';
import { brief, documentOf, unmarked } from '../crds/marked.ts';
import { type BadInput, badInputs, goodDocument } from './bad-documents.ts';
import { type Bed, startBed } from './bed.ts';
import { eventually } from './eventually.ts';
import type { Operator } from './operator.ts';
import { itemOf, published, readiness, ready } from './origin.ts';
import { forEachRelease } from './releases.ts';
import { atOnce, startedOperator, stepsOf } from './restart.ts';
import { type HostState, hostState } from './witness.ts';

const configDir = '/etc/osa-net.d';

/** Root may read everything; without these capabilities it may not. */
const likeOthers = ['setpriv', '--bounding-set=-dac_override,-dac_read_search', '--'];

/** First in the directory, so that it wins against documents that want its name or its link. */
const goodFile = `${configDir}/00-good.yaml`;
const good = documentOf('ContainerBridge', 'good', 'addresses: [10.76.0.1/24]\nrequiredState: no-carrier');

function pathOf({ name }: BadInput): string {
  return `${configDir}/${name}.yaml`;
}

/** Where the problems of a bad file are expected, as `line:column`. */
function placesOf({ text }: BadInput): readonly string[] {
  return text === undefined ? ['1:1'] : unmarked(text).at;
}

function spoil(bed: Bed, input: BadInput): void {
  const path = bed.root + pathOf(input);
  if (input.spoil) input.spoil(path);
  else writeFileSync(path, unmarked(input.text ?? '').text);
}

forEachRelease(['host', 'trixie'], (release) => {
  describe('bad input', function () {
    this.timeout(60_000);
    let bed: Bed;
    let operator: Operator;
    let converged: HostState;
    let from: number;
    let found: readonly Problem[];

    before(async () => {
      bed = await startBed({ release });
      bed.write(goodFile, good);
      for (const input of badInputs) bed.write(pathOf(input), goodDocument(input.name));
      operator = await startedOperator(bed, { wrapper: likeOthers });
      await ready(bed);
      converged = await hostState(bed);
      from = operator.log.length;
      await atOnce(operator, () => {
        for (const input of badInputs) spoil(bed, input);
      });
      await eventually(() => {
        for (const { name } of badInputs) expect(readiness(bed, keyOf(name)).status, name).to.equal('False');
      }, 10_000);
      found = await validate();
    });

    after(() => bed.stop());

    /** What the status tells it of: the resource whose file it is, or the file where another resource has the name. */
    function keyOf(name: string): string {
      return name === 'same-name' ? 'File/same-name.yaml' : `ContainerBridge/${name}`;
    }

    async function validate(): Promise<readonly Problem[]> {
      const { stdout, code } = await bed.sh(`${likeOthers.join(' ')} osa-net validate -o json`, {
        check: false,
      });
      expect(code).to.equal(1);
      return (JSON.parse(stdout) as { problems: readonly Problem[] }).problems;
    }

    for (const input of badInputs) {
      it(`says what and where: ${input.title}`, () => {
        const { name, code, hint } = input;
        const problems = found.filter(({ location }) => location.file === pathOf(input));
        expect(problems.map(brief)[0]).to.equal(`${code} ${placesOf(input)[0]}`);
        expect(problems.map(({ location }) => `${location.line}:${location.column}`)).to.deep.equal(
          placesOf(input),
        );
        if (hint) expect(problems[0]?.hint).to.contain(hint);
        const { reason, message } = readiness(bed, keyOf(name));
        expect(reason).to.equal(
          code.startsWith('DUPLICATE_') && code !== 'DUPLICATE_KEY' ? 'Conflict' : 'ValidationFailed',
        );
        const positions = message.split('\n').map((line) => line.split(': ')[0]);
        expect(positions).to.deep.equal(placesOf(input).map((place) => `${pathOf(input)}:${place}`));
        expect(itemOf(bed, `ContainerBridge/${name}`).status.links).to.have.length(1);
      });
    }

    it('says nothing of what is good', () => {
      expect(new Set(found.map(({ location }) => location.file))).to.deep.equal(
        new Set(badInputs.map(pathOf)),
      );
    });

    it('leaves everything in force, the links of the bad documents and the good ones alike', async () => {
      expect(readiness(bed, 'ContainerBridge/good').status).to.equal('True');
      expect(readiness(bed, 'ContainerBridge/same-name').status).to.equal('True');
      expect(stepsOf(operator, from)).to.deep.equal([]);
      expect(await hostState(bed)).to.deep.equal(converged);
    });

    it('costs nothing over a restart', async () => {
      const before = bed.read('/run/osa-net/status.json');
      await operator.kill9();
      operator = await startedOperator(bed, { wrapper: likeOthers });
      for (const { name } of badInputs) expect(readiness(bed, keyOf(name)).status).to.equal('False');
      expect(readiness(bed, 'ContainerBridge/good').status).to.equal('True');
      const messagesOf = (text: string) => text.match(/"message":"[^"]*/g);
      expect(messagesOf(bed.read('/run/osa-net/status.json'))).to.deep.equal(messagesOf(before));
      expect(stepsOf(operator)).to.deep.equal([]);
      expect(await hostState(bed)).to.deep.equal(converged);
    });

    it('keeps nothing else from being changed', async () => {
      operator.drop('00-good.yaml', good.replace('10.76.0.1', '10.76.0.2'));
      await eventually(async () => {
        const [link] = await bed.ip('addr', 'show', 'br-good');
        const addresses = link?.addr_info?.map(({ local }) => local);
        expect(addresses).to.include('10.76.0.2').and.not.include('10.76.0.1');
      });
      await eventually(() => expect(readiness(bed, 'ContainerBridge/good').status).to.equal('True'));
      expect(new Set(operator.log.flatMap((line) => line['owner'] ?? []))).to.deep.equal(
        new Set(['ContainerBridge/good']),
      );
    });

    it('is over when the files are mended', async () => {
      const untouched = stepsOf(operator).length;
      await atOnce(operator, () => {
        for (const input of badInputs) bed.remove(pathOf(input));
        for (const input of badInputs) bed.write(pathOf(input), goodDocument(input.name));
      });
      await eventually(() => expect(published(bed).items).to.have.length(badInputs.length + 1));
      await ready(bed);
      expect(stepsOf(operator).slice(untouched)).to.deep.equal([]);
    });
  });
});

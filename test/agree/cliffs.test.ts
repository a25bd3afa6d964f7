import { expect } from 'chai';
import { build } from 'esbuild';
import type { traceOnModel } from './on-model.ts';
import type { Scenario } from './scenarios.ts';
import type { Look } from './trace.ts';

interface Model {
  readonly traceOnModel: typeof traceOnModel;
  readonly scenarios: readonly Scenario[];
}

/** Those that the real ones are compared with. */
const versions = [247, 252, 257, 262];
/** What only the simulator asks of the model. */
const unseen = 'this.#netdevs.hasFailed';
/** How the model asks for a version. */
const cliff = /(?:this\.#(?:shop\.)?)?\bversion (?:>=|<=|<) \d+/g;

/** Text of the model and the scenarios as one module. */
async function bundled(): Promise<string> {
  const contents =
    "export { traceOnModel } from './on-model.ts'; export { scenarios } from './scenarios.ts';";
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: 'test/agree', loader: 'ts' },
    ...{ bundle: true, write: false, platform: 'node', format: 'esm', logLevel: 'warning' },
  });
  return outputFiles[0]?.text ?? '';
}

function load(text: string): Promise<Model> {
  return import(`data:text/javascript;base64,${Buffer.from(text).toString('base64')}`) as Promise<Model>;
}

function* tracesOf({ traceOnModel, scenarios }: Model): Generator<readonly Look[]> {
  for (const version of versions)
    for (const scenario of scenarios) yield attempt(() => traceOnModel(scenario, version, 1));
}

/** A link that a broken model lacks cannot be acted on. */
function attempt(run: () => readonly Look[]): readonly Look[] {
  try {
    return run();
  } catch (cause) {
    return [[String(cause)]];
  }
}

describe('the scenarios that the model shares with the real networkd', function () {
  this.timeout(120_000);

  it('notice every difference between versions that the model makes, were it not made', async () => {
    const text = await bundled();
    const intact = [...tracesOf(await load(text))].map((looks) => JSON.stringify(looks));
    const cliffs = [...text.matchAll(cliff)].filter(({ index }) => !lineAt(text, index).includes(unseen));
    expect(cliffs.length).to.be.greaterThan(20);
    const unnoticed: string[] = [];
    for (const { 0: found, index } of cliffs) {
      for (const always of ['true', 'false']) {
        const broken = `${text.slice(0, index)}${always}${text.slice(index + found.length)}`;
        const model = await load(broken);
        const isNoticed = () => {
          let i = 0;
          for (const looks of tracesOf(model)) if (JSON.stringify(looks) !== intact[i++]) return true;
          return false;
        };
        if (!isNoticed()) unnoticed.push(`${lineAt(text, index)} (always ${always})`);
      }
    }
    expect(unnoticed).to.deep.equal([]);
  });
});

function lineAt(text: string, index: number): string {
  return text.slice(text.lastIndexOf('\n', index) + 1, text.indexOf('\n', index)).trim();
}

import { conditionOf } from '../../state/status.ts';
import type { Bed } from '../bed/bed.ts';
import { dropDocument, startOperator } from '../bed/operator.ts';
import { type ExampleDocument, exampleDocuments, withoutDummies } from './documents.ts';
import { say, scene, table, write } from './screen.ts';
import { assertReady, itemOf, lastWords, type Stage, show, statusOf } from './stage.ts';
import { inSeconds, Unmet, within } from './within.ts';

/** There is no systemd in the bed to enable systemd-resolved with; `npm test` shows this one on a whole host. */
export const notHere = 'Resolver/host';

/** Drops the documents, starts the operator, and shows each resource as it becomes Ready. */
export async function converge(bed: Bed, dummy: boolean): Promise<Stage> {
  const documents = exampleDocuments().map((document) =>
    document.key === 'ContainerBridge/container' && !dummy ? withoutDummies(document) : document,
  );
  scene(`${documents.length} documents go into /etc/osa-net.d, and the operator starts`);
  for (const { file, text } of documents) dropDocument(bed, file, text);
  const operator = startOperator(bed);
  const stage = { bed, operator };
  await untilReady(stage, documents);
  return stage;
}

async function untilReady({ bed, operator }: Stage, documents: readonly ExampleDocument[]): Promise<void> {
  const waiting = new Set(documents.map(({ key }) => key as string).filter((key) => key !== notHere));
  const began = performance.now();
  const look = () => {
    if (operator.process.child.exitCode !== null) throw new Unmet('a running operator', lastWords(operator));
    const ready = [...waiting].filter((key) => isReady(bed, key));
    for (const key of ready) {
      waiting.delete(key);
      write(`${inSeconds((performance.now() - began) / 1_000).padStart(10)}  ${key} is ready`);
    }
    if (waiting.size > 0) assertReady(bed, [...waiting][0] as string);
  };
  await within(20, 'every resource Ready=True', look);
}

function isReady(bed: Bed, key: string): boolean {
  const item = itemOf(bed, key);
  return item !== undefined && conditionOf(item.status, 'Ready')?.status === 'True';
}

/** `osa-net status`, and why one row of it is as it is. */
export async function showStatus({ bed }: Stage): Promise<void> {
  await show(bed, 'osa-net status', table);
  const resolver = itemOf(bed, notHere);
  const ready = resolver && conditionOf(resolver.status, 'Ready');
  if (ready?.reason !== 'DependencyNotReady') {
    throw new Unmet(`${notHere} to say DependencyNotReady`, `${ready?.reason}: ${ready?.message}`);
  }
  say(
    `${notHere} cannot be done here and says so: a namespace has no systemd to start systemd-resolved with. \`npm test\` shows it on a whole host.`,
  );
  const others = statusOf(bed)?.items.length ?? 0;
  if (others !== exampleDocuments().length)
    throw new Unmet(`${exampleDocuments().length} resources`, `${others}`);
}

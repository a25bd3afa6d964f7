import { type Event, unitEdits } from './event.ts';
import { between, pick, type Random, weighted } from './random.ts';
import { damages, linksOf, type Spec, unitsOf } from './specs.ts';

/** So many files of two resources each: a bridge, and an integration with it. */
export const soakFiles = 50;

const nameOf = (index: number) => `s${index}`;

/** Something valid that the documents of a file may say. */
function soakSpecs(random: Random, index: number): readonly Spec[] {
  const name = nameOf(index);
  const mtu = pick(random, [1400, 1450, 1500]);
  const addresses = [`10.100.${index}.${between(random, 1, 9)}/24`];
  const mode = pick(random, ['bridge', 'private', 'vepa'] as const);
  const label = between(random, 0, 99);
  return [
    { kind: 'ContainerBridge', name, addresses, mtu, dhcp: false, label },
    { kind: 'MacvlanIntegration', name, bridge: `br-${name}`, mode, label },
  ];
}

export function soakWrite(random: Random, index: number): Event {
  return { kind: 'write', file: nameOf(index), specs: soakSpecs(random, index) };
}

/** An edit of the documents; what is removed or broken comes right when its turn comes again. */
export function soakEdit(random: Random): Event {
  const index = between(random, 0, soakFiles - 1);
  return weighted<() => Event>(random, [
    [16, () => soakWrite(random, index)],
    [2, () => ({ kind: 'remove', file: nameOf(index) })],
    [1, () => ({ kind: 'rename', file: nameOf(index) })],
    [
      1,
      () => ({
        kind: 'break',
        file: nameOf(index),
        specs: soakSpecs(random, index),
        damage: pick(random, damages),
      }),
    ],
  ])();
}

/** Something that somebody does to links or units by hand. */
export function soakDrift(random: Random): Event {
  const name = nameOf(between(random, 0, soakFiles - 1));
  const kind = pick(random, ['ContainerBridge', 'MacvlanIntegration'] as const);
  const link = pick(random, linksOf(kind, name));
  return weighted<() => Event>(random, [
    [2, () => ({ kind: 'ip', words: `link del ${link}` })],
    [1, () => ({ kind: 'ip', words: `link set ${link} nomaster` })],
    [1, () => ({ kind: 'ip', words: `link set ${link} mtu 1300` })],
    [1, () => ({ kind: 'ip', words: `link set ${link} down` })],
    [2, () => ({ kind: 'unit', unit: pick(random, unitsOf(kind, name)), edit: pick(random, unitEdits) })],
  ])();
}

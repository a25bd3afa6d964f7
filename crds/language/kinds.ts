import type { SectionPlace } from '../kinds/sections.ts';
import { netdevKind, netdevKindNames } from '../networkd/vocabulary.ts';
import { own } from '../own.ts';
import type { Fault } from '../problem.ts';
import { valuePlaces } from '../section-values.ts';
import { didYouMean } from '../suggest.ts';
import { type Finding, type Reader, unsupported } from './finding.ts';

/** What a .netdev is set to make, as often as it is said: the first counts, networkd ignores one that differs from it. */
export function kindsIn(places: readonly SectionPlace[]): readonly (readonly [path: string, kind: string])[] {
  return places
    .filter(({ name }) => name === 'NetDev')
    .flatMap(({ section, path }) => valuePlaces(own(section, 'Kind') ?? [], `${path}.Kind`));
}

/** What is wrong with the kind of device that a .netdev makes: all else depends on it. */
export function kindFinding(places: readonly SectionPlace[], { version }: Reader): Finding | undefined {
  const [first, ...others] = kindsIn(places);
  if (!first) return undefined;
  const [path, kind] = first;
  const fault = kindFault(kind, version);
  if (fault) return { path, on: 'value', fault };
  const other = others.find(([, one]) => one !== kind);
  return other && { path: other[0], on: 'value', fault: secondKind(kind) };
}

function secondKind(kind: string): Fault {
  const message = `Kind is ${kind} already, and a device has one`;
  return { code: 'BAD_VALUE', message, hint: 'remove one of the two' };
}

function kindFault(name: string, version: number): Fault | undefined {
  const kind = netdevKind(name);
  if (!kind) {
    const hint = didYouMean(name, netdevKindNames());
    return { code: 'BAD_VALUE', message: `Kind cannot be ${JSON.stringify(name)}`, hint };
  }
  if (kind.since > version)
    return unsupported(version, `makes no ${name}`, `run systemd ${kind.since} or later`);
  if (kind.until === undefined || kind.until >= version) return undefined;
  return unsupported(version, `makes no ${name} any more`, 'remove the document');
}

import { netdevKind, netdevKindNames } from '../networkd/vocabulary.ts';
import type { Fault } from '../problem.ts';
import { didYouMean } from '../suggest.ts';
import { type Finding, type Reader, unsupported } from './finding.ts';

/** What is wrong with the kind of device that a .netdev makes: all else depends on it. */
export function kindFinding({ kind: name, version }: Reader): Finding | undefined {
  const fault = name === undefined ? undefined : kindFault(name, version);
  return fault && { path: 'spec.NetDev.Kind', on: 'value', fault };
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

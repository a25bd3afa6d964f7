import type { Compiled, Entry } from '../compiled.ts';
import type { Resource } from '../resource.ts';
import { policyUnitOf } from '../unit-names.ts';
import { entriesOf } from './entries.ts';

/** A LinkPolicy: one .link file under the name that the policy gives. */
export function compileLinkPolicy(resource: Resource<'LinkPolicy'>): Compiled {
  const { spec, key } = resource;
  const unit = policyUnitOf(resource);
  const match = Object.entries(spec.match).flatMap(([name, patterns]) =>
    (patterns ?? []).map((pattern): Entry => [name, pattern.trim()]),
  );
  const link = entriesOf({
    NamePolicy: spec.namePolicy?.join(' '),
    MACAddressPolicy: spec.macAddressPolicy,
    MTUBytes: spec.mtu,
  });
  return {
    key,
    fragments: [
      { unit, section: 'Match', entries: match },
      { unit, section: 'Link', entries: link },
    ],
    links: [],
  };
}

import type { Compiled } from '../compiled.ts';
import { matchSection } from '../kinds/link-policy.ts';
import type { Resource } from '../resource.ts';
import { policyUnitOf } from '../unit-names.ts';
import { entriesOf } from './entries.ts';
import { rawFragments } from './raw.ts';

/** A LinkPolicy: one .link file under the name that the policy gives. */
export function compileLinkPolicy(resource: Resource<'LinkPolicy'>): Compiled {
  const { spec, key } = resource;
  const unit = policyUnitOf(resource);
  const link = entriesOf({
    NamePolicy: spec.namePolicy?.join(' '),
    MACAddressPolicy: spec.macAddressPolicy,
    MTUBytes: spec.mtu,
  });
  return {
    key,
    fragments: [
      ...rawFragments(unit, { Match: matchSection(spec) }),
      { unit, section: 'Link', entries: link },
    ],
    links: [],
  };
}

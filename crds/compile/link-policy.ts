import type { Compiled } from '../compiled.ts';
import { matchSection } from '../kinds/link-policy.ts';
import { readingOf } from '../language/reading.ts';
import type { Capabilities } from '../networkd/capabilities.ts';
import type { Resource } from '../resource.ts';
import { policyUnitOf } from '../unit-names.ts';
import { entriesOf } from './entries.ts';
import { rawFragments } from './raw.ts';

/** A LinkPolicy: one .link file under the name that the policy gives. */
export function compileLinkPolicy(resource: Resource<'LinkPolicy'>, { version }: Capabilities): Compiled {
  const { spec, key } = resource;
  const unit = policyUnitOf(resource);
  const match = matchSection(spec);
  const link = entriesOf({
    NamePolicy: spec.namePolicy?.join(' '),
    MACAddressPolicy: spec.macAddressPolicy,
    MTUBytes: spec.mtu,
  });
  const places = [{ name: 'Match', section: match, path: 'spec.match' }];
  return {
    key,
    fragments: [...rawFragments(unit, { Match: match }), { unit, section: 'Link', entries: link }],
    links: [],
    reading: readingOf({ ...resource, places }, 'link', version),
  };
}

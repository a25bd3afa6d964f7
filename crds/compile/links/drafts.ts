import type { SectionsSpec } from '../../kinds/sections.ts';
import type { Capabilities } from '../../networkd/capabilities.ts';
import { type Draft, type DraftSection, draftOf, tidy } from './draft.ts';
import { linesOf } from './from-schema.ts';
import {
  addressingDraft,
  type Beside,
  bridgeDraft,
  matchDraft,
  membershipDraft,
  notOneLine,
} from './network-draft.ts';
import { type LinkResource, linkOf, parentOf, shapes } from './shapes.ts';

/** The units of a link before they are text. */
export interface Drafts {
  /** Empty for a link that exists by other means. */
  readonly netdev: Draft;
  readonly network: Draft;
}

/** Writes the units of a link: what its fields say, then what stands in networkd's own language. */
export function draftsOf(
  resource: LinkResource,
  capabilities: Capabilities,
  beside: Beside = { isForeignBridge: false, isPorted: false },
): Drafts {
  const lines = linesOf(shapes[resource.kind].schema, resource.spec, notOneLine);
  const own = ownText(resource);
  const network = [
    ...matchDraft(resource),
    ...lines.network.filter(({ name }) => name === 'Link'),
    ...bridgeDraft(resource, beside),
    ...membershipDraft(resource, capabilities, beside),
    ...addressingDraft(resource, capabilities, beside),
    ...lines.network.filter(({ name }) => name !== 'Link'),
    ...own.network,
  ];
  const netdev = [...deviceDraft(resource), ...lines.netdev, ...own.netdev];
  return { netdev: resource.kind === 'Interface' ? [] : tidy(netdev), network: tidy(network) };
}

function deviceDraft(resource: LinkResource): readonly DraftSection[] {
  const { device, mayStandAlone } = shapes[resource.kind];
  const name = { key: 'Name', value: linkOf(resource) ?? '', field: 'spec.interface' };
  const kind = device === undefined ? [] : [{ key: 'Kind', value: device, field: 'kind' }];
  const alone = { key: 'Independent', value: true, field: 'spec.parent' };
  return [
    { name: 'NetDev', lines: [name, ...kind] },
    // networkd asks what an ip6tnl carries; anything, as the kernel has it.
    ...(resource.kind === 'Tunnel' && resource.spec.mode === 'ip6tnl'
      ? [{ name: 'Tunnel', lines: [{ key: 'Mode', value: 'any', field: 'spec.mode' }] }]
      : []),
    ...(mayStandAlone && parentOf(resource) === undefined ? [{ name: mayStandAlone, lines: [alone] }] : []),
  ];
}

/** What the document has in networkd's own language. */
export function ownText({ spec }: LinkResource): Drafts {
  const texts = (spec.networkd ?? {}) as { readonly [T in 'netdev' | 'network']?: SectionsSpec };
  return {
    netdev: draftOf(texts.netdev ?? {}, 'spec.networkd.netdev'),
    network: draftOf(texts.network ?? {}, 'spec.networkd.network'),
  };
}

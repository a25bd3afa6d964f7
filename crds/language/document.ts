import { matchSection } from '../kinds/link-policy.ts';
import { type SectionPlace, sectionPlaces } from '../kinds/sections.ts';
import type { UnitType } from '../networkd/vocabulary-types.ts';
import { type AnyResource, isAnnotated } from '../resource.ts';
import { type Reading, readingOf } from './reading.ts';

/**
 * How systemd of a version reads what a document has in networkd's or udev's own language. Of a document that is
 * annotated to be let through (`osa-net.dev/unread: allowed`) everything is only a warning.
 * @returns the same object as long as document and version are the same
 */
export function languageOf(resource: AnyResource, version: number): Reading {
  const memo = memos.get(resource);
  if (memo?.version === version) return memo.reading;
  const text = ownText(resource);
  const strict = text ? readingOf({ ...resource, places: text.places }, text.type, version) : nothing;
  const reading = isAnnotated(resource, 'unread') ? lenient(strict) : strict;
  memos.set(resource, { version, reading });
  return reading;
}

const nothing: Reading = { unread: [], warnings: [] };
const memos = new WeakMap<AnyResource, { readonly version: number; readonly reading: Reading }>();

function lenient({ unread, warnings }: Reading): Reading {
  return { unread: [], warnings: [...unread, ...warnings] };
}

/** The sections that stand in a document as they come into a unit, and what kind of unit that is. */
function ownText(
  resource: AnyResource,
): { readonly type: UnitType; readonly places: readonly SectionPlace[] } | undefined {
  switch (resource.kind) {
    case 'NetDev':
      return { type: 'netdev', places: sectionPlaces(resource.spec) };
    case 'Network':
      return { type: 'network', places: sectionPlaces(resource.spec) };
    case 'Link':
      return { type: 'link', places: sectionPlaces(resource.spec) };
    case 'LinkPolicy':
      return {
        type: 'link',
        places: [{ name: 'Match', section: matchSection(resource.spec), path: 'spec.match' }],
      };
    default:
      return undefined;
  }
}

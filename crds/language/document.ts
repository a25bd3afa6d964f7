import { type Draft, placesOf } from '../compile/links/draft.ts';
import { draftsOf } from '../compile/links/drafts.ts';
import { isLinkResource, type LinkResource } from '../compile/links/shapes.ts';
import { matchSection } from '../kinds/link-policy.ts';
import { sectionPlaces } from '../kinds/sections.ts';
import { capabilitiesOf } from '../networkd/capabilities.ts';
import type { UnitType } from '../networkd/vocabulary-types.ts';
import { byPlace, type Location, type Problem } from '../problem.ts';
import { type AnyResource, isAnnotated, locate } from '../resource.ts';
import { type Reading, readingOf, type Written } from './reading.ts';

/**
 * How systemd of a version reads what a document has in networkd's or udev's own language, and what its fields become. Of a
 * document that is annotated to be let through (`osa-net.dev/unread: allowed`) everything is only a warning.
 * @returns the same object as long as document and version are the same
 */
export function languageOf(resource: AnyResource, version: number): Reading {
  const memo = memos.get(resource);
  if (memo?.version === version) return memo.reading;
  const readings = textsOf(resource, version).map(({ type, ...text }) => readingOf(text, type, version));
  const strict: Reading = {
    unread: inOrder(readings.flatMap(({ unread }) => unread)),
    warnings: inOrder(readings.flatMap(({ warnings }) => warnings)),
  };
  const reading = isAnnotated(resource, 'unread') ? lenient(strict) : strict;
  memos.set(resource, { version, reading });
  return reading;
}

const memos = new WeakMap<AnyResource, { readonly version: number; readonly reading: Reading }>();

function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return [...problems].sort(byPlace);
}

function lenient({ unread, warnings }: Reading): Reading {
  return { unread: [], warnings: inOrder([...unread, ...warnings]) };
}

interface Text extends Written {
  readonly type: UnitType;
}

/** The sections that a document has or becomes, and of what kind of unit. */
function textsOf(resource: AnyResource, version: number): readonly Text[] {
  if (isLinkResource(resource)) {
    const { netdev, network } = draftsOf(resource, capabilitiesOf(version));
    return [
      ...(netdev.length === 0 ? [] : [draftedText(resource, 'netdev', netdev)]),
      draftedText(resource, 'network', network),
    ];
  }
  switch (resource.kind) {
    case 'NetDev':
      return [{ ...resource, type: 'netdev', places: sectionPlaces(resource.spec) }];
    case 'Network':
      return [{ ...resource, type: 'network', places: sectionPlaces(resource.spec) }];
    case 'Link':
      return [{ ...resource, type: 'link', places: sectionPlaces(resource.spec) }];
    case 'LinkPolicy': {
      const match = { name: 'Match', section: matchSection(resource.spec), path: 'spec.match' };
      return [{ ...resource, type: 'link', places: [match] }];
    }
    default:
      return [];
  }
}

/** Sections that fields became, with the places of those fields. */
function draftedText(resource: LinkResource, type: UnitType, draft: Draft): Text {
  const { places, fields } = placesOf(draft);
  const located = (known: ReadonlyMap<string, Location>) =>
    new Map([...fields].map(([path, field]) => [path, known.get(field) ?? locate(resource, field)] as const));
  const { location } = resource;
  return { type, places, location, positions: located(resource.positions), keys: located(resource.keys) };
}

import type { Compiled } from '../compiled.ts';
import type { Resource } from '../resource.ts';
import { linkUnitOf } from '../unit-names.ts';
import { rawFragments } from './raw.ts';

/** A raw Link: one .link file. It makes no link, and udev applies it only to devices that appear later. */
export function compileLink(resource: Resource<'Link'>): Compiled {
  return {
    key: resource.key,
    fragments: rawFragments(linkUnitOf(resource), resource.spec),
    links: [],
  };
}

import type { LinkExpectation } from '../crds/compiled.ts';
import type { LinkOption } from '../crds/networkd/link-options.ts';
import type { Found } from './compare.ts';
import type { ObservedLink } from './observed.ts';

/** Settings of a link's kind that the kernel shows otherwise than promised. What it does not show promises nothing. */
function lostOptions(expected: LinkExpectation, link: ObservedLink): readonly LinkOption[] {
  if (expected.options === undefined || link.kind !== expected.kind) return [];
  return expected.options.filter((option) => {
    const seen = shownIn(link, option.field);
    return seen !== undefined && !isSame(option, seen);
  });
}

/** Whether the kernel shows a setting of a link so. */
export function isShown(option: LinkOption, link: ObservedLink): boolean {
  const seen = shownIn(link, option.field);
  return seen !== undefined && isSame(option, seen);
}

/** What only a new link can have otherwise belongs to what the link is; the rest is set in place. */
export function optionDifferences(expected: LinkExpectation, link: ObservedLink): readonly Found[] {
  return lostOptions(expected, link).map((option) => {
    const { key, field, value, words } = option;
    const message = `${key} is ${shownIn(link, field)} (${field}), should be ${value}`;
    return [words === undefined ? 'kind' : 'options', message, { option }];
  });
}

function shownIn({ data }: ObservedLink, field: string): string | undefined {
  const seen = data?.[field];
  return seen === undefined ? undefined : String(seen).toLowerCase();
}

function isSame({ value, tolerance = 0 }: LinkOption, seen: string): boolean {
  if (seen === value) return true;
  return tolerance > 0 && Math.abs(Number(seen) - Number(value)) <= tolerance;
}

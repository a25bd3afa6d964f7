import { interfaceNameFault, madeNameFault } from '../interface-name.ts';
import { sectionsOf } from '../kinds/sections.ts';
import { lastValueOf } from '../section-values.ts';
import type { Checked, ReportField } from './check.ts';

/** A .netdev names its device and says of which kind it is; the names of the links it makes are names. */
export function checkNetDev({ spec }: Checked<'NetDev'>, report: ReportField): void {
  for (const [key, example] of [
    ['Name', 'br0'],
    ['Kind', 'bridge'],
  ] as const) {
    const value = lastValueOf(spec, 'NetDev', key);
    if (value !== undefined && value !== '') continue;
    report('spec.NetDev', {
      code: 'MISSING_FIELD',
      message: `${key} is missing in the section NetDev`,
      hint: `add ${key}: ${example} under spec.NetDev`,
    });
  }
  for (const section of ['NetDev', 'Peer']) {
    const name = lastValueOf(spec, section, 'Name');
    const fault = name ? (interfaceNameFault(name) ?? madeNameFault(name)) : undefined;
    if (fault) report(`spec.${section}.Name`, fault);
  }
}

/** [Match] of a .network or .link must say something: without it the file is ignored, or matches every link. */
export function checkMatch({ spec }: Checked<'Network' | 'Link'>, report: ReportField): void {
  const matches = sectionsOf(spec).filter(([name]) => name === 'Match');
  if (matches.some(([, section]) => Object.keys(section).length > 0)) return;
  report('spec.Match', {
    code: 'MISSING_FIELD',
    message: matches.length === 0 ? 'the section Match is missing' : 'the section Match is empty',
    hint: 'say which links it is for, such as Match: {Name: eth0}',
  });
}

import type { SpecOf } from '../kinds/index.ts';
import type { ReportField } from './check.ts';

type Bond = SpecOf<'Bond'>;

/** Fields that the kernel takes in some modes only (Documentation/networking/bonding.rst). */
const modesOf: Partial<Readonly<Record<keyof Bond, readonly Bond['mode'][]>>> = {
  lacpRate: ['802.3ad'],
  adSelect: ['802.3ad'],
  failOverMACPolicy: ['active-backup'],
  primary: ['active-backup', 'balance-tlb', 'balance-alb'],
  arpInterval: ['balance-rr', 'active-backup', 'balance-xor', 'broadcast'],
};

/** Checks between the settings of a Bond: with one that does not fit the kernel makes none. */
export function checkBond(spec: Bond, report: ReportField): void {
  for (const [field, modes] of Object.entries(modesOf)) {
    if (spec[field as keyof Bond] === undefined || modes.includes(spec.mode)) continue;
    report(`spec.${field}`, {
      code: 'BAD_VALUE',
      message: `a bond of mode ${spec.mode} has no ${field}`,
      hint: `remove it, or use mode ${modes.join(', ')}`,
    });
  }
  for (const field of ['upDelay', 'downDelay'] as const) {
    if (spec[field] !== undefined && spec.miiMonitor === undefined)
      report(`spec.${field}`, needs(field, 'miiMonitor'));
  }
  if (spec.arpInterval !== undefined && spec.arpTargets === undefined)
    report('spec.arpInterval', needs('arpInterval', 'arpTargets'));
  if (spec.arpTargets !== undefined && spec.arpInterval === undefined)
    report('spec.arpTargets', needs('arpTargets', 'arpInterval'));
  if (spec.arpInterval !== undefined && spec.miiMonitor !== undefined) {
    report('spec.arpInterval', {
      code: 'BAD_VALUE',
      message: 'a bond looks at its members in one way, and spec.miiMonitor is set',
      hint: 'remove one of the two',
    });
  }
}

function needs(field: string, other: string) {
  return {
    code: 'MISSING_FIELD',
    message: `${field} does nothing without ${other}`,
    hint: `set spec.${other}, or remove it`,
  } as const;
}

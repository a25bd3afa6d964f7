import type { Checked, ReportField } from './check.ts';

/** A policy without [Match] keys would be ignored by udev. */
export function checkLinkPolicy({ spec }: Checked<'LinkPolicy'>, report: ReportField): void {
  if (Object.keys(spec.match).length > 0) return;
  report('spec.match', {
    code: 'BAD_VALUE',
    message: 'spec.match is empty, so the policy is for no device',
    hint: 'remove it to match every device, or write match: {OriginalName: ["en*"]}',
  });
}

/** A resolv.conf without servers resolves nothing. */
export function checkResolver({ spec }: Checked<'Resolver'>, report: ReportField): void {
  if (spec.resolvConf !== 'static' || spec.dns.length > 0) return;
  report('spec.dns', {
    code: 'MISSING_FIELD',
    message: 'resolvConf: static needs the servers to write down',
    hint: 'add dns: [9.9.9.9] under spec, or choose another resolvConf',
  });
}

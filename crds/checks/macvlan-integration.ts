import { madeNameFault } from '../interface-name.ts';
import { integrationInterfacesOf } from '../kinds/macvlan-integration.ts';
import { type Checked, checkDefaultName, type ReportField } from './check.ts';

/** Checks between the fields of a MacvlanIntegration: its three links, and its bridge which is none of them. */
export function checkMacvlanIntegration(resource: Checked<'MacvlanIntegration'>, report: ReportField): void {
  const { spec } = resource;
  const names = integrationInterfacesOf(resource);
  const links = [
    { set: spec.interface, name: names.macvlan, field: 'spec.interface' },
    { set: spec.veth.bridgeSide, name: names.bridgeSide, field: 'spec.veth.bridgeSide' },
    { set: spec.veth.macvlanSide, name: names.macvlanSide, field: 'spec.veth.macvlanSide' },
  ];
  const seen = new Map<string, string>();
  for (const { set, name, field } of links) {
    checkDefaultName(set, name, field, report);
    const fault = madeNameFault(name);
    if (fault) report(field, fault);
    const first = seen.get(name);
    if (first !== undefined) {
      report(set === undefined ? first : field, {
        code: 'DUPLICATE_INTERFACE',
        message: `${name} is the name of both ${first} and ${field}`,
        hint: 'give each of the three links a name of its own',
      });
    }
    seen.set(name, field);
  }
  if (!seen.has(spec.bridge)) return;
  report('spec.bridge', {
    code: 'SELF_REFERENCE',
    message: `${spec.bridge} is made by this integration itself (${seen.get(spec.bridge)})`,
    hint: 'name the bridge to integrate with, such as br-mgmt',
  });
}

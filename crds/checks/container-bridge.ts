import { madeNameFault } from '../interface-name.ts';
import type { Cidr } from '../ip.ts';
import { bridgeInterfaceOf } from '../kinds/container-bridge.ts';
import type { Fault } from '../problem.ts';
import { checkAddresses, checkGateway, checkMtu, cidrsOf, hasFamily } from './addresses.ts';
import { type Checked, checkDefaultName, checkTwice, type ReportField } from './check.ts';
import { checkDhcpServer } from './dhcp-server.ts';

type Bridge = Checked<'ContainerBridge'>;

/** Checks between the fields of a ContainerBridge. */
export function checkContainerBridge(bridge: Bridge, report: ReportField): void {
  const cidrs = cidrsOf(bridge.spec.addresses);
  checkLinks(bridge, report);
  checkAddresses(cidrs, report);
  checkGateway(bridge.spec.gateway, cidrs, { field: 'spec.gateway', what: 'the bridge' }, report);
  checkFamilies(bridge.spec, cidrs, report);
  checkDhcpServer(bridge.spec.dhcpServer, cidrs, report);
}

function checkLinks(bridge: Bridge, report: ReportField): void {
  const { spec } = bridge;
  const name = bridgeInterfaceOf(bridge);
  checkDefaultName(spec.interface, name, 'spec.interface', report);
  const made = madeNameFault(name);
  if (made) report('spec.interface', made);
  spec.dummies.forEach((dummy, index) => {
    const fault = madeNameFault(dummy);
    if (fault) report(`spec.dummies.${index}`, fault);
  });
  for (const field of ['dummies', 'interfaces'] as const) {
    checkTwice(spec[field], `spec.${field}`, report);
    const own = spec[field].indexOf(name);
    if (own !== -1) report(`spec.${field}.${own}`, selfReference(name));
  }
  spec.interfaces.forEach((port, index) => {
    if (!spec.dummies.includes(port)) return;
    report(`spec.interfaces.${index}`, {
      code: 'BAD_VALUE',
      message: `${port} is one of spec.dummies, so it is in the bridge already`,
      hint: 'remove it from one of the two lists',
    });
  });
}

function selfReference(name: string): Fault {
  return {
    code: 'SELF_REFERENCE',
    message: `the bridge ${name} is its own port`,
    hint: 'name another link here, or remove it',
  };
}

function checkFamilies(spec: Bridge['spec'], cidrs: readonly Cidr[], report: ReportField): void {
  for (const family of [4, 6] as const) {
    if (spec.masquerade !== 'both' && spec.masquerade !== `ipv${family}`) continue;
    if (hasFamily(cidrs, family)) continue;
    report('spec.masquerade', {
      code: 'BAD_VALUE',
      message: `masquerade is on for IPv${family}, and the bridge has no IPv${family} address`,
      hint: `add one to spec.addresses, such as ${family === 4 ? '10.0.3.2/24' : 'fd00::2/64'}, or switch it off`,
    });
  }
  checkMtu(spec.mtu, cidrs, report);
}

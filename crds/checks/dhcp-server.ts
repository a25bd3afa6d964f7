import { type Cidr, format } from '../ip.ts';
import type { SpecOf } from '../kinds/index.ts';
import type { Fault } from '../problem.ts';
import { timeSpanSeconds } from '../time-span.ts';
import type { ReportField } from './check.ts';

type DhcpServer = NonNullable<SpecOf<'ContainerBridge'>['dhcpServer']>;

/**
 * Checks the DHCP server of a bridge with these addresses. networkd serves the subnet of the first IPv4 address, whose
 * own address may be in the pool: it is skipped.
 */
export function checkDhcpServer(
  server: DhcpServer | undefined,
  cidrs: readonly Cidr[],
  report: ReportField,
): void {
  if (!server) return;
  const subnet = cidrs.find(({ family }) => family === 4);
  if (subnet) checkPool(server, subnet, report);
  else {
    report('spec.dhcpServer', {
      code: 'MISSING_FIELD',
      message: 'the DHCP server needs an IPv4 address on the bridge',
      hint: 'add one to spec.addresses, such as 10.0.3.2/24',
    });
  }
  checkLeaseTimes(server, report);
}

/** sd_dhcp_server_configure_pool(): 1 <= offset, size <= 2^(32-prefix) - offset - 1; systemd <= 257 does not check it. */
function checkPool({ poolOffset, poolSize }: DhcpServer, subnet: Cidr, report: ReportField): void {
  const broadcast = Number(subnet.last - subnet.first);
  const offset = poolOffset ?? 1;
  if (broadcast < 2) {
    report(
      'spec.dhcpServer',
      outside(`${subnet.text} has no room for a pool`, 'use a prefix length of 30 or less'),
    );
  } else if (offset >= broadcast) {
    report(
      'spec.dhcpServer.poolOffset',
      outside(`the pool begins outside ${subnet.text}`, `use a poolOffset from 1 to ${broadcast - 1}`),
    );
  } else if (poolSize !== undefined && poolSize > broadcast - offset) {
    const begin = format(4, subnet.first + BigInt(offset));
    report(
      'spec.dhcpServer.poolSize',
      outside(
        `a pool of ${poolSize} addresses from ${begin} on reaches out of ${subnet.text}`,
        `use a poolSize of at most ${broadcast - offset}`,
      ),
    );
  }
}

function outside(message: string, hint: string): Fault {
  return { code: 'POOL_OUTSIDE_SUBNET', message, hint };
}

function checkLeaseTimes({ defaultLeaseTime, maxLeaseTime }: DhcpServer, report: ReportField): void {
  const usual = timeSpanSeconds(defaultLeaseTime ?? '');
  const most = timeSpanSeconds(maxLeaseTime ?? '');
  if (usual === undefined || most === undefined || usual <= most) return;
  report('spec.dhcpServer.defaultLeaseTime', {
    code: 'OUT_OF_RANGE',
    message: `defaultLeaseTime ${defaultLeaseTime} is longer than maxLeaseTime ${maxLeaseTime}`,
    hint: 'shorten it, or raise spec.dhcpServer.maxLeaseTime',
  });
}

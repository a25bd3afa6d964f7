import type { Entry } from '../compiled.ts';
import type { SpecOf } from '../kinds/index.ts';
import type { Capabilities } from '../networkd/capabilities.ts';
import { entriesOf, listValue } from './entries.ts';

type DhcpServer = NonNullable<SpecOf<'ContainerBridge'>['dhcpServer']>;

/** Lines of [DHCPServer] (systemd.network(5)). */
export function dhcpServerEntries(server: DhcpServer, capabilities: Capabilities): readonly Entry[] {
  return entriesOf({
    PoolOffset: server.poolOffset,
    PoolSize: server.poolSize,
    DefaultLeaseTimeSec: server.defaultLeaseTime,
    MaxLeaseTimeSec: server.maxLeaseTime,
    EmitDNS: server.emitDNS,
    DNS: listValue(server.dns),
    EmitNTP: server.emitNTP,
    NTP: listValue(server.ntp),
    EmitRouter: server.emitRouter,
    EmitTimezone: server.emitTimezone,
    Timezone: server.timezone,
    PersistLeases: persistLeases(server, capabilities),
  });
}

/**
 * From v256 the server does not start before systemd-networkd-persistent-storage.service has run, unless it is told
 * not to keep leases there; only a document that asks for kept leases waits for that.
 */
function persistLeases(server: DhcpServer, capabilities: Capabilities): string | undefined {
  if (!capabilities.persistLeases) return undefined;
  if (server.persistLeases === true) return 'yes';
  return server.persistLeases === undefined && capabilities.persistLeasesRuntime ? 'runtime' : 'no';
}

/** Whether a systemd can do as the document asks. */
export function canPersistLeases(server: DhcpServer | undefined, capabilities: Capabilities): boolean {
  return capabilities.persistLeases || server?.persistLeases !== true;
}

/** Whether the server starts only once leases can be kept, which no one can tell from outside. */
export function waitsForStorage(server: DhcpServer, capabilities: Capabilities): boolean {
  return persistLeases(server, capabilities) === 'yes';
}

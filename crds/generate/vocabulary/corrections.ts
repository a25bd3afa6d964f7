/**
 * What neither the tables nor the man pages of the releases say, from systemd's NEWS: the exact version of a change that
 * happened between two of them.
 */
export const obsoleteSince: Readonly<Record<string, number>> = {
  'Network.DHCPv6PrefixDelegation': 250,
  'Network.IPForward': 256,
  'Network.IPv6Token': 250,
  'IPv6AcceptRA.UseICMP6RateLimit': 256,
  'DHCP.ForceDHCPv6PDOtherInformation': 250,
  'DHCPServer.BindToInterface': 261,
  'DHCPServer.RelayAgentCircuitId': 261,
  'DHCPServer.RelayAgentRemoteId': 261,
  'DHCPServer.RelayTarget': 261,
  'DHCPv6.ForceDHCPv6PDOtherInformation': 250,
  'Network.IPv6ProxyNDPAddress': 262,
  'Network.L2TP': 251,
  'Route.TTLPropagate': 256,
};

/** The version that brought a key where the man pages date it by another one of its entry. */
export const keySince: Readonly<Record<string, number>> = {
  'DHCPv6.UseSIP': 258,
};

/** The exact version of a change of parsers that the man pages do not date. */
export const parserSince: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'DHCPServer.PersistLeases': { dhcp_server_persist_leases: 258 },
  'Network.IPForward': { ip_forward_deprecated: 256 },
  'Network.IPMasquerade': { ip_masquerade: 248 },
};

/** What took the place of a section as a whole. */
export const renamedSections: Readonly<Record<string, string>> = {
  DHCP: 'DHCPv4',
  DHCPv6PrefixDelegation: 'DHCPPrefixDelegation',
  IPv6PrefixDelegation: 'IPv6SendRA',
  TrafficControlQueueingDiscipline: 'NetworkEmulator',
};

/** What took the place of a key, where it is put elsewhere than the old one was. */
export const replacements: Readonly<Record<string, string>> = {
  'DHCP.UseDomainName': 'DHCPv4.UseDomains',
  'DHCP.RapidCommit': 'DHCPv6.RapidCommit',
  'DHCP.CriticalConnection': 'Network.KeepConfiguration',
  'DHCPServer.RelayAgentCircuitId': 'DHCPRelay.CircuitId',
  'DHCPServer.RelayTarget': 'Network.DHCPRelay',
  'DHCPv4.CriticalConnection': 'Network.KeepConfiguration',
  'DHCPv6.RouteMetric': 'IPv6AcceptRA.RouteMetric',
  'FairQueueing.Quantum': 'FairQueueing.QuantumBytes',
  'FairQueueing.InitialQuantum': 'FairQueueing.InitialQuantumBytes',
  'FairQueueingControlledDelay.MemoryLimit': 'FairQueueingControlledDelay.MemoryLimitBytes',
  'FairQueueingControlledDelay.Quantum': 'FairQueueingControlledDelay.QuantumBytes',
  'IPv6AcceptRA.BlackList': 'IPv6AcceptRA.PrefixDenyList',
  'IPv6AcceptRA.DenyList': 'IPv6AcceptRA.PrefixDenyList',
  'Network.IPForward': 'Network.IPv4Forwarding',
  'Network.IPv4LL': 'Network.LinkLocalAddressing',
  'Network.IPv6PrefixDelegation': 'Network.IPv6SendRA',
  'Network.IPv6Token': 'IPv6AcceptRA.Token',
  'Network.IPv6ProxyNDPAddress': 'Network.ProxyNeighbor',
  'TokenBucketFilter.Burst': 'TokenBucketFilter.BurstBytes',
  'TokenBucketFilter.LimitSize': 'TokenBucketFilter.LimitBytes',
  'TrafficControlQueueingDiscipline.NetworkEmulatorDelayJitterSec': 'NetworkEmulator.DelayJitterSec',
  'TrafficControlQueueingDiscipline.NetworkEmulatorDelaySec': 'NetworkEmulator.DelaySec',
  'TrafficControlQueueingDiscipline.NetworkEmulatorDuplicateRate': 'NetworkEmulator.DuplicateRate',
  'TrafficControlQueueingDiscipline.NetworkEmulatorLossRate': 'NetworkEmulator.LossRate',
  'TrafficControlQueueingDiscipline.NetworkEmulatorPacketLimit': 'NetworkEmulator.PacketLimit',
};

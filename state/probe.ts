/** What a probe asks of the network. Hosts are names or addresses, as the document has them. */
export type ProbeTarget =
  | { readonly type: 'ping'; readonly host: string }
  | { readonly type: 'tcp'; readonly host: string; readonly port: number }
  | { readonly type: 'dns'; readonly name: string; readonly server?: string | undefined }
  | { readonly type: 'http'; readonly url: string; readonly status?: number | undefined }
  /** The default gateway of an address family, whichever it is at the time: its neighbour entry resolves. */
  | { readonly type: 'gateway'; readonly family: 4 | 6 }
  /** An established ssh connection: its local address is there, and the next hop to its peer answers. */
  | { readonly type: 'session'; readonly local: Endpoint; readonly peer: Endpoint };

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** One way to see whether the host is still connected. A probe counts in a change only if it passed before it. */
export interface Probe {
  /** As the user reads it, unique: `ConnectivityProbe/dc`, `default gateway (IPv4)`, `ssh from 192.0.2.7:51234`. */
  readonly id: string;
  readonly target: ProbeTarget;
  readonly timeoutMs: number;
}

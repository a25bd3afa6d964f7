/** What a ConnectivityProbe asks of the network. Hosts are IP addresses (canonical) or DNS names. */
export type Question =
  | { readonly type: 'ping'; readonly host: string }
  | { readonly type: 'tcp'; readonly host: string; readonly port: number }
  /** Whether a name has an address, by one server or by those of resolv.conf. */
  | { readonly type: 'dns'; readonly name: string; readonly server?: string | undefined }
  /** Without a status any from 200 to 399 will do. */
  | { readonly type: 'http'; readonly url: string; readonly status?: number | undefined };

/** What a `ConnectivityProbe` wants: one question, and how long its answer may take. */
export interface ProbeIntent {
  readonly target: Question;
  readonly timeoutMs: number;
}

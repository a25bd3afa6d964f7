import type { Kind } from '../../crds/resource.ts';
import type { Reason } from '../../state/status.ts';
import { ofFiles } from './cases-files.ts';
import { ofLinks } from './cases-links.ts';
import { ofTraffic } from './cases-traffic.ts';

/** One drift, by hand. */
export interface Drift {
  /** Class, as the table of `npm run drift` names it. */
  readonly what: string;
  /** Kind of the document that promises it. */
  readonly kind: Kind;
  readonly command: string;
  /** The link or the file that it hits. */
  readonly link: string;
  /** The steps that put it right, as the operator logs them, but for reasons; none where networkd may be first. */
  readonly steps: readonly string[];
  /** No event tells of it: the resync finds it, which SIGHUP brings forward. */
  readonly silent?: true;
  /** What osa-net must not put right: it says so of a resource, until the user does something about it. */
  readonly told?: { readonly resource: `${Kind}/${string}`; readonly reason: Reason; readonly undo: string };
}

/** All drifts that a kernel with bridges, veths, macvlans and VXLANs can show, by kind; those of one link are spread, so that none looks like a fight. */
export const drifts: readonly Drift[] = [...ofLinks, ...ofTraffic, ...ofFiles].sort((a, b) =>
  a.kind.localeCompare(b.kind),
);

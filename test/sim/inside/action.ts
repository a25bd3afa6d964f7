import type { Counted } from '../model/machine.ts';
import type { Damage, Doc, DocName } from './documents.ts';

/** What others make links of. */
export const foreignKinds = ['bridge', 'dummy', 'vcan', 'hardware'] as const;
type ForeignKind = (typeof foreignKinds)[number];

/** One thing that happens to the host. */
export type Action =
  | { readonly kind: 'write'; readonly file: string; readonly doc: Doc; readonly inPlace: boolean }
  | { readonly kind: 'remove'; readonly name: DocName }
  | { readonly kind: 'move'; readonly name: DocName; readonly file: string }
  | { readonly kind: 'damage'; readonly file: string; readonly damage: Damage }
  | { readonly kind: 'mend'; readonly file: string }
  | { readonly kind: 'mass-remove' }
  | { readonly kind: 'directory'; readonly ms: number; readonly how: 'away' | 'unreadable' }
  | {
      readonly kind: 'kill' | 'power';
      readonly calls: number;
      /** `changes`: only calls that changed something outside of the operator's files. */
      readonly counts?: Counted;
      readonly ms: number;
    }
  | { readonly kind: 'stop'; readonly ms: number }
  | { readonly kind: 'networkd'; readonly ms: number }
  | { readonly kind: 'bus'; readonly ms: number }
  | { readonly kind: 'link-delete'; readonly index: number; readonly of?: DocName }
  | {
      readonly kind: 'link-replace';
      readonly index: number;
      readonly of?: DocName;
      readonly link: ForeignKind;
    }
  | {
      readonly kind: 'link-set';
      readonly index: number;
      readonly field: 'master' | 'mode' | 'mtu' | 'down' | 'addresses';
    }
  | { readonly kind: 'link-foreign'; readonly name: string; readonly link: ForeignKind }
  | { readonly kind: 'link-foreign-delete'; readonly name: string }
  | { readonly kind: 'unit-edit' | 'unit-delete'; readonly index: number; readonly of?: DocName }
  | { readonly kind: 'unit-foreign'; readonly name: string; readonly ms: number }
  | {
      readonly kind: 'disk';
      readonly code: 'ENOSPC' | 'EIO' | 'EACCES' | 'EROFS';
      readonly under: string;
      readonly probability: number;
      readonly ms: number;
    }
  | { readonly kind: 'clock'; readonly ms: number }
  | {
      readonly kind: 'deaf';
      readonly who: 'kernel' | 'networkd' | 'directory';
      readonly probability: number;
      readonly ms: number;
    }
  | {
      readonly kind: 'calls';
      readonly who: 'networkd' | 'kernel' | 'systemd';
      readonly how: 'slow' | 'before' | 'after';
      readonly probability: number;
      readonly ms: number;
    }
  /** The host at the other end of the way out does not answer for so long. */
  | { readonly kind: 'peer'; readonly ms: number }
  | { readonly kind: 'confirm' | 'cancel' | 'rollback' | 'resume' }
  /** Without a name: everything. */
  | { readonly kind: 'suspend'; readonly name?: DocName | undefined }
  | { readonly kind: 'prune' | 'hup' | 'resync' | 'state-lost' };

import { parseUnit, type UnitSection } from '../../crds/unit.ts';

/** Values of a key in the sections of a name. */
export function valuesOf(sections: readonly UnitSection[], section: string, key: string): readonly string[] {
  return sections
    .filter(({ name }) => name === section)
    .flatMap(({ entries }) => entries.filter(([k]) => k === key).map(([, value]) => value));
}

/** The value that counts where a key is given more than once. */
export function lastOf(sections: readonly UnitSection[], section: string, key: string): string | undefined {
  return valuesOf(sections, section, key).at(-1);
}

/** The link that a .netdev makes. */
export function deviceOf(text: string): string {
  return lastOf(parseUnit(text), 'NetDev', 'Name') ?? '';
}

/** Whether networkd keeps what it has read of a .netdev (systemd#34907). */
export function isStale(text: string, version: number): boolean {
  return version >= 250 && lastOf(parseUnit(text), 'NetDev', 'Kind') === 'macvlan';
}

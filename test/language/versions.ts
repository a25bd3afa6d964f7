import type { Release } from '../bed/bed.ts';

/** The version of systemd that each release has. */
export const versions: Readonly<Record<Release, number>> = {
  bullseye: 247,
  host: 252,
  trixie: 257,
  sid: 262,
};

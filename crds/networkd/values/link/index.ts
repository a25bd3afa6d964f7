import type { Atoms, Shapes } from '../notation.ts';
import { ethernetShapes } from './ethernet.ts';
import { namingAtoms, namingShapes } from './naming.ts';
import { queueAtoms, queueShapes } from './queue.ts';
import { srIovShapes } from './sr-iov.ts';

/** Values of udev's .link files, and of [SR-IOV] in .network files. */
export const linkShapes: Shapes = {
  ...namingShapes,
  ...ethernetShapes,
  ...queueShapes,
  ...srIovShapes,
};

export const linkAtoms: Atoms = {
  ...namingAtoms,
  ...queueAtoms,
};

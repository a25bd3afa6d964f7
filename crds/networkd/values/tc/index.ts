import type { Atoms, Shapes } from '../notation.ts';
import { classfulAtoms, classfulShapes } from './classful.ts';
import { fairQueueingAtoms, fairQueueingShapes } from './fair-queueing.ts';
import { qdiscAtoms, qdiscShapes } from './qdisc.ts';
import { shapingAtoms, shapingShapes } from './shaping.ts';

/** Shapes of the sections for traffic control in .network files. */
export const tcShapes: Shapes = {
  ...qdiscShapes,
  ...fairQueueingShapes,
  ...classfulShapes,
  ...shapingShapes,
};

/** The atoms of those. */
export const tcAtoms: Atoms = {
  ...qdiscAtoms,
  ...fairQueueingAtoms,
  ...classfulAtoms,
  ...shapingAtoms,
};

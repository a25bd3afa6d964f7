import { linkShapes } from './link/index.ts';
import { netdevShapes } from './netdev/index.ts';
import { networkShapes } from './network/index.ts';
import type { Shape, Shapes } from './notation.ts';
import { tcShapes } from './tc/index.ts';

const shapes: Shapes = {
  ...networkShapes,
  ...tcShapes,
  ...netdevShapes,
  ...linkShapes,
};

/**
 * The names under which what a parser takes may be written down, the most exact first: most parsers take the same
 * wherever they are used, others look at their argument, at the key, or at its section.
 * @param parser as the vocabulary names it, with its argument if it has one
 */
export function namesOf(parser: string, section: string, key: string): readonly string[] {
  const [name = '', argument = '0'] = parser.split(' ');
  const places = [`${section}.${key}`, key, section];
  return [
    ...places.map((place) => `${name} ${argument} ${place}`),
    `${name} ${argument}`,
    ...places.map((place) => `${name} ${place}`),
    name,
  ];
}

/**
 * What a parser takes in a version of systemd without a word in the log.
 * @throws TypeError where nobody wrote down what the parser takes
 */
export function shapeOf(parser: string, section: string, key: string, version: number): string {
  const name = namesOf(parser, section, key).find((one) => Object.hasOwn(shapes, one));
  const shape = name === undefined ? undefined : shapes[name];
  if (shape === undefined)
    throw new TypeError(`expected a shape for ${parser} of [${section}] ${key}, got none`);
  return typeof shape === 'string' ? shape : shapeIn(shape, version);
}

function shapeIn(byVersion: Exclude<Shape, string>, version: number): string {
  const since = Object.keys(byVersion).map(Number);
  const latest = Math.max(...since.filter((one) => one <= version), Math.min(...since));
  return byVersion[latest] ?? '';
}

import { assemble } from './assemble.ts';
import { compileAll } from './compile.ts';
import type { Unit } from './compiled.ts';
import type { Capabilities } from './networkd/capabilities.ts';
import type { Problem } from './problem.ts';
import type { AnyResource } from './resource.ts';

export interface Rendered {
  /** Sorted by name. */
  readonly units: readonly Unit[];
  /** What a systemd of this version cannot do; the resources it hits are left out. */
  readonly problems: readonly Problem[];
}

/** Resources → the units that a host with this systemd would have. */
export function render(resources: readonly AnyResource[], capabilities: Capabilities): Rendered {
  const compiled = compileAll(resources, capabilities);
  const problems = compiled.flatMap((one) => one.problems ?? []);
  const able = resources.filter((_, i) => compiled[i]?.problems === undefined);
  const { units } = assemble(problems.length === 0 ? compiled : compileAll(able, capabilities));
  return { units, problems };
}

/** Units one after the other, each under its file name, as `osa-net render` prints them. */
export function renderedText(units: readonly Unit[]): string {
  return units.map(({ name, text }) => `# ${name}\n${text}`).join('\n');
}

import { assemble } from '../../crds/assemble.ts';
import { compileAll } from '../../crds/compile.ts';
import { loadFile } from '../../crds/load.ts';
import { capabilitiesOf } from '../../crds/networkd/capabilities.ts';

/** The units that documents make on a version of systemd: the text of each, by name. */
export function unitsMadeOf(documents: string, systemd: number): ReadonlyMap<string, string> {
  const { resources } = loadFile('all.yaml', Buffer.from(documents));
  const { units } = assemble(compileAll(resources, capabilitiesOf(systemd)));
  return new Map(units.map(({ name, text }) => [name, text]));
}

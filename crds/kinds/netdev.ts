import { interfaceNameFault, madeNameFault } from '../interface-name.ts';
import { firstValueOf, sectionsSchema } from './sections.ts';

/** spec of a NetDev: the sections of systemd.netdev(5). */
export const netDevSchema = sectionsSchema(true, (spec, report) => {
  for (const [key, example] of [
    ['Name', 'br0'],
    ['Kind', 'bridge'],
  ] as const) {
    if (firstValueOf(spec, 'NetDev', key) !== undefined) continue;
    report(Object.hasOwn(spec, 'NetDev') ? ['NetDev'] : [], {
      code: 'MISSING_FIELD',
      message: `${key} is missing in the section NetDev`,
      hint: `add it, such as NetDev: {${key}: ${example}}`,
    });
  }
  const name = firstValueOf(spec, 'NetDev', 'Name');
  if (name === undefined) return;
  const fault = interfaceNameFault(name) ?? madeNameFault(name);
  if (fault) report(['NetDev', 'Name'], fault);
}).describe("A virtual network device in networkd's own words (systemd.netdev(5)): section, key, value");

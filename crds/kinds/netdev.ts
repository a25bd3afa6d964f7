import { sectionsSchema } from './sections.ts';

/** spec of a NetDev: the sections of systemd.netdev(5). */
export const netDevSchema = sectionsSchema(true).describe(
  "A virtual network device in networkd's own words (systemd.netdev(5)): section, key, value",
);

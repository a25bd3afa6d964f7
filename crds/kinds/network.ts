import { sectionsSchema } from './sections.ts';

/** spec of a Network: the sections of systemd.network(5). */
export const networkSchema = sectionsSchema(true).describe(
  "Configuration of links in networkd's own words (systemd.network(5)): section, key, value",
);

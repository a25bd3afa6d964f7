import { sectionsSchema } from './sections.ts';

/** spec of a Link: the sections of systemd.link(5). */
export const linkSchema = sectionsSchema(false).describe(
  "Properties of devices in udev's own words (systemd.link(5)): section, key, value",
);

import { dirname, resolve } from 'node:path';

/** The checkout that these tests belong to; this file runs from `build/test/bed/`. */
export const checkout = resolve(import.meta.dirname, '../../..');

/** The bundle that a user gets. */
export const bundle = resolve(checkout, 'dist/osa-net.js');

/** What a program inside a bed or host sees of our environment: nothing but this. */
export const environment: Readonly<Record<string, string>> = {
  PATH: `/run/bed/bin:${dirname(process.execPath)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
  HOME: '/root',
  LANG: 'C.UTF-8',
};

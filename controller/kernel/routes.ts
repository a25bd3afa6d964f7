import type { Clues } from '../../state/rivals.ts';
import { run } from '../programs.ts';
import { parseForeignRoutes } from './parse.ts';

/** Default routes of the main table that networkd did not set, with the protocol that names who did (rtnetlink(7)). */
export async function readForeignRoutes(): Promise<Clues['routes']> {
  const outputs = await Promise.all(
    ['-4', '-6'].map((family) => run('ip', ['-json', family, 'route', 'show', 'default', 'table', 'main'])),
  );
  return outputs.flatMap(({ stdout }) => parseForeignRoutes(stdout));
}

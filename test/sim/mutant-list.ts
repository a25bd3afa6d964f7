import type { Mutant } from './bundle.ts';

const one = (name: string, file: string, find: string, replace: string): Mutant => ({
  name,
  patches: [{ file, find, replace }],
});

/** The code, broken in one way each. */
export const mutants: readonly Mutant[] = [
  one('no fsync of files', 'controller/atomic.ts', '      await flush(file);\n', ''),
  one('no fsync of directories', 'controller/atomic.ts', '    await flushAll(directory);\n', ''),
];

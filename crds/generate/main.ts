import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedFiles } from './files.ts';

// The one file of crds/ that writes: a tool of the developers, not a part of the operator.
const [directory] = process.argv.slice(2);
if (directory === undefined) throw new TypeError('expected a directory to write to, got nothing');
mkdirSync(directory, { recursive: true });
for (const [name, text] of generatedFiles()) writeFileSync(join(directory, name), text);

import { layout } from './layout.ts';

/** The layout of the example, one finding a line, then a last word. */
for await (const finding of layout()) process.stdout.write(`${JSON.stringify(finding)}\n`);
process.stdout.write('"end"\n');

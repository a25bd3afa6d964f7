import { appendFileSync } from 'node:fs';
import { type MochaOptions, type Runner, reporters, type Suite, type Test } from 'mocha';

/**
 * mocha's spec reporter, which also adds a line `PASSED FAILED SKIPPED` to the file that OSA_NET_TEST_COUNTS names, and
 * a line with the title and the error of each failure to the file that OSA_NET_TEST_FAILURES names: the end of a long
 * log is all that is left of some runs. At its end stands which files took longest.
 */
export default class CountingReporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    const counts = process.env['OSA_NET_TEST_COUNTS'];
    if (counts !== undefined) {
      runner.once('end', () => {
        const { passes, failures, pending } = this.stats;
        appendFileSync(counts, `${passes} ${failures} ${pending}\n`);
      });
    }
    tellSlowest(runner);
    const failures = process.env['OSA_NET_TEST_FAILURES'];
    if (failures !== undefined) {
      runner.on('fail', (test: Test, error: Error) => {
        appendFileSync(failures, `  ✘ ${test.fullTitle()}: ${error.message.split('\n', 1)[0]}\n`);
      });
    }
  }
}

/** Files that are told. */
const told = 8;

function tellSlowest(runner: Runner): void {
  const began = new Map<Suite, number>();
  const seconds = new Map<string, number>();
  runner.on('suite', (suite: Suite) => began.set(suite, performance.now()));
  runner.on('suite end', (suite: Suite) => {
    if (!suite.parent?.root || suite.file === undefined) return;
    const file = suite.file.split('/test/').at(-1) ?? suite.file;
    const took = (performance.now() - (began.get(suite) ?? 0)) / 1_000;
    seconds.set(file, (seconds.get(file) ?? 0) + took);
  });
  runner.once('end', () => {
    const slowest = [...seconds].sort(([, a], [, b]) => b - a).slice(0, told);
    const lines = slowest.map(([file, took]) => `  ${took.toFixed(0).padStart(4)} s  ${file}`);
    process.stdout.write(`\n  longest files\n${lines.join('\n')}\n`);
  });
}

import { appendFileSync } from 'node:fs';
import { type MochaOptions, type Runner, reporters, type Test } from 'mocha';

/**
 * mocha's spec reporter, which also adds a line `PASSED FAILED SKIPPED` to the file that OSA_NET_TEST_COUNTS names, and
 * a line with the title and the error of each failure to the file that OSA_NET_TEST_FAILURES names: the end of a long
 * log is all that is left of some runs.
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
    const failures = process.env['OSA_NET_TEST_FAILURES'];
    if (failures !== undefined) {
      runner.on('fail', (test: Test, error: Error) => {
        appendFileSync(failures, `  ✘ ${test.fullTitle()}: ${error.message.split('\n', 1)[0]}\n`);
      });
    }
  }
}

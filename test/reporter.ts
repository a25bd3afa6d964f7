import { appendFileSync } from 'node:fs';
import { type MochaOptions, type Runner, reporters } from 'mocha';

/** mocha's spec reporter, which also adds a line `PASSED FAILED SKIPPED` to the file that OSA_NET_TEST_COUNTS names. */
export default class CountingReporter extends reporters.Spec {
  constructor(runner: Runner, options: MochaOptions) {
    super(runner, options);
    const file = process.env['OSA_NET_TEST_COUNTS'];
    if (file === undefined) return;
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      appendFileSync(file, `${passes} ${failures} ${pending}\n`);
    });
  }
}

import { questions } from '../kinds/connectivity-probe.ts';
import { timeSpanSeconds } from '../time-span.ts';
import type { Checked, ReportField } from './check.ts';

/** A change waits for its probes, so none may take for ever. Seconds. */
const longest = 60;

/** A probe asks exactly one thing, and not for too long. */
export function checkConnectivityProbe({ spec }: Checked<'ConnectivityProbe'>, report: ReportField): void {
  const [first, ...more] = questions.filter((question) => spec[question] !== undefined);
  if (first === undefined) {
    report('spec.ping', {
      code: 'MISSING_FIELD',
      message: 'the probe asks nothing: it has none of ping, tcp, dns and http',
      hint: 'add one of them, such as ping: {host: 192.0.2.1}',
    });
  }
  for (const question of more) {
    report(
      `spec.${question}`,
      {
        code: 'BAD_VALUE',
        message: `a probe asks one thing, and this one has spec.${first} as well as spec.${question}`,
        hint: 'keep one of them, and give the other a document of its own',
      },
      'key',
    );
  }
  if ((timeSpanSeconds(spec.timeout) ?? 0) <= longest) return;
  report('spec.timeout', {
    code: 'OUT_OF_RANGE',
    message: `spec.timeout cannot be ${spec.timeout}`,
    hint: `use a span of time from 1s to ${longest}s`,
  });
}

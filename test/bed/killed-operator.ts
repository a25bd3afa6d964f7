import { runOperator } from '../../controller/operator.ts';
import { defaultSettings } from '../../controller/settings.ts';
import { createLogger } from '../../controller/winston.ts';

/**
 * The real operator, once, which kills itself (SIGKILL) right before its n-th step: `OSA_NET_KILL_BEFORE=n`.
 * Runs inside a bed; not a test by itself.
 */
const last = Number(process.env['OSA_NET_KILL_BEFORE']);
let steps = 0;
const logger = createLogger({ level: 'error', stream: process.stderr });
const { converged } = await runOperator(defaultSettings, logger, {
  once: true,
  version: 'test',
  signal: new AbortController().signal,
  onWake: () => undefined,
  onStep() {
    steps++;
    if (steps === last) process.kill(process.pid, 'SIGKILL');
  },
});
process.exitCode = converged ? 0 : 1;

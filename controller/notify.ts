import type { Logger } from './log.ts';
import { run } from './programs.ts';

/** Tells the service manager how the operator is doing; see sd_notify(3). Does nothing where nobody asked. */
export interface Notifier {
  ready(status: string): Promise<void>;
  /** One line for `systemctl status`; sent only when it differs from the last. */
  status(text: string): Promise<void>;
  watchdog(): Promise<void>;
  reloading(): Promise<void>;
  stopping(): Promise<void>;
  /** How often `watchdog` should be called, a third of what systemd waits; undefined where it does not watch. */
  readonly watchdogIntervalMs: number | undefined;
}

/**
 * Speaks through the program `systemd-notify`: Node has no datagram sockets of the local kind. It waits until systemd
 * has read the message (so without `--no-block`, which needs privileges), and the unit has to say `NotifyAccess=all`.
 */
export function createNotifier(options: {
  readonly log: Logger;
  readonly env?: NodeJS.ProcessEnv;
}): Notifier {
  const { log, env = process.env } = options;
  let last = '';
  let turn: Promise<void> = Promise.resolve();
  const send = (...assignments: readonly string[]): Promise<void> => {
    if (!env['NOTIFY_SOCKET']) return Promise.resolve();
    // One after another: the order of READY, RELOADING and STOPPING has a meaning.
    turn = turn.then(() => notify(log, assignments));
    return turn;
  };
  return {
    watchdogIntervalMs: watchdogInterval(env),
    ready: (status) => send('READY=1', `STATUS=${oneLine(status)}`),
    status: (text) => {
      if (text === last) return Promise.resolve();
      last = text;
      return send(`STATUS=${oneLine(text)}`);
    },
    watchdog: () => send('WATCHDOG=1'),
    reloading: () => send('RELOADING=1', `MONOTONIC_USEC=${process.hrtime.bigint() / 1000n}`),
    stopping: () => send('STOPPING=1'),
  };
}

async function notify(log: Logger, assignments: readonly string[]): Promise<void> {
  try {
    await run('systemd-notify', assignments);
  } catch (error) {
    log.warn(`cannot notify systemd: ${(error as Error).message}`);
  }
}

/** systemd sets WATCHDOG_USEC for the service's processes; WATCHDOG_PID, where set, names the one that is meant. */
function watchdogInterval(env: NodeJS.ProcessEnv): number | undefined {
  const micros = Number(env['WATCHDOG_USEC']);
  const pid = env['WATCHDOG_PID'];
  if (!env['NOTIFY_SOCKET'] || !(micros > 0) || (pid && pid !== String(process.pid))) return undefined;
  return micros / 3000;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

import { conditionOf, type StatusItem } from '../state/status.ts';
import type { Notifier } from './notify.ts';

/** A pass that takes longer than this is stuck, and the watchdog may bite, ms. */
const longestPass = 90_000;

/** Tells the service manager how the loop is doing. */
export interface Supervision {
  onPass(phase: 'begins' | 'ended', items: readonly StatusItem[]): void;
  stop(): Promise<void>;
}

/** READY after the first pass, one STATUS line a change, and watchdog pings only while passes come to an end. */
export function supervise(notifier: Notifier, now: () => number): Supervision {
  let workingSince: number | undefined;
  let ready = false;
  const timer =
    notifier.watchdogIntervalMs === undefined
      ? undefined
      : setInterval(() => {
          if (workingSince === undefined || now() - workingSince < longestPass) void notifier.watchdog();
        }, notifier.watchdogIntervalMs);
  return {
    onPass(phase, items) {
      workingSince = phase === 'begins' ? now() : undefined;
      if (phase === 'begins') return;
      void (ready ? notifier.status(summary(items)) : notifier.ready(summary(items)));
      ready = true;
    },
    async stop() {
      clearInterval(timer);
      await notifier.stopping();
    },
  };
}

function summary(items: readonly StatusItem[]): string {
  const count = items.filter(({ status }) => conditionOf(status, 'Ready')?.status === 'True').length;
  return `${count} of ${items.length} resources ready`;
}

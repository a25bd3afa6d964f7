import type { RestartCause, Step } from './step.ts';

/** Makes networkd look again at units that name links which are made anew. */
export function touchStep(units: readonly string[]): Step {
  return {
    kind: 'touch-dependents',
    units,
    reason: 'they name links that are made anew',
    disruption: 'none',
  };
}

/** Makes networkd read `units` changed units, or look again at links that are repaired. */
export function reloadStep(units: number, repair: boolean): Step {
  const changed = `${units} unit${units === 1 ? '' : 's'} changed`;
  const idle = repair ? 'links must be made or looked at anew' : 'networkd has not read the units yet';
  const reason = units === 0 ? idle : changed;
  return { kind: 'reload', reason, disruption: 'none' };
}

const restartReasons: Readonly<Record<RestartCause, string>> = {
  stale: 'this systemd keeps the old settings of a changed .netdev until it restarts (v250 to v256)',
  'in vain': 'links wait in vain, and nothing less has helped',
};

/** Makes networkd forget the text that it made a link from, or what it waits for. */
export function restartStep(cause: RestartCause): Step {
  return { kind: 'restart-networkd', cause, reason: restartReasons[cause], disruption: 'service restart' };
}

/** Makes systemd-udevd read changed .link files. */
export function udevStep(): Step {
  return {
    kind: 'trigger-udev',
    reason: 'a .link changed; it applies to links that appear from now on',
    disruption: 'none',
  };
}

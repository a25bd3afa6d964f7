import type { Probe, ProbeTarget } from '../../state/probe.ts';
import type { Logger } from '../log.ts';
import { type Ask, patienceOf, whyOf } from './ask.ts';
import { askHttp, askPing, askTcp } from './connect.ts';
import { askName } from './resolve.ts';
import { askGateway, hasDefaultRoute } from './routes.ts';
import { askSession, automaticTimeoutMs, sessionProbes } from './sessions.ts';

/** Sees whether the host is still connected. */
export interface Prober {
  /**
   * What osa-net asks by itself: the default gateway of each family that has a default route, and the way to each ssh
   * peer. Starts no program; costs next to nothing where there is neither.
   */
  automatic(): Promise<readonly Probe[]>;
  /**
   * Asks once: empty when the probe passes, else why it does not. Never throws, and ends with the probe's time.
   * @param hurry ms; a probe that did not pass when it was last asked gets no more
   */
  check(probe: Probe, hurry?: number): Promise<string>;
}

export function createProber({ log }: { readonly log: Logger }): Prober {
  const passed = new Set<Probe['id']>();
  return {
    automatic: () => automaticProbes(log),
    async check(probe, hurry = probe.timeoutMs) {
      const timeoutMs = passed.has(probe.id) ? probe.timeoutMs : Math.min(probe.timeoutMs, hurry);
      const why = await check({ ...probe, timeoutMs });
      if (why === '') passed.add(probe.id);
      else passed.delete(probe.id);
      return why;
    },
  };
}

async function automaticProbes(log: Logger): Promise<readonly Probe[]> {
  try {
    const families = await Promise.all(
      ([4, 6] as const).map(async (family) => ((await hasDefaultRoute(family)) ? [family] : [])),
    );
    const gateways = families.flat().map(
      (family): Probe => ({
        id: `default gateway (IPv${family})`,
        target: { type: 'gateway', family },
        timeoutMs: automaticTimeoutMs,
      }),
    );
    return [...gateways, ...sessionProbes()];
  } catch (error) {
    log.warn(`cannot look for gateways and ssh connections to watch: ${whyOf(error)}`);
    return [];
  }
}

async function check({ target, timeoutMs }: Probe): Promise<string> {
  const time = new AbortController();
  const ask: Ask = { signal: time.signal, timeoutMs, silence: '' };
  ask.silence = `no answer within ${patienceOf(ask)}`;
  const timer = setTimeout(() => time.abort(), timeoutMs);
  const overdue = new Promise<string>((resolve) => {
    time.signal.addEventListener('abort', () => resolve(ask.silence), { once: true });
  });
  try {
    // The one who is asked ends at the signal too; but what a program or a library does is not in our hands.
    return await Promise.race([answerTo(target, ask), overdue]);
  } catch (error) {
    return time.signal.aborted ? ask.silence : whyOf(error);
  } finally {
    clearTimeout(timer);
    time.abort();
  }
}

function answerTo(target: ProbeTarget, ask: Ask): Promise<string> {
  switch (target.type) {
    case 'ping':
      return askPing(target.host, ask);
    case 'tcp':
      return askTcp(target.host, target.port, ask);
    case 'dns':
      return askName(target.name, target.server, ask);
    case 'http':
      return askHttp(target.url, target.status, ask);
    case 'gateway':
      return askGateway(target.family, ask);
    case 'session':
      return askSession(target, ask);
  }
}

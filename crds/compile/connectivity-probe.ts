import type { Compiled } from '../compiled.ts';
import type { Question } from '../probe.ts';
import type { Resource } from '../resource.ts';
import { timeSpanSeconds } from '../time-span.ts';

/** A ConnectivityProbe makes neither units nor links; what it wants is its intent. */
export function compileConnectivityProbe({ key, spec }: Resource<'ConnectivityProbe'>): Compiled {
  const target = questionOf(spec);
  const timeoutMs = Math.round((timeSpanSeconds(spec.timeout) ?? 0) * 1_000);
  return { key, fragments: [], links: [], ...(target && { probe: { target, timeoutMs } }) };
}

/** Its check has made sure that there is exactly one. */
function questionOf(spec: Resource<'ConnectivityProbe'>['spec']): Question | undefined {
  if (spec.ping) return { type: 'ping', ...spec.ping };
  if (spec.tcp) return { type: 'tcp', ...spec.tcp };
  if (spec.dns) return { type: 'dns', ...spec.dns };
  return spec.http && { type: 'http', ...spec.http };
}

import type { BusSignal } from './connection.ts';

/** Which signals are wanted; see "Match Rules" in the D-Bus specification. */
export interface MatchRule {
  /** A well-known or unique name; the bus compares it, signals themselves carry the unique name. */
  readonly sender: string;
  readonly interface: string;
  readonly member: string;
  readonly path?: string;
  /** The path itself and everything below it. */
  readonly pathNamespace?: string;
  readonly arg0?: string;
}

/** The rule as `AddMatch` takes it. Values hold no quotes: bus names, paths and members cannot have any. */
export function ruleText(rule: MatchRule): string {
  const terms = [
    ['type', 'signal'],
    ['sender', rule.sender],
    ['interface', rule.interface],
    ['member', rule.member],
    ['path', rule.path],
    ['path_namespace', rule.pathNamespace],
    ['arg0', rule.arg0],
  ];
  return terms.flatMap(([key, value]) => (value === undefined ? [] : [`${key}='${value}'`])).join(',');
}

/** Whether a signal is one that the rule asked for, its sender aside. */
export function ruleMatches(rule: MatchRule, signal: BusSignal): boolean {
  if (signal.interface !== rule.interface || signal.member !== rule.member) return false;
  if (rule.path !== undefined && signal.path !== rule.path) return false;
  if (rule.arg0 !== undefined && signal.body[0] !== rule.arg0) return false;
  if (rule.pathNamespace === undefined) return true;
  return signal.path === rule.pathNamespace || signal.path.startsWith(`${rule.pathNamespace}/`);
}

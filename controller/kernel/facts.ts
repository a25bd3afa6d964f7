import { readFileSync, writeFileSync } from 'node:fs';
import { type RouteExpectation, routeTypes, ruleWords } from '../../crds/routes.ts';
import type { Observed, ObservedRoute, ObservedRule } from '../../state/observed.ts';
import type { Step } from '../../state/step.ts';
import type { Logger } from '../log.ts';
import { type Follower, follow, ProgramError, run, unlessGone } from '../programs.ts';
import { masqueradeScript, natTable, unmasqueradeWords } from './nat.ts';
import { parseDhcpServers, parseMasqueraded, parseRoutes, parseRules } from './parse-traffic.ts';

/** What the kernel holds beyond links and addresses, and how single parts of it are put right. */
export interface HostFacts {
  /** Routes of these protocols in all tables. */
  routes(protocols: readonly number[]): Promise<readonly ObservedRoute[]>;
  rules(): Promise<readonly ObservedRule[]>;
  /** A switch below /proc/sys; undefined where this kernel has none of that name. */
  sysctl(path: string): string | undefined;
  /** Networks in networkd's tables of nftables; undefined where there is no `nft` to ask, which is logged once. */
  masqueraded(families: readonly ('ip' | 'ip6')[]): Promise<Observed['masqueraded']>;
  /** Links on which something listens to DHCP clients; undefined where there is no `ss` to ask. */
  dhcpServers(): Promise<Observed['dhcpServers']>;
  /** Carries out a step. @throws Error quoting the kernel or the program */
  put(step: PutStep): Promise<void>;
  /** Tells when networkd's table of nftables loses something, until it ends, as at once where there is no `nft`. */
  followNat(onLoss: () => void, onEnd: () => void): Follower;
}

type PutStep = Extract<
  Step,
  { kind: 'set-option' | 'add-route' | 'add-rule' | 'set-sysctl' | 'masquerade' | 'unmasquerade' }
>;

export function createHostFacts(log: Logger): HostFacts {
  let hasComplained = false;
  const absent = (error: unknown): undefined => {
    if (!(error instanceof ProgramError)) throw error;
    if (!hasComplained) log.warn(`cannot see whether networks are masqueraded: ${error.message}`);
    hasComplained = true;
  };
  return {
    routes: readRoutes,
    rules: readRules,
    sysctl: readSysctl,
    masqueraded: (families) => readMasqueraded(families).catch(absent),
    dhcpServers: readDhcpServers,
    put,
    followNat: (onLoss, onEnd) =>
      follow(
        'nft',
        ['monitor'],
        (line) => {
          if (/^(delete|destroy) /.test(line) && line.includes(natTable)) onLoss();
        },
        onEnd,
      ),
  };
}

const families = [4, 6] as const;

async function readRoutes(protocols: readonly number[]): Promise<readonly ObservedRoute[]> {
  const asked = families.flatMap((family) => protocols.map((protocol) => ({ family, protocol })));
  const answers = await Promise.all(
    asked.map(async ({ family, protocol }) => {
      const filter = ['table', 'all', 'proto', String(protocol)];
      const { stdout } = await run('ip', [
        '-Numeric',
        '-json',
        '-details',
        `-${family}`,
        'route',
        'show',
        ...filter,
      ]);
      // With a filter for it, `ip` leaves the protocol out.
      return parseRoutes(stdout, family).map((route) => ({ ...route, protocol }));
    }),
  );
  return answers.flat();
}

async function readRules(): Promise<readonly ObservedRule[]> {
  const answers = await Promise.all(
    families.map(async (family) => {
      const { stdout } = await run('ip', ['-Numeric', '-json', `-${family}`, 'rule', 'show']);
      return parseRules(stdout, family);
    }),
  );
  return answers.flat();
}

function readSysctl(path: string): string | undefined {
  try {
    return readFileSync(`/proc/sys/${path}`, 'utf8').trim();
  } catch {
    return undefined;
  }
}

async function readMasqueraded(asked: readonly ('ip' | 'ip6')[]): Promise<readonly string[]> {
  const answers = await Promise.all(
    asked.map(async (family) => {
      try {
        const { stdout } = await run('nft', ['-j', 'list', 'table', family, natTable]);
        return parseMasqueraded(stdout);
      } catch (error) {
        if (error instanceof ProgramError && /No such file or directory/.test(error.stderr)) return [];
        throw error;
      }
    }),
  );
  return answers.flat();
}

async function readDhcpServers(): Promise<Observed['dhcpServers']> {
  try {
    return parseDhcpServers((await run('ss', ['-H', '-uln', 'sport', '=', ':67'])).stdout);
  } catch (error) {
    if (error instanceof ProgramError) return undefined;
    throw error;
  }
}

async function put(step: PutStep): Promise<void> {
  switch (step.kind) {
    case 'set-option':
      await run('ip', ['link', 'set', 'dev', step.link, 'type', step.type, ...step.words]);
      return;
    case 'add-route':
      await run('ip', [`-${step.route.family}`, 'route', 'append', ...routeWords(step.route, step.link)]);
      return;
    case 'add-rule':
      await run('ip', [`-${step.rule.family}`, 'rule', 'add', ...ruleWords(step.rule), 'protocol', 'static']);
      return;
    case 'set-sysctl':
      writeFileSync(`/proc/sys/${step.key}`, step.value);
      return;
    case 'masquerade':
      await run('nft', ['-f', '-'], { input: masqueradeScript(step.network) });
      return;
    case 'unmasquerade':
      await unlessGone(run('nft', unmasqueradeWords(step.network)), /No such file or directory/);
  }
}

/** `append` adds a second route beside one of somebody else with the same metric, where `add` refuses. */
function routeWords(route: RouteExpectation, link: string): readonly string[] {
  const { type, destination, gateway, metric, scope, source, family } = route;
  const named = (word: string, value: string | number | undefined) =>
    value === undefined ? [] : [word, String(value)];
  const isForeignFamily = family === 4 && gateway?.includes(':');
  return [
    ...(type === 'unicast' ? [] : [type]),
    destination,
    ...(gateway === undefined ? [] : ['via', ...(isForeignFamily ? ['inet6'] : []), gateway]),
    ...(routeTypes[type] >= routeTypes.blackhole ? [] : ['dev', link]),
    ...['proto', String(route.protocol), 'table', String(route.table)],
    ...named('metric', metric),
    ...named('scope', scope),
    ...named('src', source),
    ...(route.onLink ? ['onlink'] : []),
  ];
}

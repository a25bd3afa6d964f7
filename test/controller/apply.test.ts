import { expect } from 'chai';
import { apply } from '../../controller/apply.ts';
import type { World } from '../../controller/world.ts';
import type { Step } from '../../state/step.ts';
import { keepingLogger } from './logger.ts';

const owner = 'ContainerBridge/a' as const;
const common = { owner, reason: 'why', disruption: 'none' } as const;
const steps: readonly Step[] = [
  { ...common, kind: 'set-link', link: 'br-a', property: 'mtu', value: '1400' },
  { ...common, kind: 'announce-link', link: 'br-a' },
  { ...common, kind: 'renew-link-local', link: 'br-a' },
  { ...common, kind: 'remove-address', link: 'br-a', address: '10.0.0.1/24' },
  { ...common, kind: 'reconfigure-link', link: 'br-a' },
  { ...common, kind: 'revert-names', link: 'br-a' },
];

/** What the plan saw had the index 7. */
function carryOut(
  steps: readonly Step[],
  { networkd, ...world }: { readonly networkd?: object; readonly [other: string]: unknown },
): ReturnType<typeof apply> {
  const complete = {
    units: { stage: async () => undefined },
    logger: keepingLogger(),
    networkd: { snapshot: () => ({ run: 1, links: new Map() }), ...networkd },
    ...world,
  } as unknown as World;
  return apply(steps, new Set([7]), complete, () => undefined);
}

/** Carries out the steps while the name belongs to an index, to none when it is undefined. @returns what was called */
async function callsWith(ifindex: number | undefined): Promise<readonly string[]> {
  const calls: string[] = [];
  const call =
    (name: string) =>
    async (what: unknown): Promise<void> =>
      void calls.push(`${name} ${what}`);
  const kernel = {
    links: async () => new Map(ifindex === undefined ? [] : [['br-a', { ifindex }]]),
    setProperty: call('set'),
    announceLink: call('announce'),
    renewLinkLocal: async (link: string) => calls.push(`renew ${link}`) > 0,
    removeAddress: call('remove address'),
  };
  const networkd = { reconfigureLink: call('reconfigure'), revertNames: call('revert names') };
  expect((await carryOut(steps, { kernel, networkd })).failures.size).to.equal(0);
  return calls;
}

describe('steps for a link', () => {
  it('are carried out on the link that the plan saw', async () => {
    expect(await callsWith(7)).to.deep.equal([
      'set br-a',
      'announce br-a',
      'renew br-a',
      'remove address br-a',
      'reconfigure 7',
      'revert names 7',
    ]);
  });

  it('leave alone one that came under its name, and one that went', async () => {
    expect(await callsWith(8)).to.deep.equal([]);
    expect(await callsWith(undefined)).to.deep.equal([]);
  });

  it('fail nobody where they may fail: it is told, and the rest goes on', async () => {
    const logger = keepingLogger();
    const refusing = async () => {
      throw new Error('device or resource busy');
    };
    const kernel = {
      links: async () => new Map([['br-a', { ifindex: 7 }]]),
      setProperty: refusing,
      announceLink: async () => undefined,
    };
    const [set, announce] = steps as [Extract<Step, { kind: 'set-link' }>, Step];
    const tried = { ...set, mayFail: true } as const;
    const outcome = await carryOut([tried, announce], { kernel, logger });
    expect([outcome.failures.size, outcome.trouble, outcome.done]).to.deep.equal([0, '', [announce]]);
    expect(JSON.stringify(logger.lines)).to.include('device or resource busy; it stays as it is');
    const failed = await carryOut([set, announce], { kernel, logger });
    expect([[...failed.failures.keys()], failed.done]).to.deep.equal([[owner], [announce]]);
  });

  it('that the kernel refuses end nothing; one that networkd does not carry out ends the work for its resource', async () => {
    const setProperty = async (_link: string, property: string) => {
      if (property === 'master') throw new Error('operation not supported');
    };
    const reconfigureLink = async () => {
      throw new Error('no reply');
    };
    const links = async () => new Map([['br-a', { ifindex: 7 }]]);
    const world = { kernel: { links, setProperty }, networkd: { reconfigureLink } };
    const set = { ...common, kind: 'set-link', link: 'br-a', value: '1400' } as const;
    const [plug, mtu, mac] = (['master', 'mtu', 'mac'] as const).map(
      (property): Step => ({ ...set, property }),
    );
    const again: Step = { ...common, kind: 'reconfigure-link', link: 'br-a' };
    const outcome = await carryOut([plug, mtu, again, mac] as Step[], world);
    expect(outcome.done).to.deep.equal([mtu]);
    expect([...outcome.failures.values()]).to.deep.equal(['cannot set a link: operation not supported']);
  });
});

describe('a restart of networkd', () => {
  const restart: Step = {
    kind: 'restart-networkd',
    cause: 'stale',
    reason: 'why',
    disruption: 'service restart',
  };
  const failing = (message: string) => async (): Promise<void> => {
    throw new Error(message);
  };
  const waiting: Step = { ...common, kind: 'set-sysctl', key: 'net/ipv4/ip_forward', value: '1' };

  it('that fails is a reload, and says that it failed', async () => {
    let reloads = 0;
    const networkd = { reload: async () => void reloads++ };
    const facts = { put: async () => undefined };
    const systemd = { restartUnit: failing('no systemd') };
    const { failures } = await carryOut([restart, waiting], { networkd, systemd, kernel: { facts } });
    expect([reloads, failures.get(owner)]).to.deep.equal([1, 'cannot restart systemd-networkd: no systemd']);
  });

  it('says both when it can neither be restarted nor reloaded', async () => {
    const world = {
      networkd: { reload: failing('no bus') },
      systemd: { restartUnit: failing('no systemd') },
    };
    const { failures } = await carryOut([restart, waiting], world);
    expect(failures.get(owner)).to.equal(
      'cannot restart systemd-networkd: no systemd; nor can it be reloaded: no bus',
    );
  });
});

describe('a step that is for all', () => {
  const reload: Step = { kind: 'reload', reason: 'why', disruption: 'none' };
  const networkd = {
    reload: async () => {
      throw new Error('no bus');
    },
  };

  it('fails for each resource of the plan, and is a trouble of its own where there is none', async () => {
    const facts = { put: async () => undefined };
    const other: Step = { ...common, kind: 'set-sysctl', key: 'net/ipv4/ip_forward', value: '1' };
    const beside = await carryOut([reload, other], { networkd, kernel: { facts } });
    expect([[...beside.failures], beside.trouble]).to.deep.equal([
      [[owner, 'cannot apply the units: no bus']],
      '',
    ]);
    const alone = await carryOut([reload], { networkd });
    expect([[...alone.failures], alone.trouble]).to.deep.equal([[], 'cannot apply the units: no bus']);
  });
});

describe('the networkd of a plan that was carried out', () => {
  const removal = { ...common, kind: 'remove-unit', unit: '05-osa-net-br-a.netdev' } as const;
  const sysctl: Step = { ...common, kind: 'set-sysctl', key: 'net/ipv4/ip_forward', value: '1' };
  let run: number;
  const started = async () => void run++;
  const runOf = async (
    steps: readonly Step[],
    remove: () => Promise<unknown>,
    sync: () => Promise<unknown>,
  ) => {
    run = 1;
    const world = {
      networkd: { snapshot: () => ({ run, links: new Map() }) },
      units: { stage: async () => undefined, remove, sync },
      kernel: { facts: { put: started } },
    };
    return (await carryOut(steps, world)).run;
  };
  const nothing = async () => undefined;

  it('is the one that was there when the last unit was changed, which another may have seen before', async () => {
    expect(await runOf([removal, sysctl], nothing, nothing)).to.equal(1);
    expect(await runOf([removal, sysctl], started, nothing)).to.equal(2);
    expect(await runOf([removal, sysctl], nothing, started), 'reads what is left').to.equal(1);
  });

  it('is the one that was there before the first step where no unit changes', async () => {
    expect(await runOf([sysctl], nothing, nothing)).to.equal(1);
  });
});

describe('a service that is to run for good', () => {
  const enable: Step = { ...common, kind: 'enable-service', service: 'systemd-resolved.service' };

  async function callsWhere(unitFileState: string): Promise<readonly string[]> {
    const calls: string[] = [];
    const systemd = {
      unitState: async () => ({ loadState: 'loaded', activeState: 'inactive', unitFileState }),
      enableUnits: async () => void calls.push('enable'),
      startUnit: async () => void calls.push('start'),
    };
    expect((await carryOut([enable], { systemd })).failures.size).to.equal(0);
    return calls;
  }

  it('is enabled and started', async () => {
    expect(await callsWhere('disabled')).to.deep.equal(['enable', 'start']);
  });

  it('is only started where it is enabled', async () => {
    expect(await callsWhere('enabled')).to.deep.equal(['start']);
    expect(await callsWhere('enabled-runtime')).to.deep.equal(['start']);
  });
});

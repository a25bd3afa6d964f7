import type { ControlHandler, ControlRequest } from '../../../controller/control.ts';
import { openHistory } from '../../../controller/history.ts';
import type { LogFields, Logger } from '../../../controller/log.ts';
import { runLoop } from '../../../controller/loop.ts';
import { openResolverHost } from '../../../controller/resolver-host.ts';
import { openStore } from '../../../controller/store.ts';
import type { SystemdClient } from '../../../controller/systemd/client.ts';
import { openUnitDirectory } from '../../../controller/unit-directory.ts';
import type { World } from '../../../controller/world.ts';
import type { Probe } from '../../../state/probe.ts';
import type { StatusItem } from '../../../state/status.ts';
import type { Step } from '../../../state/step.ts';
import { forgetWatchers } from '../modules/watcher.ts';
import { type Host, places } from './host.ts';
import type { LinkWatcher } from './kernel-client.ts';

/** What the simulation wants to hear of the operator. */
const wayOut: Probe = {
  id: 'default gateway (IPv4)',
  target: { type: 'gateway', family: 4 },
  timeoutMs: 1_000,
};

export interface OperatorEvents {
  readonly onStep: (step: Step) => void;
  readonly onPass: (phase: 'begins' | 'ended', items: readonly StatusItem[]) => void;
  readonly onLink: LinkWatcher;
  /** The loop came to an end that nobody asked for. */
  readonly onCrash: (cause: string) => void;
  readonly onLine: (line: string) => void;
}

/** The operator's process: the real loop, on a simulated world. */
export class Operator {
  readonly #host: Host;
  readonly #events: OperatorEvents;
  #lives = 0;
  #stop: AbortController | undefined;
  /** Somebody wants it to run again as soon as it has ended. */
  #isDue = false;
  #wake: () => void = () => undefined;
  commands: ControlHandler | undefined;
  items: readonly StatusItem[] = [];

  constructor(host: Host, events: OperatorEvents) {
    this.#host = host;
    this.#events = events;
  }

  start(): void {
    const { machine } = this.#host;
    this.#isDue = machine.alive && this.#stop?.signal.aborted === true;
    if (machine.alive) return;
    machine.timeline.life = ++this.#lives;
    const life = this.#lives;
    const stop = new AbortController();
    this.#stop = stop;
    const ended = (cause: string) => {
      if (machine.timeline.life !== life) return;
      this.kill();
      if (!stop.signal.aborted) this.#events.onCrash(cause);
      else if (this.#isDue) this.start();
    };
    const world = this.#world();
    runLoop(world, {
      once: false,
      version: '0.0.0',
      signal: stop.signal,
      onWake: (listener) => {
        this.#wake = listener;
      },
      control: (handler) => {
        this.commands = handler;
      },
      onStep: (step) => {
        machine.point();
        this.#events.onStep(step);
      },
      onPass: (phase, items) => {
        this.items = items;
        this.#events.onPass(phase, items);
      },
    }).then(
      () => ended('the loop ended'),
      (cause: Error) => ended(cause.message),
    );
  }

  /** SIGHUP */
  hup(): void {
    if (this.#host.machine.alive) this.#wake();
  }

  /** What somebody asks on the command line, and does not wait for. */
  command(request: ControlRequest): void {
    const ignored = () => undefined;
    void this.commands?.(request, ignored, new AbortController().signal).then(ignored, ignored);
  }

  /** SIGTERM */
  stop(): void {
    this.#stop?.abort();
  }

  /** SIGKILL */
  kill(): void {
    this.#host.machine.kill();
    this.#stop = undefined;
    this.#host.disconnect();
    forgetWatchers();
    this.commands = undefined;
    this.#wake = () => undefined;
  }

  #world(): World {
    const { machine } = this.#host;
    const { timeline, random } = machine;
    const logger = this.#logger();
    const systemd = this.#systemd();
    const { networkd, kernel } = this.#host.connect(this.#events.onLink);
    return {
      settings: {
        configDir: places.documents,
        unitDir: places.units,
        stateDir: places.state,
        runtimeDir: places.run,
        enableNetworkd: false,
        allowRecreate: false,
        rollbackAfter: 45_000,
        ...(this.#host.confirmTimeout !== undefined && { confirmTimeout: this.#host.confirmTimeout }),
      },
      logger,
      clock: {
        now: () => timeline.wall,
        uptime: () => timeline.uptime,
        after: (ms, callback) => timeline.inLife(ms, callback),
      },
      random: random.next,
      networkd,
      systemd,
      kernel,
      units: openUnitDirectory(places.units, undefined),
      resolver: openResolverHost(systemd),
      store: openStore(places.state, logger),
      history: openHistory(places.state, logger),
      udev: { present: () => false, reload: async () => undefined },
      clues: { collect: async () => ({ networkdFiles: [], traces: [], routes: [] }) },
      probes: {
        automatic: async () => (this.#host.isWatched ? [wayOut] : []),
        check: async () => (timeline.uptime < this.#host.silentUntil ? 'no answer' : ''),
      },
    };
  }

  #logger(): Logger {
    const { timeline } = this.#host.machine;
    const line = (level: string) => (message: string, fields?: LogFields) => {
      if (level === 'debug') return;
      const owner = fields?.['owner'] === undefined ? '' : ` [${fields['owner']}]`;
      this.#events.onLine(`${timeline.uptime.toFixed(0).padStart(8)} ${level}: ${message}${owner}`);
    };
    return { error: line('error'), warn: line('warn'), info: line('info'), debug: line('debug') };
  }

  #systemd(): SystemdClient {
    const { calls } = this.#host;
    const act = (verb: string, what: () => void) => (name: string) =>
      calls.ask(
        'systemd',
        `${verb} ${name}`,
        () => (name.startsWith('systemd-networkd') ? what() : undefined),
        true,
      );
    const restart = act('restart', () => this.#host.startNetworkd());
    return {
      available: async () => true,
      unitState: async () => ({ loadState: 'loaded', activeState: 'active', unitFileState: 'enabled' }),
      startUnit: restart,
      restartUnit: restart,
      reloadOrRestartUnit: restart,
      enableUnits: async () => undefined,
    };
  }
}

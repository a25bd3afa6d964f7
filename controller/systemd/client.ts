import { setTimeout as sleep } from 'node:timers/promises';
import type { Bus } from '../dbus/bus.ts';
import type { Value } from '../dbus/connection.ts';
import { isUnknownObject, messageOf } from '../dbus/errors.ts';

export interface UnitState {
  /** `loaded`, `not-found`, `masked`, … */
  readonly loadState: string;
  /** `active`, `inactive`, `failed`, `activating`, … */
  readonly activeState: string;
  /** `enabled`, `disabled`, `static`, …; empty for a unit without a file. */
  readonly unitFileState: string;
}

/** systemd (PID 1) on the system bus. Everything else than `available` fails with a plain Error where there is none. */
export interface SystemdClient {
  available(): Promise<boolean>;
  unitState(name: string): Promise<UnitState>;
  /** These wait for the job to end and fail unless the unit is active then. */
  startUnit(name: string): Promise<void>;
  restartUnit(name: string): Promise<void>;
  reloadOrRestartUnit(name: string): Promise<void>;
  /** Enables unit files for good and lets systemd read them. */
  enableUnits(names: readonly string[]): Promise<void>;
}

interface SystemdOptions {
  readonly bus: Bus;
  /** How long a unit's job may take; 90 s unless told, which is systemd's own limit for a start. */
  readonly jobTimeoutMs?: number;
}

const systemd1 = 'org.freedesktop.systemd1';
const managerPath = '/org/freedesktop/systemd1';
const manager = 'org.freedesktop.systemd1.Manager';
const properties = 'org.freedesktop.DBus.Properties';
const pollMs = 50;

export function createSystemdClient(options: SystemdOptions): SystemdClient {
  return new Client(options);
}

class Client implements SystemdClient {
  readonly #bus: Bus;
  readonly #jobTimeoutMs: number;

  constructor({ bus, jobTimeoutMs = 90_000 }: SystemdOptions) {
    this.#bus = bus;
    this.#jobTimeoutMs = jobTimeoutMs;
  }

  async available(): Promise<boolean> {
    const bus1 = 'org.freedesktop.DBus';
    const call = {
      destination: bus1,
      path: '/org/freedesktop/DBus',
      interface: bus1,
      member: 'NameHasOwner',
    };
    try {
      const [owned] = await this.#bus.call({ ...call, signature: 's', body: [systemd1] });
      return owned === true;
    } catch {
      return false;
    }
  }

  unitState(name: string): Promise<UnitState> {
    return this.#do(`read the state of ${name}`, async () => this.#state(name));
  }

  startUnit(name: string): Promise<void> {
    return this.#job('start', 'StartUnit', name);
  }

  restartUnit(name: string): Promise<void> {
    return this.#job('restart', 'RestartUnit', name);
  }

  reloadOrRestartUnit(name: string): Promise<void> {
    return this.#job('reload', 'ReloadOrRestartUnit', name);
  }

  enableUnits(names: readonly string[]): Promise<void> {
    return this.#do(`enable ${names.join(', ')}`, async () => {
      // files, runtime (no: for good), force (no: somebody else's link is not replaced)
      await this.#manager('EnableUnitFiles', 'asbb', [[...names], false, false]);
      await this.#manager('Reload', '', []);
    });
  }

  #job(verb: string, member: string, name: string): Promise<void> {
    return this.#do(`${verb} ${name}`, async () => {
      const [job] = await this.#manager(member, 'ss', [name, 'replace']);
      await this.#jobEnd(String(job));
      const { activeState } = await this.#state(name);
      if (activeState !== 'active') throw new Error(`the unit is ${activeState}`);
    });
  }

  /** A job's object goes away when the job ends; its signal reaches subscribers only, so the object is asked for. */
  async #jobEnd(path: string): Promise<void> {
    const deadline = performance.now() + this.#jobTimeoutMs;
    while (await this.#jobExists(path)) {
      if (performance.now() > deadline)
        throw new Error(`its job did not end in ${this.#jobTimeoutMs / 1000} s`);
      await sleep(pollMs);
    }
  }

  async #jobExists(path: string): Promise<boolean> {
    try {
      await this.#get(path, 'org.freedesktop.systemd1.Job', 'State');
      return true;
    } catch (error) {
      if (isUnknownObject(error)) return false;
      throw error;
    }
  }

  async #state(name: string): Promise<UnitState> {
    const [path] = await this.#manager('LoadUnit', 's', [name]);
    const [loadState, activeState, unitFileState] = await Promise.all(
      ['LoadState', 'ActiveState', 'UnitFileState'].map((property) =>
        this.#get(String(path), 'org.freedesktop.systemd1.Unit', property),
      ),
    );
    return {
      loadState: String(loadState),
      activeState: String(activeState),
      unitFileState: String(unitFileState ?? ''),
    };
  }

  async #get(path: string, owner: string, property: string): Promise<Value | undefined> {
    const call = { destination: systemd1, path, interface: properties, member: 'Get', signature: 'ss' };
    const [value] = await this.#bus.call({ ...call, body: [owner, property] });
    return value;
  }

  #manager(member: string, signature: string, body: readonly unknown[]): Promise<readonly Value[]> {
    return this.#bus.call({
      destination: systemd1,
      path: managerPath,
      interface: manager,
      member,
      signature,
      body,
    });
  }

  async #do<T>(what: string, act: () => Promise<T>): Promise<T> {
    if (!(await this.available())) {
      throw new Error(
        `cannot ${what}: ${this.#bus.reason || 'systemd is not on the system bus (it is not PID 1 here)'}`,
      );
    }
    try {
      return await act();
    } catch (error) {
      throw new Error(`cannot ${what}: ${messageOf(error)}`, { cause: error });
    }
  }
}

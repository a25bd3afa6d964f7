import { approvePrune, forgetApproval } from '../../../controller/approval.ts';
import { openHistory } from '../../../controller/history.ts';
import type { Logger } from '../../../controller/log.ts';
import { openResolverHost } from '../../../controller/resolver-host.ts';
import { openStore } from '../../../controller/store.ts';
import type { SystemdClient } from '../../../controller/systemd/client.ts';
import { boot, Machine } from '../model/machine.ts';
import { places } from './host.ts';

const ignored = () => undefined;
const silent: Logger = { error: ignored, warn: ignored, info: ignored, debug: ignored };

/** A disk and nothing else, to see what the operator's code leaves on it when the power goes. */
export class BareDisk {
  readonly #machine = new Machine(1);
  readonly store = openStore(places.state, silent);
  readonly history = openHistory(places.state, silent);
  readonly resolver = openResolverHost({} as SystemdClient);
  readonly approve = () => approvePrune(places.state, []);
  readonly forgetApproval = () => forgetApproval(places.state);

  constructor() {
    boot(this.#machine);
    this.#machine.timeline.life = 1;
    for (const path of [places.state, '/etc']) this.#machine.disk.establish(path);
  }

  /** Lets time pass until something is done. */
  async run(act: () => Promise<unknown>): Promise<void> {
    let isOver = false;
    const done = act().finally(() => {
      isOver = true;
    });
    while (!isOver) {
      this.#machine.timeline.next(Number.POSITIVE_INFINITY)?.();
      await new Promise((resolve) => globalThis.setImmediate(resolve));
    }
    await done;
  }

  /** Puts a file there as a life does that is killed before it syncs anything but the file's bytes. */
  leaveUnsynced(path: string, data: Uint8Array): void {
    const { disk } = this.#machine;
    const at = path.lastIndexOf('/');
    const parent = disk.find(path.slice(0, at));
    if (!parent) throw new Error(`there is no directory for ${path}`);
    const inode = disk.create(parent, path.slice(at + 1), 'file', 0o600);
    disk.write(inode, Buffer.from(data));
    disk.sync(inode);
  }

  /** Whether a file is there after a loss of power: always, never, or as luck has it. */
  survives(path: string): 'yes' | 'no' | 'perhaps' {
    const texts = this.#machine.disk.afterPowerLoss(path);
    if (!texts.includes(undefined)) return 'yes';
    return texts.every((text) => text === undefined) ? 'no' : 'perhaps';
  }
}

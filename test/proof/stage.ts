import { closeSync, constants, openSync, renameSync, rmSync, utimesSync, writeSync } from 'node:fs';
import { type Bed, type Release, startBed } from '../bed/bed.ts';
import { eventually } from '../bed/eventually.ts';
import { dropDocument, type LogLine, type Operator, startOperator } from '../bed/operator.ts';
import { type Daemon, type Disk, disks, type Event, type UnitEdit } from './event.ts';
import { type ForeignThings, foreignThings, makeForeignThings } from './foreign.ts';
import { Sheet } from './sheet.ts';

const documentDir = '/etc/osa-net.d';
const awayDir = '/etc/osa-net.d.away';
const unitDir = '/etc/systemd/network';
const folders: Readonly<Record<Disk, string>> = { units: unitDir, state: '/var/lib/osa-net' };
const filler = 'filler';

/** A host of the proof: a bed with small disks, an operator under a supervisor, and things that are not its own. */
export class Stage {
  readonly bed: Bed;
  readonly sheet = new Sheet();
  /** What must never change. */
  readonly foreign: ForeignThings;
  /** Lives that ended although nobody killed them; the supervisor began another each time. */
  readonly deaths = { operator: 0, networkd: 0 };
  kills = 0;
  #operator: Operator | undefined;
  /** Of the lives before this one, so that a failure can be read. */
  #earlier: readonly LogLine[] = [];
  #lastAsked: LogLine | undefined;
  #isAway = false;
  readonly #flags: readonly string[];
  readonly #down = new Set<Daemon>();

  private constructor(bed: Bed, foreign: ForeignThings, flags: readonly string[]) {
    this.bed = bed;
    this.foreign = foreign;
    this.#flags = flags;
  }

  /** @param diskSize of the unit and of the state directory, as mount(8) takes it */
  static async open(release: Release, diskSize = '4m', flags = ['--log-level', 'debug']): Promise<Stage> {
    const bed = await startBed({ release });
    try {
      // Nobody else has these addresses; looking for 2 s each time would only take time.
      await bed.sh(`
        for who in all default; do echo 0 >/proc/sys/net/ipv6/conf/$who/accept_dad; done
        mkdir -p ${documentDir}
        for disk in ${Object.values(folders).join(' ')}; do mount -o remount,size=${diskSize} tmpfs $disk; done`);
      await makeForeignThings(bed);
      const stage = new Stage(bed, await settledForeignThings(bed), flags);
      stage.#startOperator();
      return stage;
    } catch (error) {
      await bed.stop();
      throw error;
    }
  }

  get operator(): Operator | undefined {
    return this.#operator;
  }

  /** Everything that the operators of this host logged of late. */
  log(): readonly LogLine[] {
    return [...this.#earlier, ...(this.#operator?.log ?? [])].slice(-2_000);
  }

  async close(): Promise<void> {
    await this.bed.stop();
  }

  /** Makes an event happen; what it needs may not be there, which is a part of the proof. */
  async perform(event: Event): Promise<void> {
    switch (event.kind) {
      case 'write':
      case 'remove':
        return this.#edit(() => this.sheet.change(event));
      case 'heap':
        return this.#edit(() => {
          for (const change of event.changes) this.sheet.change(change);
        });
      case 'break':
        return this.#edit(() => this.sheet.spoil(event.file, event.specs, event.damage));
      case 'rename':
        return this.#rename(event.file);
      case 'directory':
        return this.#moveDirectory(event.away);
      case 'kill':
        return this.#kill(event.who);
      case 'start':
        return this.#start(event.who);
      case 'ip':
        return void (await this.bed.sh(`ip ${event.words}`, { check: false }));
      case 'unit':
        return editUnit(`${this.bed.root}${unitDir}/${event.unit}`, event.edit);
      case 'fill':
        return void (await this.bed.sh(`cat /dev/zero >${folders[event.disk]}/${filler} || true`));
      case 'free':
        return this.bed.remove(`${folders[event.disk]}/${filler}`);
      case 'settle':
        throw new Error('cannot perform a rest: whoever runs the schedule judges it');
    }
  }

  /** Ends every fault that still lasts. */
  async lift(): Promise<void> {
    this.#moveDirectory(false);
    for (const disk of disks) await this.perform({ kind: 'free', disk });
    for (const who of ['bus', 'networkd', 'operator'] as const) {
      if (this.#down.has(who)) await this.#start(who);
    }
    await this.supervise();
  }

  /** What systemd would do, which is not there: starts anew who ended by itself, and restarts networkd for the operator. */
  async supervise(): Promise<void> {
    await this.#reviveNetworkd();
    await this.#restartForOperator();
    if (this.#down.has('operator') || this.#operator === undefined) return;
    if (this.#operator.process.child.exitCode === null && this.#operator.process.child.signalCode === null)
      return;
    this.deaths.operator++;
    this.#startOperator();
  }

  /**
   * systemd-networkd.service has Restart=on-failure. v257 aborts where somebody truncates a .netdev in place just as a
   * reload is between its two readings of the file ("Assertion 'name' failed … netdev_get()").
   */
  async #reviveNetworkd(): Promise<void> {
    if (this.#down.has('networkd') || this.#down.has('bus')) return;
    if (this.bed.networkd.pid() !== undefined) return;
    this.deaths.networkd++;
    await this.bed.networkd.start();
  }

  /** osa-net asks for a restart in vain where systemd is not PID 1; up to v256 some netdevs come back by nothing else. */
  async #restartForOperator(): Promise<void> {
    const asked = this.log()
      .filter(({ message }) => /^cannot restart systemd-networkd: /.test(message))
      .at(-1);
    if (
      asked === undefined ||
      asked === this.#lastAsked ||
      this.#down.has('networkd') ||
      this.#down.has('bus')
    )
      return;
    this.#lastAsked = asked;
    await this.bed.networkd.restart();
  }

  get #folder(): string {
    return this.#isAway ? awayDir : documentDir;
  }

  /** Writes down what a change of the model makes of the directory. */
  #edit(change: () => void): void {
    const before = this.sheet.files();
    change();
    const after = this.sheet.files();
    for (const [file, text] of after) {
      if (before.get(file) !== text) dropDocument(this.bed, file, text, this.#folder);
    }
    for (const file of before.keys()) if (!after.has(file)) this.bed.remove(`${this.#folder}/${file}`);
  }

  #rename(name: string): void {
    const names = this.sheet.rename(name);
    if (!names) return;
    const [from, to] = names.map((file) => `${this.bed.root}${this.#folder}/${file}`);
    renameSync(String(from), String(to));
  }

  #moveDirectory(away: boolean): void {
    if (away === this.#isAway) return;
    const { root } = this.bed;
    // Nobody but the operator could have made another meanwhile, and it does not.
    rmSync(root + (away ? awayDir : documentDir), { recursive: true, force: true });
    renameSync(root + (away ? documentDir : awayDir), root + (away ? awayDir : documentDir));
    this.#isAway = away;
  }

  async #kill(who: Daemon): Promise<void> {
    if (this.#down.has(who)) return;
    this.#down.add(who);
    this.kills++;
    if (who === 'networkd') return this.bed.networkd.kill9();
    if (who === 'bus') return this.bed.bus.kill9();
    await this.#operator?.kill9();
  }

  async #start(who: Daemon): Promise<void> {
    if (!this.#down.delete(who)) return;
    if (who === 'operator') return this.#startOperator();
    if (who === 'bus') {
      await this.bed.bus.start();
      // networkd does not come back to a bus that was started anew.
      if (!this.#down.has('networkd')) await this.bed.networkd.restart();
      return;
    }
    if (this.#down.has('bus')) this.#down.add('networkd');
    else await this.bed.networkd.start();
  }

  #startOperator(): void {
    this.#earlier = this.log();
    this.#operator = startOperator(this.bed, { flags: this.#flags });
  }
}

/** networkd may still be at work on the links of the host's own units. */
async function settledForeignThings(bed: Bed): Promise<ForeignThings> {
  let last = '';
  return eventually(
    async () => {
      const things = await foreignThings(bed);
      const before = last;
      last = JSON.stringify(things);
      if (before !== last || !/203\.0\.113\.1\/25/.test(things['link other0'] ?? '')) throw new Error(last);
      return things;
    },
    10_000,
    300,
  );
}

/** What an editor or a script does to a unit; a unit that is not there is not made. */
function editUnit(path: string, edit: UnitEdit): void {
  if (edit === 'delete') {
    rmSync(path, { force: true });
    return;
  }
  const { O_WRONLY, O_APPEND, O_TRUNC } = constants;
  try {
    if (edit === 'touch') utimesSync(path, new Date(), new Date());
    const truncates = edit === 'garbage' || edit === 'empty';
    const file = openSync(path, O_WRONLY | (truncates ? O_TRUNC : O_APPEND));
    if (edit === 'append') writeSync(file, '# by hand\n');
    if (edit === 'garbage') writeSync(file, '[Match\nName=*\n');
    closeSync(file);
  } catch (error) {
    // ENOSPC: the disk is full for editors too, and the unit has lost its content.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT' && code !== 'ENOSPC') throw error;
  }
}

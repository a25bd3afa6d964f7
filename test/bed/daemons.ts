import { eventually } from './eventually.ts';
import type { Files } from './files.ts';
import type { ScriptOptions, ScriptResult } from './process.ts';

/** The bed's systemd-networkd. */
export interface Networkd {
  /** Resolves when its name is on the bus. */
  start(): Promise<void>;
  /** SIGTERM, and waits for the end; links and addresses stay. */
  stop(): Promise<void>;
  kill9(): Promise<void>;
  restart(): Promise<void>;
  /** Its id inside the bed; undefined while it does not run. */
  pid(): number | undefined;
  /** Everything that it has printed since the bed was made. */
  log(): string;
  /** CPU time, user and system, of the running process. */
  cpuSeconds(): number;
}

/**
 * The bed's dbus-daemon. networkd does not come back to a bus that was started anew (measured on 252 and 257):
 * its restart goes with it.
 */
export interface Bus {
  /** Resolves when it takes connections. */
  start(): Promise<void>;
  kill9(): Promise<void>;
}

/** What the daemons need of their bed. */
export interface Host {
  readonly files: Files;
  sh(script: string, options?: ScriptOptions): Promise<ScriptResult>;
}

const logFile = '/run/bed/networkd.log';
const pidFile = '/run/bed/networkd.pid';

/** Clock ticks a second of /proc/<pid>/stat (USER_HZ): 100 on every architecture that Debian has. */
const ticksPerSecond = 100;

// 256+ waits for a service that says that /var/lib is there, unless it is told so.
const startScript = `
SYSTEMD_LOG_TARGET=console SYSTEMD_NETWORK_PERSISTENT_STORAGE_READY=1 \\
  setsid /lib/systemd/systemd-networkd </dev/null >>${logFile} 2>&1 &
echo $! >${pidFile}
ask=(org.freedesktop.DBus / org.freedesktop.DBus NameHasOwner s org.freedesktop.network1)
until [[ $(busctl --system call "\${ask[@]}") == 'b true' ]]; do
  kill -0 $! || { cat ${logFile} >&2; exit 1; }
  sleep 0.02
done`;

/** Ends the process named in a pid file, when there is one, and returns once it is gone. */
const killScript = (file: string, signal: 'TERM' | 'KILL') => `
pid=$(cat ${file} 2>/dev/null) || exit 0
kill -${signal} "$pid" 2>/dev/null || exit 0
while kill -0 "$pid" 2>/dev/null; do sleep 0.01; done
rm -f ${file}`;

export function networkdOf(host: Host): Networkd {
  const end = async (signal: 'TERM' | 'KILL') => void (await host.sh(killScript(pidFile, signal)));
  const start = async () => void (await host.sh(startScript));
  const stop = () => end('TERM');
  const pid = () => runningPid(host.files);
  return {
    start,
    stop,
    kill9: () => end('KILL'),
    restart: async () => {
      await stop();
      await start();
    },
    pid,
    log: () => (host.files.exists(logFile) ? host.files.read(logFile) : ''),
    cpuSeconds: () => {
      const id = pid();
      if (id === undefined) throw new Error('cannot read cpu time: networkd does not run');
      // proc(5): utime and stime are fields 14 and 15; the name before them may hold spaces but ends with ')'.
      const fields = host.files.read(`/proc/${id}/stat`).split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
    },
  };
}

function runningPid(files: Files): number | undefined {
  if (!files.exists(pidFile)) return undefined;
  const id = Number(files.read(pidFile));
  return files.exists(`/proc/${id}`) ? id : undefined;
}

export function busOf(host: Host): Bus {
  return {
    async start() {
      // Left over by a kill, and refused as "already running".
      await host.sh('rm -f /run/dbus/pid /run/dbus/system_bus_socket; dbus-daemon --system --fork');
      await eventually(() => host.files.exists('/run/dbus/system_bus_socket'));
    },
    async kill9() {
      await host.sh(killScript('/run/dbus/pid', 'KILL'));
    },
  };
}

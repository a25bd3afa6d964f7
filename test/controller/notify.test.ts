import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { createNotifier } from '../../controller/notify.ts';
import { createUdev } from '../../controller/udev.ts';
import { rememberingLogger } from './dbus/private-bus.ts';

/** Stands in for a program: notes how it was called, as a real service manager cannot be had here. */
function recorder(folder: string, program: string, code = 0): () => readonly string[] {
  const record = join(folder, 'record');
  writeFileSync(record, '');
  writeFileSync(join(folder, program), `#!/bin/sh\necho "$@" >>${record}\nexit ${code}\n`);
  chmodSync(join(folder, program), 0o755);
  return () => readFileSync(record, 'utf8').split('\n').slice(0, -1);
}

describe('telling the service manager', () => {
  const path = process.env['PATH'];
  let folder: string;
  const { log, lines } = rememberingLogger();

  beforeEach(() => {
    lines.length = 0;
    folder = mkdtempSync(join(tmpdir(), 'osa-net-notify-'));
    process.env['PATH'] = `${folder}:${path}`;
  });

  afterEach(() => {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true });
  });

  it('goes through systemd-notify, in order, and repeats no status', async () => {
    const record = recorder(folder, 'systemd-notify');
    const notifier = createNotifier({ log, env: { NOTIFY_SOCKET: '/run/x' } });
    void notifier.ready('3 of 3\nready');
    void notifier.status('all well');
    void notifier.status('all well');
    void notifier.watchdog();
    void notifier.reloading();
    await notifier.stopping();
    const reloading = record()[3];
    expect(reloading).to.match(/^RELOADING=1 MONOTONIC_USEC=\d+$/);
    expect(record().filter((line) => line !== reloading)).to.deep.equal([
      'READY=1 STATUS=3 of 3 ready',
      'STATUS=all well',
      'WATCHDOG=1',
      'STOPPING=1',
    ]);
  });

  it('does nothing where nobody asked', async () => {
    const record = recorder(folder, 'systemd-notify');
    const notifier = createNotifier({ log, env: { WATCHDOG_USEC: '60000000' } });
    await notifier.ready('x');
    await notifier.stopping();
    expect(record()).to.deep.equal([]);
    expect(notifier.watchdogIntervalMs).to.equal(undefined);
  });

  it('warns when it fails, and goes on', async () => {
    recorder(folder, 'systemd-notify', 1);
    const notifier = createNotifier({ log, env: { NOTIFY_SOCKET: '/run/x' } });
    await notifier.watchdog();
    expect(lines).to.deep.equal([
      'warn cannot notify systemd: cannot run systemd-notify WATCHDOG=1: exit code 1',
    ]);
  });

  const watchdogs: readonly [NodeJS.ProcessEnv, number | undefined][] = [
    [{ WATCHDOG_USEC: '60000000' }, 20_000],
    [{ WATCHDOG_USEC: '60000000', WATCHDOG_PID: String(process.pid) }, 20_000],
    [{ WATCHDOG_USEC: '60000000', WATCHDOG_PID: '1' }, undefined],
    [{ WATCHDOG_USEC: '0' }, undefined],
    [{ WATCHDOG_USEC: 'x' }, undefined],
    [{}, undefined],
  ];
  for (const [env, interval] of watchdogs) {
    it(`pings every ${interval} ms with ${JSON.stringify(env)}`, () => {
      const notifier = createNotifier({ log, env: { ...env, NOTIFY_SOCKET: '/run/x' } });
      expect(notifier.watchdogIntervalMs).to.equal(interval);
    });
  }

  it('udev is reloaded where it runs, and only there', async () => {
    const record = recorder(folder, 'udevadm');
    const absent = createUdev(`${folder}/control`);
    expect(absent.present()).to.equal(false);
    await absent.reload();
    expect(record()).to.deep.equal([]);
    const present = createUdev(folder);
    expect(present.present()).to.equal(true);
    await present.reload();
    expect(record()).to.deep.equal(['control --reload']);
  });
});

import { createServer } from 'node:net';
import { expect } from 'chai';
import dbus from 'dbus-next';
import {
  type BusCall,
  type BusConnection,
  type BusSignal,
  connectBus,
} from '../../../controller/dbus/connection.ts';
import { BusError, disconnected, timedOut } from '../../../controller/dbus/errors.ts';
import { hasDaemon, type PrivateBus, startPrivateBus } from './private-bus.ts';

const daemonCall = {
  destination: 'org.freedesktop.DBus',
  path: '/org/freedesktop/DBus',
  interface: 'org.freedesktop.DBus',
};

async function failure(work: Promise<unknown>): Promise<BusError> {
  const error = await work.then(
    () => undefined,
    (cause: unknown) => cause,
  );
  expect(error).to.be.instanceOf(BusError);
  return error as BusError;
}

describe('a connection to a bus', function () {
  this.timeout(10_000);
  let bus: PrivateBus;
  let connection: BusConnection;
  let peer: dbus.MessageBus;
  let signals: BusSignal[];
  let closed: Error[];

  const connect = (timeoutMs?: number): Promise<BusConnection> =>
    connectBus({
      address: bus.address,
      ...(timeoutMs !== undefined && { timeoutMs }),
      onSignal: (signal) => void signals.push(signal),
      onClose: (cause) => void closed.push(cause),
    });
  const peerCall = (member: string, more: Partial<BusCall> = {}): BusCall => ({
    destination: nameOf(peer),
    path: '/peer',
    interface: 'com.example.Peer',
    member,
    ...more,
  });

  before(function () {
    if (!hasDaemon) this.skip();
  });

  beforeEach(async () => {
    bus = await startPrivateBus();
    signals = [];
    closed = [];
    connection = await connect();
    peer = await bus.peer();
  });

  afterEach(async () => {
    connection.close();
    await bus.remove();
  });

  it('stands on these private fields of dbus-next', () => {
    const inside = peer as unknown as Record<string, Record<string, unknown>>;
    expect(inside['_methodReturnHandlers']).to.be.an('object');
    expect(inside['_connection']?.['once']).to.be.a('function');
    expect(inside['_connection']?.['stream']).to.have.property('destroy').that.is.a('function');
  });

  it('has a unique name and converts what it is sent', async () => {
    expect(connection.uniqueName).to.match(/^:\d+\.\d+$/);
    const { Variant } = dbus;
    const body = [
      {
        a: new Variant('t', 5n),
        b: new Variant('v', new Variant('as', ['x'])),
        c: new Variant('(ib)', [1, true]),
      },
      [new Variant('ay', Buffer.from([1, 2])), new Variant('x', 2n ** 60n)],
    ];
    expect(await connection.call(peerCall('Echo', { signature: 'a{sv}av', body }))).to.deep.equal([
      { a: 5, b: ['x'], c: [1, true] },
      [Uint8Array.from([1, 2]), 2n ** 60n],
    ]);
  });

  it("keeps an error's D-Bus name", async () => {
    const error = await failure(connection.call(peerCall('NoSuchMethod')));
    expect(error.type).to.equal('org.freedesktop.DBus.Error.UnknownMethod');
    expect(error.message).to.match(/^cannot call NoSuchMethod of :\d.*: Method 'NoSuchMethod'/);
  });

  it('never starts a service by calling it', async () => {
    const error = await failure(connection.call(peerCall('Echo', { destination: 'com.example.Absent' })));
    expect(error.type).to.equal('org.freedesktop.DBus.Error.NameHasNoOwner');
  });

  it('refuses what cannot be marshalled, and goes on', async () => {
    await failure(connection.call(peerCall('Echo', { signature: 'u', body: ['x'] })));
    expect(await connection.call(peerCall('Echo', { signature: 'u', body: [7] }))).to.deep.equal([7]);
  });

  it('gives up a call at its deadline and forgets it', async () => {
    const started = performance.now();
    const error = await failure(connection.call(peerCall('Never', { timeoutMs: 100 })));
    expect(performance.now() - started).to.be.within(90, 1_000);
    expect(error).to.include({ type: timedOut });
    expect(error.message).to.match(/no reply in 100 ms$/);
    expect(await connection.call(peerCall('Echo', { signature: 's', body: ['on'] }))).to.deep.equal(['on']);
  });

  it('gives up a call when it is told to', async () => {
    const controller = new AbortController();
    const call = connection.call(peerCall('Never', { signal: controller.signal }));
    controller.abort(new Error('enough'));
    expect((await failure(call)).message).to.match(/: enough$/);
    expect(
      (await failure(connection.call(peerCall('Never', { signal: controller.signal })))).message,
    ).to.match(/: enough$/);
  });

  it('refuses pending and later calls at once when the bus dies', async () => {
    const pending = failure(connection.call(peerCall('Never')));
    await connection.call(peerCall('Echo'));
    const started = performance.now();
    await bus.kill9();
    expect(await pending).to.include({ type: disconnected });
    expect(performance.now() - started).to.be.below(1_000);
    expect(await failure(connection.call(peerCall('Echo')))).to.include({ type: disconnected });
    expect(closed).to.have.length(1);
  });

  it('says nothing of an end that was wanted', async () => {
    const pending = failure(connection.call(peerCall('Never')));
    connection.close();
    expect(await pending).to.include({ type: disconnected });
    expect(closed).to.deep.equal([]);
  });

  it('hands over signals with the unique name of their sender', async () => {
    const rule = "type='signal',interface='com.example.Peer'";
    await connection.call({ ...daemonCall, member: 'AddMatch', signature: 's', body: [rule] });
    const message = dbus.Message.newSignal('/peer', 'com.example.Peer', 'Tick', 'v', [
      new dbus.Variant('u', 3),
    ]);
    peer.send(message);
    await connection.call(peerCall('Echo'));
    const sender = nameOf(peer);
    expect(signals.filter(({ member }) => member === 'Tick')).to.deep.equal([
      { sender, path: '/peer', interface: 'com.example.Peer', member: 'Tick', body: [3] },
    ]);
  });
});

describe('connecting to a bus', function () {
  this.timeout(10_000);
  const ignore = { onSignal: () => undefined, onClose: () => undefined };
  const failureTo = async (address: string, timeoutMs = 200): Promise<string> => {
    try {
      (await connectBus({ address, timeoutMs, ...ignore })).close();
      return 'connected';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('fails where there is no bus', async () => {
    expect(await failureTo('unix:path=/nowhere/bus')).to.match(
      /^cannot connect to unix:path=\/nowhere\/bus: .*ENOENT/,
    );
  });

  it('fails for addresses that it cannot use', async () => {
    for (const address of ['unix:abstract=/x', 'tcp:host=x', '', 'unix:path=/a%3ab']) {
      expect(await failureTo(address)).to.match(/cannot use the bus address/);
    }
  });

  it('gives up on a bus that does not speak', async () => {
    const path = `/tmp/osa-net-silent-${process.pid}`;
    const sockets: { destroy(): unknown }[] = [];
    const server = createServer((socket) => void sockets.push(socket));
    await new Promise<void>((resolve) => server.listen(path, resolve));
    try {
      expect(await failureTo(`unix:path=${path}`)).to.match(/no hello from the bus in 200 ms$/);
    } finally {
      for (const socket of sockets) socket.destroy();
      server.close();
    }
  });

  it('fails, and nothing worse, when the bus refuses its hello', async function () {
    if (!hasDaemon) this.skip();
    const bus = await startPrivateBus('<limit name="max_completed_connections">1</limit>');
    try {
      const first = await connectBus({ address: bus.address, ...ignore });
      expect(await failureTo(bus.address, 5_000)).to.match(/LimitsExceeded/);
      first.close();
    } finally {
      await bus.remove();
    }
  });
});

function nameOf(peer: dbus.MessageBus): string {
  return (peer as unknown as { name: string }).name;
}

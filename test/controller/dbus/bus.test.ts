import { expect } from 'chai';
import dbus from 'dbus-next';
import { type Bus, createBus, reconnectDelayMs } from '../../../controller/dbus/bus.ts';
import { ruleMatches, ruleText } from '../../../controller/dbus/rule.ts';
import { watchService } from '../../../controller/dbus/service.ts';
import { eventually } from '../../bed/eventually.ts';
import { hasDaemon, type PrivateBus, rememberingLogger, startPrivateBus } from './private-bus.ts';

const service = 'com.example.Service';
const tick = { sender: service, interface: 'com.example.I', member: 'Tick', pathNamespace: '/a' };

function emit(peer: dbus.MessageBus, path: string, number: number): void {
  peer.send(dbus.Message.newSignal(path, 'com.example.I', 'Tick', 'u', [number]));
}

describe('a bus that is kept connected', function () {
  this.timeout(20_000);
  let daemon: PrivateBus;
  let bus: Bus;
  let lines: string[];

  before(function () {
    if (!hasDaemon) this.skip();
  });

  beforeEach(async () => {
    daemon = await startPrivateBus();
    const remembering = rememberingLogger();
    lines = remembering.lines;
    bus = createBus({ log: remembering.log, address: daemon.address });
  });

  afterEach(async () => {
    await bus.stop();
    await daemon.remove();
  });

  it('starts without a bus and is there soon after it', async () => {
    await daemon.kill9();
    await bus.start();
    expect(bus.connected).to.equal(false);
    expect(bus.reason).to.match(/^the system bus is gone: cannot connect/);
    await daemon.start();
    await eventually(() => expect(bus.connected).to.equal(true), 3_000);
    expect(bus.reason).to.equal('');
    expect(lines).to.have.length(2);
    expect(lines[0]).to.match(/^warn the system bus is gone/);
    expect(lines[1]).to.equal('info the system bus is back');
  });

  it('hears signals again after the bus was killed and started', async () => {
    const heard: unknown[] = [];
    const connections: boolean[] = [];
    bus.onConnection((connected) => connections.push(connected));
    bus.subscribe(tick, ({ path, body }) => heard.push([path, ...body]));
    await bus.start();
    for (const number of [1, 2]) {
      const peer = await daemon.peer();
      await peer.requestName(service, 0);
      emit(peer, '/a/b', number);
      emit(peer, '/ab', number);
      await eventually(() => expect(heard).to.have.length(number));
      await daemon.kill9();
      await eventually(() => expect(bus.connected).to.equal(false));
      await daemon.start();
      await eventually(() => expect(bus.connected).to.equal(true), 3_000);
    }
    expect(heard).to.deep.equal([
      ['/a/b', 1],
      ['/a/b', 2],
    ]);
    expect(connections).to.deep.equal([true, false, true, false, true]);
  });

  it('keeps the match rules flat over 1,000 subscriptions, equal and unequal', async () => {
    await bus.start();
    const keep = bus.subscribe(tick, () => undefined);
    const before = await daemon.matchRules();
    for (let i = 0; i < 500; i++) {
      bus.subscribe(tick, () => undefined)();
      bus.subscribe({ ...tick, pathNamespace: `/n${i}` }, () => undefined)();
    }
    expect(await daemon.matchRules()).to.equal(before);
    keep();
    keep();
    expect(await daemon.matchRules()).to.equal(before - 1);
  });

  it('goes on after a listener that throws, and tells its own log only', async () => {
    const heard: unknown[] = [];
    bus.subscribe(tick, () => {
      throw new Error('a bug');
    });
    bus.subscribe(tick, ({ body }) => heard.push(...body));
    await bus.start();
    const peer = await daemon.peer();
    const sent: dbus.Message[] = [];
    peer.on('message', (message) => void sent.push(message));
    await peer.requestName(service, 0);
    emit(peer, '/a', 1);
    emit(peer, '/a', 2);
    await eventually(() => expect(heard).to.deep.equal([1, 2]));
    expect(lines).to.include('error cannot handle the signal Tick of /a: Error: a bug');
    expect(sent.filter(({ type }) => type === dbus.MessageType.ERROR)).to.deep.equal([]);
  });

  it('follows the owner of a name, and hears only that owner', async () => {
    const told: unknown[] = [];
    const first = await daemon.peer();
    const second = await daemon.peer();
    await bus.start();
    const { sender: _, ...rule } = tick;
    const end = watchService(bus, service, [rule], {
      onOwner: (owner) => told.push(owner === undefined ? 'gone' : 'owner'),
      onSignal: ({ body }) => told.push(body[0]),
    });
    await eventually(() => expect(told).to.deep.equal(['gone']));
    for (const peer of [first, second]) {
      told.length = 0;
      await peer.requestName(service, 0);
      await eventually(() => expect(told).to.deep.equal(['owner']));
      emit(first, '/a', 1);
      emit(second, '/a', 2);
      const own = peer === first ? 1 : 2;
      await eventually(() => expect(told).to.deep.equal(['owner', own]));
      await peer.call(releaseCall());
      await eventually(() => expect(told).to.deep.equal(['owner', own, 'gone']));
    }
    told.length = 0;
    await daemon.kill9();
    await eventually(() => expect(told).to.deep.equal(['gone']));
    await daemon.start();
    await eventually(() => expect(told).to.deep.equal(['gone', 'gone']), 3_000);
    end();
    expect(await daemon.matchRules()).to.equal(0);
  });

  it('refuses calls while there is no connection, and says why', async () => {
    await bus.start();
    await bus.stop();
    const call = { destination: service, path: '/', interface: service, member: 'X' };
    const error = await bus.call(call).catch((cause: Error) => cause);
    expect(error).to.have.property('message', `cannot call X of ${service}: stopped`);
  });
});

function releaseCall(): dbus.Message {
  return new dbus.Message({
    destination: 'org.freedesktop.DBus',
    path: '/org/freedesktop/DBus',
    interface: 'org.freedesktop.DBus',
    member: 'ReleaseName',
    signature: 's',
    body: [service],
  });
}

describe('a match rule', () => {
  it('is written as the bus wants it', () => {
    expect(ruleText({ ...tick, path: '/a/b', arg0: 'x' })).to.equal(
      "type='signal',sender='com.example.Service',interface='com.example.I',member='Tick',path='/a/b',path_namespace='/a',arg0='x'",
    );
  });

  const signal = { sender: ':1.2', path: '/a/b', interface: 'com.example.I', member: 'Tick', body: ['x'] };
  const cases: readonly [string, object, boolean][] = [
    ['a path below its namespace', {}, true],
    ['its namespace itself', { path: '/a' }, true],
    ['a path that only begins alike', { path: '/ab' }, false],
    ['another member', { member: 'Tock' }, false],
    ['another interface', { interface: 'com.example.J' }, false],
  ];
  for (const [what, change, expected] of cases) {
    it(`${expected ? 'matches' : 'does not match'} ${what}`, () => {
      expect(ruleMatches(tick, { ...signal, ...change })).to.equal(expected);
    });
  }

  it('compares path and first argument where it has them', () => {
    expect(ruleMatches({ ...tick, path: '/a/b', arg0: 'x' }, signal)).to.equal(true);
    expect(ruleMatches({ ...tick, path: '/a' }, signal)).to.equal(false);
    expect(ruleMatches({ ...tick, arg0: 'y' }, signal)).to.equal(false);
  });
});

describe('connecting again', () => {
  it('is tried often at first, then every 30 s, never in step with others', () => {
    const middle = [0, 1, 2, 5, 12, 50].map((attempt) => reconnectDelayMs(attempt, () => 0.5));
    expect(middle).to.deep.equal([250, 375, 563, 1898, 30_000, 30_000]);
    expect(reconnectDelayMs(0, () => 0)).to.equal(200);
    expect(reconnectDelayMs(50, () => 1)).to.equal(36_000);
  });
});

import { expect } from 'chai';
import { crossCheck } from '../../crds/check.ts';
import { compileAll } from '../../crds/compile.ts';
import { dependenciesOf } from '../../crds/depends-on.ts';
import { loadFile } from '../../crds/load.ts';
import { capabilitiesOf } from '../../crds/networkd/capabilities.ts';

const text = (kind: string, name: string, dependsOn: string, spec = '{}') =>
  `apiVersion: osa-net.dev/v1alpha1
kind: ${kind}
metadata:
  name: ${name}
  annotations:
    osa-net.dev/depends-on: ${dependsOn}
spec: ${spec}
`;
const load = (...documents: readonly string[]) =>
  loadFile('a.yaml', new TextEncoder().encode(documents.join('---\n')));

/** `code line:column message` of each problem. */
function problemsOf(...documents: readonly string[]): readonly string[] {
  return load(...documents).problems.map(
    ({ code, location, message }) => `${code} ${location.line}:${location.column} ${message}`,
  );
}

function refusals(...documents: readonly string[]) {
  const { resources, problems } = load(...documents);
  expect(problems).to.deep.equal([]);
  return crossCheck(resources, compileAll(resources, capabilitiesOf(252))).refused;
}

describe('osa-net.dev/depends-on', () => {
  it('names resources, each once, in its order', () => {
    const { resources, problems } = load(
      text('ContainerBridge', 'a', 'Resolver/r, ContainerBridge/b,Resolver/r'),
    );
    expect(problems).to.deep.equal([]);
    expect(resources.map(dependenciesOf)).to.deep.equal([['Resolver/r', 'ContainerBridge/b']]);
  });

  for (const [value, message] of [
    ['ContainerBrigde/b', '"ContainerBrigde/b" in osa-net.dev/depends-on is no Kind/name'],
    ['Resolver/r,b', '"b" in osa-net.dev/depends-on is no Kind/name'],
    ['Resolver/r,', '"" in osa-net.dev/depends-on is no Kind/name'],
    ['Resolver/R', '"Resolver/R" in osa-net.dev/depends-on is no Kind/name'],
    ['Resolver/r/s', '"Resolver/r/s" in osa-net.dev/depends-on is no Kind/name'],
  ] as const) {
    it(`cannot be ${value}`, () => {
      expect(problemsOf(text('ContainerBridge', 'a', value))).to.deep.equal([`BAD_VALUE 6:29 ${message}`]);
    });
  }

  it('suggests the kind that was meant', () => {
    const [problem] = load(text('ContainerBridge', 'a', 'ContainerBrigde/b')).problems;
    expect(problem?.hint).to.equal('did you mean ContainerBridge?');
  });

  it('cannot be the resource itself', () => {
    expect(problemsOf(text('ContainerBridge', 'a', 'ContainerBridge/a'))).to.deep.equal([
      'SELF_REFERENCE 6:29 ContainerBridge/a depends on itself',
    ]);
  });
});

describe('a circle of dependencies', () => {
  it('is refused at the later document, which names the other end', () => {
    const [refused, ...more] = refusals(
      text('ContainerBridge', 'a', 'ContainerBridge/b'),
      text('ContainerBridge', 'b', 'ContainerBridge/c'),
      text('ContainerBridge', 'c', 'ContainerBridge/a'),
    );
    expect(more).to.deep.equal([]);
    expect(refused?.resource.key).to.equal('ContainerBridge/c');
    expect(refused?.first).to.equal('ContainerBridge/a');
    expect(
      refused?.problems.map(({ code, message, location }) => [code, location.line, message]),
    ).to.deep.equal([
      [
        'DEPENDENCY_CYCLE',
        22,
        'each would wait for the other, ContainerBridge/c > ContainerBridge/a > ContainerBridge/b > ContainerBridge/c, with ContainerBridge/a (a.yaml:6)',
      ],
    ]);
  });

  it('may lead through the bridge that a port is plugged into', () => {
    const port = text('MacvlanIntegration', 'm', 'Resolver/r', '{bridge: br-a}');
    const [refused] = refusals(port, text('ContainerBridge', 'a', 'MacvlanIntegration/m'));
    expect(refused?.resource.key).to.equal('ContainerBridge/a');
    expect(refused?.problems.map(({ code }) => code)).to.deep.equal(['DEPENDENCY_CYCLE']);
    const [other] = refusals(text('ContainerBridge', 'a', 'MacvlanIntegration/m'), port);
    expect(other?.resource.key).to.equal('MacvlanIntegration/m');
  });

  it('is none where two depend on one, or on what does not exist', () => {
    expect(
      refusals(
        text('ContainerBridge', 'a', 'ContainerBridge/c,ContainerBridge/nowhere'),
        text('ContainerBridge', 'b', 'ContainerBridge/c,ContainerBridge/a'),
        text('ContainerBridge', 'c', 'ContainerBridge/elsewhere'),
      ),
    ).to.deep.equal([]);
  });

  it('of links alone is told as such', () => {
    const bridge = (name: string, port: string) =>
      text('ContainerBridge', name, 'Resolver/r', `{interfaces: [${port}]}`);
    const [refused] = refusals(bridge('a', 'br-b'), bridge('b', 'br-a'));
    expect(refused?.problems.map(({ code }) => code)).to.deep.equal(['BRIDGE_CYCLE']);
  });
});

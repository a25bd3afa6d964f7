import { expect } from 'chai';
import { compileAll } from '../../crds/compile.ts';
import { capabilitiesOf } from '../../crds/networkd/capabilities.ts';
import type { ProbeIntent } from '../../crds/probe.ts';
import { resource } from './documents.ts';

describe('what a ConnectivityProbe asks', () => {
  const probes: readonly (readonly [spec: object, asked: ProbeIntent['target'], timeoutMs: number])[] = [
    [{ ping: { host: 'FD00::1' } }, { type: 'ping', host: 'fd00::1' }, 2_000],
    [
      { tcp: { host: 'db_1.example', port: 3306 }, timeout: '1s 500ms' },
      { type: 'tcp', host: 'db_1.example', port: 3306 },
      1_500,
    ],
    [{ dns: { name: 'example.org.' }, timeout: '1min' }, { type: 'dns', name: 'example.org.' }, 60_000],
    [{ dns: { name: 'org', server: '9.9.9.9' } }, { type: 'dns', name: 'org', server: '9.9.9.9' }, 2_000],
    [{ http: { url: 'HTTP://Example.org' } }, { type: 'http', url: 'http://example.org/' }, 2_000],
    [
      { http: { url: 'https://[fd00::1]:8443/x?y', status: 401 } },
      { type: 'http', url: 'https://[fd00::1]:8443/x?y', status: 401 },
      2_000,
    ],
  ];
  for (const [spec, target, timeoutMs] of probes) {
    it(`is ${JSON.stringify(target)}, without units or links`, () => {
      const compiled = compileAll([resource('ConnectivityProbe', 'a', spec)], capabilitiesOf(252));
      expect(compiled).to.deep.equal([
        { key: 'ConnectivityProbe/a', fragments: [], links: [], probe: { target, timeoutMs } },
      ]);
    });
  }
});

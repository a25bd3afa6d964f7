import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { namesIn, networkFileIn } from '../../../controller/networkd/state-file.ts';

describe("networkd's file of a link", () => {
  const directory = mkdtempSync(join(tmpdir(), 'osa-net-'));
  after(() => rmSync(directory, { recursive: true }));

  it('tells its .network, its servers and its domains', () => {
    const lines = [
      '# This is private data. Do not parse.',
      'NETWORK_FILE=/etc/systemd/network/05-x.network',
      'NETWORK_FILE_DROPINS=""',
      'DNS=10.9.0.53 fd00::53#Dns.Example',
      'NTP=',
      'DOMAINS="a.example b.example"',
      'ROUTE_DOMAINS=corp .',
      'MDNS=no',
    ];
    writeFileSync(join(directory, '3'), lines.join('\n'));
    expect(networkFileIn(directory, 3)).to.equal('/etc/systemd/network/05-x.network');
    expect(namesIn(directory, 3)).to.deep.equal({
      dns: ['10.9.0.53', 'fd00::53#dns.example'],
      domains: ['a.example', 'b.example', '~corp', '~.'],
      ntp: [],
    });
  });

  it('may be missing', () => {
    expect([networkFileIn(directory, 4), namesIn(directory, 4)]).to.deep.equal([undefined, undefined]);
  });
});

import { readFileSync } from 'node:fs';
import { expect } from 'chai';

describe('the service unit', () => {
  const assignments = readFileSync('deploy/osa-net.service', 'utf8')
    .split('\n')
    .filter((line) => line.includes('=') && !line.startsWith('#'));

  it('makes no empty directory in the place of documents that are gone', () => {
    expect(assignments).to.include('StateDirectory=osa-net');
    expect(assignments.filter((line) => /^ConfigurationDirectory=/.test(line))).to.deep.equal([]);
  });

  it('lets forwarding be switched on again, and no other tunable', () => {
    expect(assignments).to.include('ProtectKernelTunables=yes').and.include('ReadWritePaths=/proc/sys/net');
  });
});

import { expect } from 'chai';
import { differencesFrom } from '../../crds/generate/vocabulary/against.ts';
import { rowsOf } from '../../crds/generate/vocabulary/gperf.ts';
import { datesOf } from '../../crds/generate/vocabulary/man.ts';
import { vocabularyOf } from '../../crds/generate/vocabulary/merge.ts';
import { kindSectionsOf, sectionsReadBy } from '../../crds/generate/vocabulary/sections.ts';
import type { Source } from '../../crds/generate/vocabulary/sources.ts';

const table = `
%%
Network.Old,           config_parse_bool,                   0,          offsetof(Network, new)
Network.New,           config_parse_bool,                   0,          offsetof(Network, new)
Route.Gateway,         config_parse_route_section,          ROUTE_GATEWAY, 0
SR-IOV.Trust,          config_parse_sr_iov_boolean,         0,          0
/* backwards compatibility: do not add new entries to this section */
DHCP.Gone,             config_parse_warn_compat,            DISABLED_LEGACY, 0
`;

const page = `
<refsect1><title>[Network] Section Options</title>
<varlistentry id='x'><term><varname>Old=</varname></term><term><varname>New=</varname></term>
<listitem><varlistentry><term><option>v</option></term><xi:include href="version-info.xml" xpointer="v260"/></varlistentry>
<xi:include href="version-info.xml" xpointer="v249"/></listitem></varlistentry>
<varlistentry><term><varname>Undated=</varname></term></varlistentry>
`;

describe("systemd's sources", () => {
  it('have a row for each key, with its parser, the argument, and whether it is obsolete', () => {
    expect(
      rowsOf(table).map(({ section, key, parser, obsolete }) => [section, key, parser, obsolete]),
    ).to.deep.equal([
      ['Network', 'Old', 'bool', false],
      ['Network', 'New', 'bool', false],
      ['Route', 'Gateway', 'route_section ROUTE_GATEWAY', false],
      ['SR-IOV', 'Trust', 'sr_iov_boolean', false],
      ['DHCP', 'Gone', 'warn_compat DISABLED_LEGACY', true],
    ]);
  });

  it('date the keys of an entry, not those of an entry for a value inside of it', () => {
    expect([...datesOf(page)]).to.deep.equal([
      ['Network.Old', 249],
      ['Network.New', 249],
    ]);
  });

  it('list the sections that a reader takes, and those of each kind of device', () => {
    const reader = 'x = config_parse_many("Match\\0Link\\0"\n"Route\\0", config_item_perf_lookup, y);';
    expect(sectionsReadBy(reader)).to.deep.equal(['Match', 'Link', 'Route']);
    const code = `
#define NETDEV_COMMON_SECTIONS "Match\\0NetDev\\0"
  [NETDEV_KIND_VETH] = "veth",
  [NETDEV_KIND_VETH] = &veth_vtable,
const NetDevVTable veth_vtable = {
  .sections = NETDEV_COMMON_SECTIONS "Peer\\0",
};
`;
    expect([...kindSectionsOf(code)]).to.deep.equal([['veth', ['Match', 'NetDev', 'Peer']]]);
  });
});

describe('the vocabulary that is made of them', () => {
  const source =
    (network: string): Source =>
    (path) => {
      if (path.endsWith('network-gperf.gperf')) return network;
      if (path === 'man/systemd.network.xml') return page;
      return path.endsWith('.c') ? '"Match\\0Network\\0Route\\0DHCP\\0" config_item_perf_lookup' : '';
    };
  const old = table
    .replace(/^Network\.New.*\n/m, '')
    .replace(
      'bool,                   0,          offsetof(Network, new)',
      'tristate, 0, offsetof(Network, old)',
    );
  const obsolete = table.replace(/^(Network\.Old.*\n)([\s\S]*)$/m, '$2$1');
  const made = vocabularyOf([
    { version: 247, source: source(old) },
    { version: 252, source: source(obsolete) },
  ]);

  it('dates what is new by the man page, and what the page does not date by the release that has it', () => {
    expect(made.keys.network['Network']).to.deep.equal({
      New: { 249: 'bool' },
      Old: { 247: 'tristate', 252: 'bool' },
    });
    expect(made.keys.network['Route']).to.deep.equal({ Gateway: { 247: 'route_section ROUTE_GATEWAY' } });
  });

  it('leaves out what stands in the table of a section that nothing reads', () => {
    expect(made.keys.network).to.not.have.property('SR-IOV');
  });

  it('names the key that is put in the place of an obsolete one', () => {
    expect(made.obsolete.network).to.deep.equal({
      'DHCP.Gone': { since: 247 },
      'Network.Old': { since: 252, instead: 'Network.New' },
    });
  });

  it('can be held against what others found', () => {
    const other = {
      Network: {
        Old: { unitTypes: ['network'], since: '≤v247' },
        New: { unitTypes: ['network'], since: 'v248..v252' },
      },
      Route: {
        Gateway: { unitTypes: ['network'], since: 'v250' },
        More: { unitTypes: ['network'], since: 'v250' },
      },
      DHCP: { Gone: { unitTypes: ['network'], since: '≤v247' } },
    } as const;
    expect(differencesFrom(made, other)).to.deep.equal([
      '.network [Route] Gateway: v247, there v250',
      '.network [Route] More: not here, there v250',
      '4 keys here, 5 there, 2 differences',
    ]);
  });
});

import type { Drift } from './cases.ts';

const folder = '/etc/systemd/network';
const units = `${folder}/05-osa-net`;
const mine = `${folder}/00-mine.network`;
const dropIn = '/etc/systemd/resolved.conf.d/05-osa-net.conf';

const edited = (kind: Drift['kind'], link: string, unit: string): Drift => ({
  ...{ what: 'unit edited', kind, link, command: `echo '# mine' >>${folder}/${unit}` },
  steps: [`write-unit ${unit}`],
});

/** Files: units, and those of the host's name resolution. */
export const ofFiles: readonly Drift[] = [
  edited('ContainerBridge', 'br-c', '05-osa-net-br-c.network'),
  edited('MacvlanIntegration', 'mv-c', '05-osa-net-mv-c.netdev'),
  edited('NetDev', 'vx0', '05-osa-net-vx0.netdev'),
  edited('Network', 'r1', '05-osa-net-r1.network'),
  edited('LinkPolicy', '97-quiet.link', '97-quiet.link'),
  edited('Link', '05-osa-net-short.link', '05-osa-net-short.link'),
  {
    ...{ what: 'unit deleted', kind: 'ContainerBridge', link: 'br-c', command: `rm ${units}-br-c.netdev` },
    steps: ['write-unit 05-osa-net-br-c.netdev', 'reload systemd-networkd'],
  },
  {
    ...{ what: 'another .network first', kind: 'Network', link: 'r1p1', steps: [] },
    command: `printf '[Match]\\nName=r1p1\\n[Network]\\nLinkLocalAddressing=no\\n' >${mine}; networkctl reload`,
    told: {
      ...{ resource: 'Network/r1p1', reason: 'ShadowedByOtherFile' },
      undo: `rm ${mine}; networkctl reload`,
    },
  },
  {
    ...{ what: 'resolv.conf edited', kind: 'Resolver', link: '/etc/resolv.conf' },
    command: 'echo nameserver 192.0.2.1 >/etc/resolv.conf',
    steps: ['write-resolv-conf /etc/resolv.conf'],
  },
  {
    ...{ what: 'drop-in deleted', kind: 'Resolver', link: dropIn, command: `rm ${dropIn}` },
    steps: ['write-resolved-drop-in resolved.conf.d/05-osa-net.conf'],
  },
];

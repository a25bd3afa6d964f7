import type { Shape, Shapes } from '../notation.ts';

/** Link modes as ethtool spells them, by the version of systemd that learned them. */
const modesSince: Readonly<Record<number, readonly string[]>> = {
  247: [
    '10baset-half 10baset-full 100baset-half 100baset-full 1000baset-half 1000baset-full',
    'autonegotiation tp aui mii fibre bnc 10000baset-full pause asym-pause 2500basex-full backplane',
    '1000basekx-full 10000basekx4-full 10000basekr-full 10000baser-fec 20000basemld2-full',
    '20000basekr2-full 40000basekr4-full 40000basecr4-full 40000basesr4-full 40000baselr4-full',
    '56000basekr4-full 56000basecr4-full 56000basesr4-full 56000baselr4-full 25000basecr-full',
    '25000basekr-full 25000basesr-full 50000basecr2-full 50000basekr2-full 100000basekr4-full',
    '100000basesr4-full 100000basecr4-full 100000baselr4-er4-full 50000basesr2-full 1000basex-full',
    '10000basecr-full 10000basesr-full 10000baselr-full 10000baselrm-full 10000baseer-full',
    '2500baset-full 5000baset-full fec-none fec-rs fec-baser 50000basekr-full 50000basesr-full',
    '50000basecr-full 50000baselr-er-fr-full 50000basedr-full 100000basekr2-full 100000basesr2-full',
    '100000basecr2-full 100000baselr2-er2-fr2-full 100000basedr2-full 200000basekr4-full',
    '200000basesr4-full 200000baselr4-er4-fr4-full 200000basedr4-full 200000basecr4-full',
    '100baset1-full 1000baset1-full 400000basekr8-full 400000basesr8-full 400000baselr8-er8-fr8-full',
    '400000basedr8-full 400000basecr8-full fec-llrs 100000basekr-full 100000basesr-full',
    '100000baselr-er-fr-full 100000basecr-full 100000basedr-full 200000basekr2-full',
    '200000basesr2-full 200000baselr2-er2-fr2-full 200000basedr2-full 200000basecr2-full',
    '400000basekr4-full 400000basesr4-full 400000baselr4-er4-fr4-full 400000basedr4-full',
    '400000basecr4-full',
  ],
  252: ['100basefx-half 100basefx-full'],
  254: [
    '10baset1l-full 800000basecr8-full 800000basekr8-full 800000basedr8-full 800000basedr8-2-full',
    '800000basesr8-full 800000basevr8-full',
  ],
  257: [
    '10baset1s-full 10baset1s-half 10baset1s-p2mp-half 10baset1brr-full 200000basecr-full',
    '200000basekr-full 200000basedr-full 200000basedr-2-full 200000basesr-full 200000basevr-full',
    '400000basecr2-full 400000basekr2-full 400000basedr2-full 400000basedr2-2-full 400000basesr2-full',
    '400000basevr2-full 800000basecr4-full 800000basekr4-full 800000basedr4-full 800000basedr4-2-full',
    '800000basesr4-full 800000basevr4-full',
  ],
  262: ['1600000basecr8-full 1600000basekr8-full 1600000basedr8-full 1600000basedr8-2-full'],
};

/** [Link]: what the two ends of a cable agree on, and what wakes the host. */
export const ethernetShapes: Shapes = {
  advertise: listsOfModes(),
  duplex: 'full | half',
  mdi: '<empty> | mdi | straight | mdi-x | mdix | crossover | auto',
  port: 'tp | aui | mii | fibre | bnc',
  si_uint64: '<si-size>',
  wol: {
    247: 'off | phy | unicast | multicast | broadcast | arp | magic | secureon',
    252: '<empty> | off | (phy | unicast | multicast | broadcast | arp | magic | secureon)...',
  },
  wol_password: '<empty> | <tidy-path> | <mac>',
};

/** Each version takes what those before it take, too. */
function listsOfModes(): Shape {
  const known: string[] = [];
  const shapes = Object.entries(modesSince).map(([since, lines]) => {
    known.push(...lines.flatMap((line) => line.split(' ')));
    return [since, `<empty> | (${known.join(' | ')})...`] as const;
  });
  return Object.fromEntries(shapes);
}

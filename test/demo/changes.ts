import { conditionOf } from '../../state/status.ts';
import { holds, output, say, scene, wrappedOutput } from './screen.ts';
import { assertReady, documentOf, itemOf, linksOf, logSince, type Stage, show } from './stage.ts';
import { inSeconds, Unmet, within } from './within.ts';

/** Changes one field of one document and shows what became of it. */
export async function editDocument(stage: Stage): Promise<void> {
  scene('A document is edited: containers of mgmt must no longer see each other');
  const { bed, operator } = stage;
  const { key, file } = documentOf('MacvlanIntegration/mgmt');
  await showMode(stage);
  const before = await linkIds(stage, '');
  const mark = operator.log.length;
  await show(bed, `echo '  mode: private' >>/etc/osa-net.d/${file}`);
  const { took } = await within(5, 'mv-mgmt in mode private and Ready', async () => {
    const mode = (await linksOf(bed)).get('mv-mgmt')?.linkinfo?.info_data?.['mode'];
    if (mode !== 'private') throw new Error(`mv-mgmt is in mode ${mode}`);
    return assertReady(bed, key, 2);
  });
  await showMode(stage);
  say('What the operator logged:');
  wrappedOutput(logSince(stage, mark));
  await expectSameLinks(stage, '', before);
  holds(`done and Ready after ${inSeconds(took)}; no link was made anew or unplugged for it`);
}

async function showMode({ bed }: Stage): Promise<void> {
  await show(bed, "ip -d link show mv-mgmt | grep -o 'macvlan mode [a-z]*'");
}

/** Breaks a document: its links stay, the status says where it hurts. Then mends it. */
export async function breakDocument(stage: Stage): Promise<void> {
  scene('A document is broken by a typing error, and mended');
  const { bed } = stage;
  const { key, file } = documentOf('MacvlanIntegration/storage');
  const before = await linkIds(stage, 'mv-storage');
  await show(bed, `sed -i s/bridge:/brigde:/ /etc/osa-net.d/${file}`);
  await within(5, `${key} to say ValidationFailed at ${file}:<line>:<column>`, () => {
    const item = itemOf(bed, key);
    const ready = item && conditionOf(item.status, 'Ready');
    const points = new RegExp(`${file}:\\d+:\\d+: `).test(ready?.message ?? '');
    if (ready?.reason !== 'ValidationFailed' || !points)
      throw new Error(`${ready?.reason}: ${ready?.message}`);
  });
  await show(bed, `osa-net status ${key} | grep -w Ready`, wrappedOutput);
  await show(bed, 'osa-net validate', wrappedOutput);
  await show(bed, "networkctl --no-pager --no-legend list 'mv-storage*'");
  await expectSameLinks(stage, 'mv-storage', before);
  holds('its links are up and the very same: the last good text stays in force');
  await show(bed, `sed -i s/brigde:/bridge:/ /etc/osa-net.d/${file}`);
  const { took } = await within(5, `${key} Ready again`, () => assertReady(bed, key));
  await expectSameLinks(stage, 'mv-storage', before);
  holds(`mended: Ready again after ${inSeconds(took)}, and no link was touched`);
}

async function linkIds({ bed }: Stage, prefix: string): Promise<string> {
  const links = [...(await linksOf(bed)).values()].filter(({ ifname }) => ifname.startsWith(prefix));
  return links.map(({ ifname, ifindex, master }) => `${ifname}#${ifindex} of ${master ?? '-'}`).join(', ');
}

async function expectSameLinks(stage: Stage, prefix: string, before: string): Promise<void> {
  const after = await linkIds(stage, prefix);
  if (after !== before || before === '') throw new Unmet(`the same links as before, ${before}`, after);
}

/** Deletes a veth by hand, which takes its peer and the macvlan with it, and waits for all three. */
export async function deleteLink(stage: Stage): Promise<void> {
  scene('Somebody deletes a link by hand');
  const { bed, operator } = stage;
  const mark = operator.log.length;
  await show(bed, 'ip link del mv-vxlan-v1');
  const { took } = await within(5, 'mv-vxlan-v1 back in br-vxlan, mv-vxlan on mv-vxlan-v2', async () => {
    const links = await linksOf(bed);
    const seen = `${links.get('mv-vxlan-v1')?.master}, ${links.get('mv-vxlan')?.link}`;
    if (seen !== 'br-vxlan, mv-vxlan-v2') throw new Error(`master and parent: ${seen}`);
    return assertReady(bed, 'MacvlanIntegration/vxlan');
  });
  wrappedOutput(logSince(stage, mark));
  await show(bed, 'ip -br link show master br-vxlan');
  holds(`its three links are back, plugged in and Ready after ${inSeconds(took)}`);
}

/** Removes a document and shows that its links go, and only those. */
export async function removeDocument(stage: Stage): Promise<void> {
  scene('A document is removed');
  const { bed } = stage;
  const { key, file } = documentOf('MacvlanIntegration/flat');
  const before = await linksOf(bed);
  await show(bed, `rm /etc/osa-net.d/${file}`);
  const { took } = await within(2, 'mv-flat, mv-flat-v1 and mv-flat-v2 gone', async () => {
    const left = [...(await linksOf(bed)).keys()].filter((name) => name.startsWith('mv-flat'));
    if (left.length > 0) throw new Error(`still there: ${left.join(', ')}`);
  });
  await within(2, `${key} gone from the status and its units from the disk`, () => {
    const units = bed.exists('/etc/systemd/network/05-osa-net-mv-flat.network');
    if (itemOf(bed, key) !== undefined || units)
      throw new Error(itemOf(bed, key) ? 'in the status' : 'on the disk');
  });
  const lost = [...before.keys()].filter((name) => !name.startsWith('mv-flat'));
  const after = await linksOf(bed);
  const missing = lost.filter((name) => !after.has(name));
  if (missing.length > 0) throw new Unmet('every other link untouched', `gone: ${missing.join(', ')}`);
  output(`${before.size} links before, ${after.size} after`);
  holds(`mv-flat and its veth pair were gone after ${inSeconds(took)}; br-flat, not ours, stays`);
}

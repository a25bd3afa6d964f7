import { expect } from 'chai';
import { startBed } from './bed.ts';
import { eventually } from './eventually.ts';
import { startOperator } from './operator.ts';
import { published, readiness } from './origin.ts';
import { forEachRelease } from './releases.ts';

const modes = ['private', 'vepa', 'bridge', 'private', 'vepa', 'bridge', 'private'] as const;

forEachRelease(['host', 'trixie'], (release) => {
  it('follows a document whose mode changes again and again, and takes nobody for its enemy', async function () {
    this.timeout(60_000);
    const bed = await startBed({ release });
    try {
      await bed.sh('ip link add br-other up type bridge');
      const operator = startOperator(bed);
      for (const [index, mode] of modes.entries()) {
        const spec = `{bridge: br-other, mode: ${mode}}`;
        operator.drop(
          'm.yaml',
          `apiVersion: osa-net.dev/v1alpha1\nkind: MacvlanIntegration\nmetadata: {name: m}\nspec: ${spec}\n`,
        );
        await eventually(async () => {
          expect(published(bed).items[0]?.metadata.generation).to.equal(index + 1);
          const [link] = await bed.ip('link', 'show', 'mv-m');
          expect(link?.linkinfo?.info_data?.['mode']).to.equal(mode);
          expect(readiness(bed, 'MacvlanIntegration/m').status).to.equal('True');
        }, 8_000);
      }
      await operator.stop();
    } finally {
      await bed.stop();
    }
  });
});

import { loadFile } from '../crds/load.ts';
import type { Capabilities } from '../crds/networkd/capabilities.ts';
import { desire } from '../state/desired.ts';
import { inForce } from '../state/force.ts';

/** Something of every stage between bytes and units. */
const example = `apiVersion: osa-net.dev/v1alpha1
kind: ContainerBridge
metadata:
  name: x
spec:
  addresses: [192.0.2.1/24]
---
apiVersion: osa-net.dev/v1alpha1
kind: MacvlanIntegration
metadata:
  name: x
spec:
  bridge: br-x
`;

/** After so many runs a further one is hardly faster. */
const runs = 8;

/**
 * Reads an example and drops the result. The first document that an operator sees takes ten times as long as the next,
 * because V8 compiles a function when it is first called: 60 ms during which the network that was asked for is not
 * there. An operator that starts with nothing to do spends them before.
 */
export function warmUp(capabilities: Capabilities): void {
  for (let run = 0; run < runs; run++) {
    const bytes = Buffer.from(example);
    const source = { file: 'x.yaml', hash: String(run), bytes, loaded: loadFile('x.yaml', bytes) };
    const view = { trouble: '', files: new Map([[source.file, source]]) };
    desire(inForce(view, new Map(), new Set()), capabilities);
  }
}

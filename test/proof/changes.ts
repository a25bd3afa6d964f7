/** One change of the document directory: a file with its new text, or without one where it goes. */
export interface Change {
  readonly file: string;
  readonly text: string | undefined;
}

const bridges = 8;

/**
 * The n-th of a row of changes that have nothing to do with the origin's documents: other bridges and integrations come,
 * change and go. Every tenth edits a document of the origin itself, in a way that changes nothing of a link: a label.
 */
export function unrelatedChange(n: number, origin: readonly Change[]): Change {
  const document = origin[Math.floor(n / 10) % origin.length];
  if (n % 10 === 9 && document?.text !== undefined) {
    return { file: document.file, text: labelled(document.text, n) };
  }
  const k = Math.floor(n / 5) % bridges;
  const file = (kind: string) => `x-${kind}-${k}.yaml`;
  switch (n % 5) {
    case 0:
      return { file: file('bridge'), text: bridge(k, 1500, 1) };
    case 1:
      return { file: file('plug'), text: integration(k, 'bridge') };
    case 2:
      return { file: file('bridge'), text: bridge(k, 1400 + (n % 100), 2) };
    case 3:
      return n % 2 === 0
        ? { file: file('plug'), text: integration(k, 'private') }
        : { file: file('plug'), text: undefined };
    default:
      return { file: file('bridge'), text: undefined };
  }
}

function labelled(text: string, n: number): string {
  return text.replace(/^metadata:\n/m, `metadata:\n  labels: {edit: "${n}"}\n`);
}

function bridge(k: number, mtu: number, host: number): string {
  const spec = `{addresses: [10.210.${k}.${host}/24], mtu: ${mtu}}`;
  return `apiVersion: osa-net.dev/v1alpha1\nkind: ContainerBridge\nmetadata: {name: x${k}}\nspec: ${spec}\n`;
}

function integration(k: number, mode: string): string {
  return `apiVersion: osa-net.dev/v1alpha1\nkind: MacvlanIntegration\nmetadata: {name: x${k}}\nspec: {bridge: br-x${k}, mode: ${mode}}\n`;
}

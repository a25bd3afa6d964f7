import { expect } from 'chai';
import { brief, problemsIn, unmarked } from './marked.ts';

type Case = readonly [reason: string, text: string, ...problems: (readonly [code: string, hint?: RegExp])[]];

const api = 'apiVersion: osa-net.dev/v1alpha1\n';
const bridge = (metadata: string): string => `${api}kind: ContainerBridge\n${metadata}\nspec: {}\n`;

const cases: readonly Case[] = [
  [
    'an empty map lacks everything',
    '»»»»{}\n',
    ['MISSING_FIELD', /add apiVersion/],
    ['MISSING_FIELD', /add kind/],
    ['MISSING_FIELD', /add metadata/],
    ['MISSING_FIELD', /add spec/],
  ],
  [
    'an API version of another group',
    'apiVersion: »v1\nkind: Resolver\nmetadata: {name: a}\nspec: {}\n',
    ['UNKNOWN_API_VERSION', /osa-net\.dev\/v1alpha1/],
  ],
  [
    'an API version that is a number',
    'apiVersion: »1\nkind: Resolver\nmetadata: {name: a}\nspec: {}\n',
    ['WRONG_TYPE', /quote it: "1"/],
  ],
  [
    'a misspelt kind',
    `${api}kind: »ContainrBridge\nmetadata: {name: a}\nspec: {}\n`,
    ['UNKNOWN_KIND', /did you mean ContainerBridge/],
  ],
  [
    'a kind in other letters',
    `${api}kind: »netdev\nmetadata: {name: a}\nspec: {}\n`,
    ['UNKNOWN_KIND', /did you mean NetDev/],
  ],
  [
    'a kind of somebody else lists ours',
    `${api}kind: »Deployment\nmetadata: {name: a}\nspec: {}\n`,
    ['UNKNOWN_KIND', /use one of: ContainerBridge, .*Link$/],
  ],
  ['a kind out of JavaScript', `${api}kind: »constructor\nmetadata: {name: a}\nspec: {}\n`, ['UNKNOWN_KIND']],
  [
    'a field beside spec',
    `${api}kind: Resolver\nmetadata: {name: a}\nspec: {}\n»specs: {}\n`,
    ['UNKNOWN_FIELD', /did you mean spec/],
  ],
  ['a document without spec', `»${api}kind: Resolver\nmetadata: {name: a}\n`, ['MISSING_FIELD', /spec/]],
  ['a spec without value', `${api}kind: Resolver\nmetadata: {name: a}\n»spec:\n`, ['WRONG_TYPE']],
  [
    'a spec that is a list',
    `${api}kind: Resolver\nmetadata: {name: a}\nspec: »[]\n`,
    ['WRONG_TYPE', /a map/],
  ],
  ['metadata without name', bridge('»metadata: {labels: {}}'), ['MISSING_FIELD', /add name/]],
  ['metadata without value', bridge('»metadata:'), ['WRONG_TYPE']],
  ['an unknown field of metadata', bridge('metadata: {name: a, »label: {}}'), ['UNKNOWN_FIELD', /labels/]],
  ['a name that is a path', bridge('metadata: {name: »../../etc/passwd}'), ['BAD_NAME']],
  ['a name with upper-case letters', bridge('metadata: {name: »Mgmt}'), ['BAD_NAME']],
  ['an empty name', bridge('metadata: {name: »""}'), ['BAD_NAME']],
  ['a name of 64 characters', bridge(`metadata: {name: »${'a'.repeat(64)}}`), ['BAD_NAME']],
  ['a name that ends in a dash', bridge('metadata: {name: »a-}'), ['BAD_NAME']],
  ['a name with a line end', bridge('metadata: {name: »"a\\nb"}'), ['BAD_NAME']],
  ['a name that is a number', bridge('metadata: {name: »5}'), ['WRONG_TYPE', /quote it: "5"/]],
  [
    'a label that is no text',
    bridge('metadata: {name: a, labels: {rack: »7}}'),
    ['WRONG_TYPE', /quote it: "7"/],
  ],
  ['labels that are a list', bridge('metadata: {name: a, labels: »[x]}'), ['WRONG_TYPE', /a map/]],
  [
    'adopt without quotes',
    bridge('metadata: {name: a, annotations: {osa-net.dev/adopt: »true}}'),
    ['WRONG_TYPE', /quote it: "true"/],
  ],
  [
    'an unknown annotation of ours',
    bridge('metadata: {name: a, annotations: {»osa-net.dev/prun: disabled}}'),
    ['UNKNOWN_FIELD', /did you mean osa-net\.dev\/prune/],
  ],
  [
    'an annotation that is nearly ours',
    bridge('metadata: {name: a, annotations: {»osa-net/prune: disabled}}'),
    ['UNKNOWN_FIELD', /did you mean osa-net\.dev\/prune/],
  ],
  [
    'a value that an annotation does not have',
    bridge('metadata: {name: a, annotations: {osa-net.dev/prune: »disable}}'),
    ['BAD_VALUE', /"disabled"/],
  ],
  [
    'two wrong annotations are two problems',
    bridge(
      'metadata:\n  name: a\n  annotations:\n    osa-net.dev/adopt: »true\n    osa-net.dev/reconcile: »off',
    ),
    ['WRONG_TYPE'],
    ['BAD_VALUE', /"suspended"/],
  ],
  [
    'everything that is wrong shows at once',
    `apiVersion: »v2\nkind: MacvlanIntegration\nmetadata: {name: »A}\n»spec:\n  mode: »brige\n  mtu: »20\n  »vet: {}\n`,
    ['UNKNOWN_API_VERSION'],
    ['BAD_NAME'],
    ['MISSING_FIELD', /add bridge/],
    ['BAD_VALUE', /did you mean bridge/],
    ['OUT_OF_RANGE', /from 68 to 65535/],
    ['UNKNOWN_FIELD', /did you mean veth/],
  ],
  [
    'a misspelt field does not hide what is wrong with the others',
    `${api}kind: ContainerBridge\nmetadata: {name: a}\nspec:\n  »adresses: []\n  addresses: [10.0.3.2/24]\n  gateway: »10.0.4.1\n`,
    ['UNKNOWN_FIELD', /did you mean addresses/],
    ['GATEWAY_UNREACHABLE'],
  ],
];

describe('a document that is not what it should be', () => {
  for (const [reason, marked, ...wanted] of cases) {
    it(reason, () => {
      const { text, at } = unmarked(marked);
      const found = problemsIn(text);
      expect(found.map(brief)).to.deep.equal(wanted.map(([code], index) => `${code} ${at[index]}`));
      wanted.forEach(([, hint], index) => {
        if (hint) expect(found[index]?.hint).to.match(hint);
      });
    });
  }

  it('may have labels and annotations of others', () => {
    const text = bridge(
      'metadata: {name: a, labels: {rack: "7"}, annotations: {example.org/prune: x, osa-net.dev/adopt: "true"}}',
    );
    expect(problemsIn(text)).to.deep.equal([]);
  });

  it('may have the longest name', () => {
    const name = 'a'.repeat(63);
    const text = `${api}kind: Resolver\nmetadata: {name: ${name}}\nspec: {}\n`;
    expect(problemsIn(text)).to.deep.equal([]);
  });
});

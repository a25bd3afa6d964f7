import { expect } from 'chai';
import * as z from 'zod';
import { explain, UnknownFieldError } from '../../crds/explain.ts';
import { kinds } from '../../crds/kinds/index.ts';
import { keysKeyword } from '../../crds/kinds/said.ts';
import { keyFacts, keyNames, sectionNames } from '../../crds/networkd/vocabulary.ts';
import type { UnitType } from '../../crds/networkd/vocabulary-types.ts';
import type { Kind } from '../../crds/resource.ts';

const kindNames = Object.keys(kinds) as readonly Kind[];

/** Every field below the spec of a kind, with what is said of it and its schema. */
function fieldsOf(schema: z.ZodType, path = ''): readonly (readonly [path: string, field: z.ZodType])[] {
  const bare = unwrapped(schema);
  if (!(bare instanceof z.ZodObject)) return [];
  return Object.entries(bare.shape as Record<string, z.ZodType>).flatMap(([name, field]) => {
    const own = path === '' ? name : `${path}.${name}`;
    return [[own, field] as const, ...fieldsOf(field, own)];
  });
}

function unwrapped(schema: z.ZodType): z.ZodType {
  return schema instanceof z.ZodOptional || schema instanceof z.ZodDefault
    ? unwrapped(schema.unwrap() as z.ZodType)
    : schema;
}

/** What is said of a field, or of what it holds. */
function metaOf(field: z.ZodType): Readonly<Record<string, unknown>> {
  return field.meta() ?? unwrapped(field).meta() ?? {};
}

describe('every field of every kind', () => {
  for (const kind of kindNames) {
    it(`of ${kind} says what it is for, what it becomes, and has an example that it takes`, () => {
      for (const [path, field] of fieldsOf(kinds[kind].schema)) {
        const { description, examples, [keysKeyword]: keys } = metaOf(field);
        expect(description, path).to.be.a('string').and.not.equal('');
        expect(keys, path).to.be.an('array');
        for (const id of keys as readonly string[]) {
          const [type, section = '', key = ''] = id.split(/[ .]/);
          expect(keyFacts(type as UnitType, section, key), `${path}: ${id}`).to.not.equal(undefined);
        }
        expect(examples, path).to.have.length(1);
        const { error } = field.safeParse((examples as readonly unknown[])[0]);
        expect(error, path).to.equal(undefined);
      }
    });

    it(`of ${kind} can be explained`, () => {
      for (const [path, field] of fieldsOf(kinds[kind].schema)) {
        const explained = explain(kind, path.split('.'));
        expect(explained.path).to.equal(path);
        expect(explained.description).to.equal(metaOf(field)['description']);
      }
      const { fields, description } = explain(kind, []);
      expect(description).to.equal(kinds[kind].schema.description);
      expect(fields.length).to.be.above(0);
    });
  }
});

describe('an explanation', () => {
  it('says type, values, default, example and the keys of networkd', () => {
    expect(explain('MacvlanIntegration', ['mode'])).to.deep.include({
      type: 'string',
      isRequired: false,
      values: 'bridge, private, vepa, passthru',
      default: 'bridge',
      example: 'private',
      becomes: ['Mode= in [MACVLAN] of a .netdev'],
      fields: [],
    });
    expect(explain('MacvlanIntegration', ['bridge']).isRequired).to.equal(true);
    expect(explain('ContainerBridge', ['dhcpServer', 'poolSize'])).to.deep.include({
      type: 'integer',
      values: '1 to 4294967294',
    });
    expect(explain('ContainerBridge', ['addresses']).type).to.equal('[]string');
  });

  it('says since when and until when networkd has a key', () => {
    expect(explain('ContainerBridge', ['forwarding']).becomes).to.deep.equal([
      'IPForward= in [Network] of a .network (systemd up to 255)',
      'IPv4Forwarding= in [Network] of a .network (systemd 256 and later)',
      'IPv6Forwarding= in [Network] of a .network (systemd 256 and later)',
    ]);
    expect(explain('Network', ['Network', 'IPForward'])).to.deep.include({
      type: 'yes, no, ipv4, ipv6 or kernel',
      becomes: [
        'IPForward= in [Network] of a .network (systemd up to 255)',
        'from systemd 256 on IPv4Forwarding= in [Network]',
      ],
    });
  });

  it('knows every section and key that networkd and udev have', () => {
    for (const [kind, type] of [
      ['NetDev', 'netdev'],
      ['Network', 'network'],
      ['Link', 'link'],
    ] as const) {
      const sections = explain(kind, []).fields.map(({ name }) => name);
      expect(sections).to.include.members([...sectionNames(type)]);
      for (const section of sectionNames(type)) {
        expect(explain(kind, [section]).fields.map(({ name }) => name)).to.deep.equal(
          keyNames(type, section),
        );
        for (const key of keyNames(type, section))
          expect(explain(kind, [section, key]).type).to.not.equal('');
      }
    }
  });

  const unknown: readonly (readonly [Kind, readonly string[], RegExp])[] = [
    ['ContainerBridge', ['mtuu'], /ContainerBridge has no field "mtuu"; did you mean ContainerBridge\.mtu\?/],
    ['ContainerBridge', ['mtu', 'x'], /ContainerBridge\.mtu has no field "x"/],
    ['ContainerBridge', ['constructor'], /no field "constructor"/],
    ['Network', ['Netwrok'], /did you mean Network\.Network\?/],
    ['Network', ['Network', 'Adress'], /did you mean Network\.Network\.Address\?/],
    ['Network', ['Network', 'DHCP', 'x'], /Network\.Network\.DHCP has no field "x"/],
  ];
  for (const [kind, path, pattern] of unknown) {
    it(`of what is not there says what may be meant: ${kind}.${path.join('.')}`, () => {
      expect(() => explain(kind, path)).to.throw(UnknownFieldError, pattern);
    });
  }
});

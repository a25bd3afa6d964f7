import * as z from 'zod';
import type { RequirableState } from '../compiled.ts';
import { own } from '../own.ts';
import type { Fault, ProblemCode } from '../problem.ts';
import { continuesOnNextLine, ownSection } from '../unit.ts';
import { checkWhole, hasControl, type Report, requiredState } from './fields.ts';

/** A value of a unit file: booleans are written `yes`/`no`. */
export type Scalar = string | number | boolean;

/** One section: key to value, or to a list where the key is repeated. */
export type Section = Readonly<Record<string, Scalar | readonly Scalar[]>>;

/** spec of NetDev, Network and Link: section name to section, or to a list where the section is repeated. */
export interface SectionsSpec {
  readonly requiredState?: RequirableState;
  readonly [section: string]: Section | readonly Section[] | RequirableState | undefined;
}

/** A section and where it stands: `spec.Route.0`. */
export interface SectionPlace {
  readonly name: string;
  readonly section: Section;
  readonly path: string;
}

/** The sections of a spec in the order of the document, repeated ones one by one. */
export function sectionPlaces(spec: SectionsSpec, root = 'spec'): readonly SectionPlace[] {
  return Object.entries(spec).flatMap(([name, value]): readonly SectionPlace[] => {
    if (typeof value !== 'object') return [];
    if (!isList(value)) return [{ name, section: value, path: `${root}.${name}` }];
    return value.map((section, i) => ({ name, section, path: `${root}.${name}.${i}` }));
  });
}

/** The sections of a spec without their places. */
export function sectionsOf(spec: SectionsSpec): readonly (readonly [name: string, section: Section])[] {
  return Object.keys(spec).flatMap((name) =>
    sectionsNamed(spec, name).map((section) => [name, section] as const),
  );
}

/** The sections of a spec that have a name, in order; none where the spec has no such section. */
export function sectionsNamed(spec: SectionsSpec, name: string): readonly Section[] {
  const value = own(spec, name);
  if (typeof value !== 'object') return [];
  return isList(value) ? value : [value];
}

// Array.isArray does not narrow readonly arrays.
function isList<T>(value: T | readonly T[]): value is readonly T[] {
  return Array.isArray(value);
}

type Path = readonly (string | number)[];

/** Names of sections and keys in networkd's files; `__proto__` and the like are none. */
const nameSyntax = /^[A-Za-z0-9][A-Za-z0-9-]*$/;

/** A schema of sections; `withState` allows `requiredState` beside them. Names and values are checked by their syntax. */
export function sectionsSchema(withState: boolean) {
  const shape = withState ? { requiredState: requiredState() } : {};
  const names = checkWhole((value, report) => {
    for (const [name, section] of Object.entries(value)) {
      if (!(withState && name === 'requiredState')) checkSection(name, section, report);
    }
  });
  return z.looseObject(shape).meta({ 'x-kubernetes-preserve-unknown-fields': true }).check(names);
}

function checkSection(name: string, value: unknown, report: Report): void {
  if (!nameSyntax.test(name) || /^[a-z]/.test(name) || name === ownSection) {
    report([name], {
      code: 'UNKNOWN_FIELD',
      message: `${JSON.stringify(name)} is not the name of a section`,
      hint:
        name === ownSection
          ? 'remove it: osa-net writes it'
          : "use networkd's spelling, such as Network or DHCPServer",
    });
    return;
  }
  if (!Array.isArray(value)) {
    checkKeys([name], value, report);
    return;
  }
  value.forEach((section, index) => {
    checkKeys([name, index], section, report);
  });
}

function checkKeys(path: Path, section: unknown, report: Report): void {
  if (typeof section !== 'object' || section === null || Array.isArray(section)) {
    report(
      path,
      wrongType('a section must be a map of keys to values', 'write it as a map, such as {Name: br0}'),
    );
    return;
  }
  for (const [key, value] of Object.entries(section)) {
    if (!nameSyntax.test(key)) {
      report([...path, key], {
        code: 'UNKNOWN_FIELD',
        message: `${JSON.stringify(key)} is not the name of a key`,
        hint: "use networkd's spelling, such as Address or DHCPServer",
      });
    } else if (Array.isArray(value)) {
      value.forEach((item, index) => {
        checkScalar([...path, key, index], item, report);
      });
    } else checkScalar([...path, key], value, report);
  }
}

function checkScalar(path: Path, value: unknown, report: Report): void {
  if (typeof value === 'boolean') return;
  if (typeof value === 'number') {
    if (!/^-?\d+(\.\d+)?$/.test(String(value)) || Math.abs(value) > Number.MAX_SAFE_INTEGER) {
      report(path, badNumber());
    }
    return;
  }
  if (typeof value !== 'string') {
    report(
      path,
      value === null
        ? wrongType('there is no value', 'give a value, or "" for an empty one, or remove the key')
        : wrongType(
            'a value must be a text, a number or a boolean, or a list of them',
            'write it as one text',
          ),
    );
  } else if (hasControl(value)) {
    report(
      path,
      badValue('BAD_VALUE', 'a value cannot have line ends or control characters', 'write it on one line'),
    );
  } else if (continuesOnNextLine(value.trim())) {
    report(
      path,
      badValue(
        'BAD_VALUE',
        'a backslash at the end would join the next line of the unit to this one',
        'remove it',
      ),
    );
  }
}

/** The problem of a number that YAML reads otherwise than it is written. */
export function badNumber(): Fault {
  return badValue('BAD_VALUE', 'a number of this form would not reach networkd as it is written', 'quote it');
}

function wrongType(message: string, hint: string): Fault {
  return badValue('WRONG_TYPE', message, hint);
}

function badValue(code: ProblemCode, message: string, hint: string): Fault {
  return { code, message, hint };
}

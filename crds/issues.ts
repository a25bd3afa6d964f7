import * as z from 'zod';
import type { Fault } from './problem.ts';
import { didYouMean } from './suggest.ts';

/** A Fault and the path of the field it is about; `onKey` where the key itself is wrong, or its map lacks something. */
export interface FieldFault {
  readonly path: readonly PropertyKey[];
  readonly fault: Fault;
  readonly onKey: boolean;
}

/** What zod found, in our words. `input` is what was parsed with `schema`. */
export function faultsOf(error: z.ZodError, schema: z.ZodType, input: unknown): FieldFault[] {
  return error.issues.flatMap((issue) => faultsOfIssue(issue, schema, input));
}

type Issue = z.core.$ZodIssue;

function faultsOfIssue(issue: Issue, schema: z.ZodType, input: unknown): FieldFault[] {
  const found = valueAt(input, issue.path);
  const name = issue.path.length === 0 ? 'the document' : issue.path.join('.');
  const on = (fault: Fault): FieldFault[] => [{ path: issue.path, fault, onKey: false }];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownField(issue.path, key, schema));
    case 'invalid_type':
      if (found === undefined) return [missingField(issue.path, issue.expected)];
      return on(wrongType(name, issue.expected, found));
    case 'invalid_value':
      if (found === undefined) return [missingField(issue.path, 'string')];
      return on(
        typeof found === 'string'
          ? notAmong(name, found, issue.values)
          : wrongWord(name, found, issue.values),
      );
    case 'too_small':
      return on(issue.origin === 'array' ? emptyList(name) : outOfRange(found, schema, issue.path));
    case 'too_big':
      return on(outOfRange(found, schema, issue.path));
    case 'custom':
      return [customFault(issue)];
    default:
      return on({ code: 'BAD_VALUE', message: 'the value is not as it should be', hint: issue.message });
  }
}

function customFault(issue: z.core.$ZodIssueCustom): FieldFault {
  const fault = issue.params?.['fault'] as Fault;
  const onKey = fault.code === 'UNKNOWN_FIELD' || fault.code === 'MISSING_FIELD';
  return { path: issue.path, fault, onKey };
}

function unknownField(path: readonly PropertyKey[], key: string, schema: z.ZodType): FieldFault {
  const where = path.length === 0 ? 'a document' : path.join('.');
  const fault: Fault = {
    code: 'UNKNOWN_FIELD',
    message: `${where} has no field ${JSON.stringify(key)}`,
    hint: didYouMean(key, fieldsOf(schemaAt(schema, path))),
  };
  return { path: [...path, key], fault, onKey: true };
}

const samples: Readonly<Record<string, string>> = {
  object: '{}',
  record: '{}',
  array: '[]',
  boolean: 'true',
};

function missingField(path: readonly PropertyKey[], expected: string): FieldFault {
  const name = String(path.at(-1));
  const fault: Fault = {
    code: 'MISSING_FIELD',
    message: `the field ${path.join('.')} is missing`,
    hint: `add ${name}: ${samples[expected] ?? `<${words[expected] ?? 'value'}>`}`,
  };
  return { path: path.slice(0, -1), fault, onKey: true };
}

/** What zod calls a type, in words. */
const words: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

function wrongType(name: string, expected: string, found: unknown): Fault {
  const wanted = words[expected] ?? expected;
  const message = `${name} must be ${wanted}, not ${described(found)}`;
  return { code: 'WRONG_TYPE', message, hint: typeHint(expected, found) };
}

function typeHint(expected: string, found: unknown): string {
  if (found === null) return `write ${words[expected] ?? 'a value'}, or remove the key`;
  if (expected === 'string' && isScalar(found)) return `quote it: "${String(found)}"`;
  if (expected === 'array' && isScalar(found)) return `write a list: [${String(found)}]`;
  if (expected === 'boolean' && found === 'yes') return 'write true';
  if (expected === 'boolean' && found === 'no') return 'write false';
  if (isNumberType(expected) && typeof found === 'string' && /^\d+$/.test(found))
    return `write it unquoted: ${found}`;
  if (isNumberType(expected)) return 'write a whole number, such as 1500';
  if (expected === 'boolean') return 'write true or false, unquoted';
  return expected === 'string'
    ? 'write one text'
    : `write ${words[expected] ?? expected}, such as ${samples[expected]}`;
}

function isNumberType(expected: string): boolean {
  return expected === 'number' || expected === 'int';
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function described(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'string') return `the text ${JSON.stringify(value)}`;
  return typeof value === 'number' ? `the number ${value}` : String(value);
}

function notAmong(name: string, found: string, values: readonly z.core.util.Primitive[]): Fault {
  const message = `${name} cannot be ${JSON.stringify(found)}`;
  return { code: 'BAD_VALUE', message, hint: didYouMean(found, values.map(String)) };
}

/** `dnssec: true` means yes, but YAML 1.2 reads only `yes` as a word. */
function wrongWord(name: string, found: unknown, values: readonly z.core.util.Primitive[]): Fault {
  const meant = found === true ? 'yes' : 'no';
  const isYesNo = typeof found === 'boolean' && values.includes(meant);
  return {
    code: 'WRONG_TYPE',
    message: `${name} must be a word, not ${described(found)}`,
    hint: isYesNo ? `write ${meant}` : `use one of: ${values.join(', ')}`,
  };
}

function emptyList(name: string): Fault {
  return {
    code: 'BAD_VALUE',
    message: `${name} is an empty list`,
    hint: 'name at least one, or remove the key',
  };
}

function outOfRange(found: unknown, schema: z.ZodType, path: readonly PropertyKey[]): Fault {
  const field = schemaAt(schema, path);
  const range = field instanceof z.ZodNumber ? `from ${field.minValue} to ${field.maxValue}` : 'in its range';
  return {
    code: 'OUT_OF_RANGE',
    message: `${path.join('.')} cannot be ${String(found)}`,
    hint: `use a number ${range}`,
  };
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let at = value;
  for (const key of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<PropertyKey, unknown>)[key];
  }
  return at;
}

/** The schema of a field, without the wrappers of optional fields and defaults. */
function schemaAt(schema: unknown, path: readonly PropertyKey[]): unknown {
  let at = unwrapped(schema);
  for (const key of path) {
    if (at instanceof z.ZodObject) at = unwrapped(at.shape[String(key)]);
    else if (at instanceof z.ZodArray) at = unwrapped(at.element);
    else return undefined;
  }
  return at;
}

function unwrapped(schema: unknown): unknown {
  let at = schema;
  while (at instanceof z.ZodOptional || at instanceof z.ZodDefault) at = at.unwrap();
  return at;
}

function fieldsOf(schema: unknown): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
}

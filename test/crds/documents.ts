import { compileAll } from '../../crds/compile.ts';
import type { LinkExpectation } from '../../crds/compiled.ts';
import { loadFile } from '../../crds/load.ts';
import { capabilitiesOf } from '../../crds/networkd/capabilities.ts';
import { problemText } from '../../crds/problem.ts';
import { type Rendered, render } from '../../crds/render.ts';
import type { AnyResource, Kind } from '../../crds/resource.ts';
import { parseUnit, type UnitSection } from '../../crds/unit.ts';

/** Resources of a text of documents, which must be valid. */
export function resourcesOf(text: string, file = 'test.yaml'): readonly AnyResource[] {
  const { resources, problems } = loadFile(file, new TextEncoder().encode(text));
  if (problems.length > 0) throw new Error(problems.map(problemText).join('\n'));
  return resources;
}

/** One valid resource; the spec is JSON, which is YAML too. */
export function resource(kind: Kind, name: string, spec: object): AnyResource {
  const text = JSON.stringify({ apiVersion: 'osa-net.dev/v1alpha1', kind, metadata: { name }, spec });
  const [one] = resourcesOf(text, `${name}.yaml`);
  if (!one) throw new Error(`no resource in ${text}`);
  return one;
}

/** What a host with this systemd would get. */
export function rendered(version: number, ...resources: readonly AnyResource[]): Rendered {
  return render(resources, capabilitiesOf(version));
}

/** The sections of one unit as lines `[Section] Key=Value`, without who owns it. */
export function linesOf({ units }: Rendered, name: string): readonly string[] {
  const unit = units.find((one) => one.name === name);
  if (!unit) throw new Error(`no unit ${name} among ${units.map((one) => one.name).join(', ')}`);
  return parseUnit(unit.text)
    .filter((section) => section.name !== 'X-OsaNet')
    .flatMap(sectionLines);
}

function sectionLines({ name, entries }: UnitSection): readonly string[] {
  return entries.map(([key, value]) => `[${name}] ${key}=${value}`);
}

/** Expectations by link. */
export function expectationsOf(
  version: number,
  ...resources: readonly AnyResource[]
): Readonly<Record<string, LinkExpectation>> {
  const links = compileAll(resources, capabilitiesOf(version)).flatMap((compiled) => compiled.links);
  return Object.fromEntries(links.map((link) => [link.link, link]));
}

/** The expectation of one link. */
export function expectationOf(
  link: string,
  version: number,
  ...resources: readonly AnyResource[]
): LinkExpectation {
  const found = expectationsOf(version, ...resources)[link];
  if (!found) throw new Error(`nothing is expected of ${link}`);
  return found;
}

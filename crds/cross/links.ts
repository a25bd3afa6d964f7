import type { Compiled, LinkExpectation } from '../compiled.ts';
import type { ProblemCode } from '../problem.ts';
import type { AnyResource } from '../resource.ts';
import { type Conflict, type Holder, nameOf } from './claim.ts';

interface Made extends Holder {
  readonly kind: string | undefined;
}

interface Port extends Holder {
  readonly master: string;
}

/** Who makes which link, which link is a port of which bridge, and who writes which unit. */
export class LinkClaims {
  readonly #made = new Map<string, Made>();
  readonly #ports = new Map<string, Port>();
  /** Links that are bridges: made as such, or the master of a port. */
  readonly #bridges = new Map<string, Holder>();
  /** Links that have ports. */
  readonly #masters = new Map<string, Holder>();
  readonly #units = new Map<string, Holder>();

  /** What a resource cannot have. */
  conflicts(resource: AnyResource, compiled: Compiled): Conflict[] {
    const ofLinks = compiled.links.flatMap((link) => [...this.#ofMade(link), ...this.#ofPort(link)]);
    // Whoever makes or plugs in the same link writes the same units: that is said already.
    const said = new Set(ofLinks.map(({ first }) => first.resource.key));
    const ofUnits = this.#ofUnits(resource, compiled).filter(({ first }) => !said.has(first.resource.key));
    return [...ofLinks, ...ofUnits];
  }

  /** Takes down what an accepted resource has. */
  add(resource: AnyResource, compiled: Compiled): void {
    for (const link of compiled.links) {
      const holder = { resource, field: link.field };
      if (link.made) this.#made.set(link.link, { ...holder, kind: link.kind });
      if (link.made && link.kind === 'bridge') this.#bridges.set(link.link, holder);
      const master = bridgeOf(link);
      if (master === undefined) continue;
      this.#ports.set(link.link, { ...holder, master });
      if (!this.#masters.has(master)) this.#masters.set(master, holder);
      if (!this.#bridges.has(master)) this.#bridges.set(master, holder);
    }
    for (const [unit, field] of ownUnits(compiled)) this.#units.set(unit, { resource, field });
  }

  #ofMade({ link, made, kind, field }: LinkExpectation): Conflict[] {
    if (!made) return [];
    const found: Conflict[] = [];
    const maker = this.#made.get(link);
    if (maker) {
      found.push(
        conflict(field, maker, 'DUPLICATE_INTERFACE', `${link} is made by ${nameOf(maker)} already`),
      );
    }
    const port = this.#ports.get(link);
    if (port && kind === 'bridge') found.push(bridgeInBridge(field, link, port));
    const user = this.#masters.get(link);
    if (user && kind !== 'bridge') {
      found.push(
        conflict(field, user, 'BAD_VALUE', `${link} is no bridge, and ${nameOf(user)} takes it for one`),
      );
    }
    return found;
  }

  #ofPort(link: LinkExpectation): Conflict[] {
    const master = bridgeOf(link);
    if (master === undefined) return [];
    const { link: name, field } = link;
    const found: Conflict[] = [];
    const port = this.#ports.get(name);
    const isMadeTwice = link.made && this.#made.has(name);
    if (port && port.master !== master && !isMadeTwice) found.push(twoBridges(field, name, port));
    const bridge = this.#bridges.get(name);
    const inner = this.#ports.get(master);
    if (bridge) found.push(bridgeInBridge(field, name, bridge));
    else if (inner) found.push(bridgeInBridge(field, master, inner));
    const maker = this.#made.get(master);
    if (maker && maker.kind !== 'bridge') {
      found.push(conflict(field, maker, 'BAD_VALUE', `${master} is no bridge: ${nameOf(maker)} makes it`));
    }
    return found;
  }

  #ofUnits(resource: AnyResource, compiled: Compiled): Conflict[] {
    const found: Conflict[] = [];
    for (const [unit, field, link] of ownUnits(compiled)) {
      const first = this.#units.get(unit);
      if (!first || first.resource === resource) continue;
      found.push(
        link === undefined
          ? conflict(
              field,
              first,
              'DUPLICATE_UNIT',
              `the unit ${unit} is written by ${nameOf(first)} already`,
            )
          : conflict(
              field,
              first,
              'DUPLICATE_INTERFACE',
              `${link} is configured by ${nameOf(first)} already`,
            ),
      );
    }
    return found;
  }
}

/** The bridge of a port; a bond or a VRF is none. */
function bridgeOf({ master }: LinkExpectation): string | undefined {
  return master?.kind === undefined ? master?.name : undefined;
}

/** The units that a resource owns, each with its field and the link that it configures, if it is one's. */
function ownUnits(compiled: Compiled): readonly OwnUnit[] {
  const known = memo.get(compiled) ?? readOwnUnits(compiled);
  memo.set(compiled, known);
  return known;
}

type OwnUnit = readonly [unit: string, field: string, link?: string];

/** compileAll() gives the same object for what has not changed. */
const memo = new WeakMap<Compiled, readonly OwnUnit[]>();

function readOwnUnits(compiled: Compiled): OwnUnit[] {
  const units = new Set(compiled.fragments.filter(({ contributes }) => !contributes).map(({ unit }) => unit));
  return [...units].map((unit) => {
    const configured = compiled.links.find(({ network }) => network === unit);
    if (configured) return [unit, configured.field, configured.link];
    const made = compiled.links.find(({ netdev }) => netdev === unit);
    return [unit, made?.field ?? (unit.endsWith('.link') ? 'spec.unitName' : 'metadata.name')];
  });
}

function twoBridges(field: string, port: string, first: Port): Conflict {
  const message = `${port} is a port of ${first.master} already: ${nameOf(first)}`;
  return conflict(field, first, 'PORT_IN_TWO_BRIDGES', message);
}

/** br_add_if() of the kernel refuses it as a loop (ELOOP). */
function bridgeInBridge(field: string, bridge: string, first: Holder): Conflict {
  const message = `${bridge} would be a bridge and the port of another one, with ${nameOf(first)}`;
  return conflict(field, first, 'BRIDGE_CYCLE', message);
}

function conflict(field: string, first: Holder, code: ProblemCode, message: string): Conflict {
  return { field, first, fault: { code, message, hint: hintOf(code) } };
}

function hintOf(code: ProblemCode): string {
  switch (code) {
    case 'DUPLICATE_INTERFACE':
      return 'give the interface another name, or remove one of the two documents';
    case 'DUPLICATE_UNIT':
      return 'give the unit another name, or remove one of the two documents';
    case 'PORT_IN_TWO_BRIDGES':
      return 'a link can be in one bridge only: remove it from one of the two';
    case 'BRIDGE_CYCLE':
      return 'connect two bridges by a veth pair, or put the ports into one bridge';
    default:
      return 'name a bridge, such as br-mgmt';
  }
}

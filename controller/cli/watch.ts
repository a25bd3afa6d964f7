import { type FSWatcher, watch } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StatusItem, StatusList } from '../../state/status.ts';
import { explain } from './errors.ts';
import { isDataFormat, print, say } from './output.ts';
import { isAlive, readPublished } from './published.ts';
import { rowIdentity, statusTable } from './status-table.ts';
import { renderStatus, type StatusQuery, terminalWidth, wanted, warningsOf } from './status-view.ts';

/** The operator replaces the file at once; this joins the events of one replacement. */
const debounceMs = 30;
/** What no event tells: that the operator died, or that the directory was made anew. */
const checkMs = 1000;

/**
 * Shows the status and then every change until the program is ended: redrawn in place on a terminal, else as rows
 * that are appended (whole documents for JSON and YAML).
 */
export async function watchStatus(query: StatusQuery): Promise<never> {
  const show = process.stdout.isTTY ? redrawer(query) : appender(query);
  const changes = new Changes(query.runtimeDir);
  await show(readPublished(query.runtimeDir));
  for (let trouble = ''; ; ) {
    await changes.next();
    const list = published(query);
    if (typeof list !== 'string') await show(list);
    else if (list !== trouble) say(list);
    trouble = typeof list === 'string' ? list : '';
  }
}

/** The status, or why there is none: between two operators there may be no file. */
function published(query: StatusQuery): StatusList | string {
  try {
    return readPublished(query.runtimeDir);
  } catch (error) {
    return explain(error);
  }
}

/** Draws the whole status again when something in it changed. */
function redrawer(query: StatusQuery): (list: StatusList) => Promise<void> {
  let drawn = '';
  return async (list) => {
    const identity = JSON.stringify([list, isAlive(list.operator), terminalWidth()]);
    if (identity === drawn) return;
    drawn = identity;
    const text = await renderStatus(list, query, Date.now());
    const warnings = warningsOf(list).map((warning) => `osa-net: ${warning}\n`);
    // clear the screen and what scrolled off it, then from the top
    process.stdout.write(`\u001b[2J\u001b[3J\u001b[H${text}${warnings.join('')}`);
  };
}

/** Appends the rows that changed. */
function appender(query: StatusQuery): (list: StatusList) => Promise<void> {
  const shown = new Map<string, string>();
  let said = '';
  let first = true;
  return async (list) => {
    const fresh = changedItems(list, query, shown);
    if (fresh.length > 0 || first) await append(list, query, fresh, first);
    first = false;
    const warnings = warningsOf(list);
    if (warnings.join('\n') !== said) for (const warning of warnings) say(warning);
    said = warnings.join('\n');
  };
}

function changedItems(
  list: StatusList,
  query: StatusQuery,
  shown: Map<string, string>,
): readonly StatusItem[] {
  return wanted(list, query.selector).filter((item) => {
    const key = `${item.kind}/${item.metadata.name}`;
    const identity = rowIdentity(item);
    const isNew = shown.get(key) !== identity;
    shown.set(key, identity);
    return isNew;
  });
}

async function append(
  list: StatusList,
  query: StatusQuery,
  fresh: readonly StatusItem[],
  isFirst: boolean,
): Promise<void> {
  const { output } = query;
  const now = Date.now();
  if (isDataFormat(output)) {
    print(`${output === 'yaml' && !isFirst ? '---\n' : ''}${await renderStatus(list, query, now)}`);
    return;
  }
  const lines = statusTable(fresh, { wide: output === 'wide', now });
  if (!isFirst) lines.shift();
  if (lines.length > 0) print(lines.join('\n'));
}

/** Tells when the status may have changed. */
class Changes {
  readonly #dir: string;
  #watcher: FSWatcher | undefined;
  #pending = false;
  #wake: () => void = () => undefined;

  constructor(dir: string) {
    this.#dir = dir;
    this.#open();
  }

  async next(): Promise<void> {
    if (!this.#pending) await this.#event();
    await sleep(debounceMs);
    this.#pending = false;
    if (this.#watcher === undefined) this.#open();
  }

  async #event(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, checkMs);
      this.#wake = resolve;
    });
    clearTimeout(timer);
  }

  #open(): void {
    try {
      this.#watcher = watch(this.#dir, () => {
        this.#pending = true;
        this.#wake();
      });
      this.#watcher.on('error', () => this.#close());
    } catch {
      this.#watcher = undefined; // the directory is away; the next check tries again
    }
  }

  #close(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
  }
}

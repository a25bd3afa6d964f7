import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OperatorStatus, StatusList } from '../../state/status.ts';
import { systemMessage } from '../system-message.ts';
import { version } from '../version.ts';
import { CliError, exitCode } from './errors.ts';

/** The newest schema of the status file that this program reads. */
const knownSchema = 1;

/** File name of the published status in the runtime directory. */
const statusFileName = 'status.json';

/**
 * Reads the status that the operator published.
 * @throws CliError (exit 3) when there is none, or none that can be read
 */
export function readPublished(runtimeDir: string): StatusList {
  const path = join(runtimeDir, statusFileName);
  return checked(path, parse(path, read(path)));
}

/** Whether the operator that wrote a status still runs; a process that got its id later is not it. */
export function isAlive({ pid, pidStart }: Pick<OperatorStatus, 'pid' | 'pidStart'>): boolean {
  try {
    // field 22 of proc_pid_stat(5); the program's name (field 2) may hold spaces and parentheses
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[19] === pidStart;
  } catch {
    return false; // no such process
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw unusable(
        `the operator is not running (there is no ${path}); start it with: systemctl start osa-net`,
      );
    }
    throw unusable(`cannot read the status file ${path}: ${systemMessage(error)}`);
  }
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unusable(`cannot read the status file ${path}: ${(error as Error).message}; ${restart}`);
  }
}

const restart = 'write it anew with: systemctl restart osa-net';

function checked(path: string, value: unknown): StatusList {
  const list = value as Partial<StatusList> | null;
  const schema = list?.schemaVersion as number | undefined;
  if (schema !== undefined && schema > knownSchema) {
    const writer = list?.operator?.version ?? 'a newer version';
    throw unusable(
      `the status file ${path} is from osa-net ${writer}, this is ${version}: use the newer program`,
    );
  }
  if (list?.kind !== 'StatusList' || schema !== knownSchema || !Array.isArray(list.items) || !list.operator) {
    throw unusable(`cannot read the status file ${path}: it holds no StatusList; ${restart}`);
  }
  return list as StatusList;
}

function unusable(message: string): CliError {
  return new CliError(message, exitCode.notRunning);
}

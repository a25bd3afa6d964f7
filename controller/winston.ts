/** The only file that imports winston: where messages go and how they look there. */
import { fstatSync } from 'node:fs';
import { styleText } from 'node:util';
import { format, transports, createLogger as winston } from 'winston';
import type { LogFields, Logger } from './log.ts';

export const logLevels = ['error', 'warn', 'info', 'debug'] as const;
export type LogLevel = (typeof logLevels)[number];

/** A logger that can be ended. */
export interface ClosableLogger extends Logger {
  /** Resolves when everything has been written; nothing may be logged after. */
  close(): Promise<void>;
}

/** How a message is written: for journald, for a person, or for a program. */
export type LogStyle = 'journal' | 'pretty' | 'json';

/**
 * A logger that writes one line a message to `stream` (the operator's stderr).
 * Lines go with a `<N>` priority when journald reads them, coloured on a terminal, else as JSON.
 */
export function createLogger(options: { level: LogLevel; stream: NodeJS.WritableStream }): ClosableLogger {
  const { level, stream } = options;
  const style = styleOf(stream, process.env);
  const transport = new transports.Stream({ stream });
  // a log that cannot be written must not end the operator, and there is nowhere left to say so
  transport.on('error', () => undefined);
  const finished = new Promise<void>((resolve) => transport.once('finish', () => resolve()));
  const logger = winston({
    level,
    format: format.printf((info) => render[style](info as unknown as LogRecord, stream)),
    transports: [transport],
  });
  const threshold = logLevels.indexOf(level);
  const write = (name: LogLevel) => (message: string, fields?: LogFields) => {
    // winston spends 3 µs on a message that it then drops
    if (logLevels.indexOf(name) > threshold) return;
    // fields stay nested: winston appends a field called `message` to the text
    logger.log({ level: name, message, fields: fields ?? {} });
  };
  return {
    error: write('error'),
    warn: write('warn'),
    info: write('info'),
    debug: write('debug'),
    close: () => {
      logger.end();
      return finished;
    },
  };
}

/** journald names the stream that it reads by `device:inode` in JOURNAL_STREAM (systemd.exec(5)). */
export function styleOf(
  stream: NodeJS.WritableStream,
  env: Readonly<Record<string, string | undefined>>,
): LogStyle {
  const { fd, isTTY } = stream as { fd?: number; isTTY?: boolean };
  if (fd !== undefined && env['JOURNAL_STREAM'] !== undefined) {
    const { dev, ino } = fstatSync(fd, { bigint: true });
    if (env['JOURNAL_STREAM'] === `${dev}:${ino}`) return 'journal';
  }
  return isTTY === true ? 'pretty' : 'json';
}

interface LogRecord {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/** syslog priorities (sd-daemon(3)). */
const priority = { error: 3, warn: 4, info: 6, debug: 7 } as const;
const colour = { error: 'red', warn: 'yellow', info: 'green', debug: 'gray' } as const;

const render = {
  journal: ({ level, message, fields }) => `<${priority[level]}>${oneLine(message)}${logfmt(fields)}`,
  pretty: ({ level, message, fields }, stream) => {
    const time = new Date().toTimeString().slice(0, 8);
    const word = styleText(colour[level], level.padEnd(5), { stream: stream as NodeJS.WriteStream });
    return `${time} ${word} ${oneLine(message)}${logfmt(fields)}`;
  },
  json: ({ level, message, fields }) =>
    JSON.stringify({ time: new Date().toISOString(), level, message, ...withoutReserved(fields) }),
} satisfies Record<LogStyle, (record: LogRecord, stream: NodeJS.WritableStream) => string>;

/** A line break would end the record and start one without a priority; other controls could steer a terminal. */
function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ');
}

function logfmt(fields: LogFields): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}=${quoted(String(value))}`)
    .join('');
}

function quoted(value: string): string {
  const text = oneLine(value);
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}

/** Fields never replace the record's own. */
function withoutReserved(fields: LogFields): LogFields {
  const reserved = new Set(['time', 'level', 'message']);
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [reserved.has(key) ? `${key}_` : key, value]),
  );
}

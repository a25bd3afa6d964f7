import { styleText } from 'node:util';
import { InvalidArgumentError, Option } from 'commander';
import { didYouMean } from './suggest.ts';

/** Formats of everything that is listed. */
export const listFormats = ['table', 'wide', 'json', 'yaml'] as const;
export type DataFormat = 'json' | 'yaml';

/** An option that takes one of a few words; another word is a usage error with a suggestion. The first is the default. */
export function choiceOption(
  flags: string,
  description: string,
  words: readonly string[],
  preset = words[0],
): Option {
  return new Option(flags, `${description}: ${words.join('|')}`)
    .default(preset)
    .argParser((value: string) => {
      if (words.includes(value)) return value;
      throw new InvalidArgumentError(`It is one of ${words.join(', ')}${didYouMean(value, words)}`);
    });
}

/** `-o`, with the formats that a verb has. */
export function outputOption(formats: readonly string[] = listFormats): Option {
  return choiceOption('-o, --output <format>', 'output format', formats);
}

export function isDataFormat(format: string): format is DataFormat {
  return format === 'json' || format === 'yaml';
}

/** Writes a result to stdout. */
export function print(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** Says something beside the result: to stderr. */
export function say(message: string): void {
  process.stderr.write(`osa-net: ${clean(message)}\n`);
}

/** A value as JSON or YAML text. */
export async function serialize(format: DataFormat, value: unknown): Promise<string> {
  if (format === 'json') return `${JSON.stringify(value, null, 2)}\n`;
  const { yamlText } = await import('./yaml.ts');
  return yamlText(value);
}

/** Words for styleText. */
export type Style = 'red' | 'green' | 'yellow' | 'bold' | 'dim';

/** Coloured where stdout is a terminal and NO_COLOR is not set. */
export function paint(style: Style | undefined, text: string): string {
  return style === undefined ? text : styleText(style, text, { stream: process.stdout });
}

/** Text without what steers a terminal; names and messages may come from anybody's file. Line breaks and tabs stay. */
export function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '\ufffd');
}

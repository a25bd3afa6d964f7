import { styleText } from 'node:util';

/** Where the demo speaks: stdout, plain, at most as wide as the terminal, coloured only on one. */
const width = Math.max(60, process.stdout.columns || 80);
const margin = '   ';
const room = width - margin.length;

let scenes = 0;

/** Opens the next scene. */
export function scene(title: string): void {
  scenes += 1;
  write(`\n${paint('bold', `${scenes}. ${title}`)}`);
}

/** Says something, wrapped at words. */
export function say(text: string): void {
  for (const line of wrap(text, room)) write(margin + line);
}

/** What was shown to hold. */
export function holds(text: string): void {
  const [first = '', ...rest] = wrap(text, room - 3);
  write(`${margin}${paint('green', 'ok')} ${first}`);
  for (const line of rest) write(`${margin}   ${line}`);
}

/** A command as if typed at a prompt. */
export function prompt(command: string): void {
  write(margin + paint('bold', `# ${command}`));
}

/** Output of a program, one line each, cut where the terminal ends. */
export function output(text: string): void {
  for (const line of linesOf(text)) {
    write(margin + paint('dim', line.length > room ? `${line.slice(0, room - 1)}…` : line));
  }
}

/** A table with a header: the last columns are left out where they do not fit whole. */
export function table(text: string): void {
  const [header = '', ...rows] = linesOf(text);
  const starts = [...header.matchAll(/\S+/g)].map(({ index }) => index);
  const longest = Math.max(...[header, ...rows].map((line) => line.length));
  const end = longest <= room ? longest : Math.max(...starts.filter((start) => start <= room));
  for (const line of [header, ...rows]) write((margin + paint('dim', line.slice(0, end))).trimEnd());
}

/** Output whose long lines matter to their ends: wrapped, continued with an indent. */
export function wrappedOutput(text: string): void {
  for (const line of linesOf(text)) {
    const [first = '', ...rest] = wrap(line, room - 4);
    write(margin + paint('dim', first));
    for (const more of rest) write(`${margin}    ${paint('dim', more)}`);
  }
}

/** Why the demo ends early. */
export function broken(text: string): void {
  write(`\n${paint('red', text)}`);
}

export function write(line: string): void {
  process.stdout.write(`${line}\n`);
}

function linesOf(text: string): readonly string[] {
  return text.trim() === '' ? [] : text.trimEnd().split('\n');
}

/** Breaks at spaces; a word longer than the line stands alone. Runs of spaces inside a line stay. */
function wrap(text: string, limit: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/(?<= )(?=\S)/)) {
    if (line !== '' && (line + word).trimEnd().length > limit) {
      lines.push(line.trimEnd());
      line = '';
    }
    line += word;
  }
  return [...lines, line.trimEnd()];
}

function paint(style: 'bold' | 'dim' | 'green' | 'red', text: string): string {
  return styleText(style, text, { stream: process.stdout });
}

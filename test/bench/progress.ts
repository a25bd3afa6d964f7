/** Says on stderr what is being measured; stdout is for the table. */
export function progress(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}

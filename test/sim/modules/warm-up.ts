/** Stands in for `controller/warm-up.ts`, which only makes V8 fast. */
export function warmUp(): void {}

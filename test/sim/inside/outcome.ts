/** How a schedule ended. */
export interface Outcome {
  /** Why it failed; empty when it did not. */
  readonly failure: string;
  readonly events: number;
  readonly passes: number;
  readonly steps: number;
  readonly turns: number;
  /** Faults that were met, by kind. */
  readonly met: Readonly<Record<string, number>>;
  /** What the operator logged and what was done to it, when asked for. */
  readonly trace: readonly string[];
}

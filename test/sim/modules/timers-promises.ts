import { machine } from '../model/machine.ts';

/** Stands in for `node:timers/promises`. */
export function setTimeout<T>(ms = 0, value?: T, options: { signal?: AbortSignal } = {}): Promise<T> {
  const { timeline, alive } = machine();
  const { signal } = options;
  if (!alive) return new Promise(() => undefined);
  if (signal?.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = timeline.inLife(ms, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve(value as T);
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}

import { createControlServer } from './control-server.ts';
import { lockRuntimeDir } from './lock.ts';
import type { Logger } from './log.ts';
import { type LoopOptions, runLoop } from './loop.ts';
import { createNotifier } from './notify.ts';
import { openWorld } from './open-world.ts';
import type { Settings } from './settings.ts';
import { supervise } from './supervision.ts';

/**
 * The operator: one on a host, from the first connection to the last.
 * @throws when another operator runs, or the state and runtime directories cannot be made
 */
export async function runOperator(
  settings: Settings,
  logger: Logger,
  options: Omit<LoopOptions, 'onPass' | 'control'>,
): Promise<{ converged: boolean }> {
  const control = createControlServer(logger);
  const unlock = await lockRuntimeDir(settings.runtimeDir, control.accept);
  const { world, close } = await openWorld(settings, logger);
  const supervision = supervise(createNotifier({ log: logger }), world.clock.now);
  try {
    return await runLoop(world, { ...options, onPass: supervision.onPass, control: control.handle });
  } finally {
    await supervision.stop();
    await close();
    control.close();
    await unlock();
  }
}

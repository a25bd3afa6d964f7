import type { Follower } from './programs.ts';
import type { World } from './world.ts';

/** Listens to nftables while somebody's networks are masqueraded. */
export interface NatWatch {
  want(isWanted: boolean): void;
  stop(): Promise<void>;
}

/** A program that ended is started again after so long, ms; what was lost meanwhile is seen then. */
const restartAfter = 60_000;

/** `onLoss` is told when something of networkd's table goes, and when something may have been missed. */
export function followNat({ kernel, clock }: Pick<World, 'kernel' | 'clock'>, onLoss: () => void): NatWatch {
  let follower: Follower | undefined;
  let endedAt: number | undefined;
  const start = () => {
    const isRestart = endedAt !== undefined;
    follower = kernel.facts.followNat(onLoss, () => {
      follower = undefined;
      endedAt = clock.now();
    });
    if (isRestart) onLoss();
  };
  const stop = async () => {
    const ending = follower?.stop();
    follower = undefined;
    await ending;
  };
  return {
    want(isWanted) {
      if (!isWanted) void stop();
      else if (!follower && (endedAt === undefined || clock.now() - endedAt > restartAfter)) start();
    },
    stop,
  };
}

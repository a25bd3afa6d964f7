/** A call that failed. `type` is the error's D-Bus name, also for what is found out on this side of the bus. */
export class BusError extends Error {
  override readonly name = 'BusError';
  readonly type: string;

  constructor(type: string, message: string, cause?: unknown) {
    super(message, { cause });
    this.type = type;
  }
}

/** The names of errors that this side finds out itself; the bus uses the same ones. */
export const timedOut = 'org.freedesktop.DBus.Error.Timeout';
export const disconnected = 'org.freedesktop.DBus.Error.Disconnected';
export const failed = 'org.freedesktop.DBus.Error.Failed';

/** networkd v256+ is still at an earlier Reload. */
export function isAlreadyReloading(error: unknown): boolean {
  return hasType(error, 'org.freedesktop.network1.AlreadyReloading');
}

/** The object of a link or a job that is gone. */
export function isUnknownObject(error: unknown): boolean {
  return hasType(error, 'org.freedesktop.DBus.Error.UnknownObject');
}

/** A property that this version does not have yet. */
export function isUnknownProperty(error: unknown): boolean {
  return hasType(error, 'org.freedesktop.DBus.Error.UnknownProperty');
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function hasType(error: unknown, type: string): boolean {
  return error instanceof BusError && error.type === type;
}

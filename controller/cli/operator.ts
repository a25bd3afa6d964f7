import { setFlagsFromString } from 'node:v8';
import type { Command } from 'commander';
import type { LoopOptions } from '../loop.ts';
import { defaultSettings, type Settings } from '../settings.ts';
import { version } from '../version.ts';
import { exitCode } from './errors.ts';
import { choiceOption } from './output.ts';
import { allowRecreateOption, settingsOf } from './settings.ts';
import { showStatus } from './status.ts';
import { timeOption } from './time-option.ts';

type Level = 'error' | 'warn' | 'info' | 'debug';

interface OperatorOptions {
  readonly once?: boolean;
  readonly logLevel: Level;
}

/** `osa-net operator` */
export function addOperator(program: Command): void {
  program
    .command('operator')
    .summary('run the operator (what the service does)')
    .description(
      'Run the operator: make the network of this host what the documents say, and keep it so. This is what the ' +
        'service runs. SIGTERM ends it and leaves the network as it is; SIGHUP makes it look at everything at once.',
    )
    .option('--once', 'converge, print the status and end')
    .option('--enable-networkd', 'start and enable systemd-networkd where it does not run')
    .addOption(
      timeOption(
        '--confirm-timeout <time>',
        "take disruptive changes back unless 'osa-net confirm' comes in time",
      ).env('OSA_NET_CONFIRM_TIMEOUT'),
    )
    .addOption(
      timeOption(
        '--rollback-after <time>',
        'take changes back after which a probe fails for so long',
        defaultSettings.rollbackAfter,
      ).env('OSA_NET_ROLLBACK_AFTER'),
    )
    .addOption(allowRecreateOption())
    .addOption(
      choiceOption('--log-level <level>', 'what is logged', ['error', 'warn', 'info', 'debug'], 'info').env(
        'OSA_NET_LOG_LEVEL',
      ),
    )
    .addHelpText(
      'after',
      `
Examples:
  # Run in the foreground
  osa-net operator --log-level debug

  # Converge once, from a script
  osa-net operator --once

Exit codes:
  0  ended as told; with --once: everything is Ready
  1  it could not run; with --once: something is not Ready`,
    )
    .action(async (options: OperatorOptions, command: Command) => {
      process.exitCode = await operate(settingsOf(command), options);
    });
}

/**
 * The loop makes much short-lived data in bursts, for which V8 would let its young generation grow to 48 MB, and the old
 * one to twice what is in use, and keep both. Held small they are collected more often, which costs a pass next to
 * nothing (the endurance test measures this).
 */
function stayLean(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=20');
}

async function operate(settings: Settings, { once = false, logLevel }: OperatorOptions): Promise<number> {
  stayLean();
  const { createLogger } = await import('../winston.ts');
  const { runOperator } = await import('../operator.ts');
  const logger = createLogger({ level: logLevel, stream: process.stderr });
  try {
    const { converged } = await runOperator(settings, logger, { once, version, ...signals() });
    if (!once) return exitCode.ok;
    const shown = await showStatus({ selector: {}, output: 'table', runtimeDir: settings.runtimeDir });
    return converged ? shown : exitCode.no;
  } finally {
    await logger.close();
  }
}

/** SIGTERM and SIGINT end the loop, the second one at once; SIGHUP wakes it. */
function signals(): Pick<LoopOptions, 'signal' | 'onWake'> {
  const controller = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => controller.abort());
  // without a listener SIGHUP would end the process
  process.on('SIGHUP', () => undefined);
  return { signal: controller.signal, onWake: (listener) => process.on('SIGHUP', listener) };
}

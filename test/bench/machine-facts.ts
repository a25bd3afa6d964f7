import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';

/** The machine that the figures are of, in one line. */
export function machineFacts(): string {
  const all = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const facts = [
    `${all.length} × ${all[0]?.model.trim() ?? 'unknown processor'}`,
    `${memory} GiB`,
    distribution(),
    `Linux ${release()}`,
    `systemd ${firstWords('networkctl', '--version')}`,
    `Node ${process.versions.node}`,
    `netplan.io ${packageVersion('netplan.io')}`,
  ];
  return facts.join(', ');
}

function distribution(): string {
  const text = readFileSync('/etc/os-release', 'utf8');
  return /^PRETTY_NAME="?([^"\n]+)/m.exec(text)?.[1] ?? 'unknown distribution';
}

/** `systemd 252 (252.39-1~deb12u2)` → `252.39-1~deb12u2` */
function firstWords(program: string, flag: string): string {
  const [line = ''] = execFileSync(program, [flag], { encoding: 'utf8' }).split('\n');
  return /\((.+?)\)/.exec(line)?.[1] ?? line.replace(/^systemd /, '');
}

function packageVersion(name: string): string {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own placeholder
  return execFileSync('dpkg-query', ['-W', '-f', '${Version}', name], { encoding: 'utf8' });
}

import type { Mutant } from './bundle.ts';

const one = (name: string, file: string, find: string, replace = ''): Mutant => ({
  name,
  patches: [{ file, find, replace }],
});

const saves = 'await save(world, known, inventory, lastGood, () => onIntent({ inventory }))';
const follows =
  "  trial.follow(intent.inventory.transaction, applied.done.length > 0, before.networkd.state === 'running');\n";
const savesLate =
  '  await Promise.all([world.store.saveInventory(intent.inventory), world.store.saveLastGood(intent.lastGood)]);\n';
const lateSync =
  'const late = openSync(path, constants.O_RDONLY);\n  await flush(late);\n  closeSync(late);\n  await syncDirectory(dirname(path));';
const trimmedUnits =
  'Object.fromEntries(Object.entries(inventory.units).filter(([name]) => desired.units.has(name)))';

/** The code, broken in one way each. */
export const mutants: readonly Mutant[] = [
  one('no fsync of files', 'controller/atomic.ts', '      await flush(file);\n'),
  one('no fsync of directories', 'controller/atomic.ts', '    await flushAll(directory);\n'),
  {
    name: 'rename before fsync',
    patches: [
      { file: 'controller/atomic.ts', find: '      await flush(file);\n', replace: '' },
      { file: 'controller/atomic.ts', find: '  await syncDirectory(dirname(path));', replace: lateSync },
    ],
  },
  {
    name: 'inventory after the files',
    patches: [
      { file: 'controller/recording.ts', find: saves, replace: 'await Promise.resolve()' },
      { file: 'controller/reconcile.ts', find: follows, replace: savesLate + follows },
    ],
  },
  one(
    'inventory trimmed before the deletion',
    'controller/recording.ts',
    saves,
    saves.replace('inventory,', `{ ...inventory, units: ${trimmedUnits} },`),
  ),
  one(
    'units not synced',
    'controller/unit-directory.ts',
    '      await syncDirectory(directory);\n      isVolatile',
    '      isVolatile',
  ),
  {
    ...one(
      'inventory trimmed before the removal is durable',
      'controller/reconcile.ts',
      '  await world.units.sync();\n',
    ),
    mix: 'disks',
  },
  one(
    'inventory of an earlier life believed unsynced',
    'controller/store.ts',
    '      await syncDirectory(stateDir);\n',
  ),
  one(
    'link forgotten while its .netdev is there',
    'state/departed.ts',
    'mayCome(owned, inventory, desired, carried.after) || !isOver(name, inventory, carried);',
    'false;',
  ),
  {
    name: 'prune on a parse error',
    patches: [
      {
        file: 'state/directory.ts',
        find: 'entry.loaded.problems.length === 0 ? entry : lastGood.get(file);',
        replace: 'entry.loaded.problems.length === 0 ? entry : undefined;',
      },
      { file: 'state/force.ts', find: '  if (problems.size === 0) return [];\n', replace: '  return [];\n' },
      {
        file: 'state/directory.ts',
        find: '(isProblem(entry) ? [] : entry.loaded.documents)',
        replace: '(isProblem(entry) ? [] : entry.loaded.documents.slice(0, 0))',
      },
    ],
  },
  one(
    'no last good documents kept',
    'controller/store.ts',
    'saved.get(basename(file)) !== hash);',
    'saved.get(basename(file)) !== hash && hash === file);',
  ),
  one('no prune guard', 'state/prune-guard.ts', '  return before.length >= guardedFrom', '  return false'),
  one(
    'prune guard forgotten at a restart',
    'state/record.ts',
    '  else if (prune.held.join() !== draft.held?.join()) draft.held = [...prune.held];\n',
  ),
  one(
    'an approval counts for ever',
    'controller/loop.ts',
    '    if (approved.size > 0) await forgetApproval(world.settings.stateDir);\n',
  ),
  one(
    'unreadable directory taken for an empty one',
    'controller/documents.ts',
    "    const state = codeOf(error) === 'ENOENT' ? 'missing' : 'unreadable';\n",
    "    if (codeOf(error) !== '') return { names: [], root: dir };\n    const state = 'missing';\n",
  ),
  one(
    'unreadable file never read again',
    'controller/documents.ts',
    'stamp !== undefined && reading.ok',
    'stamp !== undefined',
  ),
  one(
    'half-written files believed',
    'controller/documents-view.ts',
    "  if (reading.state !== 'ok') return false;\n  const { stamps } = reading;",
    "  if (reading.state !== 'ok' || longestWait > 0) return false;\n  const { stamps } = reading;",
  ),
  one(
    'reload forgotten',
    'state/pending.ts',
    '    ...(steps.some(changesNetworkd) && { reloadPending: true }),\n',
  ),
  {
    name: 'reload before the files are written',
    patches: [
      {
        file: 'state/plan.ts',
        find: '      ...removals,\n      ...writes,\n',
        replace:
          '      ...(reloads ? [reloadStep(units.length, repairs.reload)] : []),\n      ...removals,\n      ...writes,\n',
      },
      {
        file: 'state/plan.ts',
        find: '          ? [reloadStep(units.length, repairs.reload)]\n          : []),',
        replace: '          ? []\n          : []),',
      },
    ],
  },
  {
    name: 'links known by name only',
    patches: [
      {
        file: 'state/foreign.ts',
        find: 'netdev !== undefined && mayHaveMade(netdev, seen, seen.kind);',
        replace: 'true;',
      },
      {
        file: 'state/foreign.ts',
        find: '  if (![owned.kind, owned.becomes].includes(seen.kind)) return false;\n',
        replace: '',
      },
    ],
  },
  one(
    'deletes whatever has the name',
    'controller/deletions.ts',
    '.filter((name) => known.has(doomed.get(name)?.ifindex ?? 0))',
  ),
  one(
    'any link ours where a unit is',
    'state/foreign.ts',
    ' || !mayHaveMade(netdev, seen, expected.kind);',
    ';',
  ),
  one('kind on record out of date', 'state/foreign.ts', '[owned.kind, owned.becomes]', '[owned.kind]'),
  {
    ...one(
      'how a link of others was is forgotten',
      'state/owned-links.ts',
      '  return known?.identity === identityOf(seen, observed) ? known : undefined;',
      '  return known && undefined;',
    ),
    mix: 'adoption',
  },
  {
    ...one(
      'a link of others left before networkd is through with it',
      'state/settle.ts',
      '  const hasRead = isQuiet && !isTold(done) && !inventory.reloadPending;',
      '  const hasRead = isTold(done) || !inventory.reloadPending;',
    ),
    mix: 'adoption',
  },
  one(
    'a port that leaves its bridge is not put on record',
    'state/pending.ts',
    '    ...(Object.keys(letGo).length > 0 && { unplug: { ...unplug, ...letGo } }),\n',
    '',
  ),
  {
    name: 'a port is unplugged while networkd knows its unit',
    patches: [
      { file: 'state/plan.ts', find: '      ...unplugSteps(input, letGo, active),\n', replace: '' },
      {
        file: 'state/plan.ts',
        find: '      ...removals,\n',
        replace: '      ...unplugSteps(input, letGo, active),\n      ...removals,\n',
      },
      {
        file: 'state/unplug.ts',
        find: 'return !isOver || isLeft(port, owner, desired, after);',
        replace: 'return !after && isOver;',
      },
    ],
  },
  {
    name: 'a networkd that others start during a look goes unnoticed',
    patches: [
      {
        file: 'controller/foreseeing.ts',
        find: 'world.networkd.snapshot().run === before.networkd.run;',
        replace: 'true;',
      },
      {
        file: 'controller/reconcile.ts',
        find: 'applied.run > before.networkd.run',
        replace: 'applied.run > before.networkd.run + 100',
      },
    ],
    mix: 'outages',
  },
  {
    ...one(
      'a link that is seen without networkd is not put on record',
      'state/record.ts',
      'of nowSeen(inventory, observed))',
      "of observed.networkd.state === 'running' ? nowSeen(inventory, observed) : [])",
    ),
    mix: 'outages',
  },
  one('events taken for granted', 'controller/wake.ts', '    observer.forget();\n'),
  one(
    'failed steps ignored',
    'controller/apply.ts',
    '      const message = fail(step, owners, cause as Error, { failures, ended }, world);\n',
    "      void fail;\n      void cause;\n      const message = '';\n",
  ),
  one(
    'retries without backoff',
    'state/progress.ts',
    '  return Math.max(floor, backoff.first / 2, Math.round(bound * random()));',
    '  return Math.min(1, bound, floor + random());',
  ),
  one(
    'leftovers of a crash stay',
    'controller/atomic.ts',
    '  for (const name of left) rmSync(join(directory, name), { force: true });\n',
    '  void left;\n',
  ),
];

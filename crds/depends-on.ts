import { kinds } from './kinds/index.ts';
import type { Fault } from './problem.ts';
import { annotation, isResourceName, type Metadata, type ResourceKey } from './resource.ts';
import { didYouMean } from './suggest.ts';

/** Path of the annotation in a document, as positions name it. */
export const dependsOnField = `metadata.annotations.${annotation.dependsOn}`;

/** The resources that a valid one names in its annotation `osa-net.dev/depends-on`, in its order; none without it. */
export function dependenciesOf({ metadata }: { readonly metadata: Metadata }): readonly ResourceKey[] {
  const text = metadata.annotations[annotation.dependsOn];
  return text === undefined ? [] : ([...new Set(wordsOf(text))] as ResourceKey[]);
}

function wordsOf(text: string): readonly string[] {
  return text.split(',').map((word) => word.trim());
}

/** What is wrong with the value of the annotation. Whether its resources exist is not asked: they may come later. */
export function dependsOnFault(text: string): Fault | undefined {
  return wordsOf(text)
    .map(wordFault)
    .find((fault) => fault !== undefined);
}

function wordFault(word: string): Fault | undefined {
  const [kind = '', name = '', ...rest] = word.split('/');
  if (Object.hasOwn(kinds, kind) && isResourceName(name) && rest.length === 0) return undefined;
  const message = `${JSON.stringify(word)} in ${annotation.dependsOn} is no Kind/name`;
  const isKindWrong = name !== '' && !Object.hasOwn(kinds, kind);
  const hint = isKindWrong
    ? didYouMean(kind, Object.keys(kinds))
    : 'write it like ContainerBridge/mgmt, and separate several by a comma';
  return { code: 'BAD_VALUE', message, hint };
}

/** A resource that waits for itself would wait for ever. */
export function ownDependencyFault(key: string, metadata: Metadata): Fault | undefined {
  if (!dependenciesOf({ metadata }).some((dependency) => dependency === key)) return undefined;
  const message = `${key} depends on itself`;
  return { code: 'SELF_REFERENCE', message, hint: `remove it from ${annotation.dependsOn}` };
}

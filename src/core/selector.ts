/** Which version of a secret is meant. An empty selector is the current one. */
export interface Selector {
  /** The store's own version id; such a selector never changes its meaning. */
  readonly version?: string;
  /** `previous`, `pending` or a label of the store. `current` is written as the empty selector. */
  readonly stage?: string;
}

export const current: Selector = Object.freeze({});

/** The selector that was asked for, with the spelled-out default removed, so that equal selectors look equal. */
export function toSelector(version: string | undefined, stage: string | undefined): Selector {
  const namedStage = stage === 'current' ? undefined : stage;
  if (version === undefined && namedStage === undefined) return current;
  return { ...(version !== undefined && { version }), ...(namedStage !== undefined && { stage: namedStage }) };
}

/** Whether the selector names one version for ever. */
export const isPinned = (selector: Selector): boolean => selector.version !== undefined;

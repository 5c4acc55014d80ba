/** One line of a caller's policy. */
export interface Rule {
  readonly caller: string;
  readonly key: 'operations' | 'providers' | 'allow' | 'deny' | 'tags';
  /** Of the entry in a list. */
  readonly index?: number;
}

/** What a policy says, and which line of it. */
export interface Decision {
  readonly isAllowed: boolean;
  /** The line that allows it; or the one that refuses it, absent where nothing allows it. */
  readonly rule?: Rule;
}

/** What every outward call is given. */
export interface Call {
  /** Aborts when the deadline of the read or of the attempt has passed. */
  readonly signal: AbortSignal;
}

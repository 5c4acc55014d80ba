/** What the daemon is doing; written by the server, read by the health routes. */
export interface Lifecycle {
  /** Providers started and listeners open; stays true. */
  isStarted: boolean;
  /** Asked to stop: still serving, but not to be sent anything new. */
  isDraining: boolean;
  /** Listeners closed; what still comes on open connections is refused. */
  isClosing: boolean;
}

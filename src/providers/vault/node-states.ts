/** States of a node in which it serves no secrets, and what to do. */
export const NODE_STATES = {
  uninitialised: "the store is not initialised: an operator of the store has to run 'operator init'",
  sealed: 'the store is sealed: an operator of the store has to unseal it, or its auto-unseal does not work',
  drSecondary:
    "the store is a disaster recovery secondary, which serves no secrets until it is promoted: see 'address'",
} as const;

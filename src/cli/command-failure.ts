/** A command could not do what it was asked to: exit 1. The message is for the user as it stands. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}

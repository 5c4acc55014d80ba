import type { Socket } from 'node:net';
import type { ListenerKind } from './contract-operations.ts';

/** By which door a connection came in. */
export interface Door {
  readonly kind: ListenerKind;
  readonly isUnix: boolean;
}

const doors = new WeakMap<Socket, Door>();
// What did not come in by a listener of ours, such as a request that a test injects, gets no privilege for it.
const unknownDoor: Door = { kind: 'api', isUnix: false };

export const rememberDoor = (socket: Socket, door: Door): void => void doors.set(socket, door);

export const doorOf = (socket: Socket): Door => doors.get(socket) ?? unknownDoor;

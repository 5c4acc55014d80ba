import type { Command } from './command-io.ts';
import { get } from './get.ts';
import { health } from './health.ts';
import { list } from './list.ts';
import { openapi } from './openapi.ts';
import { resolve } from './resolve.ts';
import { wait } from './wait.ts';

/** The commands that need no daemon of their own, for the table of `dispatch`. */
export function readingCommands(contract: object): readonly (readonly [string, Command])[] {
  return [
    ['get', get],
    ['list', list],
    ['resolve', resolve],
    ['health', health],
    ['wait', wait],
    ['openapi', (args, io) => openapi(args, io, contract)],
  ];
}

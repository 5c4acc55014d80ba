import { test } from 'tap';
import { checkReader } from './reader.ts';

test('the Node.js reader follows a secret', (t) => checkReader(t, [process.execPath, 'examples/read/node/read.mjs']));

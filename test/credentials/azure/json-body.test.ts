import t from 'tap';
import { numberAt } from '../../../src/credentials/azure/json-body.ts';

const body = { number: 1.5, text: '7', blank: ' ', word: 'a', none: null, huge: '1e999' };
t.equal(numberAt(body, 'number'), 1.5);
t.equal(numberAt(body, 'text'), 7);
for (const key of ['blank', 'word', 'none', 'huge', 'missing']) t.equal(numberAt(body, key), undefined, key);

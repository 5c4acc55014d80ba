import { test } from 'tap';
import { Random } from '../fuzz/random.ts';
import { killCampaign, toSentence } from './kill-campaign.ts';

// `npm run soak -- --kills 1000` for many more.
const KILLS = 50;

test('whoever is killed while it writes the cache file leaves one that serves', async (t) => {
  const seed = Math.floor(Math.random() * 2 ** 31);
  const figures = await killCampaign(t, { kills: KILLS, random: new Random(seed) });
  t.comment(`seed ${seed}: ${toSentence(figures)}`);
  t.strictSame(figures.failures, []);
  t.equal(figures.kills, KILLS);
  t.ok(figures.drafts > 0, 'some in the middle of a write');
  t.ok(figures.served > 0);
});

import { Random } from '../test/fuzz/random.ts';
import { killCampaign, toSentence } from '../test/outage/kill-campaign.ts';
import { PassingScope } from '../test/outage/passing-scope.ts';

const TOLD_EVERY = 100;

/** Kills whoever writes the cache file and prints what the daemons after it served. Each kill is a check. */
export async function soakKills({
  seed,
  kills,
}: {
  readonly seed: number;
  readonly kills: number;
}): Promise<{ readonly passed: number; readonly failed: number }> {
  const scope = new PassingScope();
  let told = 0;
  try {
    const figures = await killCampaign(scope, {
      kills,
      random: new Random(seed),
      onKill: (soFar) => {
        for (const failure of soFar.failures.slice(told)) console.log(failure);
        told = soFar.failures.length;
        if (soFar.kills % TOLD_EVERY === 0) console.log(toSentence(soFar));
      },
    });
    return { passed: kills - figures.failures.length, failed: figures.failures.length };
  } finally {
    await scope.end();
  }
}

import { fuzz } from '../test/fuzz/fuzz.ts';
import { toReport } from '../test/fuzz/report.ts';

/** Sends fuzzed requests to the built daemon and prints what came of them. */
export async function soakRequests(
  options: Parameters<typeof fuzz>[0],
): Promise<{ readonly passed: number; readonly failed: number }> {
  const result = await fuzz(options);
  console.log(toReport(result));
  const failed = result.checks.filter(({ failures }) => failures > 0).length;
  return { passed: result.checks.length - failed, failed };
}

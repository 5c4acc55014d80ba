import { type Mode, modes } from '../test/fuzz/exchange.ts';
import { fuzz, type FuzzOptions } from '../test/fuzz/fuzz.ts';
import { toReport } from '../test/fuzz/report.ts';

/** Sends fuzzed requests to the built daemon, an equal share in each mode or all in one, and prints what came of them. */
export async function soakRequests(
  options: Omit<FuzzOptions, 'mode'> & { readonly mode?: Mode },
): Promise<{ readonly passed: number; readonly failed: number }> {
  let [passed, failed] = [0, 0];
  const asked = modes.filter((mode) => options.mode === undefined || mode === options.mode);
  for (const mode of asked) {
    const result = await fuzz({ ...options, mode, requests: Math.ceil(options.requests / asked.length) });
    console.log(`\n${mode} mode: ${toReport(result)}`);
    const bad = result.checks.filter(({ failures }) => failures > 0).length;
    failed += bad;
    passed += result.checks.length - bad;
  }
  return { passed, failed };
}

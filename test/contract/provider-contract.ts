import type { Test } from 'tap';
import { SecretsError } from '../../src/core/errors/secrets-error.ts';
import { conductCases } from './conduct-cases.ts';
import { Bench, CannotSeed, CANARY, type ContractCase, type ErrorName, type Harness } from './contract-case.ts';
import { historyCases } from './history-cases.ts';
import { listingCases } from './listing-cases.ts';
import { readingCases } from './reading-cases.ts';

const cases = { ...readingCases, ...historyCases, ...listingCases, ...conductCases };
export type CaseName = keyof typeof cases;

/** Why a provider does not pass a case, and what is asserted instead. */
export interface Exception {
  readonly reason: string;
  /** The error that the case meets; left out when the store cannot even be brought there (`seed` and its like reject). */
  readonly error?: ErrorName;
}

/** How a provider plugs into the suite. */
export interface ContractConfig {
  readonly name: string;
  /** Called once a case: an empty store of its own, and a started provider that reads it. */
  create(): Promise<Harness>;
  readonly unsupported?: { readonly [name in CaseName]?: Exception };
}

/** Runs every case as a subtest. Await it, so that what the cases share can be taken down afterwards. */
export async function providerContract(t: Test, config: ContractConfig): Promise<void> {
  // Object.entries forgets the literal names, so each is looked up again by a checked name.
  for (const [name, run] of Object.entries<ContractCase>(cases)) {
    const exception = isCaseName(name) ? config.unsupported?.[name] : undefined;
    const title = exception === undefined ? name : `${name}: not here, ${exception.reason}`;
    await t.test(`${config.name}: ${title}`, async (t) => {
      const harness = await config.create();
      try {
        const bench = new Bench(t, harness);
        await (exception === undefined ? run(bench) : fallsShort(bench, run, exception));
      } finally {
        await harness.provider.close();
        await harness.provider.close();
        await harness.close();
      }
      t.notMatch(harness.printed(), CANARY, 'no value is logged');
    });
  }
}

const isCaseName = (name: string): name is CaseName => Object.hasOwn(cases, name);

/** Asserts that a case fails in the way that its exception says. */
async function fallsShort(bench: Bench, run: ContractCase, exception: Exception): Promise<void> {
  try {
    await run(bench);
  } catch (error) {
    bench.isSilent(error instanceof CannotSeed ? undefined : error);
    const found = error instanceof SecretsError ? `${error.category}/${error.code}` : error;
    if (exception.error === undefined) bench.t.type(error, CannotSeed, 'the store does not take it');
    else bench.t.equal(found, exception.error);
    return;
  }
  bench.t.fail('the exception is not needed, the case passes');
}

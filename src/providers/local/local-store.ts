import type { Timer } from '../../core/clock.ts';
import { ConfigurationError } from '../../core/errors/configuration-error.ts';
import { ProviderError } from '../../core/errors/provider-error.ts';
import type { OnStoreChange, ProviderTools } from '../../core/provider.ts';
import { Complaints } from './complaints.ts';
import { FileProblem, problemText, toFileProblem } from './file-problem.ts';
import type { HeldSecrets, HeldSource } from '../../core/held/held-provider.ts';
import { holdSecrets } from './hold-secrets.ts';
import { isFinal } from './is-final.ts';
import { type Loaded, loadSecrets } from './load-secrets.ts';
import type { Survey } from './survey.ts';
import { type DigestedSecrets, VersionHistory } from './version-history.ts';
import { warnWorldReadable } from './warn-world-readable.ts';

const POLL_MS = 1000;

/** The secrets of a file or directory in their last good state, read again when they change. */
export class LocalStore implements HeldSource {
  readonly #path: string;
  readonly #provider: string;
  readonly #tools: ProviderTools;
  readonly #history = new VersionHistory();
  readonly #complaints: Complaints;
  #held: DigestedSecrets | undefined;
  #seen: string | undefined;
  #checking: Promise<void> | undefined;
  #onChange: OnStoreChange = () => {};
  #timer: Timer | undefined;
  #closed = false;

  /** @param provider name of the instance, for the log. */
  constructor(path: string, provider: string, tools: ProviderTools) {
    this.#path = path;
    this.#provider = provider;
    this.#tools = tools;
    this.#complaints = new Complaints(provider, tools.log);
  }

  /**
   * Reads the secrets for the first time and begins to watch them.
   * @throws ConfigurationError `MissingEndpoint` when there is nothing that can be read, `InvalidProvider` when what is
   * there cannot be understood. An empty file is served, with a warning.
   */
  async open(onChange: OnStoreChange): Promise<void> {
    const { survey, held } = await this.#loadFirst();
    if (held.size === 0)
      this.#tools.log.warn({ provider: this.#provider }, `the local secrets file '${this.#path}' holds no secrets`);
    warnWorldReadable(survey.files, this.#provider, this.#tools.log);
    this.#held = held;
    this.#onChange = onChange;
    this.#schedule();
  }

  /** The secrets by path, in the order of their names, as the file has them now or as it last had them in good order. */
  async secrets(): Promise<HeldSecrets> {
    await this.#check();
    if (this.#held === undefined) throw new ProviderError('ProviderUnavailable', 'the local provider is not started');
    return this.#held;
  }

  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
  }

  async #loadFirst(): Promise<{ readonly survey: Survey; readonly held: DigestedSecrets }> {
    const loaded = await this.#load();
    if (loaded instanceof FileProblem) throw toConfigurationError(this.#path, loaded);
    if (loaded === undefined) throw new TypeError('a local provider is started once');
    const { survey, outcome } = loaded;
    if (!(outcome instanceof FileProblem)) {
      const [bad] = outcome.unserved;
      if (bad !== undefined) throw toConfigurationError(bad.file, bad.problem);
      return { survey, held: holdSecrets(outcome, new Map(), this.#history).held };
    }
    if (outcome.kind !== 'empty') throw toConfigurationError(this.#path, outcome);
    return { survey, held: new Map() };
  }

  /** Every caller that comes while the files are being looked at shares that look. */
  async #check(): Promise<void> {
    if (this.#held === undefined) return;
    this.#checking ??= this.#refresh(this.#held).finally(() => (this.#checking = undefined));
    await this.#checking;
  }

  async #refresh(before: DigestedSecrets): Promise<void> {
    const loaded = await this.#load();
    if (loaded === undefined) return;
    const outcome = loaded instanceof FileProblem ? loaded : loaded.outcome;
    if (outcome instanceof FileProblem) {
      const isNews = outcome.kind !== 'empty' || before.size > 0;
      this.#complaints.report(isNews ? [problemText(this.#path, outcome)] : []);
      return;
    }
    const { held, unserved } = holdSecrets(outcome, before, this.#history);
    this.#complaints.report(unserved.map(({ file, problem }) => problemText(file, problem)));
    this.#held = held;
    if (!isSame(held, before) && !this.#closed) this.#onChange();
  }

  async #load(): Promise<Loaded | FileProblem | undefined> {
    try {
      const loaded = await loadSecrets(this.#path, this.#seen);
      if (loaded !== undefined)
        this.#seen = isFinal(loaded, this.#tools.clock.wallMs()) ? loaded.survey.fingerprint : undefined;
      return loaded;
    } catch (error) {
      this.#seen = undefined;
      return toFileProblem(error);
    }
  }

  #schedule(): void {
    if (!this.#closed) this.#timer = this.#tools.clock.after(POLL_MS, () => void this.#poll());
  }

  async #poll(): Promise<void> {
    await this.#check();
    this.#schedule();
  }
}

function toConfigurationError(file: string, problem: FileProblem): ConfigurationError {
  const isThere = problem.kind === 'broken' || problem.kind === 'empty';
  return new ConfigurationError(isThere ? 'InvalidProvider' : 'MissingEndpoint', problemText(file, problem));
}

function isSame(a: DigestedSecrets, b: DigestedSecrets): boolean {
  return a.size === b.size && [...a].every(([path, { digest }]) => b.get(path)?.digest === digest);
}

import type { CredentialSetting } from '../core/credential-setting.ts';
import type { SecretEventType } from '../core/secret-event.ts';

/** One receiver of events. */
export interface WebhookSettings {
  readonly url: string;
  /** Signs what is sent. */
  readonly key: CredentialSetting;
  readonly events: readonly SecretEventType[];
}

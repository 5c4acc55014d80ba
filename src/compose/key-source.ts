import { WatchedSetting } from '../access/watched-setting.ts';
import type { KeySource } from '../access/key-set.ts';
import type { JwtConfig } from '../config/config.ts';
import { readCredential } from '../core/credential-setting.ts';
import { createHttpClient } from '../transport/http-client.ts';

const FILE_INTERVAL_MS = 1_000;
const SERVER_INTERVAL_MS = 600_000;
const TIMEOUT_MS = 5_000;
const MAX_BYTES = 1024 ** 2;

/** The file or the server that has the keys of tokens. */
export function toKeySource({ jwksFile, jwksUri = '', ...server }: Partial<JwtConfig> = {}): KeySource {
  return jwksFile === undefined ? fromServer(jwksUri, server) : fromFile(jwksFile);
}

function fromFile(file: string): KeySource {
  const setting = new WatchedSetting({ file });
  return {
    intervalMs: FILE_INTERVAL_MS,
    hasChanged: () => setting.hasChanged(),
    read: async () => {
      const text = await setting.read();
      if (text === undefined) throw new Error(`${setting.place} cannot be read`);
      return text;
    },
    close: async () => undefined,
  };
}

function fromServer(uri: string, { ca, token }: Pick<JwtConfig, 'ca' | 'token'>): KeySource {
  const http = createHttpClient({ tls: ca === undefined ? {} : { ca }, maxResponseBytes: MAX_BYTES });
  return {
    intervalMs: SERVER_INTERVAL_MS,
    read: async () => {
      const authorization =
        token === undefined ? {} : { authorization: `Bearer ${(await readCredential(token)).expose()}` };
      const { status, text } = await http.send({
        method: 'GET',
        url: new URL(uri),
        headers: { accept: 'application/json, application/jwk-set+json', ...authorization },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (status !== 200) throw new Error(`the server of the keys answered with the status ${status}`);
      return text;
    },
    close: () => http.close(),
  };
}

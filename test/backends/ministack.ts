import { installAwsEmulators } from '../../scripts/install-backends.ts';
import { startPythonServer, type PythonServer } from './python-server.ts';

/** ministack: AWS with the statuses and the moves of stages of the real one. It checks no signature. */
export async function startMinistack(): Promise<PythonServer> {
  return startPythonServer({
    packages: await installAwsEmulators(),
    args: () => ['-m', 'ministack'],
    env: (port) => ({ BIND_HOST: '127.0.0.1', GATEWAY_PORT: String(port), MINISTACK_IMDS_V2_REQUIRED: '1' }),
    healthPath: '/_ministack/health',
  });
}
